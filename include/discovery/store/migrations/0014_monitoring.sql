-- What is expected of sources and pairs, and what the events of each run look like in numbers.

ALTER TABLE discovery.sources ADD COLUMN monitoring jsonb NOT NULL DEFAULT '{}'
    CHECK (jsonb_typeof(monitoring) = 'object');
ALTER TABLE discovery.city_source ADD COLUMN monitoring jsonb NOT NULL DEFAULT '{}'
    CHECK (jsonb_typeof(monitoring) = 'object');
COMMENT ON COLUMN discovery.sources.monitoring IS
    'Mute, seasons in which it may list nothing, and assertions, for all its pairs.';
COMMENT ON COLUMN discovery.city_source.monitoring IS
    'The same, for this pair alone, on top of what its source says.';

ALTER TABLE discovery.sync_runs
    ADD COLUMN measures jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(measures) = 'object'),
    ADD COLUMN failed_assertions text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN discovery.sync_runs.measures IS
    'How many events there were, with a venue, at midnight and so on, in this attempt and in those '
    'it went on from.';
COMMENT ON COLUMN discovery.sync_runs.failed_assertions IS
    'What was below its bound: the run has withdrawn nothing because of that.';

ALTER TABLE discovery.pair_totals ADD COLUMN last_events_at timestamptz;
COMMENT ON COLUMN discovery.pair_totals.last_events_at IS
    'When an attempt that brought an event ended last.';
UPDATE discovery.pair_totals t SET last_events_at = (
    SELECT max(r.finished_at) FROM discovery.sync_runs r
    WHERE r.city_source_id = t.city_source_id AND NOT r.dry_run AND r.event_limit IS NULL
      AND r.inserted + r.updated + r.unchanged + r.duplicates > 0);
