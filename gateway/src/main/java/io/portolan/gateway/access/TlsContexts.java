package io.portolan.gateway.access;

import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS by files that may be replaced while it is used: asked again, it gives what they hold now. While they cannot be used, as when
 * one of two is replaced, it gives what they held before, and says so once.
 *
 * <p>Trusts the CAs of its file alone; without one those of the JVM. Safe for several threads.
 */
public final class TlsContexts implements Supplier<SSLContext> {

    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);

    private final Access.Tls tls;
    private List<String> stamps; // guarded by this
    private SSLContext context; // guarded by this

    private TlsContexts(Access.Tls tls, List<String> stamps, TlsFiles files) {
        this.tls = tls;
        this.stamps = stamps;
        this.context = use(files);
    }

    /**
     * Reads the files for the first time.
     *
     * @throws AccessException a file cannot be used; says which and why
     */
    public static TlsContexts open(Access.Tls tls) throws AccessException {
        List<String> now = TlsFiles.stamps(tls); // before they are read: what is replaced meanwhile is read again
        return new TlsContexts(tls, now, TlsFiles.read(tls));
    }

    private static SSLContext use(TlsFiles files) {
        files.ended().ifPresent(LOG::warn);
        return files.contextOfOwnCas();
    }

    @Override
    public synchronized SSLContext get() {
        List<String> now = TlsFiles.stamps(tls);
        if (!now.equals(stamps)) {
            stamps = now;
            try {
                context = use(TlsFiles.read(tls));
                LOG.info("the files of TLS were replaced, and are used from now on");
            } catch (AccessException e) {
                LOG.warn("{}; what was there before is used on", e.getMessage());
            }
        }
        return context;
    }
}
