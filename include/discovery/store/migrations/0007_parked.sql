-- A source that asks for a long wait parks its pair, and the run goes on.

ALTER TABLE discovery.city_source
    ADD COLUMN parked_until timestamptz,
    ADD COLUMN parked_because text,
    ADD CONSTRAINT city_source_is_parked_for_a_reason
        CHECK ((parked_until IS NULL) = (parked_because IS NULL));
COMMENT ON COLUMN discovery.city_source.parked_until IS
    'No run takes the pair before, unless it is forced to; a success ends it.';
COMMENT ON COLUMN discovery.city_source.parked_because IS 'Why, to be followed by "until".';

ALTER TABLE discovery.sync_runs ADD COLUMN parked_until timestamptz;
COMMENT ON COLUMN discovery.sync_runs.parked_until IS
    'The source asked for so long a wait that the attempt ended, and parked the pair until then.';
