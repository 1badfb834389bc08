-- What a deleted city, source or pair took with it.

ALTER TABLE discovery.config_changes
    ADD COLUMN removed jsonb,
    ADD CONSTRAINT config_change_removes_when_it_deletes
        CHECK (removed IS NULL OR action = 'delete');
COMMENT ON COLUMN discovery.config_changes.removed IS
    'Of a deletion: how many listings and events went with it, and how many of them stayed.';
