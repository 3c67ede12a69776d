-- The instances that a note titled 113039 declares past their retention, so that each arrival finds its own at once.
CREATE TABLE expired (
    study_uid   VARCHAR(64) NOT NULL,
    sop_uid     VARCHAR(64) NOT NULL,
    instance_id BIGINT      NOT NULL REFERENCES instance (id),
    PRIMARY KEY (study_uid, sop_uid, instance_id)
);

CREATE INDEX expired_instance ON expired (instance_id);

-- 1: something may have been written to the FHIR server since the last publication that was recorded.
ALTER TABLE study ADD COLUMN uncertain SMALLINT NOT NULL DEFAULT 0;
UPDATE study SET uncertain = 1 WHERE claimed_by IS NOT NULL OR attempts > 0;
