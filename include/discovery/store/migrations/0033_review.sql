-- Which pairs of listings a person is to judge: what is soon comes first.

ALTER TABLE discovery.judgements ADD COLUMN local_date date;
COMMENT ON COLUMN discovery.judgements.local_date IS
    'Of a rule''s judgement: the earlier date of the two. What is to be reviewed is asked in this order.';
UPDATE discovery.judgements j SET local_date = LEAST(a.local_date, b.local_date)
FROM discovery.listings a, discovery.listings b
WHERE a.id = j.first_id AND b.id = j.second_id AND j.decided_by IS NULL;

DROP INDEX discovery.judgements_to_review;
CREATE INDEX judgements_to_review ON discovery.judgements (local_date, first_id, second_id)
    WHERE verdict = 'review';

-- What a person says of two listings.
ALTER TABLE discovery.config_changes
    DROP CONSTRAINT config_change_has_an_action,
    DROP CONSTRAINT config_change_fits_what_it_is_of,
    ADD CONSTRAINT config_change_has_an_action CHECK (
        action IN ('create', 'update', 'delete', 'trigger', 'prune', 'merge', 'split', 'judge',
            'confirm', 'keep')),
    ADD CONSTRAINT config_change_fits_what_it_is_of CHECK (
        (entity_type = 'run') = (action = 'trigger')
        AND (entity_type = 'history') = (action = 'prune')
        AND (entity_type = 'event' OR action NOT IN ('merge', 'split', 'judge'))
        AND (entity_type = 'withdrawal') = (action IN ('confirm', 'keep')));
COMMENT ON COLUMN discovery.config_changes.action IS
    'create, update, delete, trigger (a run), prune (history that was old), merge or split (events), '
    'judge (whether two listings are one event), confirm or keep (listings that were missing).';
