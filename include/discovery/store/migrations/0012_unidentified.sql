-- Rejected items that do not tell which they are: any listing that is missing may be one of them.

ALTER TABLE discovery.sync_runs
    ADD COLUMN unidentified integer NOT NULL DEFAULT 0 CHECK (unidentified >= 0);
COMMENT ON COLUMN discovery.sync_runs.unidentified IS
    'Items rejected without telling which they are, in this attempt and in those it went on from.';

COMMENT ON COLUMN discovery.listings.last_seen_at IS
    'When a sync last brought it; the beginning of the sync if the item was rejected in that one.';
