-- Whether listings that are missing in great number are gone: a person is asked once, and what was
-- decided is kept.

CREATE TABLE discovery.withdrawal_approvals (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_source_id bigint NOT NULL REFERENCES discovery.city_source ON DELETE CASCADE,
    dag_run_id     text NOT NULL,
    opened_at      timestamptz NOT NULL,
    missing        integer NOT NULL CHECK (missing > 0),
    listed         integer NOT NULL CHECK (listed >= missing),
    decision       text CHECK (decision IN ('confirm', 'keep', 'over')),
    decided_at     timestamptz,
    decided_by     text CHECK (decided_by <> ''),
    withdrawn      integer CHECK (withdrawn >= 0),
    CONSTRAINT approval_is_open_or_decided CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT approval_is_decided_by_somebody CHECK (
        (decided_by IS NOT NULL) = (decision IS NOT NULL AND decision <> 'over')),
    CONSTRAINT approval_withdraws_what_is_confirmed CHECK (
        (withdrawn IS NOT NULL) = (decision IS NOT NULL AND decision = 'confirm'))
);
CREATE UNIQUE INDEX withdrawal_approvals_one_open_per_pair
    ON discovery.withdrawal_approvals (city_source_id) WHERE decision IS NULL;
CREATE INDEX withdrawal_approvals_of_pair
    ON discovery.withdrawal_approvals (city_source_id, opened_at DESC);
CREATE INDEX withdrawal_approvals_newest_first ON discovery.withdrawal_approvals (decided_at DESC);
COMMENT ON TABLE discovery.withdrawal_approvals IS
    'So many listings of a pair were missing at once that a person is to say whether they are gone.';
COMMENT ON COLUMN discovery.withdrawal_approvals.id IS 'By which it is answered.';
COMMENT ON COLUMN discovery.withdrawal_approvals.city_source_id IS 'The pair (city_source.id).';
COMMENT ON COLUMN discovery.withdrawal_approvals.dag_run_id IS 'The run that asked.';
COMMENT ON COLUMN discovery.withdrawal_approvals.opened_at IS 'When it was asked.';
COMMENT ON COLUMN discovery.withdrawal_approvals.missing IS
    'How many listings it is about, with those that were added while it was open.';
COMMENT ON COLUMN discovery.withdrawal_approvals.listed IS
    'How many upcoming listings the pair had when they were asked about, these included.';
COMMENT ON COLUMN discovery.withdrawal_approvals.decision IS
    'confirm: they were withdrawn. keep: they stay until the source lists them again or they begin. '
    'over: none of them awaits approval any more. NULL: it is open.';
COMMENT ON COLUMN discovery.withdrawal_approvals.decided_at IS 'When it was decided, or was over.';
COMMENT ON COLUMN discovery.withdrawal_approvals.decided_by IS
    'Who decided; a run, if it was started with "Withdraw missing".';
COMMENT ON COLUMN discovery.withdrawal_approvals.withdrawn IS
    'Of a confirmed one: how many listings were withdrawn.';

CREATE TABLE discovery.withdrawal_approval_listings (
    approval_id   bigint NOT NULL REFERENCES discovery.withdrawal_approvals ON DELETE CASCADE,
    listing_id    bigint NOT NULL REFERENCES discovery.listings ON DELETE CASCADE,
    missing_since timestamptz NOT NULL,
    PRIMARY KEY (approval_id, listing_id)
);
CREATE INDEX withdrawal_approval_listings_of_listing
    ON discovery.withdrawal_approval_listings (listing_id);
COMMENT ON TABLE discovery.withdrawal_approval_listings IS 'What an approval is about.';
COMMENT ON COLUMN discovery.withdrawal_approval_listings.approval_id IS
    'The approval (withdrawal_approvals.id).';
COMMENT ON COLUMN discovery.withdrawal_approval_listings.listing_id IS
    'The listing (listings.id).';
COMMENT ON COLUMN discovery.withdrawal_approval_listings.missing_since IS
    'Since when it was missing: it counts only while the listing still is since then.';

ALTER TABLE discovery.listings ADD COLUMN missed_in_doubt boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN discovery.listings.missed_in_doubt IS
    'Of a missing one: the sync of missing_since may have overlooked it, since it rejected an item '
    'without knowing which it is, or its events were not as asserted.';

ALTER TABLE discovery.alerts
    DROP CONSTRAINT alerts_condition_check,
    ADD CONSTRAINT alert_has_a_condition
        CHECK (condition IN ('failing', 'stale', 'empty', 'doubtful', 'approval'));

-- What people decide is in the audit log, too.
ALTER TABLE discovery.config_changes
    DROP CONSTRAINT config_change_has_an_action,
    DROP CONSTRAINT config_change_is_of_something,
    DROP CONSTRAINT config_change_fits_what_it_is_of,
    ADD CONSTRAINT config_change_has_an_action CHECK (
        action IN ('create', 'update', 'delete', 'trigger', 'prune', 'merge', 'split', 'confirm',
            'keep')),
    ADD CONSTRAINT config_change_is_of_something CHECK (
        entity_type IN (
            'country', 'city', 'source', 'pair', 'run', 'history', 'event', 'withdrawal')),
    ADD CONSTRAINT config_change_fits_what_it_is_of CHECK (
        (entity_type = 'run') = (action = 'trigger')
        AND (entity_type = 'history') = (action = 'prune')
        AND (entity_type = 'event' OR action NOT IN ('merge', 'split'))
        AND (entity_type = 'withdrawal') = (action IN ('confirm', 'keep')));
COMMENT ON COLUMN discovery.config_changes.action IS
    'create, update, delete, trigger (a run), prune (history that was old), merge or split (events), '
    'confirm or keep (listings that were missing).';
COMMENT ON COLUMN discovery.config_changes.entity_type IS
    'country, city, source, pair, run, history, event or withdrawal.';
COMMENT ON COLUMN discovery.alerts.condition IS 'failing, stale, empty, doubtful or approval.';
