-- Syncs that read only what a source says has changed: since when, and by which configuration the
-- complete sync before was read.

ALTER TABLE discovery.sync_runs
    ADD COLUMN changed_since timestamptz,
    ADD COLUMN configuration_version text;
COMMENT ON COLUMN discovery.sync_runs.changed_since IS
    'Only changes since then were asked for; null: everything.';
COMMENT ON COLUMN discovery.sync_runs.configuration_version IS
    'Versions of the source and the pair by which it was read.';

-- A source names what it has removed by the id of a record or of a series.
CREATE INDEX listings_of_series
    ON discovery.listings (city_source_id, series_id) WHERE series_id IS NOT NULL;
