-- A ledger of schema 12 as the first version that had it wrote it, synthetic: three studies, one of an archive that is a folder,
-- all published; the gateway was killed. Migrations 8 and 9 stood otherwise then, see RewrittenMigrations.
CREATE TABLE IF NOT EXISTS "flyway_schema_history" (
    "installed_rank" INT NOT NULL PRIMARY KEY,
    "version" VARCHAR(50),
    "description" VARCHAR(200) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "script" VARCHAR(1000) NOT NULL,
    "checksum" INT,
    "installed_by" VARCHAR(100) NOT NULL,
    "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
    "execution_time" INT NOT NULL,
    "success" BOOLEAN NOT NULL
);
INSERT INTO flyway_schema_history VALUES(1,'1','ledger','SQL','V1__ledger.sql',-1946652812,'','2026-11-27 09:28:18.488',5,1);
INSERT INTO flyway_schema_history VALUES(2,'2','key objects','SQL','V2__key_objects.sql',-638178551,'','2026-11-27 09:28:18.509',1,1);
INSERT INTO flyway_schema_history VALUES(3,'3','evidence of documents','JDBC','io.portolan.gateway.ledger.LedgerMigration$1',1,'','2026-11-27 09:28:18.515',0,1);
INSERT INTO flyway_schema_history VALUES(4,'4','expired and uncertain','SQL','V4__expired_and_uncertain.sql',-2122538104,'','2026-11-27 09:28:18.521',0,1);
INSERT INTO flyway_schema_history VALUES(5,'5','evidence of documents again','JDBC','io.portolan.gateway.ledger.EvidenceOfDocuments',1,'','2026-11-27 09:28:18.988',451,1);
INSERT INTO flyway_schema_history VALUES(6,'6','lanes and effort','JDBC','io.portolan.gateway.ledger.LanesAndEffort',1,'','2026-11-27 09:28:18.994',1,1);
INSERT INTO flyway_schema_history VALUES(7,'7','server of publication','SQL','V7__server_of_publication.sql',1988001564,'','2026-11-27 09:28:19.010',0,1);
INSERT INTO flyway_schema_history VALUES(8,'8','sources','SQL','V8__sources.sql',-619797528,'','2026-11-27 09:28:19.046',2,1);
INSERT INTO flyway_schema_history VALUES(9,'9','several gateways','SQL','V9__several_gateways.sql',-633676112,'','2026-11-27 09:28:19.076',7,1);
INSERT INTO flyway_schema_history VALUES(10,'10','forward','SQL','V10__forward.sql',-1231258304,'','2026-11-27 09:28:19.086',0,1);
INSERT INTO flyway_schema_history VALUES(11,'11','compacted studies','JDBC','io.portolan.gateway.ledger.CompactedStudies',1,'','2026-11-27 09:28:19.094',1,1);
INSERT INTO flyway_schema_history VALUES(12,'12','audit','SQL','V12__audit.sql',1634072272,'','2026-11-27 09:28:19.123',5,1);
CREATE TABLE study (
    id                 INTEGER PRIMARY KEY,
    study_uid          VARCHAR(64) NOT NULL UNIQUE,
    revision           BIGINT      NOT NULL,
    published_revision BIGINT      NOT NULL,
    instances          BIGINT      NOT NULL,
    first_dirty_at     BIGINT,
    last_arrival_at    BIGINT      NOT NULL,
    due_at             BIGINT,
    retry_at           BIGINT,
    claimed_by         VARCHAR(64),
    claimed_until      BIGINT,
    attempts           INTEGER     NOT NULL,
    category           VARCHAR(32),
    last_error         TEXT,
    parked             SMALLINT    NOT NULL
, uncertain SMALLINT NOT NULL DEFAULT 0, lane TEXT NOT NULL DEFAULT '0', compacted SMALLINT NOT NULL DEFAULT 0);
INSERT INTO study VALUES(1,'2.25.9101.4',3,3,2,NULL,1795771728578,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,'1~',0);
INSERT INTO study VALUES(2,'2.25.9101.1',3,3,3,NULL,1795771702627,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,'1PORTOLAN',0);
INSERT INTO study VALUES(3,'2.25.9101.2',3,3,3,NULL,1795771702690,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,'1PORTOLAN',0);
CREATE TABLE publication (
    study_id     BIGINT NOT NULL PRIMARY KEY REFERENCES study (id),
    fhir_id      TEXT   NOT NULL,
    fhir_version TEXT,
    json         BLOB NOT NULL,
    fingerprint  TEXT   NOT NULL,
    published_at BIGINT NOT NULL
, versions BIGINT NOT NULL DEFAULT 0, sent_bytes BIGINT NOT NULL DEFAULT 0, resource_bytes BIGINT NOT NULL DEFAULT 0, server TEXT);
INSERT INTO publication VALUES(2,'58979005-468a-5d86-96e9-d098515d72d8','1',X'1f8b08000000000000ffc593c18e9b3010865f05f91c8c3121c15c53adb45a455d353954aa7270f02471051819131545bc7b0742c4b2ddbd764f0963cfcc37ff3fbe110bb5696c06fbb6029292e7429e7579deb946b56441b482d2e993064bd25f3752b7b58302af35b64c95ce4c91365ae1bdabcc1b18e346ab94531e5311b29086a45bbc4bac8c752697655a8f5d1ed97122d682b1d85fae12e9c72a59f96205c2574c247118ab355709e90e0b523be99a1a33e455ea5c1e73c02a855132d7ae9d935e9cabd2201860690985a4c69e83c7d475604a6431e736f8b6d96291cca89e64b3c7ff4ad7552edbfed31455e340797b5398b395d5a5bd7334c7df903992de50c7135828b33efb553a8dba0521630cebb8bbb463f49daab7f1f8d6b746e53fa477600b5d0e9cf492af87113648ba1bee0557ee33cea2097ffb6386bf051c5fe69e85cc58e5954d71c4d6dda15bcc8d999c1bb81fb6bcfef4d74fd18b2f180fd1ce6ed0dfa21c78c6195ff94cf8e11213ee85bf9f766035a03de1147a2e3107d5c1688451e36018d4c11f548f0c8be08583a60aeacceaca6953be39c19e6351ccea770e5b4f3b4685982dc07ff1ffb3e1f4f8f509ea308ba936b9aceb1969ef8006774aed294b2391ac269c873921e5345932da2f564263acb6ec2b523ea7dd7bfd33066fe78cc5df09152de95fe3bf50fc4ba1f8c750d1974245f83e0edd5f2f42742021050000','5de67f64d1622e42',1795771704713,1,2112,1313,'http://127.0.0.1:34799/fhir');
INSERT INTO publication VALUES(1,'330cfb6d-b861-5fa5-b5e3-7a46184d6df5','2',X'1f8b08000000000000ffbd934d8f9b301086ff0af23918038104aea92aadaaa8ab26874ad51e0c1e12576023db444511ffbd0321625975af1507f0c7cc3cf3bec39d18b0ba33259cfb16484e5e1a7e91ea72729de8c9864801cac94a8221f9af3bb1bd75d0e0b5cea85cc85237792705debbf1ba83795f4b9147344a6816b2906ec9b0f910d86ae374cd556ee72acfe838666555a4c22ff669e827154ffc2281d8dff16d1aeeb72215554286b70db18ebbce6204bf7159f3a206ccd268c16be9fa35e9d5b9360f8209962a6838d5e6123cbbb68156c8a22f7df0e570c424a51623c9e18cdf42dab6e6fdb8d44ddb3910de5937fa62787bed1f1c5df11b4a47f23bea588101558ed1afdc49d42d08190b318f7b483bef7e50f53e1fdfc7d2a8fc3fe91d9846aa89935eebddd4c201494fd3bde016f92c62f1827ffcb1c23f02b6cf6bcf40a98df054d714587a781b366b6316e7187b67cbeb4f7ff735fee6672c0ad1ce61d2dfa01c7816b128f559e6e3c1863c127faf4e6024a03de1b2f5a23006d59977b583a951077f503d320d82b79d3415604b235b27b57a778235e7a41835ce1c965e668c66d96a00fe8bff9f3527e7d527a8e34458dd1e6a6eed8a74744082ab725395799cedd305e7694e4823badf328a83c5f634a1533e7ca235edd91b7f63f04e4e1b7c2fa8c887aebf0d7f015f53dfd9f7030000','5de67f64d1622e42',1795771728830,2,3022,1015,'http://127.0.0.1:34799/fhir');
INSERT INTO publication VALUES(3,'47d93621-6375-5459-bc64-069f90467dd7','1',X'1f8b08000000000000ffc593c18ea3300c865f05e55c20040a856b57238d46d58eb63dacb4ea2125a6cd0a080aa15a54f1eeeb502a86d999ebce01014e6c7ffe6ddf888656753a8743df00c9c873c5cfb23eef4d277ab22252406d64214193ecd78db47d6ba0c26b9dae33217355659d1478efcacb0e26bb9222631e5b7b6940038f9161f5ceb151daa892d7593b657978478948c398056e1c266b771dad53f794c7914be3b44869142742246438ae486bb8e95af4e0572e4b7e2a01a3544af0529a7e497a31a6c97c7f84f56aa8b8a7f4d97f54ddfaaa461675eefd6fdb1d06c995b024db037e0bd93625efedafaa9ace80700eaa5267cd9b4b7fe7e84ebf213724bba18e0568a873ebfdca8d44ddfc80d208e398bbb493f59daab7e9f86653a3f21fd21bd095ac474eef522663095b24dd8ff7fc2b7329a3e18cbffbb1c0df0196cf4b4743aeb470eaae3a61eae138ac968d993b47e99bb6bcfe7493a7f0c54d290bb09dc3a8bf4639f08c5116bb3475035be83df0f7620f5a02b627984dcf35faa03a680dd1aa0c8c851af883ea9171101c366a2aa0cdb56c8c54f59b13cc3905452f3b73987a9e312f4d1703f05ffaff597172fafb0435b0b5a8665bf2b65d90da0e483045a68b3c0bd34d3ce33c9a63fd3711f570b0e8c65b7b8117e163976c417b70ec1a83b3374ae37b46c596d86dfc178a7d2914fb182afc52a810f7e338fc05bf7392fe21050000','5de67f64d1622e42',1795771704856,1,2112,1313,'http://127.0.0.1:34799/fhir');
CREATE TABLE header (
    id         INTEGER PRIMARY KEY,
    study_id   BIGINT      NOT NULL REFERENCES study (id),
    level      VARCHAR(8)  NOT NULL,
    hash       VARCHAR(64) NOT NULL,
    attributes TEXT        NOT NULL,
    UNIQUE (study_id, level, hash)
);
INSERT INTO header VALUES(1,1,'PATIENT','1112555866ff33cc3c67b6bfcf83f5566b746d09868414243211287c8fdd27a4','{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Quexington^Zyvra"}]},"00100020":{"vr":"LO","Value":["PX-7F3K-90214"]}}');
INSERT INTO header VALUES(2,1,'STUDY','89fb9b81cae987c79c12a12bf8ec4a684348c7bf607d785817b247bca067c966','{"00080020":{"vr":"DA","Value":["20260914"]},"00081030":{"vr":"LO","Value":["study 4"]},"0020000D":{"vr":"UI","Value":["2.25.9101.4"]}}');
INSERT INTO header VALUES(3,1,'SERIES','92cd91013b7d8557aab2b555be5ae20dfe814978fbf4d26207b23af329d57d45','{"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["2.25.9101.4.99"]}}');
INSERT INTO header VALUES(4,2,'PATIENT','c160e7461def041fcca43f2408f34f89d461639b023692f85d3f911777f18038','{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Quexington^Zyvra"}]},"00100020":{"vr":"LO","Value":["PX-7F3K-90211"]}}');
INSERT INTO header VALUES(5,2,'STUDY','a235f5809ef044ac0127812460f398879d6eeef633f7626935d1323e2aa4d908','{"00080020":{"vr":"DA","Value":["20260914"]},"00081030":{"vr":"LO","Value":["study 1"]},"0020000D":{"vr":"UI","Value":["2.25.9101.1"]}}');
INSERT INTO header VALUES(6,2,'SERIES','73fb1756a4b4ac2aee064e854698d7cb52f293fd02669d6605578882c7df83ff','{"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["2.25.9101.1.99"]}}');
INSERT INTO header VALUES(7,3,'PATIENT','1c173c4a5699af8cbbe4142c0b3392d2dff0068ffdc243d5f19fea79f1a27568','{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Quexington^Zyvra"}]},"00100020":{"vr":"LO","Value":["PX-7F3K-90212"]}}');
INSERT INTO header VALUES(8,3,'STUDY','52303c887c0a9c04c56b1a7073f452ff53f8e8744224dcf663fcc8f519c67261','{"00080020":{"vr":"DA","Value":["20260914"]},"00081030":{"vr":"LO","Value":["study 2"]},"0020000D":{"vr":"UI","Value":["2.25.9101.2"]}}');
INSERT INTO header VALUES(9,3,'SERIES','f8ff8230bd897d22e7c70ca9f5290ebe85cdaef4f1e591c34aa932f2c32da346','{"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["2.25.9101.2.99"]}}');
CREATE TABLE series (
    id         INTEGER PRIMARY KEY,
    study_id   BIGINT      NOT NULL REFERENCES study (id),
    series_uid VARCHAR(64) NOT NULL,
    UNIQUE (study_id, series_uid)
);
INSERT INTO series VALUES(1,1,'2.25.9101.4.99');
INSERT INTO series VALUES(2,2,'2.25.9101.1.99');
INSERT INTO series VALUES(3,3,'2.25.9101.2.99');
CREATE TABLE instance (
    id                INTEGER PRIMARY KEY,
    study_id          BIGINT      NOT NULL REFERENCES study (id),
    series_id         BIGINT      NOT NULL,
    sop_uid           VARCHAR(64) NOT NULL,
    patient_header_id BIGINT      NOT NULL,
    study_header_id   BIGINT      NOT NULL,
    series_header_id  BIGINT      NOT NULL,
    attributes        TEXT        NOT NULL,
    calling_ae        TEXT        NOT NULL,
    transfer_syntax   VARCHAR(64) NOT NULL,
    received_at       BIGINT      NOT NULL, resent_at BIGINT, corrected SMALLINT NOT NULL DEFAULT 0, listed BIGINT NOT NULL DEFAULT 0, gone_at BIGINT,
    UNIQUE (study_id, sop_uid)
);
INSERT INTO instance VALUES(1,1,1,'2.25.9101.4.1',1,2,3,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["2.25.9101.4.1"]},"00200013":{"vr":"IS","Value":["1"]}}','','1.2.840.10008.1.2.1',1795771700657,NULL,1,1,NULL);
INSERT INTO instance VALUES(2,1,1,'2.25.9101.4.2',1,2,3,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["2.25.9101.4.2"]},"00200013":{"vr":"IS","Value":["2"]}}','','1.2.840.10008.1.2.1',1795771700733,NULL,1,0,1795771728578);
INSERT INTO instance VALUES(3,2,2,'2.25.9101.1.1',4,5,6,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["2.25.9101.1.1"]},"00200013":{"vr":"IS","Value":["1"]}}','PORTOLAN','1.2.840.10008.1.2.1',1795771702576,NULL,0,0,NULL);
INSERT INTO instance VALUES(4,2,2,'2.25.9101.1.2',4,5,6,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["2.25.9101.1.2"]},"00200013":{"vr":"IS","Value":["2"]}}','PORTOLAN','1.2.840.10008.1.2.1',1795771702604,NULL,0,0,NULL);
INSERT INTO instance VALUES(5,2,2,'2.25.9101.1.3',4,5,6,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["2.25.9101.1.3"]},"00200013":{"vr":"IS","Value":["3"]}}','PORTOLAN','1.2.840.10008.1.2.1',1795771702627,NULL,0,0,NULL);
INSERT INTO instance VALUES(6,3,3,'2.25.9101.2.1',7,8,9,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["2.25.9101.2.1"]},"00200013":{"vr":"IS","Value":["1"]}}','PORTOLAN','1.2.840.10008.1.2.1',1795771702655,NULL,0,0,NULL);
INSERT INTO instance VALUES(7,3,3,'2.25.9101.2.2',7,8,9,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["2.25.9101.2.2"]},"00200013":{"vr":"IS","Value":["2"]}}','PORTOLAN','1.2.840.10008.1.2.1',1795771702671,NULL,0,0,NULL);
INSERT INTO instance VALUES(8,3,3,'2.25.9101.2.3',7,8,9,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["2.25.9101.2.3"]},"00200013":{"vr":"IS","Value":["3"]}}','PORTOLAN','1.2.840.10008.1.2.1',1795771702690,NULL,0,0,NULL);
CREATE TABLE file (
    id              INTEGER PRIMARY KEY,
    instance_id     BIGINT      NOT NULL REFERENCES instance (id),
    path            TEXT        NOT NULL,
    calling_ae      TEXT        NOT NULL,
    transfer_syntax VARCHAR(64) NOT NULL,
    received_at     BIGINT      NOT NULL
, storage_id BIGINT NOT NULL DEFAULT 1);
INSERT INTO file VALUES(1,3,'2.25.9101.1/2.25.9101.1.99/2.25.9101.1.1-237d95b7-be2c-469c-9f3d-827196591806.dcm','PORTOLAN','1.2.840.10008.1.2.1',1795771702576,1);
INSERT INTO file VALUES(2,4,'2.25.9101.1/2.25.9101.1.99/2.25.9101.1.2-427fb634-439d-4d31-86a7-871615c054e4.dcm','PORTOLAN','1.2.840.10008.1.2.1',1795771702604,1);
INSERT INTO file VALUES(3,5,'2.25.9101.1/2.25.9101.1.99/2.25.9101.1.3-d0911b01-0bcb-4987-ac0e-e6c16e973942.dcm','PORTOLAN','1.2.840.10008.1.2.1',1795771702627,1);
INSERT INTO file VALUES(4,6,'2.25.9101.2/2.25.9101.2.99/2.25.9101.2.1-c91604e6-cead-4c20-87a1-b4d37ad4c93a.dcm','PORTOLAN','1.2.840.10008.1.2.1',1795771702655,1);
INSERT INTO file VALUES(5,7,'2.25.9101.2/2.25.9101.2.99/2.25.9101.2.2-840c1bd9-c251-46be-8955-abb48c99d2a0.dcm','PORTOLAN','1.2.840.10008.1.2.1',1795771702671,1);
INSERT INTO file VALUES(6,8,'2.25.9101.2/2.25.9101.2.99/2.25.9101.2.3-545d45d4-eeba-4195-8178-eda7d78e14cf.dcm','PORTOLAN','1.2.840.10008.1.2.1',1795771702690,1);
CREATE TABLE shared (
    id            INTEGER PRIMARY KEY,
    server        TEXT     NOT NULL,
    type          TEXT     NOT NULL,
    system        TEXT     NOT NULL,
    value         TEXT     NOT NULL,
    fhir_id       TEXT,
    created       SMALLINT NOT NULL,
    fhir_version  TEXT,
    json          TEXT,
    claimed_by    VARCHAR(64),
    claimed_until BIGINT,
    UNIQUE (server, type, system, value)
);
INSERT INTO shared VALUES(1,'http://127.0.0.1:34799/fhir','Patient','urn:oid:2.25.900','PX-7F3K-90214','1001',1,'1','{"resourceType":"Patient","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR","display":"Medical record number"}]},"system":"urn:oid:2.25.900","value":"PX-7F3K-90214"}],"name":[{"text":"Zyvra Quexington","family":"Quexington","given":["Zyvra"]}]}',NULL,NULL);
INSERT INTO shared VALUES(2,'http://127.0.0.1:34799/fhir','Patient','urn:oid:2.25.900','PX-7F3K-90211','1000',1,'1','{"resourceType":"Patient","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR","display":"Medical record number"}]},"system":"urn:oid:2.25.900","value":"PX-7F3K-90211"}],"name":[{"text":"Zyvra Quexington","family":"Quexington","given":["Zyvra"]}]}',NULL,NULL);
INSERT INTO shared VALUES(3,'http://127.0.0.1:34799/fhir','Patient','urn:oid:2.25.900','PX-7F3K-90212','1004',1,'1','{"resourceType":"Patient","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR","display":"Medical record number"}]},"system":"urn:oid:2.25.900","value":"PX-7F3K-90212"}],"name":[{"text":"Zyvra Quexington","family":"Quexington","given":["Zyvra"]}]}',NULL,NULL);
CREATE TABLE evidence (
    instance_id       BIGINT      NOT NULL REFERENCES instance (id),
    study_uid         VARCHAR(64) NOT NULL,
    document_study_id BIGINT      NOT NULL REFERENCES study (id),
    selection_uid     VARCHAR(64),
    PRIMARY KEY (instance_id, study_uid)
);
CREATE TABLE selection (
    study_id           BIGINT      NOT NULL PRIMARY KEY REFERENCES study (id),
    evidence_study_uid VARCHAR(64) NOT NULL
);
CREATE TABLE expired (
    study_uid   VARCHAR(64) NOT NULL,
    sop_uid     VARCHAR(64) NOT NULL,
    instance_id BIGINT      NOT NULL REFERENCES instance (id),
    PRIMARY KEY (study_uid, sop_uid, instance_id)
);
CREATE TABLE source (
    id            INTEGER PRIMARY KEY,
    name          VARCHAR(64) NOT NULL UNIQUE,
    bit           INTEGER     NOT NULL UNIQUE,
    place         TEXT        NOT NULL,
    claimed_by    VARCHAR(64),
    claimed_until BIGINT,
    started_at    BIGINT,
    ended_at      BIGINT,
    outcome       VARCHAR(32),
    report        TEXT,
    pass_day        VARCHAR(10),
    pass_started_at BIGINT,
    pass_outcome    VARCHAR(32),
    compared_at     BIGINT,
    recent_at       BIGINT
);
INSERT INTO source VALUES(1,'cd',0,'folder /srv/cd',NULL,NULL,1795771728537,1795771728585,'DONE','{"source":"cd","scope":"everything","started":"2026-11-27T09:28:48.538289445Z","ended":"2026-11-27T09:28:48.584291851Z","outcome":"DONE","listed":1,"headersRead":2,"takenBack":1,"requests":4,"differences":{"resized":1,"shrunk":1},"problems":[]}',NULL,1795771728538,'DONE',1795771728565,1795771728537);
CREATE TABLE source_study (
    source_id  BIGINT      NOT NULL REFERENCES source (id),
    study_uid  VARCHAR(64) NOT NULL,
    study_date VARCHAR(8)  NOT NULL,
    header     VARCHAR(32) NOT NULL,
    extent     VARCHAR(32) NOT NULL,
    series     TEXT        NOT NULL,
    doubt_at   BIGINT,
    PRIMARY KEY (source_id, study_uid)
);
INSERT INTO source_study VALUES(1,'2.25.9101.4','20260914','','9bc0be1fdcf1de3db6e497caaf5bacd3','2.25.9101.4.99 9bc0be1fdcf1de3db6e497caaf5bacd3',NULL);
CREATE TABLE source_file (
    source_id  BIGINT NOT NULL REFERENCES source (id),
    path       TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    modified   BIGINT NOT NULL,
    study_uid  VARCHAR(64),
    series_uid VARCHAR(64),
    study_date VARCHAR(8),
    missed     SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (source_id, path)
);
INSERT INTO source_file VALUES(1,'1.dcm',452,1795771680879,'2.25.9101.4','2.25.9101.4.99','20260914',0);
CREATE TABLE storage (
    id        INTEGER PRIMARY KEY,
    folder_id VARCHAR(36) NOT NULL UNIQUE,
    place     TEXT        NOT NULL,
    opened_at BIGINT      NOT NULL
);
INSERT INTO storage VALUES(1,'6c18322a-6af9-49ed-a627-d9083ad6913f','gateway:/srv/portolan/instances',1795771699270);
CREATE TABLE forward (
    file_id    BIGINT   NOT NULL PRIMARY KEY REFERENCES file (id),
    due_at     BIGINT,
    attempts   INTEGER  NOT NULL,
    category   VARCHAR(32),
    last_error TEXT,
    overtaken  SMALLINT NOT NULL DEFAULT 0
);
CREATE TABLE dropped (
    storage_id BIGINT NOT NULL,
    path       TEXT   NOT NULL,
    PRIMARY KEY (storage_id, path)
);
CREATE TABLE compacted (study_id BIGINT NOT NULL PRIMARY KEY REFERENCES study (id), listed BIGINT NOT NULL, storages BIGINT NOT NULL, packed BLOB NOT NULL);
CREATE TABLE audit (
    seq           INTEGER PRIMARY KEY,
    id            VARCHAR(64) NOT NULL UNIQUE,
    json          TEXT        NOT NULL,
    created_at    BIGINT      NOT NULL,
    tried         SMALLINT    NOT NULL DEFAULT 0,
    refused       SMALLINT    NOT NULL DEFAULT 0,
    error         TEXT,
    claimed_by    VARCHAR(64),
    claimed_until BIGINT
);
CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success");
CREATE INDEX study_claimed ON study (claimed_until) WHERE claimed_until IS NOT NULL;
CREATE INDEX study_parked ON study (id) WHERE parked = 1;
CREATE INDEX file_instance ON file (instance_id);
CREATE INDEX evidence_study ON evidence (study_uid);
CREATE INDEX evidence_document_study ON evidence (document_study_id);
CREATE INDEX evidence_selection ON evidence (selection_uid) WHERE selection_uid IS NOT NULL;
CREATE INDEX expired_instance ON expired (instance_id);
CREATE INDEX study_due ON study (lane, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX publication_fingerprint ON publication (fingerprint, study_id);
CREATE INDEX source_study_date ON source_study (source_id, study_date);
CREATE INDEX source_study_doubt ON source_study (source_id) WHERE doubt_at IS NOT NULL;
CREATE INDEX source_file_study ON source_file (source_id, study_uid);
CREATE INDEX forward_due ON forward (due_at, file_id) WHERE due_at IS NOT NULL;
CREATE INDEX forward_parked ON forward (file_id) WHERE due_at IS NULL;
CREATE INDEX file_received ON file (storage_id, received_at, id);
CREATE INDEX study_loose ON study (id) WHERE compacted = 0;
CREATE INDEX audit_waiting ON audit (refused, seq);
