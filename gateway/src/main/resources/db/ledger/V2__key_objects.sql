-- Rejection notes, selections and corrections. Times as in V1.

-- resent_at: sent again after a note declared its retention expired. corrected: only a correction may replace it.
ALTER TABLE instance ADD COLUMN resent_at BIGINT;
ALTER TABLE instance ADD COLUMN corrected SMALLINT NOT NULL DEFAULT 0;

-- Which studies a Key Object Selection names, known here or not. selection_uid: that of the study row by which the
-- selection is shared; null: it is a rejection note.
CREATE TABLE evidence (
    instance_id       BIGINT      NOT NULL REFERENCES instance (id),
    study_uid         VARCHAR(64) NOT NULL,
    document_study_id BIGINT      NOT NULL REFERENCES study (id),
    selection_uid     VARCHAR(64),
    PRIMARY KEY (instance_id, study_uid)
);

CREATE INDEX evidence_study ON evidence (study_uid);
CREATE INDEX evidence_document_study ON evidence (document_study_id);
CREATE INDEX evidence_selection ON evidence (selection_uid) WHERE selection_uid IS NOT NULL;

-- The rows of study that are selections of the instances of another.
CREATE TABLE selection (
    study_id           BIGINT      NOT NULL PRIMARY KEY REFERENCES study (id),
    evidence_study_uid VARCHAR(64) NOT NULL
);
