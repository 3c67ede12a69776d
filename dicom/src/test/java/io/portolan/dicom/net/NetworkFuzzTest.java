package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.portolan.dicom.Damage;
import io.portolan.dicom.net.MemorySocket.Peer;
import io.portolan.dicom.net.Pdu.PDataTf;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a fuzzer once found in the network, what it starts with, and a little of what it does, in every build. */
@Timeout(120)
class NetworkFuzzTest {

    private static final int MUTATIONS = 3000; // of each target
    private static final long SEED = 42;
    private static final Path FINDINGS = Path.of(System.getProperty("portolan.root", ""), "test-data", "fuzz");

    /** Lengths, items, elements and message control headers that mean something, both ways round. */
    private static final byte[][] WORDS = {
        {-1, -1, -1, -1},
        {0, 0, 0, 0},
        {0, 0, 0, 4},
        {0, 2, 0, 0},
        {0x50, 0, 0, 0},
        {0x21, 0, 0, 4},
        {0x58, 0, 0, 2},
        {4, 0, 0, 0},
        {5, 0, 0, 0},
        {0, 0, 0, 1},
        {0, 0, 1, 1},
        {(byte) 0xFE, -1, 0, (byte) 0xE0},
        {'S', 'Q', 0, 0}
    };

    @ParameterizedTest
    @EnumSource
    void takesEverySeed(NetworkFuzz target) {
        List<byte[]> seeds = target.seeds();
        assertThat(seeds).isNotEmpty();
        for (int i = 0; i < seeds.size(); i++) {
            check(target, "seed " + i, seeds.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesEverySeedChangedAtRandom(NetworkFuzz target) {
        List<byte[]> seeds = target.seeds();
        Random random = new Random(SEED);
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] seed = seeds.get(random.nextInt(seeds.size()));
            check(target, "mutation " + i + " of seed " + SEED, Damage.of(seed, WORDS, random));
        }
    }

    @ParameterizedTest
    @EnumSource
    void staysRightWhereItWasWrong(NetworkFuzz target) throws Exception {
        Path folder = FINDINGS.resolve(target.title());
        if (Files.isDirectory(folder)) {
            try (Stream<Path> findings = Files.list(folder)) {
                for (Path finding : findings.toList()) {
                    check(target, finding.toString(), Files.readAllBytes(finding));
                }
            }
        }
    }

    /** Else what lies behind the first words of an association would never be reached. */
    @Test
    void beginsWithConversationsThatAreHadToTheirEnd() throws Exception {
        List<CommandSet> answers = new ArrayList<>();
        for (byte[] seed : NetworkSeeds.toAcceptor()) {
            answers.addAll(commands(TranscriptChecks.acceptor(seed, Peer.FALLS_SILENT)));
        }
        assertThat(answers).extracting(CommandSet::commandField).contains(0x8030, 0x8001, 0x8130, 0x0100);
        List<CommandSet> requests = new ArrayList<>();
        for (byte[] seed : NetworkSeeds.toRequestor()) {
            requests.addAll(commands(TranscriptChecks.requestor(seed, Peer.FALLS_SILENT)));
        }
        assertThat(requests)
                .extracting(CommandSet::commandField)
                .contains(0x0030, 0x0001, 0x0020, 0x0FFF, 0x0010, 0x8001, 0x0021, 0x0100);
        assertThat(NetworkSeeds.toAcceptor())
                .anySatisfy(seed -> assertThat(TranscriptChecks.acceptor(seed, Peer.FALLS_SILENT))
                        .endsWith(PduWriter.bytes(new ReleaseRp())));
        assertThat(NetworkSeeds.toRequestor())
                .anySatisfy(seed -> assertThat(TranscriptChecks.requestor(seed, Peer.FALLS_SILENT))
                        .endsWith(PduWriter.bytes(new ReleaseRq())));
    }

    /** The command sets that were written whole into one PDU. */
    private static List<CommandSet> commands(byte[] written) throws Exception {
        List<CommandSet> commands = new ArrayList<>();
        for (int at = 0; at < written.length; at += 6 + (int) PduReader.uint32(written, at + 2)) {
            if (written[at] == PDataTf.TYPE && written[at + 11] == 3) {
                int end = at + 6 + (int) PduReader.uint32(written, at + 2);
                byte[] command = Arrays.copyOfRange(written, at + 12, end);
                if (command.length > 12) { // else the end of one, for a peer that takes little
                    commands.add(CommandSet.parse(command, command.length));
                }
            }
        }
        return commands;
    }

    private static void check(NetworkFuzz target, String what, byte[] data) {
        assertThatCode(() -> target.check(data)).as("%s, %s", target, what).doesNotThrowAnyException();
    }
}
