package io.portolan.gateway.config;

import io.portolan.gateway.access.AccessFiles;
import io.portolan.gateway.ledger.LedgerPlace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway would refuse for certain at its start although every key by itself is right, as far as that shows
 * without a network. Looks at files; makes and changes none.
 */
final class Startable {

    private static final Set<String> ALL_ADDRESSES = Set.of("0.0.0.0", "::");

    private Startable() {}

    static void check(Settings settings) {
        if (settings.get(Keys.DICOM_ENGINE) == GatewayConfig.Engine.DCM4CHE) {
            settings.report(
                    Keys.DICOM_ENGINE,
                    "dcm4che is not in this build; see docs/decisions/0001-own-dicom-engine.md; must be portolan");
        }
        checkPorts(settings);
        checkCredentials(settings);
        DicomTlsKeys.checkFiles(settings);
        if (settings.get(Keys.STORAGE_MODE) != GatewayConfig.StorageMode.DISCARD) {
            Path dir = settings.get(Keys.STORAGE_DIR);
            fileOnTheWayTo(dir)
                    .ifPresent(file -> settings.report(Keys.STORAGE_DIR, file + " is a file; it must be a folder"));
        }
        checkLedger(settings);
        if (settings.get(Keys.AUDIT_TO) == GatewayConfig.AuditTo.LOG) {
            requireFile(settings, Keys.AUDIT_LOG_FILE, settings.get(Keys.AUDIT_LOG_FILE), "the audit log is a file");
        }
    }

    /** One that is there, or may be made. */
    private static void requireFile(Settings settings, Key<?> key, Path path, String right) {
        Path file = path.toAbsolutePath();
        if (Files.isDirectory(file)) {
            settings.report(key, file + " is a folder; " + right);
        }
        fileOnTheWayTo(file.getParent())
                .ifPresent(way -> settings.report(key, way + " is a file; it must be a folder"));
    }

    private static void checkLedger(Settings settings) {
        Optional<Path> password = settings.get(Keys.LEDGER_PASSWORD_FILE);
        password.flatMap(AccessFiles::problemOfPassword)
                .or(() -> password.filter(file -> settings.get(Keys.LEDGER_USER).isEmpty())
                        .map(file -> "needs ledger.user"))
                .ifPresent(problem -> settings.report(Keys.LEDGER_PASSWORD_FILE, problem));
        LedgerPlace.of(settings.get(Keys.LEDGER_URL))
                .file()
                .ifPresent(file -> requireFile(settings, Keys.LEDGER_URL, file, "the ledger is a file"));
    }

    private static void checkCredentials(Settings settings) {
        settings.access().map(AccessFiles::problems).ifPresent(found -> found.forEach(settings::reportFhir));
        settings.get(Keys.SYNC_SOURCES).forEach((name, source) -> {
            if (source.connection() instanceof SyncSource.DicomWeb web) {
                AccessFiles.problems(web.access())
                        .forEach((option, problem) -> settings.report(Keys.SYNC_SOURCES, name + ": " + problem));
            }
        });
    }

    private static void checkPorts(Settings settings) {
        Optional<Integer> http = Optional.of(settings.get(Keys.HTTP_PORT));
        if (overlap(settings.get(Keys.DICOM_BIND), settings.get(Keys.HTTP_BIND))) {
            requireOther(settings, Keys.DICOM_PORT, settings.get(Keys.DICOM_PORT), Keys.HTTP_PORT, http);
            requireOther(settings, Keys.DICOM_TLS_PORT, settings.get(Keys.DICOM_TLS_PORT), Keys.HTTP_PORT, http);
        }
        requireOther(
                settings,
                Keys.DICOM_PORT,
                settings.get(Keys.DICOM_PORT),
                Keys.DICOM_TLS_PORT,
                settings.get(Keys.DICOM_TLS_PORT));
    }

    private static void requireOther(
            Settings settings, Key<?> one, Optional<Integer> onePort, Key<?> other, Optional<Integer> otherPort) {
        if (onePort.isPresent() && onePort.get() != 0 && onePort.equals(otherPort)) {
            settings.report(
                    settings.isGiven(other) ? other : one,
                    one.path() + " and " + other.path() + " are both " + onePort.get()
                            + " on the same address; one of them must be another");
        }
    }

    private static boolean overlap(String one, String other) {
        return ALL_ADDRESSES.contains(one)
                || ALL_ADDRESSES.contains(other)
                || literal(one).equals(literal(other));
    }

    /** As numbers where it is written in numbers; a name is not resolved. */
    private static String literal(String address) {
        try {
            String numbers = address.equals("localhost") ? "127.0.0.1" : address;
            return Addresses.isLiteral(numbers) ? InetAddress.getByName(numbers).getHostAddress() : address;
        } catch (IOException e) {
            return address;
        }
    }

    /** The nearest part of a path that is there, when it is a file. */
    private static Optional<Path> fileOnTheWayTo(@Nullable Path folder) {
        Path part = folder == null ? null : folder.toAbsolutePath().normalize();
        while (part != null && !Files.exists(part)) {
            part = part.getParent();
        }
        return Optional.ofNullable(part).filter(found -> !Files.isDirectory(found));
    }
}
