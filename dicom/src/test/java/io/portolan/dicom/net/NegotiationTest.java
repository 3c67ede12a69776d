package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.UserInformation.AsynchronousOperations;
import io.portolan.dicom.net.UserInformation.CommonExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.ExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.Opaque;
import io.portolan.dicom.net.UserInformation.RoleSelection;
import io.portolan.dicom.net.UserInformation.UserIdentity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is answered to each item of user information (PS3.7 annex D.3.3, PS3.8 annex D). */
class NegotiationTest {

    private static final String CT = "1.2.840.10008.5.1.4.1.1.2";
    private static final String PRIVATE = "1.3.12.2.1107.5.9.1";
    private static final String IMPLICIT =
            TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN.uid().value();
    private static final String STORAGE = "1.2.840.10008.4.2";

    private ServerOptions options = ServerOptions.of("PORTOLAN", 0);

    // what the peer says
    private Optional<AsynchronousOperations> window = Optional.empty();
    private final List<RoleSelection> roles = new ArrayList<>();
    private final List<ExtendedNegotiation> extended = new ArrayList<>();
    private final List<CommonExtendedNegotiation> common = new ArrayList<>();
    private Optional<UserIdentity> identity = Optional.empty();

    @Test
    void saysWhoItIsAndNothingThatWasNotAsked() {
        assertThat(answer(CT).user()).isEqualTo(UserInformation.ours(128 * 1024));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "7, 3"})
    void doesOneOperationAfterTheOther(int invoked, int performed) {
        window = Optional.of(new AsynchronousOperations(invoked, performed));
        assertThat(answer(CT).user().asynchronousOperations()).contains(new AsynchronousOperations(1, 1));
    }

    @ParameterizedTest
    // spotless:off
    @CsvSource({
        // class,                      proposed SCU, SCP, result of the context, answered
        "1.2.840.10008.5.1.4.1.1.2,    true,  false, 0, 'true false'",
        "1.2.840.10008.5.1.4.1.1.2,    true,  true,  0, 'true false'",
        "1.2.840.10008.5.1.4.1.1.2,    false, true,  1, 'false false'", // no role is left
        "1.2.840.10008.5.1.4.1.1.2,    false, false, 1, 'false false'",
        "1.2.840.10008.1.1,            true,  true,  0, 'true false'",
        "1.3.12.2.1107.5.9.1,          true,  true,  0, 'true false'",
        "1.2.840.10008.5.1.4.31,       true,  true,  3, none",
        "no UID,                       true,  true,  3, none",
    })
    // spotless:on
    void letsTheRequestorBeTheScuOnly(String sopClass, boolean scu, boolean scp, int result, String answered) {
        roles.add(new RoleSelection(sopClass, scu, scp));
        AssociateAc answer = answer(sopClass);
        assertThat(answer.contexts()).extracting(AnsweredContext::result).containsExactly(result);
        String roleWords = answer.user().roleSelections().stream()
                .map(role -> role.scu() + " " + role.scp())
                .findFirst()
                .orElse("none");
        assertThat(roleWords).isEqualTo(answered);
    }

    @Test
    void answersARoleOnceForEachClassThatIsProposed() {
        roles.add(new RoleSelection(CT, true, true));
        roles.add(new RoleSelection(CT, false, false));
        roles.add(new RoleSelection(PRIVATE, true, false));
        roles.add(new RoleSelection("1.2.840.10008.5.1.4.1.1.4", true, true)); // in no context
        assertThat(answer(CT, CT, PRIVATE).user().roleSelections())
                .containsExactly(new RoleSelection(CT, true, false), new RoleSelection(PRIVATE, true, false));
    }

    @ParameterizedTest
    // spotless:off
    @CsvSource({
        // class,                      kept whole, level, signatures, coercion
        "1.2.840.10008.5.1.4.1.1.2,    true,       02 00 03 00 00 00",
        "1.2.840.10008.5.1.4.1.1.2,    false,      00 00 00 00 00 00",
        "1.3.12.2.1107.5.9.1,          true,       02 00 03 00 00 00",
        "1.2.840.10008.1.1,            true,       none",
        "1.2.840.10008.5.1.4.31,       true,       none",
    })
    // spotless:on
    void saysHowMuchItKeeps(String sopClass, boolean whole, String support) {
        options = options.withKeepsWhole(whole);
        extended.add(new ExtendedNegotiation(sopClass, new Opaque(new byte[] {3, 0, 0, 0, 2, 0})));
        extended.add(new ExtendedNegotiation("1.2.3", new Opaque(new byte[0]))); // in no context
        List<ExtendedNegotiation> answered = answer(sopClass).user().extendedNegotiations();
        assertThat(answered.stream()
                        .map(one -> HexFormat.ofDelimiter(" ")
                                .formatHex(one.information().bytes()))
                        .findFirst()
                        .orElse("none"))
                .isEqualTo(support);
        assertThat(answered).extracting(ExtendedNegotiation::sopClass).isSubsetOf(sopClass);
    }

    @ParameterizedTest
    // spotless:off
    @CsvSource({
        // class,                   service class,     related classes,                                     taken unknown: yes, no
        "1.3.12.2.1107.5.9.1,       1.2.840.10008.4.2, '',                                                  0, 0",
        "1.3.12.2.1107.5.9.1,       1.2.3,             1.2.840.10008.5.1.4.1.1.2,                           0, 0",
        "1.3.12.2.1107.5.9.1,       '',                'no UID 1.2.3 1.2.840.10008.5.1.4.1.1.2',            0, 0",
        "1.3.12.2.1107.5.9.1,       1.2.3,             '',                                                  3, 3",
        "1.3.12.2.1107.5.9.1,       1.2.3,             1.2.840.10008.5.1.4.31,                              3, 3",
        "1.2.840.10008.5.1.4.31,    1.2.840.10008.4.2, 1.2.840.10008.5.1.4.1.1.2,                           3, 3", // the table knows it
        "1.2.840.10008.5.1.4.1.1.2, 1.2.3,             '',                                                  0, 0",
    })
    // spotless:on
    void believesWhatIsSaidOfAClassThatIsNotKnown(
            String sopClass, String service, String related, int whenTaken, int whenNot) {
        common.add(new CommonExtendedNegotiation(sopClass, service, Arrays.asList(related.split(" ", -1))));
        assertThat(answer(sopClass).contexts().get(0).result()).isEqualTo(whenTaken);
        options = options.withAcceptUnknown(false, false);
        assertThat(answer(sopClass).contexts().get(0).result()).isEqualTo(whenNot);
        assertThat(answer(sopClass).user().commonExtendedNegotiations())
                .as("PS3.7 D.3.3.6: it has no answer")
                .isEmpty();
    }

    @Test
    void takesWhatIsSaidOfOneClassForNoOther() {
        options = options.withAcceptUnknown(false, false);
        common.add(new CommonExtendedNegotiation("1.2.3", STORAGE, List.of()));
        assertThat(answer(PRIVATE, "1.2.3").contexts())
                .extracting(AnsweredContext::result)
                .containsExactly(3, 0);
    }

    @ParameterizedTest
    @CsvSource({
        // type, positive response requested, answered
        "1, true,  true",
        "2, true,  true",
        "3, true,  false", // we have no ticket,
        "4, true,  false", // no assertion
        "5, true,  false", // and no token to answer with
        "6, true,  false",
        "1, false, false",
        "2, false, false",
    })
    void tellsAUserThatItIsWelcome(int type, boolean requested, boolean answered) {
        identity = Optional.of(
                new UserIdentity(type, requested, new Opaque(new byte[] {'m', 'e'}), new Opaque(new byte[] {'x'})));
        AssociateAc answer = answer(CT);
        assertThat(answer.contexts().get(0).result()).isZero();
        assertThat(answer.user().userIdentityResponse())
                .isEqualTo(answered ? Optional.of(new Opaque(new byte[0])) : Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.840.10008.5.1.4.1.1.2, 1.2.840.10008.1.2 1.2.840.10008.1.2, 0, 1.2.840.10008.1.2",
        "1.2.840.10008.5.1.4.1.1.2, '',                                  4, 1.2.840.10008.1.2",
        "1.2.840.10008.5.1.4.1.1.2, no-UID 1.2.3,                        4, 1.2.3",
        "'',                        1.2.840.10008.1.2,                   3, 1.2.840.10008.1.2",
        "'',                        '',                                  3, 1.2.840.10008.1.2",
    })
    void answersAContextThatIsOdd(String sopClass, String syntaxes, int result, String answered) {
        ProposedContext context = new ProposedContext(
                7, sopClass, syntaxes.isEmpty() ? List.of() : Arrays.asList(syntaxes.split(" ", -1)));
        assertThat(answer(List.of(context)).contexts()).containsExactly(new AnsweredContext(7, result, answered));
    }

    @Test
    void answersAllOf128ContextsAndWhatWasSaidOfEach() throws Exception {
        List<String> classes = SopClass.allStorage().stream()
                .map(sopClass -> sopClass.uid().value())
                .limit(128)
                .toList();
        classes.forEach(sopClass -> {
            roles.add(new RoleSelection(sopClass, true, true));
            extended.add(new ExtendedNegotiation(sopClass, new Opaque(new byte[6])));
        });
        AssociateAc answer = answer(classes.toArray(String[]::new));
        assertThat(answer.contexts()).hasSize(128).allMatch(context -> context.result() == 0);
        assertThat(answer.user().roleSelections()).hasSize(128);
        assertThat(answer.user().extendedNegotiations()).hasSize(128);
        assertThat(PduWriter.bytes(answer)).hasSizeLessThan(64 * 1024);
    }

    private AssociateAc answer(String... classes) {
        return answer(IntStream.range(0, classes.length)
                .mapToObj(i -> new ProposedContext(2 * i + 1, classes[i], List.of(IMPLICIT)))
                .toList());
    }

    private AssociateAc answer(List<ProposedContext> contexts) {
        UserInformation user =
                new UserInformation(16384, "1.2", "PEER", window, roles, extended, common, identity, Optional.empty());
        return new Negotiation(options, false)
                .acceptance(
                        new AssociateRq(1, "PORTOLAN", "MODALITY", Negotiation.APPLICATION_CONTEXT, contexts, user));
    }
}
