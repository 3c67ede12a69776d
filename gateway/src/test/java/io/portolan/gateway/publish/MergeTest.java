package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeTest {

    // spotless:off
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        we say it first                     | {}          | {'a':1}               | {}                          | {'a':1}
        others added it                     | {}          | {'a':1}               | {'a':1,'b':2}               | {'a':1,'b':2}
        we say it otherwise now             | {'a':1}     | {'a':2}               | {'a':1}                     | {'a':2}
        others changed what we say          | {'a':1}     | {'a':1}               | {'a':3}                     | {'a':1}
        we no longer say it                 | {'a':1}     | {}                    | {'a':1}                     | {}
        we no longer say it, others do      | {'a':1}     | {}                    | {'a':3}                     | {'a':3}
        we no longer say it, nobody does    | {'a':1}     | {}                    | {}                          | {}
        the server said more                | {'s':{'r':'P/1'}} | {'s':{'r':'P/1'}} | {'s':{'r':'P/1','d':'x'}} | {'s':{'r':'P/1','d':'x'}}
        another value, nothing of the old   | {'s':{'r':'P/1'}} | {'s':{'r':'P/2'}} | {'s':{'r':'P/1','d':'x'}} | {'s':{'r':'P/2'}}
        a value with more than ours goes    | {'s':{'r':'P/1'}} | {}                | {'s':{'r':'P/1','d':'x'}} | {}
        we say less of it                   | {'s':{'r':1,'d':2}} | {'s':{'r':1}}   | {'s':{'r':1,'d':2}}       | {'s':{'r':1}}
        a list: others added                | {'l':[1]}   | {'l':[1]}             | {'l':[1,9]}                 | {'l':[1,9]}
        a list: others added, we too        | {'l':[1]}   | {'l':[1,2]}           | {'l':[9,1]}                 | {'l':[1,2,9]}
        a list: others added to none        | {}          | {'l':[1]}             | {'l':[9]}                   | {'l':[1,9]}
        a list: others added, we said none  | {}          | {}                    | {'l':[9]}                   | {'l':[9]}
        a list: we took one back            | {'l':[1,2]} | {'l':[2]}             | {'l':[1,2,9]}               | {'l':[2,9]}
        a list: we took all back            | {'l':[1,2]} | {}                    | {'l':[1,2]}                 | {}
        a list: we took all back, one stays | {'l':[1,2]} | {}                    | {'l':[1,2,9]}               | {'l':[9]}
        a list: another order is the same   | {'l':[1,2]} | {'l':[1,2]}           | {'l':[9,2,1]}               | {'l':[9,2,1]}
        a list: twice is twice              | {'l':[1]}   | {'l':[1,1]}           | {'l':[1]}                   | {'l':[1,1]}
        a list: the server said more        | {'l':[{'r':1}]} | {'l':[{'r':1},{'r':2}]} | {'l':[{'r':1,'t':'x'}]} | {'l':[{'r':1,'t':'x'},{'r':2}]}
        a list: with more, and taken back   | {'l':[{'r':1},{'r':2}]} | {'l':[{'r':2}]} | {'l':[{'r':1,'t':'x'},{'r':2,'t':'x'}]} | {'l':[{'r':2,'t':'x'}]}
        series: found by uid                | {'series':[{'uid':'1','n':1}]} | {'series':[{'uid':'1','n':2}]} | {'series':[{'uid':'1','n':1,'x':3}]} | {'series':[{'uid':'1','n':2,'x':3}]}
        series: ours is new                 | {'series':[{'uid':'1'}]} | {'series':[{'uid':'0'},{'uid':'1'}]} | {'series':[{'uid':'1','x':3}]} | {'series':[{'uid':'0'},{'uid':'1','x':3}]}
        series: ours is gone, with all      | {'series':[{'uid':'1'},{'uid':'2'}]} | {'series':[{'uid':'2'}]} | {'series':[{'uid':'1','x':3},{'uid':'2'}]} | {'series':[{'uid':'2'}]}
        series: of somebody else            | {'series':[{'uid':'1'}]} | {'series':[{'uid':'1'}]} | {'series':[{'uid':'1'},{'uid':'9'}]} | {'series':[{'uid':'1'},{'uid':'9'}]}
        series: others removed it           | {'series':[{'uid':'1'}]} | {'series':[{'uid':'1'}]} | {} | {'series':[{'uid':'1'}]}
        series: without uid, by equality    | {} | {'series':[{'uid':'1'}]} | {'series':[{'n':1}]} | {'series':[{'uid':'1'},{'n':1}]}
        instances: found by uid             | {'series':[{'uid':'1','instance':[{'uid':'5'}]}]} | {'series':[{'uid':'1','instance':[{'uid':'4'},{'uid':'5'}]}]} | {'series':[{'uid':'1','instance':[{'uid':'5','title':'x'}]}]} | {'series':[{'uid':'1','instance':[{'uid':'4'},{'uid':'5','title':'x'}]}]}
        the id is the server's              | {'id':'a'}  | {'id':'a'}            | {'id':'7'}                  | {'id':'7'}
        meta: the server's stays            | {'meta':{'profile':['p']}} | {'meta':{'profile':['q']}} | {'meta':{'versionId':'3','profile':['p'],'tag':[1]}} | {'meta':{'versionId':'3','profile':['q'],'tag':[1]}}
        meta: we said and no longer do      | {'meta':{'profile':['p']}} | {} | {'meta':{'versionId':'3','profile':['p'],'security':[1]}} | {'meta':{'versionId':'3','security':[1]}}
        """)
    // spotless:on
    void mergesElementByElement(String what, String base, String ours, String theirs, String expected) {
        assertThat(Merge.merge(json(base), json(ours), json(theirs))).isEqualTo(json(expected));
    }

    @Test
    void keepsEveryElementThatOthersAddedToAStudy() {
        ObjectNode ours = json("""
                {'resourceType':'ImagingStudy','status':'available','description':'CT',
                 'identifier':[{'system':'urn:dicom:uid','value':'urn:oid:1.2'}],'series':[{'uid':'1.2.1','number':1}]}""");
        ObjectNode theirs = json("""
                {'resourceType':'ImagingStudy','id':'s','meta':{'versionId':'4','tag':[{'code':'research'}],
                 'security':[{'code':'R'}]},'status':'available','description':'CT','basedOn':[{'reference':'ServiceRequest/1'}],
                 'interpreter':[{'reference':'Practitioner/2'}],'extension':[{'url':'http://x','valueBoolean':true}],
                 'identifier':[{'system':'urn:dicom:uid','value':'urn:oid:1.2'},{'system':'http://ris','value':'77'}],
                 'series':[{'uid':'1.2.1','number':1,'extension':[{'url':'http://y'}]}]}""");
        ObjectNode corrected = ours.deepCopy().put("description", "CT thorax");

        assertThat(Merge.merge(ours, ours, theirs)).isEqualTo(theirs);
        assertThat(Merge.merge(ours, corrected, theirs))
                .isEqualTo(theirs.deepCopy().put("description", "CT thorax"));
    }

    @Test
    void mergesTheSameWayAgainAfterItsOwnResultWasWritten() {
        ObjectNode base = json("{'l':[{'r':1},{'r':2}],'d':'a'}");
        ObjectNode ours = json("{'l':[{'r':2},{'r':3}],'d':'b'}");
        ObjectNode written = Merge.merge(base, ours, json("{'l':[{'r':2,'t':'x'},{'r':9},{'r':1}],'d':'a'}"));

        assertThat(written).isEqualTo(json("{'l':[{'r':2,'t':'x'},{'r':3},{'r':9}],'d':'b'}"));
        assertThat(Merge.merge(ours, ours, written)).isEqualTo(written);
    }

    @Test
    void takesWhatOnlyAGatewayWritesForItsOwnWhenTheLedgerKnowsNothing() {
        ObjectNode theirs = json("""
                {'description':'old','basedOn':[1],'identifier':[1],'series':[
                 {'uid':'1','number':7,'performer':[1],'instance':[{'uid':'5'},{'uid':'6'}]},{'uid':'2','number':8}]}""");
        ObjectNode ours = json("{'identifier':[2],'series':[{'uid':'1','instance':[{'uid':'6'}]}]}");

        assertThat(Merge.merge(Merge.assumedBase(theirs, Set.of()), ours, theirs))
                .isEqualTo(json("""
                        {'basedOn':[1],'identifier':[2,1],'series':[
                         {'uid':'1','performer':[1],'instance':[{'uid':'6'}]}]}"""));
    }

    @Test
    void takesBackTheEndpointsThatAreKnownForOursWhenTheLedgerKnowsNothing() {
        ObjectNode theirs = json("""
                {'endpoint':[{'reference':'Endpoint/1'},{'reference':'Endpoint/9'}],'series':[
                 {'uid':'1','endpoint':[{'reference':'Endpoint/2','display':'x'},{'reference':'Endpoint/8'}]},
                 {'uid':'2','endpoint':[{'reference':'Endpoint/2'}]}]}""");
        ObjectNode ours = json("{'series':[{'uid':'1'},{'uid':'2','endpoint':[{'reference':'Endpoint/2'}]}]}");

        assertThat(Merge.merge(Merge.assumedBase(theirs, Set.of("Endpoint/1", "Endpoint/2")), ours, theirs))
                .isEqualTo(json("""
                        {'endpoint':[{'reference':'Endpoint/9'}],'series':[
                         {'uid':'1','endpoint':[{'reference':'Endpoint/8'}]},
                         {'uid':'2','endpoint':[{'reference':'Endpoint/2'}]}]}"""));
    }

    @Test
    void sendsNothingThatTheServerMakesItself() {
        assertThat(Merge.forWriting(json("""
                {'id':'s','meta':{'versionId':'2','lastUpdated':'2026','source':'#ab','tag':[1]},
                 'text':{'status':'generated','div':'x'}}"""))).isEqualTo(json("{'id':'s','meta':{'tag':[1]}}"));
        assertThat(Merge.forWriting(json("{'meta':{'versionId':'2'},'text':{'status':'additional'}}")))
                .isEqualTo(json("{'text':{'status':'additional'}}"));
    }

    @Test
    void mergesAHundredThousandInstancesInLinearTime() {
        ObjectNode base = study(100_000, 0);
        ObjectNode ours = study(100_000, 1);
        ObjectNode theirs = study(100_000, 0);
        theirs.putArray("basedOn").addObject().put("reference", "ServiceRequest/1");
        long start = System.nanoTime();

        ObjectNode merged = Merge.merge(base, ours, theirs);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(merged.at("/series/0/instance")).hasSize(100_000);
        assertThat(merged.at("/series/0/instance/0/uid").asText()).isEqualTo("1.2.1.1");
        assertThat(merged.at("/basedOn/0/reference").asText()).isEqualTo("ServiceRequest/1");
    }

    private static ObjectNode study(int instances, int first) {
        ObjectNode study = json("{'resourceType':'ImagingStudy'}");
        ArrayNode array =
                study.putArray("series").addObject().put("uid", "1.2.1").putArray("instance");
        for (int i = first; i < first + instances; i++) {
            array.addObject().put("uid", "1.2.1." + i).put("number", i);
        }
        return study;
    }
}
