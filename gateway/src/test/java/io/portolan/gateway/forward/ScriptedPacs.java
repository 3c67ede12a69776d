package io.portolan.gateway.forward;

import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.net.PortolanEngine;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A PACS that answers what a test says, and knows what it was sent. It comes and goes, on one port. */
public final class ScriptedPacs implements StoreScp, AutoCloseable {

    static final String AE = "PACS";

    /** One C-STORE-RQ, and what was answered. */
    record Got(
            Uid sopInstance,
            String transferSyntax,
            ByteBuffer dataSet,
            Status answer,
            long association,
            String callingAe) {}

    private final List<Got> got = new CopyOnWriteArrayList<>();
    private volatile Function<StoreRequest, Status> script = request -> Status.SUCCESS;
    private volatile boolean onlyKnown;
    private @Nullable AssociationServer server;
    private int port;
    private long associationsBefore;

    public ScriptedPacs come() throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        server = new PortolanEngine()
                .serve(ServerOptions.of(AE, port).withBind(address).withAcceptUnknown(!onlyKnown, false), this);
        port = server.port();
        return this;
    }

    void go() {
        AssociationServer running = server;
        if (running != null) {
            associationsBefore += running.totalAssociations();
            running.close();
            server = null;
        }
    }

    /** Accepts no class that the table of SOP classes lacks; from when it comes. */
    ScriptedPacs onlyKnown() {
        onlyKnown = true;
        return this;
    }

    public ScriptedPacs answer(Function<StoreRequest, Status> answers) {
        script = answers;
        return this;
    }

    int port() {
        return port;
    }

    long associations() {
        AssociationServer running = server;
        return associationsBefore + (running == null ? 0 : running.totalAssociations());
    }

    List<Got> got() {
        return got;
    }

    /** The UIDs of what it has confirmed, in their order. */
    List<Uid> stored() {
        return got.stream()
                .filter(one -> one.answer.isStored())
                .map(Got::sopInstance)
                .toList();
    }

    @Override
    public Status store(StoreRequest request, InputStream dataSet) throws IOException {
        byte[] bytes = dataSet.readAllBytes();
        Status answer = script.apply(request);
        got.add(new Got(
                request.sopInstance(),
                request.transferSyntax().uid().value(),
                ByteBuffer.wrap(bytes),
                answer,
                request.association(),
                request.callingAe()));
        return answer;
    }

    @Override
    public void close() {
        go();
    }
}
