-- What a source no longer lists: since when it is missing, and what a run asks a person to look at.

ALTER TABLE discovery.listings ADD COLUMN missing_since timestamptz;
COMMENT ON COLUMN discovery.listings.missing_since IS
    'When a complete sync first did not find it; a later one withdraws it. NULL while it is seen.';

ALTER TABLE discovery.sync_runs ADD COLUMN warnings text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN discovery.sync_runs.warnings IS
    'What a person should look at although the run succeeded, as a source that has emptied.';
