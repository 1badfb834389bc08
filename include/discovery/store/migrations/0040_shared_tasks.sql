-- Several pairs of a run may share a mapped task.
ALTER TABLE discovery.planned_syncs
    DROP CONSTRAINT planned_syncs_pkey,
    ADD PRIMARY KEY (dag_run_id, map_index, city_source_id);
COMMENT ON TABLE discovery.planned_syncs IS
    'Which pairs are behind which mapped task: Airflow forgets when a task dies or never starts.';

ALTER TABLE discovery.sync_runs ADD COLUMN may_retry boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN discovery.sync_runs.may_retry IS
    'Whether another attempt of the same run may help, if this one failed.';
