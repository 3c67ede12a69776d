-- Scheduled sync: what the archives had when they were asked last. Times as in V1.

-- An archive, known by its name. bit: its place in instance.listed. place: what stood behind the name in the last run.
-- outcome is null while a run has not ended, or was broken off. pass_day: the comparison of everything, begun at pass_started_at,
-- is done for the days from this one on, and not finished; compared_at: it was finished; pass_outcome: how it ended last.
-- recent_at: when a run began that compared the last days.
CREATE TABLE source (
    id            ${key},
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

-- A study that an archive has, as far as is known. header and extent: fingerprints of what it said when all was read, else
-- empty; series: the same for each of its series. doubt_at: it was not listed, or not all of it; to be looked at once more.
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

CREATE INDEX source_study_date ON source_study (source_id, study_date);
CREATE INDEX source_study_doubt ON source_study (source_id) WHERE doubt_at IS NOT NULL;

-- A file of an archive that is a folder, and what was in it; no study: nothing that can be shared.
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

CREATE INDEX source_file_study ON source_file (source_id, study_uid);

-- listed: one bit for each archive that has the instance. gone_at: every archive that had it has it no more.
ALTER TABLE instance ADD COLUMN listed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE instance ADD COLUMN gone_at BIGINT;
