package io.portolan.gateway.commit;

import static io.portolan.gateway.forward.ForwardRoom.CT;
import static io.portolan.gateway.forward.ForwardRoom.await;
import static io.portolan.gateway.forward.ForwardRoom.sop;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.CommitmentRequest;
import io.portolan.dicom.engine.SopReference;
import io.portolan.dicom.engine.Status;
import io.portolan.gateway.FreeSpace;
import io.portolan.gateway.RetryDelay;
import io.portolan.gateway.commit.CommitOptions.Peer;
import io.portolan.gateway.forward.ForwardRoom;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.TestPostgres;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways of one ledger, each with the files that it received. */
class TwoGatewaysCommitmentTest {

    private static final Uid TRANSACTION = new Uid("1.2.3.99");

    @TempDir
    private Path directory;

    private final ScriptedRequestor requestor = new ScriptedRequestor();

    private ForwardRoom room(String name, LedgerPlace place) throws Exception {
        ForwardRoom room = new ForwardRoom(directory.resolve(name), place);
        room.ledger.storages().use(name, name);
        room.reopen(false);
        return room;
    }

    private StorageCommitment commitment(ForwardRoom room) {
        CommitOptions options = new CommitOptions(
                Duration.ofHours(1),
                Duration.ofMillis(20),
                100,
                100,
                new RetryDelay(Duration.ofMillis(2), Duration.ofMillis(20)),
                Duration.ofSeconds(20),
                Duration.ofDays(7),
                ae -> Optional.of(new Peer("ct1", 104, Optional.empty())));
        return new StorageCommitment(
                options, requestor, room.ledger, room.storage, false, new FreeSpace(List.of(), 0), new Random(1));
    }

    @Test
    void eachSaysWhatItHasAndOneReports() throws Exception {
        LedgerPlace place = TestPostgres.shared().place();
        ForwardRoom one = room("one", place);
        ForwardRoom other = room("other", place);
        StorageCommitment atOne = commitment(one);
        StorageCommitment atOther = commitment(other);
        try {
            one.receive(1);
            other.receive(2);
            SopReference first = new SopReference(CT, sop(1));
            SopReference second = new SopReference(CT, sop(2));
            CommitmentRequest request = new CommitmentRequest(
                    "CT1",
                    "PORTOLAN",
                    InetSocketAddress.createUnresolved("peer", 104),
                    1,
                    TRANSACTION,
                    List.of(first, second));
            assertThat(atOther.scp().request(request)).isEqualTo(Status.SUCCESS);
            assertThat(atOther.scp().report(request.id()))
                    .as("not what the other has")
                    .isEmpty();
            atOne.start();
            atOther.start();
            await("it is reported", () -> one.ledger.commitments().counts().waiting() == 0);
            assertThat(requestor.reports)
                    .containsExactly(new CommitmentReport(TRANSACTION, List.of(first, second), List.of()));
        } finally {
            atOne.stop(Duration.ofSeconds(20));
            atOther.stop(Duration.ofSeconds(20));
            one.close();
            other.close();
        }
    }
}
