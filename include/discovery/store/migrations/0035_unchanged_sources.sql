-- A source that does not change may be asked less often, up to a bound.

ALTER TABLE discovery.city_source
    ADD COLUMN max_frequency_hours integer CHECK (max_frequency_hours BETWEEN 1 AND 168),
    ADD COLUMN unchanged_syncs smallint NOT NULL DEFAULT 0 CHECK (unchanged_syncs >= 0);
COMMENT ON COLUMN discovery.city_source.max_frequency_hours IS
    'Up to how many hours the time between two syncs grows while the source does not change; null: '
    'it does not grow.';
COMMENT ON COLUMN discovery.city_source.unchanged_syncs IS
    'How many complete syncs of scheduled runs in a row have found no change.';
