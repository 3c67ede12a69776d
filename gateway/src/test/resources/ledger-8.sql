-- A ledger of schema 8, synthetic: two studies published, one parked, one of an archive that is a folder, of which two files
-- were missed; the gateway was killed.
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
INSERT INTO flyway_schema_history VALUES(1,'1','ledger','SQL','V1__ledger.sql',-1946652812,'','2026-11-27 05:43:33.781',2,1);
INSERT INTO flyway_schema_history VALUES(2,'2','key objects','SQL','V2__key_objects.sql',-638178551,'','2026-11-27 05:43:33.795',1,1);
INSERT INTO flyway_schema_history VALUES(3,'3','evidence of documents','JDBC','io.portolan.gateway.ledger.LedgerMigration$1',1,'','2026-11-27 05:43:33.804',3,1);
INSERT INTO flyway_schema_history VALUES(4,'4','expired and uncertain','SQL','V4__expired_and_uncertain.sql',-2122538104,'','2026-11-27 05:43:33.810',0,1);
INSERT INTO flyway_schema_history VALUES(5,'5','evidence of documents again','JDBC','io.portolan.gateway.ledger.EvidenceOfDocuments',1,'','2026-11-27 05:43:34.014',189,1);
INSERT INTO flyway_schema_history VALUES(6,'6','lanes and effort','JDBC','io.portolan.gateway.ledger.LanesAndEffort',1,'','2026-11-27 05:43:34.023',1,1);
INSERT INTO flyway_schema_history VALUES(7,'7','server of publication','SQL','V7__server_of_publication.sql',1988001564,'','2026-11-27 05:43:34.031',0,1);
INSERT INTO flyway_schema_history VALUES(8,'8','sources','SQL','V8__sources.sql',2124897917,'','2026-11-27 05:43:34.040',5,1);
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
, uncertain SMALLINT NOT NULL DEFAULT 0, lane TEXT NOT NULL DEFAULT '0');
INSERT INTO study VALUES(1,'1.2.3.1',3,3,3,NULL,1795428000000,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,'1MODALITY');
INSERT INTO study VALUES(2,'1.2.3.2',3,3,3,NULL,1795428000000,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,'1MODALITY');
INSERT INTO study VALUES(3,'1.2.3.3',3,0,3,1795428000000,1795428000000,NULL,NULL,NULL,NULL,1,'FHIR_REJECTED','no',1,1,'0MODALITY');
INSERT INTO study VALUES(4,'1.2.3.4',2,0,2,1795428000000,1795428000000,1795428000000,NULL,'b5396e64-7af4-4357-90c9-37a97f995917',1795428060000,0,NULL,NULL,0,1,'0~MODALITY');
CREATE TABLE publication (
    study_id     BIGINT NOT NULL PRIMARY KEY REFERENCES study (id),
    fhir_id      TEXT   NOT NULL,
    fhir_version TEXT,
    json         BLOB NOT NULL,
    fingerprint  TEXT   NOT NULL,
    published_at BIGINT NOT NULL
, versions BIGINT NOT NULL DEFAULT 0, sent_bytes BIGINT NOT NULL DEFAULT 0, resource_bytes BIGINT NOT NULL DEFAULT 0, server TEXT);
INSERT INTO publication VALUES(1,'study-1.2.3.1','1',X'1f8b08000000000000ffab562a4a2dce2f2d4a4e0da92c4855b252f2cc4d4ccfcc4b0f2e294da954d251ca2bcd4d4a2df24ff3cc2b2e49cc4b4e2d56b232ae05007808e93d35000000','v1',1795428000000,1,100,53,'http://fhir');
INSERT INTO publication VALUES(2,'study-1.2.3.2','1',X'1f8b08000000000000ffab562a4a2dce2f2d4a4e0da92c4855b252f2cc4d4ccfcc4b0f2e294da954d251ca2bcd4d4a2df24ff3cc2b2e49cc4b4e2d56b232ae05007808e93d35000000','v1',1795428000000,1,100,53,'http://fhir');
CREATE TABLE header (
    id         INTEGER PRIMARY KEY,
    study_id   BIGINT      NOT NULL REFERENCES study (id),
    level      VARCHAR(8)  NOT NULL,
    hash       VARCHAR(64) NOT NULL,
    attributes TEXT        NOT NULL,
    UNIQUE (study_id, level, hash)
);
INSERT INTO header VALUES(1,1,'PATIENT','69c8e6c6c2c129744c743f32b16059a8a15dbc878a3172ef668fff5f646fda4a','{"00100020":{"vr":"LO","Value":["PATIENT^SECRET"]}}');
INSERT INTO header VALUES(2,1,'STUDY','db4a33f94f58965757dfd6ef5b6fd5a3aec7e6c992d3843159e6095a379b3c1c','{"0020000D":{"vr":"UI","Value":["1.2.3.1"]}}');
INSERT INTO header VALUES(3,1,'SERIES','895ac0d0dfceef93c3b71f81bc3432ff4c3a918b65f522a87042938327827b25','{"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["1.2.3.0.1.2"]}}');
INSERT INTO header VALUES(4,1,'SERIES','eaf6b24f9c403fd648ef41bca430f7f799bff0e518390cd21def05be90a0562f','{"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["1.2.3.0.1.1"]}}');
INSERT INTO header VALUES(5,2,'PATIENT','69c8e6c6c2c129744c743f32b16059a8a15dbc878a3172ef668fff5f646fda4a','{"00100020":{"vr":"LO","Value":["PATIENT^SECRET"]}}');
INSERT INTO header VALUES(6,2,'STUDY','e3e7f4940d76d9e54503b0caa14341b7d1539ebf9ca5bcf7b22c706d60ecc803','{"0020000D":{"vr":"UI","Value":["1.2.3.2"]}}');
INSERT INTO header VALUES(7,2,'SERIES','895ac0d0dfceef93c3b71f81bc3432ff4c3a918b65f522a87042938327827b25','{"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["1.2.3.0.1.2"]}}');
INSERT INTO header VALUES(8,2,'SERIES','eaf6b24f9c403fd648ef41bca430f7f799bff0e518390cd21def05be90a0562f','{"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["1.2.3.0.1.1"]}}');
INSERT INTO header VALUES(9,3,'PATIENT','69c8e6c6c2c129744c743f32b16059a8a15dbc878a3172ef668fff5f646fda4a','{"00100020":{"vr":"LO","Value":["PATIENT^SECRET"]}}');
INSERT INTO header VALUES(10,3,'STUDY','95772ea440a525301afabc329e7db1c5ea67b638a728c09baed9e498c3b822db','{"0020000D":{"vr":"UI","Value":["1.2.3.3"]}}');
INSERT INTO header VALUES(11,3,'SERIES','895ac0d0dfceef93c3b71f81bc3432ff4c3a918b65f522a87042938327827b25','{"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["1.2.3.0.1.2"]}}');
INSERT INTO header VALUES(12,3,'SERIES','eaf6b24f9c403fd648ef41bca430f7f799bff0e518390cd21def05be90a0562f','{"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["1.2.3.0.1.1"]}}');
INSERT INTO header VALUES(13,4,'PATIENT','69c8e6c6c2c129744c743f32b16059a8a15dbc878a3172ef668fff5f646fda4a','{"00100020":{"vr":"LO","Value":["PATIENT^SECRET"]}}');
INSERT INTO header VALUES(14,4,'STUDY','5432593cb54e1eaa8f60efd67569f7c58348b56769aebf98c159b9d5289916de','{"0020000D":{"vr":"UI","Value":["1.2.3.4"]}}');
INSERT INTO header VALUES(15,4,'SERIES','eaf6b24f9c403fd648ef41bca430f7f799bff0e518390cd21def05be90a0562f','{"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["1.2.3.0.1.1"]}}');
CREATE TABLE series (
    id         INTEGER PRIMARY KEY,
    study_id   BIGINT      NOT NULL REFERENCES study (id),
    series_uid VARCHAR(64) NOT NULL,
    UNIQUE (study_id, series_uid)
);
INSERT INTO series VALUES(1,1,'1.2.3.0.1.2');
INSERT INTO series VALUES(2,1,'1.2.3.0.1.1');
INSERT INTO series VALUES(3,2,'1.2.3.0.1.2');
INSERT INTO series VALUES(4,2,'1.2.3.0.1.1');
INSERT INTO series VALUES(5,3,'1.2.3.0.1.2');
INSERT INTO series VALUES(6,3,'1.2.3.0.1.1');
INSERT INTO series VALUES(7,4,'1.2.3.0.1.1');
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
INSERT INTO instance VALUES(1,1,1,'1.2.3.0.0.1',1,2,3,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.1"]},"00200013":{"vr":"IS","Value":["1"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,0,0,NULL);
INSERT INTO instance VALUES(2,1,2,'1.2.3.0.0.2',1,2,4,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.2"]},"00200013":{"vr":"IS","Value":["2"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,0,0,NULL);
INSERT INTO instance VALUES(3,1,1,'1.2.3.0.0.3',1,2,3,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.3"]},"00200013":{"vr":"IS","Value":["3"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,0,0,NULL);
INSERT INTO instance VALUES(4,2,3,'1.2.3.0.0.1',5,6,7,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.1"]},"00200013":{"vr":"IS","Value":["1"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,0,0,NULL);
INSERT INTO instance VALUES(5,2,4,'1.2.3.0.0.2',5,6,8,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.2"]},"00200013":{"vr":"IS","Value":["2"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,0,0,NULL);
INSERT INTO instance VALUES(6,2,3,'1.2.3.0.0.3',5,6,7,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.3"]},"00200013":{"vr":"IS","Value":["3"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,0,0,NULL);
INSERT INTO instance VALUES(7,3,5,'1.2.3.0.0.1',9,10,11,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.1"]},"00200013":{"vr":"IS","Value":["1"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,0,0,NULL);
INSERT INTO instance VALUES(8,3,6,'1.2.3.0.0.2',9,10,12,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.2"]},"00200013":{"vr":"IS","Value":["2"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,0,0,NULL);
INSERT INTO instance VALUES(9,3,5,'1.2.3.0.0.3',9,10,11,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.3"]},"00200013":{"vr":"IS","Value":["3"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,0,0,NULL);
INSERT INTO instance VALUES(10,4,7,'1.2.3.0.0.1',13,14,15,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.1"]},"00200013":{"vr":"IS","Value":["1"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,1,1,NULL);
INSERT INTO instance VALUES(11,4,7,'1.2.3.0.0.2',13,14,15,'{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00080018":{"vr":"UI","Value":["1.2.3.0.0.2"]},"00200013":{"vr":"IS","Value":["2"]}}','MODALITY','1.2.840.10008.1.2.1',1795428000000,NULL,1,1,NULL);
CREATE TABLE file (
    id              INTEGER PRIMARY KEY,
    instance_id     BIGINT      NOT NULL REFERENCES instance (id),
    path            TEXT        NOT NULL,
    calling_ae      TEXT        NOT NULL,
    transfer_syntax VARCHAR(64) NOT NULL,
    received_at     BIGINT      NOT NULL
);
INSERT INTO file VALUES(1,1,'1/1.dcm','MODALITY','1.2.840.10008.1.2.1',1795428000000);
INSERT INTO file VALUES(2,2,'1/2.dcm','MODALITY','1.2.840.10008.1.2.1',1795428000000);
INSERT INTO file VALUES(3,3,'1/3.dcm','MODALITY','1.2.840.10008.1.2.1',1795428000000);
INSERT INTO file VALUES(4,4,'2/1.dcm','MODALITY','1.2.840.10008.1.2.1',1795428000000);
INSERT INTO file VALUES(5,5,'2/2.dcm','MODALITY','1.2.840.10008.1.2.1',1795428000000);
INSERT INTO file VALUES(6,6,'2/3.dcm','MODALITY','1.2.840.10008.1.2.1',1795428000000);
INSERT INTO file VALUES(7,7,'3/1.dcm','MODALITY','1.2.840.10008.1.2.1',1795428000000);
INSERT INTO file VALUES(8,8,'3/2.dcm','MODALITY','1.2.840.10008.1.2.1',1795428000000);
INSERT INTO file VALUES(9,9,'3/3.dcm','MODALITY','1.2.840.10008.1.2.1',1795428000000);
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
INSERT INTO shared VALUES(1,'http://fhir','Patient','urn:hospital','P1','p1',1,'1','{}',NULL,NULL);
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
INSERT INTO source VALUES(1,'cd',0,'folder /srv/cd','d2eb67df-7888-4790-b5fb-a21034b505d5',1795428300000,1795428000000,NULL,NULL,NULL,'2026-11-01',1795428000000,NULL,NULL,NULL);
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
INSERT INTO source_study VALUES(1,'1.2.3.4','20261126','h','e','1.2.3.0.1.1 s1',NULL);
CREATE TABLE source_file (
    source_id  BIGINT NOT NULL REFERENCES source (id),
    path       TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    modified   BIGINT NOT NULL,
    study_uid  VARCHAR(64),
    series_uid VARCHAR(64),
    study_date VARCHAR(8),
    PRIMARY KEY (source_id, path)
);
INSERT INTO source_file VALUES(1,'a/1.dcm',1000,1,'1.2.3.4','1.2.3.0.1.1','20261126');
INSERT INTO source_file VALUES(1,'a/2.dcm',-2001,2,'1.2.3.4','1.2.3.0.1.1','20261126');
INSERT INTO source_file VALUES(1,'a/empty',-1,3,NULL,NULL,'');
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
