-- A pair is due by the schedule's own times, not by when a run happened: see include/discovery/due.py.

ALTER TABLE discovery.city_source
    ADD COLUMN period_start timestamp,
    ADD COLUMN period_zone text,
    ADD CONSTRAINT city_source_period_is_whole
        CHECK ((period_start IS NULL) = (period_zone IS NULL));
COMMENT ON COLUMN discovery.city_source.period_start IS
    'Start of the period that a scheduled run has used up last, on the clock of period_zone; '
    'NULL: no scheduled run has synced the pair.';
COMMENT ON COLUMN discovery.city_source.period_zone IS 'IANA name of the schedule''s time zone.';

-- Runs that the schedule started are named after their time; until now it was in UTC. What only
-- triggered runs have synced, or none has completely, is due in the next scheduled run.
UPDATE discovery.city_source cs
SET period_start = served.scheduled_for AT TIME ZONE 'UTC', period_zone = 'UTC'
FROM (
    SELECT city_source_id, max(substr(dag_run_id, 12)::timestamptz) AS scheduled_for
    FROM discovery.sync_runs
    WHERE dag_run_id ~
        '^scheduled__\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(\+\d\d:\d\d)?$'
      AND complete AND NOT dry_run AND event_limit IS NULL
    GROUP BY city_source_id
) served
WHERE served.city_source_id = cs.id;

ALTER TABLE discovery.city_source DROP COLUMN next_run_at;

ALTER TABLE discovery.planned_syncs
    ADD COLUMN scheduled_for timestamptz,
    ADD COLUMN schedule_zone text,
    ADD CONSTRAINT planned_sync_schedule_is_whole
        CHECK ((scheduled_for IS NULL) = (schedule_zone IS NULL));
COMMENT ON COLUMN discovery.planned_syncs.scheduled_for IS
    'When the schedule meant the run; NULL: it was triggered.';
COMMENT ON COLUMN discovery.planned_syncs.schedule_zone IS 'IANA name of the schedule''s time zone.';
