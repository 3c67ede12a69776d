-- Several gateways on one ledger. Times as in V1.

-- A folder of kept files, known by the id that stands in it; place: where it was when it was opened last, and on which host.
-- Rows of file from before are of the first.
CREATE TABLE storage (
    id        ${key},
    folder_id VARCHAR(36) NOT NULL UNIQUE,
    place     TEXT        NOT NULL,
    opened_at BIGINT      NOT NULL
);

ALTER TABLE file ADD COLUMN storage_id BIGINT NOT NULL DEFAULT 1;

-- How text is compared, where the database must be told.
${ordered};
