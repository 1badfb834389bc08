-- The document of a source that has not changed is not read again.

CREATE TABLE discovery.documents (
    city_source_id bigint PRIMARY KEY REFERENCES discovery.city_source ON DELETE CASCADE,
    run_id         bigint NOT NULL REFERENCES discovery.sync_runs ON DELETE CASCADE,
    read_by        text NOT NULL,
    good_to        date NOT NULL,
    listed         integer NOT NULL CHECK (listed >= 0),
    asked_at       timestamptz NOT NULL,
    not_before     timestamptz NOT NULL,
    address        bytea NOT NULL,
    content        bytea NOT NULL,
    etag           text,
    last_modified  text
);
COMMENT ON TABLE discovery.documents IS
    'The document that the last complete sync of a pair has read, if its source is one document.';
COMMENT ON COLUMN discovery.documents.city_source_id IS 'Its pair.';
COMMENT ON COLUMN discovery.documents.run_id IS 'The sync that has read it.';
COMMENT ON COLUMN discovery.documents.read_by IS 'A hash of the code, and of all else, that read it.';
COMMENT ON COLUMN discovery.documents.good_to IS
    'With a window that ends later, the same document may give more events.';
COMMENT ON COLUMN discovery.documents.listed IS
    'How many listings of the pair it stands for; if there are others now, it is read again.';
COMMENT ON COLUMN discovery.documents.asked_at IS 'When the source has last said that it is the same.';
COMMENT ON COLUMN discovery.documents.not_before IS 'The source wants to be asked no earlier.';
COMMENT ON COLUMN discovery.documents.address IS 'SHA-256 of its URL, which may hold a key.';
COMMENT ON COLUMN discovery.documents.content IS 'SHA-256 of its body.';
COMMENT ON COLUMN discovery.documents.etag IS 'As the latest answer gave it, byte for byte.';
COMMENT ON COLUMN discovery.documents.last_modified IS 'Likewise.';
CREATE INDEX documents_of_run ON discovery.documents (run_id);

ALTER TABLE discovery.sync_runs ADD COLUMN unchanged_since timestamptz;
COMMENT ON COLUMN discovery.sync_runs.unchanged_since IS
    'The source''s document was the same as then, and was not read; counts are those of that sync.';

COMMENT ON COLUMN discovery.event_sources.last_seen_at IS
    'When a sync last read it; a document that stays the same is read once a week.';
