-- How many pairs of one source may be synced at once.

ALTER TABLE discovery.sources ADD COLUMN max_running integer CHECK (max_running > 0);
COMMENT ON COLUMN discovery.sources.max_running IS
    'How many of its pairs may be synced at the same time; NULL: as many as Airflow starts.';
