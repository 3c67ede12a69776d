package io.portolan.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.engine.AssociationRules;
import io.portolan.dicom.engine.AssociationRules.Refusal;
import io.portolan.gateway.config.DicomPeer.Listens;
import io.portolan.gateway.config.GatewayConfig;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the section {@code dicom} makes of a caller. */
class DicomServerTest {

    @TempDir
    private Path directory;

    @Test
    void takesEverybodyByDefault() throws Exception {
        assertThat(DicomServer.rules(dicom("{}"))).isEqualTo(AssociationRules.ANY);
    }

    @Test
    void isCalledByItsOwnAndItsFurtherAeTitles() throws Exception {
        AssociationRules rules = DicomServer.rules(
                dicom("{ ae-title: CHART, accept-any-called-ae: false, called-ae-titles: [CHART_CT] }"));
        InetAddress anywhere = InetAddress.getLoopbackAddress();
        assertThat(rules.refusal("CHART", "X", anywhere)).isEmpty();
        assertThat(rules.refusal("CHART_CT", "X", anywhere)).isEmpty();
        assertThat(rules.refusal("CHART_MR", "X", anywhere)).contains(Refusal.CALLED_AE);
    }

    @Test
    void knowsItsPeers() throws Exception {
        GatewayConfig.Dicom dicom = dicom("""
                {
                  hosts: [10.0.0.0/8],
                  peers-only: true,
                  peers: [
                    { ae-title: CT1, from: 10.1.0.0/16, called-ae-titles: [ANY_NAME], max-associations: 3,
                      host: ct1, port: 104 },
                    { ae-title: MR1 }
                  ]
                }
                """.replace("\n", " "));
        AssociationRules rules = DicomServer.rules(dicom);
        InetAddress ct = InetAddress.getByName("10.1.2.3");
        InetAddress elsewhere = InetAddress.getByName("10.2.2.3");
        assertThat(rules.hosts().holds(ct)).isTrue();
        assertThat(rules.hosts().holds(InetAddress.getByName("11.1.2.3"))).isFalse();
        assertThat(rules.refusal("ANY_NAME", "CT1", ct)).isEmpty();
        assertThat(rules.refusal("OTHER", "CT1", ct)).contains(Refusal.CALLED_AE);
        assertThat(rules.refusal("ANY_NAME", "CT1", elsewhere)).contains(Refusal.CALLING_AE);
        assertThat(rules.refusal("OTHER", "MR1", elsewhere)).isEmpty();
        assertThat(rules.refusal("OTHER", "MR2", elsewhere)).contains(Refusal.CALLING_AE);
        assertThat(rules.associationsMax("CT1")).hasValue(3);
        assertThat(dicom.listens("CT1")).contains(new Listens("ct1", 104, false));
        assertThat(dicom.listens("MR1")).isEmpty();
        assertThat(dicom.listens("MR2")).isEmpty();
    }

    @Test
    void letsAsManyAskAtOnceAsMayHaveAnAssociation() throws Exception {
        assertThat(waiting("{ max-associations: 300, max-connections-waiting: 40 }"))
                .isEqualTo(300);
        assertThat(waiting("{ max-associations: 30, max-connections-waiting: 40 }"))
                .isEqualTo(40);
    }

    private int waiting(String section) throws Exception {
        return DicomServer.network(dicom(section).limits()).connections().waitingMax();
    }

    private GatewayConfig.Dicom dicom(String section) throws Exception {
        Path file = Files.writeString(directory.resolve("portolan.yaml"), "dicom: " + section);
        return GatewayConfig.load(Optional.of(file), Map.of(), Map.of()).dicom();
    }
}
