-- Where a publication stands: nothing is known of another server. Null: recorded by a version that did not say.
ALTER TABLE publication ADD COLUMN server TEXT;

-- What was made with something else is found without reading the resources.
CREATE INDEX publication_fingerprint ON publication (fingerprint, study_id);
