-- A sync goes on, or reads changes alone, only by the configuration it began with: the city's too.

COMMENT ON COLUMN discovery.sync_runs.configuration_version IS
    'Versions of the source, of the pair and of its city, if it has one, by which it was read.';
