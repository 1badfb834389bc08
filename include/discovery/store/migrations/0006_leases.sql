-- Claims are leases: an attempt holds its pair while its row is running and is renewed.

-- Rows that still read 'running' are of attempts that were killed: nobody ever closed them.
WITH closed AS (
    UPDATE discovery.sync_runs SET state = 'failed', finished_at = now(),
        error_category = 'interrupted',
        error_message = 'the task died without a word (killed, out of memory, or its worker was lost)'
    WHERE state = 'running'
    RETURNING *
)
INSERT INTO discovery.pair_totals AS total
SELECT city_source_id, count(*), 0, count(*), sum(fetched), sum(inserted), sum(updated),
    sum(unchanged), sum(duplicates), sum(skipped), sum(withdrawn), sum(pages), sum(requests),
    sum((SELECT COALESCE(sum(value::bigint), 0) FROM jsonb_each_text(rejected))), min(started_at)
FROM closed
WHERE city_source_id IS NOT NULL AND NOT dry_run AND event_limit IS NULL
GROUP BY city_source_id
ON CONFLICT (city_source_id) DO UPDATE SET
    attempts = total.attempts + EXCLUDED.attempts, failed = total.failed + EXCLUDED.failed,
    fetched = total.fetched + EXCLUDED.fetched, inserted = total.inserted + EXCLUDED.inserted,
    updated = total.updated + EXCLUDED.updated, unchanged = total.unchanged + EXCLUDED.unchanged,
    duplicates = total.duplicates + EXCLUDED.duplicates,
    skipped = total.skipped + EXCLUDED.skipped, withdrawn = total.withdrawn + EXCLUDED.withdrawn,
    pages = total.pages + EXCLUDED.pages, requests = total.requests + EXCLUDED.requests,
    rejected = total.rejected + EXCLUDED.rejected;

ALTER TABLE discovery.sync_runs
    ADD COLUMN lease_until timestamptz,
    ADD CONSTRAINT sync_run_runs_by_a_lease CHECK (state <> 'running' OR lease_until IS NOT NULL);
COMMENT ON COLUMN discovery.sync_runs.lease_until IS
    'A running attempt holds its pair until then, and renews it; later it is known to be dead.';
CREATE UNIQUE INDEX sync_runs_one_running_per_pair
    ON discovery.sync_runs (city_source_id) WHERE state = 'running';

ALTER TABLE discovery.city_source DROP COLUMN claimed_by, DROP COLUMN claimed_until;

ALTER TABLE discovery.planned_syncs ADD COLUMN ended_at timestamptz;
UPDATE discovery.planned_syncs SET ended_at = now();
COMMENT ON COLUMN discovery.planned_syncs.ended_at IS
    'When the run was over: what had not started by then never will.';

-- What the command line syncs has no task in Airflow, and no page of it there.
DELETE FROM discovery.planned_syncs WHERE dag_run_id LIKE 'cli\_\_%';
UPDATE discovery.sync_runs SET map_index = -1 WHERE dag_run_id LIKE 'cli\_\_%';
