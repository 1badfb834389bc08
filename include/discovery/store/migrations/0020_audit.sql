-- The audit log also says from where a change came, and keeps who triggered runs and what was
-- deleted by age.

ALTER TABLE discovery.config_changes
    ADD COLUMN origin text NOT NULL DEFAULT 'page'
        CHECK (origin IN ('page', 'api', 'apply', 'cli', 'dag'));
COMMENT ON COLUMN discovery.config_changes.origin IS
    'From where: the page, a program by its API, a configuration file, a command, or the DAG.';
-- Until now files signed with their name; whether the others came from the page is not known.
UPDATE discovery.config_changes SET origin = 'apply' WHERE changed_by LIKE '%(apply %)';

ALTER TABLE discovery.config_changes
    DROP CONSTRAINT config_changes_action_check,
    DROP CONSTRAINT config_changes_entity_type_check,
    DROP CONSTRAINT config_changes_check,
    DROP CONSTRAINT config_changes_check1,
    ADD CONSTRAINT config_change_has_an_action
        CHECK (action IN ('create', 'update', 'delete', 'trigger', 'prune')),
    ADD CONSTRAINT config_change_is_of_something
        CHECK (entity_type IN ('country', 'city', 'source', 'pair', 'run', 'history')),
    ADD CONSTRAINT config_change_has_a_before
        CHECK ((before IS NOT NULL) = (action IN ('update', 'delete'))),
    ADD CONSTRAINT config_change_has_an_after
        CHECK ((after IS NOT NULL) = (action <> 'delete')),
    ADD CONSTRAINT config_change_fits_what_it_is_of
        CHECK ((entity_type = 'run') = (action = 'trigger')
           AND (entity_type = 'history') = (action = 'prune'));
COMMENT ON TABLE discovery.config_changes IS
    'The audit log: changes of the configuration, triggered runs, and what was deleted by age.';

-- A plan that is made again does not note its run again.
CREATE UNIQUE INDEX config_changes_one_per_run ON discovery.config_changes (entity)
    WHERE entity_type = 'run';
