-- What the City Discovery page needs: versions, so that nobody overwrites what somebody else saved
-- meanwhile; totals of each pair, kept by the runs themselves; and indexes for its questions.

ALTER TABLE discovery.cities ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE discovery.sources ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE discovery.city_source ADD COLUMN version integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN discovery.city_source.version IS
    'Counts changes of the configuration; claims and schedules leave it.';

CREATE TABLE discovery.pair_totals (
    city_source_id  bigint PRIMARY KEY REFERENCES discovery.city_source ON DELETE CASCADE,
    attempts        bigint NOT NULL,
    succeeded       bigint NOT NULL,
    failed          bigint NOT NULL,
    fetched         bigint NOT NULL,
    inserted        bigint NOT NULL,
    updated         bigint NOT NULL,
    unchanged       bigint NOT NULL,
    duplicates      bigint NOT NULL,
    skipped         bigint NOT NULL,
    withdrawn       bigint NOT NULL,
    pages           bigint NOT NULL,
    requests        bigint NOT NULL,
    rejected        bigint NOT NULL,
    first_at        timestamptz NOT NULL,
    last_success_at timestamptz,
    CONSTRAINT pair_totals_add_up CHECK (attempts = succeeded + failed)
)
-- Every attempt updates its pair's row.
WITH (fillfactor = 70);
COMMENT ON TABLE discovery.pair_totals IS
    'All attempts of a pair since ever, dry runs left out: outlives the runs that were cleaned up.';

INSERT INTO discovery.pair_totals
SELECT city_source_id, count(*),
    count(*) FILTER (WHERE state = 'success'), count(*) FILTER (WHERE state = 'failed'),
    sum(fetched), sum(inserted), sum(updated), sum(unchanged), sum(duplicates), sum(skipped),
    sum(withdrawn), sum(pages), sum(requests),
    sum((SELECT COALESCE(sum(value::bigint), 0) FROM jsonb_each_text(rejected))),
    min(finished_at), max(finished_at) FILTER (WHERE state = 'success')
FROM discovery.sync_runs
WHERE city_source_id IS NOT NULL AND state <> 'running' AND NOT dry_run
GROUP BY city_source_id;

CREATE INDEX planned_syncs_latest_of_pair
    ON discovery.planned_syncs (city_source_id, planned_at DESC);
CREATE INDEX sync_runs_failed_newest_first
    ON discovery.sync_runs (finished_at DESC) WHERE state = 'failed';
CREATE INDEX sync_runs_running ON discovery.sync_runs (dag_run_id) WHERE state = 'running';
CREATE INDEX city_source_claimed ON discovery.city_source (claimed_by)
    WHERE claimed_by IS NOT NULL;
CREATE INDEX events_newest_first ON discovery.events (created_at DESC);
CREATE INDEX config_changes_of_entity
    ON discovery.config_changes (entity_type, entity, id DESC);
