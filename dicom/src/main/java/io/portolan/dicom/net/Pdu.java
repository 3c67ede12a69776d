package io.portolan.dicom.net;

import java.util.List;

/**
 * The seven protocol data units of the upper layer protocol (PS3.8 9.3), decoded. Texts stand as the peer wrote them, without
 * padding: whether a UID is one is decided by who uses it.
 */
sealed interface Pdu {

    /** The PDU-type, first byte of each PDU. */
    int type();

    /** The name that PS3.8 gives it. */
    String name();

    /** PS3.8 9.3.2, table 9-11. */
    record AssociateRq(
            int protocolVersion,
            String calledAe,
            String callingAe,
            String applicationContext,
            List<ProposedContext> contexts,
            UserInformation user)
            implements Pdu {

        static final int TYPE = 0x01;

        public AssociateRq {
            contexts = List.copyOf(contexts);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "A-ASSOCIATE-RQ";
        }
    }

    /** PS3.8 9.3.3, table 9-17. */
    record AssociateAc(
            int protocolVersion,
            String calledAe,
            String callingAe,
            String applicationContext,
            List<AnsweredContext> contexts,
            UserInformation user)
            implements Pdu {

        static final int TYPE = 0x02;

        public AssociateAc {
            contexts = List.copyOf(contexts);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "A-ASSOCIATE-AC";
        }
    }

    /** PS3.8 9.3.4, table 9-21. */
    record AssociateRj(int result, int source, int reason) implements Pdu {

        static final int TYPE = 0x03;

        // spotless:off
        //                                                                      result source reason
        static final AssociateRj NO_REASON                    = new AssociateRj(1,     1,     1);
        static final AssociateRj APPLICATION_CONTEXT          = new AssociateRj(1,     1,     2);
        static final AssociateRj CALLING_AE                   = new AssociateRj(1,     1,     3);
        static final AssociateRj CALLED_AE                    = new AssociateRj(1,     1,     7);
        static final AssociateRj PROTOCOL_VERSION             = new AssociateRj(1,     2,     2);
        static final AssociateRj LOCAL_LIMIT_EXCEEDED         = new AssociateRj(2,     3,     2);
        // spotless:on

        boolean isTransient() {
            return result == 2;
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "A-ASSOCIATE-RJ";
        }

        /** The three numbers in the words of table 9-21. */
        String words() {
            String resultWords = switch (result) {
                case 1 -> "rejected-permanent";
                case 2 -> "rejected-transient";
                default -> "result " + result;
            };
            String sourceWords = switch (source) {
                case 1 -> "service-user";
                case 2 -> "service-provider (ACSE)";
                case 3 -> "service-provider (presentation)";
                default -> "source " + source;
            };
            String reasonWords = switch (source * 16 + reason) {
                case 0x11, 0x21 -> "no-reason-given";
                case 0x12 -> "application-context-name-not-supported";
                case 0x13 -> "calling-AE-title-not-recognized";
                case 0x17 -> "called-AE-title-not-recognized";
                case 0x22 -> "protocol-version-not-supported";
                case 0x31 -> "temporary-congestion";
                case 0x32 -> "local-limit-exceeded";
                default -> "reason " + reason;
            };
            return resultWords + ", " + sourceWords + ", " + reasonWords;
        }
    }

    /**
     * PS3.8 9.3.5, table 9-22: the header only. The presentation-data-values follow on the stream, since a data set is never
     * held in memory.
     *
     * @param length PDU-length: bytes of all presentation-data-value items
     */
    record PDataTf(int length) implements Pdu {

        static final int TYPE = 0x04;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "P-DATA-TF";
        }
    }

    /** PS3.8 9.3.6, table 9-24. */
    record ReleaseRq() implements Pdu {

        static final int TYPE = 0x05;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "A-RELEASE-RQ";
        }
    }

    /** PS3.8 9.3.7, table 9-25. */
    record ReleaseRp() implements Pdu {

        static final int TYPE = 0x06;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "A-RELEASE-RP";
        }
    }

    /** PS3.8 9.3.8, table 9-26. */
    record Abort(int source, int reason) implements Pdu {

        static final int TYPE = 0x07;
        static final int SERVICE_USER = 0;
        static final int SERVICE_PROVIDER = 2;

        static final int UNRECOGNIZED_PDU = 1;
        static final int UNEXPECTED_PDU = 2;
        static final int UNEXPECTED_PDU_PARAMETER = 5;
        static final int INVALID_PDU_PARAMETER_VALUE = 6;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "A-ABORT";
        }

        /** The two numbers in the words of table 9-26. */
        String words() {
            if (source == SERVICE_USER) {
                return "service-user";
            }
            String reasonWords = switch (reason) {
                case 0 -> "reason-not-specified";
                case UNRECOGNIZED_PDU -> "unrecognized-PDU";
                case UNEXPECTED_PDU -> "unexpected-PDU";
                case 4 -> "unrecognized-PDU-parameter";
                case UNEXPECTED_PDU_PARAMETER -> "unexpected-PDU-parameter";
                case INVALID_PDU_PARAMETER_VALUE -> "invalid-PDU-parameter-value";
                default -> "reason " + reason;
            };
            return (source == SERVICE_PROVIDER ? "service-provider, " : "source " + source + ", ") + reasonWords;
        }
    }

    /** PS3.8 9.3.2.2: one presentation context as proposed. */
    record ProposedContext(int id, String abstractSyntax, List<String> transferSyntaxes) {

        public ProposedContext {
            transferSyntaxes = List.copyOf(transferSyntaxes);
        }
    }

    /** PS3.8 9.3.3.2, table 9-18: one presentation context as answered; the syntax matters only when it is accepted. */
    record AnsweredContext(int id, int result, String transferSyntax) {

        static final int ACCEPTANCE = 0;
        static final int USER_REJECTION = 1;
        static final int ABSTRACT_SYNTAX_NOT_SUPPORTED = 3;
        static final int TRANSFER_SYNTAXES_NOT_SUPPORTED = 4;
    }
}
