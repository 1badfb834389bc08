-- That two venues are two is a veto for matching, and what is said of venues can be taken back.

COMMENT ON COLUMN discovery.venue_judgements.verdict IS
    'same, or different: what is listed at them is never taken to be at one place.';

ALTER TABLE discovery.config_changes
    DROP CONSTRAINT config_change_fits_what_it_is_of,
    ADD CONSTRAINT config_change_fits_what_it_is_of CHECK (
        (entity_type = 'run') = (action = 'trigger')
        AND (entity_type = 'history') = (action = 'prune')
        AND (entity_type IN ('event', 'venue') OR action NOT IN ('merge', 'split', 'judge'))
        AND (entity_type = 'withdrawal') = (action IN ('confirm', 'keep')));
COMMENT ON COLUMN discovery.config_changes.action IS
    'create, update, delete, trigger (a run), prune (history that was old), merge or split (events '
    'or venues), judge (whether two listings are one event, or that what was said of two venues is '
    'taken back), confirm or keep (listings that were missing).';
