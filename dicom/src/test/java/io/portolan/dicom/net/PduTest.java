package io.portolan.dicom.net;

import static io.portolan.dicom.net.ScriptedPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.engine.AssociateLimits;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.PDataTf;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import io.portolan.dicom.net.UserInformation.AsynchronousOperations;
import io.portolan.dicom.net.UserInformation.CommonExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.ExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.Opaque;
import io.portolan.dicom.net.UserInformation.RoleSelection;
import io.portolan.dicom.net.UserInformation.UserIdentity;
import java.io.EOFException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PduTest {

    private static final int P_DATA_MAX_BYTES = 16384;

    private static final String ASSOCIATE_RQ = """
            01 00 000000e9                                    # A-ASSOCIATE-RQ, PDU-length 233
            0001 0000                                         # protocol-version 1
            504f52544f4c414e 2020202020202020                 # called AE PORTOLAN
            4d4f44414c495459 2020202020202020                 # calling AE MODALITY
            0000000000000000 0000000000000000                 # reserved
            0000000000000000 0000000000000000
            10 00 0015                                        # application context
              312e322e3834302e31303030382e332e312e312e31
            20 00 002e 05 00 00 00                            # presentation context 5
              30 00 0011                                      #   Verification
                312e322e3834302e31303030382e312e31
              40 00 0011                                      #   Implicit VR Little Endian
                312e322e3834302e31303030382e312e32
            50 00 0056                                        # user information
              51 00 0004 00004000                             #   maximum length 16384
              52 00 0005 322e32352e                           #   implementation class UID
              53 00 0004 0003 0007                            #   asynchronous operations window
              54 00 0007 0003 312e32 01 00                    #   role selection: SCU
              55 00 0002 4d31                                 #   implementation version name
              56 00 0007 0003 312e32 0102                     #   extended negotiation
              57 00 0010 0003 312e32 0003 342e32 0004 0002 312e  #   common extended negotiation
              58 00 0009 02 01 0002 6d65 0001 78              #   user identity: name and password
            """;

    private static final AssociateRq ASSOCIATE_RQ_MEANS = new AssociateRq(
            1,
            "PORTOLAN",
            "MODALITY",
            "1.2.840.10008.3.1.1.1",
            List.of(new ProposedContext(5, "1.2.840.10008.1.1", List.of("1.2.840.10008.1.2"))),
            new UserInformation(
                    16384,
                    "2.25.",
                    "M1",
                    Optional.of(new AsynchronousOperations(3, 7)),
                    List.of(new RoleSelection("1.2", true, false)),
                    List.of(new ExtendedNegotiation("1.2", new Opaque(new byte[] {1, 2}))),
                    List.of(new CommonExtendedNegotiation("1.2", "4.2", List.of("1."))),
                    Optional.of(
                            new UserIdentity(2, true, new Opaque(new byte[] {'m', 'e'}), new Opaque(new byte[] {'x'}))),
                    Optional.empty()));

    private static final String ASSOCIATE_AC = """
            02 00 00000090                                    # A-ASSOCIATE-AC, PDU-length 144
            0001 0000                                         # protocol-version 1
            504f52544f4c414e 2020202020202020                 # called AE PORTOLAN
            4d4f44414c495459 2020202020202020                 # calling AE MODALITY
            0000000000000000 0000000000000000                 # reserved
            0000000000000000 0000000000000000
            10 00 0003 312e32                                 # application context
            21 00 0019 05 00 00 00                            # presentation context 5: acceptance
              40 00 0011
                312e322e3834302e31303030382e312e32
            21 00 0008 07 00 03 00                            # presentation context 7: abstract-syntax-not-supported
              40 00 0000
            50 00 0018                                        # user information
              51 00 0004 00020000                             #   maximum length 131072
              52 00 0001 32                                   #   implementation class UID
              55 00 0000                                      #   implementation version name
              59 00 0003 0001 07                              #   user identity, server response
            """;

    private static final AssociateAc ASSOCIATE_AC_MEANS = new AssociateAc(
            1,
            "PORTOLAN",
            "MODALITY",
            "1.2",
            List.of(new AnsweredContext(5, 0, "1.2.840.10008.1.2"), new AnsweredContext(7, 3, "")),
            new UserInformation(
                    131072,
                    "2",
                    "",
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.of(new Opaque(new byte[] {7}))));

    static Stream<Arguments> fixtures() {
        return Stream.of(
                Arguments.of(ASSOCIATE_RQ, ASSOCIATE_RQ_MEANS),
                Arguments.of(ASSOCIATE_AC, ASSOCIATE_AC_MEANS),
                Arguments.of(
                        "03 00 00000004 00 02 03 02  # rejected-transient, presentation, local-limit-exceeded",
                        AssociateRj.LOCAL_LIMIT_EXCEEDED),
                Arguments.of("04 00 00000008  # P-DATA-TF with 8 bytes", new PDataTf(8)),
                Arguments.of("05 00 00000004 00000000", new ReleaseRq()),
                Arguments.of("06 00 00000004 00000000", new ReleaseRp()),
                Arguments.of("07 00 00000004 00 00 02 06  # provider, invalid-PDU-parameter-value", new Abort(2, 6)));
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void readsBytesAsTheStandardLaysThemOut(String bytes, Pdu pdu) throws Exception {
        assertThat(read(hex(bytes))).isEqualTo(pdu);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void writesBytesAsTheStandardLaysThemOut(String bytes, Pdu pdu) {
        assertThat(PduWriter.bytes(pdu)).asHexString().isEqualTo(upper(hex(bytes)));
    }

    @Test
    void readsBackWhateverItWrites() throws Exception {
        Random random = new Random(20261124);
        for (int i = 0; i < 200; i++) {
            Pdu pdu = i % 2 == 0 ? randomRequest(random) : randomAcceptance(random);
            assertThat(read(PduWriter.bytes(pdu))).isEqualTo(pdu);
        }
    }

    @Test
    void endsInATypedErrorWhereverARequestIsCutShort() throws Exception {
        byte[] whole = hex(ASSOCIATE_RQ);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void neverReadsPastAnItemThatIsCutShort() throws Exception {
        byte[] whole = hex(ASSOCIATE_RQ);
        // the PDU-length fits, the items within do not
        for (int length = 75; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            cut[5] = (byte) (length - 6);
            boolean betweenItems = length == 6 + 68 + 25 || length == 6 + 68 + 25 + 50;
            if (betweenItems) {
                assertThat(read(cut)).isInstanceOf(AssociateRq.class);
            } else {
                assertThatThrownBy(() -> read(cut))
                        .as("cut at %d", length)
                        .isInstanceOf(InvalidPduException.class)
                        .hasMessageContaining("A-ASSOCIATE-RQ item 0x");
            }
        }
    }

    @Test
    void survivesRandomDamage() throws Exception {
        Random random = new Random(20261124);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = hex(ASSOCIATE_RQ);
            for (int k = 0; k < 4; k++) {
                damaged[6 + random.nextInt(damaged.length - 6)] = (byte) random.nextInt();
            }
            Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(() -> read(damaged));
            assertThat(thrown == null || thrown instanceof InvalidPduException)
                    .as("thrown: %s", thrown)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01 00 00100001  # A-ASSOCIATE-RQ of 1 MB and a byte",
                "02 00 ffffffff  # A-ASSOCIATE-AC of 4 GB",
                "01 00 00000002 0001  # A-ASSOCIATE-RQ below the fixed part",
                "03 00 00000005 0001010100",
                "04 00 00004001  # P-DATA-TF above the announced length",
                "05 00 00000000",
                "06 00 7fffffff",
                "07 00 00000003 000000"
            })
    void refusesALengthThatCannotBe(String bytes) {
        assertThatThrownBy(() -> read(hex(bytes)))
                .isInstanceOf(InvalidPduException.class)
                .hasMessageContaining("PDU-length")
                .returns(Abort.INVALID_PDU_PARAMETER_VALUE, e -> ((InvalidPduException) e).abortReason());
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "08", "ff"})
    void refusesAnUnknownType(String type) {
        assertThatThrownBy(() -> read(hex(type + " 00 00000000")))
                .isInstanceOf(InvalidPduException.class)
                .returns(Abort.UNRECOGNIZED_PDU, e -> ((InvalidPduException) e).abortReason());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 254})
    void refusesAnEvenContextId(int id) {
        assertThatThrownBy(() -> read(PduWriter.bytes(requestWith(new ProposedContext(id, "1.2", List.of("1.2"))))))
                .isInstanceOf(InvalidPduException.class)
                .hasMessageContaining("even presentation-context-ID");
    }

    @Test
    void refusesAContextIdThatComesTwice() {
        ProposedContext context = new ProposedContext(1, "1.2", List.of("1.2"));
        assertThatThrownBy(() -> read(PduWriter.bytes(requestWith(context, context))))
                .isInstanceOf(InvalidPduException.class)
                .hasMessageContaining("repeats the presentation-context-ID 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10 00 0003 312e32  # a second application context",
                "21 00 000b 7f000000 40 00 0003 312e32  # an answer in a request",
                "30 00 0003 312e32  # an abstract syntax of no context",
                "40 00 0003 312e32  # a transfer syntax of no context",
                "20 00 0012 7f000000 30 00 0003 312e32 30 00 0003 312e33  # two abstract syntaxes"
            })
    void refusesAnItemThatIsTooMuchInARequest(String item) {
        assertRefused(with(PduWriter.bytes(requestWith()), item));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "20 00 000b 7f000000 30 00 0003 312e32  # a proposal in an answer",
                "21 00 0012 7f000000 40 00 0003 312e32 40 00 0003 312e33  # two transfer syntaxes"
            })
    void refusesAnItemThatIsTooMuchInAnAnswer(String item) {
        assertRefused(with(hex(ASSOCIATE_AC), item));
    }

    private static void assertRefused(byte[] pdu) {
        assertThatThrownBy(() -> read(pdu))
                .isInstanceOf(InvalidPduException.class)
                .returns(Abort.UNEXPECTED_PDU_PARAMETER, e -> ((InvalidPduException) e).abortReason());
    }

    @Test
    void ignoresAnItemThatItDoesNotKnow() throws Exception {
        assertThat(read(with(PduWriter.bytes(requestWith()), "77 00 0002 dead")))
                .isEqualTo(requestWith());
    }

    /** With one more item, of a PDU whose length fits into a byte. */
    private static byte[] with(byte[] pdu, String item) {
        byte[] added = hex(item);
        byte[] more = Arrays.copyOf(pdu, pdu.length + added.length);
        System.arraycopy(added, 0, more, pdu.length, added.length);
        more[5] = (byte) (more[5] + added.length);
        return more;
    }

    @Test
    void skipsWhatIsLeftOfAPduThatItRefused() throws Exception {
        byte[] bytes = hex("08 00 00000003 010203  05 00 00000004 00000000");
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket sender = new Socket(listening.getInetAddress(), listening.getLocalPort());
                Transport transport = transport(listening)) {
            sender.getOutputStream().write(bytes);
            PduReader reader = new PduReader(transport, P_DATA_MAX_BYTES, AssociateLimits.DEFAULT);
            assertThatThrownBy(reader::read).isInstanceOf(InvalidPduException.class);
            assertThat(reader.read()).isEqualTo(new ReleaseRq());
        }
    }

    @Test
    void keepsAPeersControlCharactersOutOfOurLog() throws Exception {
        AssociateRq request = (AssociateRq) read(PduWriter.bytes(
                new AssociateRq(1, "A\nB\u001b", "\u0007", "1.2", List.of(), UserInformation.ours(P_DATA_MAX_BYTES))));
        assertThat(request.calledAe()).isEqualTo("A?B?");
        assertThat(request.callingAe()).isEqualTo("?");
    }

    @Test
    void neverShowsAPassword() {
        assertThat(ASSOCIATE_RQ_MEANS.toString()).contains("secondary=1 bytes");
    }

    @Test
    void saysWhyInTheWordsOfTheStandard() {
        assertThat(AssociateRj.CALLED_AE.words())
                .isEqualTo("rejected-permanent, service-user, called-AE-title-not-recognized");
        assertThat(AssociateRj.LOCAL_LIMIT_EXCEEDED.words())
                .isEqualTo("rejected-transient, service-provider (presentation), local-limit-exceeded");
        assertThat(new AssociateRj(1, 2, 2).words())
                .isEqualTo("rejected-permanent, service-provider (ACSE), protocol-version-not-supported");
        assertThat(new AssociateRj(9, 8, 7).words()).isEqualTo("result 9, source 8, reason 7");
        assertThat(new Abort(2, 2).words()).isEqualTo("service-provider, unexpected-PDU");
        assertThat(new Abort(0, 0).words()).isEqualTo("service-user");
    }

    private static AssociateRq requestWith(ProposedContext... contexts) {
        return new AssociateRq(1, "A", "B", "1.2", List.of(contexts), UserInformation.ours(P_DATA_MAX_BYTES));
    }

    private static AssociateRq randomRequest(Random random) {
        List<ProposedContext> contexts = IntStream.range(0, random.nextInt(129))
                .mapToObj(i -> new ProposedContext(2 * i + 1, uid(random), uids(random)))
                .toList();
        return new AssociateRq(
                random.nextInt(65536), "AE" + random.nextInt(), "X", uid(random), contexts, randomUser(random, true));
    }

    private static AssociateAc randomAcceptance(Random random) {
        List<AnsweredContext> contexts = IntStream.range(0, random.nextInt(129))
                .mapToObj(i -> new AnsweredContext(2 * i + 1, random.nextInt(5), uid(random)))
                .toList();
        return new AssociateAc(1, "AE" + random.nextInt(), "X", uid(random), contexts, randomUser(random, false));
    }

    private static UserInformation randomUser(Random random, boolean ofRequest) {
        return new UserInformation(
                random.nextInt() & 0xFFFFFFFFL,
                uid(random),
                "V" + random.nextInt(),
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(new AsynchronousOperations(random.nextInt(65536), random.nextInt(65536))),
                Stream.generate(() -> new RoleSelection(uid(random), random.nextBoolean(), random.nextBoolean()))
                        .limit(random.nextInt(4))
                        .toList(),
                Stream.generate(() -> new ExtendedNegotiation(uid(random), opaque(random)))
                        .limit(random.nextInt(4))
                        .toList(),
                Stream.generate(() -> new CommonExtendedNegotiation(uid(random), uid(random), uids(random)))
                        .limit(ofRequest ? random.nextInt(4) : 0)
                        .toList(),
                random.nextBoolean() || !ofRequest
                        ? Optional.empty()
                        : Optional.of(new UserIdentity(
                                random.nextInt(256), random.nextBoolean(), opaque(random), opaque(random))),
                random.nextBoolean() || ofRequest ? Optional.empty() : Optional.of(opaque(random)));
    }

    private static Opaque opaque(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return new Opaque(bytes);
    }

    private static List<String> uids(Random random) {
        return Stream.generate(() -> uid(random)).limit(random.nextInt(6)).toList();
    }

    private static String uid(Random random) {
        return "1.2." + random.nextInt(1_000_000);
    }

    private static String upper(byte[] bytes) {
        return java.util.HexFormat.of().withUpperCase().formatHex(bytes);
    }

    private static Pdu read(byte[] bytes) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket sender = new Socket(listening.getInetAddress(), listening.getLocalPort());
                Transport transport = transport(listening)) {
            sender.getOutputStream().write(bytes);
            sender.shutdownOutput();
            return new PduReader(transport, P_DATA_MAX_BYTES, AssociateLimits.DEFAULT).read();
        }
    }

    private static Transport transport(ServerSocket listening) throws Exception {
        return new Transport(listening.accept(), 8192, 0, Duration.ofSeconds(20), Duration.ofSeconds(20));
    }
}
