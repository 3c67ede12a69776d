package io.portolan.dicom.net;

import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.EngineConformance;
import java.io.IOException;
import org.junit.jupiter.api.Nested;

/** What holds without TLS holds with it: timeouts, stops, aborts and all. */
class OverTlsTest {

    static final SecuredEngine TLS_1_2 = new SecuredEngine("TLSv1.2");
    static final SecuredEngine TLS_1_3 = new SecuredEngine("TLSv1.3");

    @Nested
    class Conformance extends EngineConformance {
        @Override
        protected DicomEngine engine() {
            return TLS_1_3;
        }
    }

    @Nested
    class BothSides extends ScuScpTest {
        @Override
        DicomEngine engine() {
            return TLS_1_3;
        }
    }

    @Nested
    class Acceptor12 extends AcceptorTest {
        @Override
        DicomEngine engine() {
            return TLS_1_2;
        }

        @Override
        ScriptedPeer connect() throws IOException {
            return TLS_1_2.connect(server().port());
        }
    }

    @Nested
    class Acceptor13 extends AcceptorTest {
        @Override
        DicomEngine engine() {
            return TLS_1_3;
        }

        @Override
        ScriptedPeer connect() throws IOException {
            return TLS_1_3.connect(server().port());
        }
    }

    @Nested
    class Requestor12 extends RequestorTest {
        Requestor12() throws IOException {}

        @Override
        DicomEngine engine() {
            return TLS_1_2;
        }

        @Override
        ScriptedPeer accept() throws IOException {
            return TLS_1_2.accept(listening);
        }
    }

    @Nested
    class Requestor13 extends RequestorTest {
        Requestor13() throws IOException {}

        @Override
        DicomEngine engine() {
            return TLS_1_3;
        }

        @Override
        ScriptedPeer accept() throws IOException {
            return TLS_1_3.accept(listening);
        }
    }
}
