-- The ledger. Times are milliseconds since 1970-01-01T00:00Z. ${key} and ${bytes} are what the database calls them.

-- One row a study, kept small: every arrival rewrites it, so what was published stands in a table of its own.
-- Dirty: revision > published_revision. Due: due_at has passed. due_at is null when clean and when parked.
CREATE TABLE study (
    id                 ${key},
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
);

CREATE INDEX study_due ON study (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX study_claimed ON study (claimed_until) WHERE claimed_until IS NOT NULL;
CREATE INDEX study_parked ON study (id) WHERE parked = 1;

-- What stands on the FHIR server by our doing; json is gzip.
CREATE TABLE publication (
    study_id     BIGINT NOT NULL PRIMARY KEY REFERENCES study (id),
    fhir_id      TEXT   NOT NULL,
    fhir_version TEXT,
    json         ${bytes} NOT NULL,
    fingerprint  TEXT   NOT NULL,
    published_at BIGINT NOT NULL
);

-- The distinct patient, study and series headers of a study, in the DICOM JSON model; hash is SHA-256 of the text.
CREATE TABLE header (
    id         ${key},
    study_id   BIGINT      NOT NULL REFERENCES study (id),
    level      VARCHAR(8)  NOT NULL,
    hash       VARCHAR(64) NOT NULL,
    attributes TEXT        NOT NULL,
    UNIQUE (study_id, level, hash)
);

CREATE TABLE series (
    id         ${key},
    study_id   BIGINT      NOT NULL REFERENCES study (id),
    series_uid VARCHAR(64) NOT NULL,
    UNIQUE (study_id, series_uid)
);

-- One row for each SOPInstanceUID of a study; attributes are those of the instance level.
-- No foreign keys to series and header: the check of each would need an index of its own.
CREATE TABLE instance (
    id                ${key},
    study_id          BIGINT      NOT NULL REFERENCES study (id),
    series_id         BIGINT      NOT NULL,
    sop_uid           VARCHAR(64) NOT NULL,
    patient_header_id BIGINT      NOT NULL,
    study_header_id   BIGINT      NOT NULL,
    series_header_id  BIGINT      NOT NULL,
    attributes        TEXT        NOT NULL,
    calling_ae        TEXT        NOT NULL,
    transfer_syntax   VARCHAR(64) NOT NULL,
    received_at       BIGINT      NOT NULL,
    UNIQUE (study_id, sop_uid)
);

-- Every file that is kept of an instance: more than one when it came with different bytes.
CREATE TABLE file (
    id              ${key},
    instance_id     BIGINT      NOT NULL REFERENCES instance (id),
    path            TEXT        NOT NULL,
    calling_ae      TEXT        NOT NULL,
    transfer_syntax VARCHAR(64) NOT NULL,
    received_at     BIGINT      NOT NULL
);

CREATE INDEX file_instance ON file (instance_id);

-- Resources that studies share: the unique key serialises their creation.
CREATE TABLE shared (
    id            ${key},
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
