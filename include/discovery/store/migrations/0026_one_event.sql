-- One event once: why listings are one event or are not, ids of events that last, and which listings
-- are yet to be compared with others.

CREATE TABLE discovery.judgements (
    first_id      bigint NOT NULL REFERENCES discovery.listings ON DELETE CASCADE,
    second_id     bigint NOT NULL REFERENCES discovery.listings ON DELETE CASCADE,
    verdict       text NOT NULL CHECK (verdict IN ('same', 'review', 'different')),
    rule          text,
    rules_version text,
    score         double precision CHECK (score BETWEEN 0 AND 1),
    features      jsonb CHECK (jsonb_typeof(features) = 'object'),
    decided_by    text CHECK (decided_by <> ''),
    reason        text CHECK (reason <> ''),
    judged_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (first_id, second_id),
    CONSTRAINT judgement_is_of_two_listings_in_order CHECK (first_id < second_id),
    CONSTRAINT judgement_is_by_a_rule_or_a_person CHECK (
        num_nulls(rule, rules_version, score, features) = CASE WHEN decided_by IS NULL THEN 0 ELSE 4 END),
    CONSTRAINT judgement_of_a_person_has_a_reason CHECK ((decided_by IS NULL) = (reason IS NULL))
);
CREATE INDEX judgements_of_second ON discovery.judgements (second_id);
CREATE INDEX judgements_to_review ON discovery.judgements (judged_at) WHERE verdict = 'review';
COMMENT ON TABLE discovery.judgements IS
    'Whether two listings are one event: by a rule, or for good by a person. Not every pair that was '
    'compared has a row: those that are different have one only where it keeps events apart.';
COMMENT ON COLUMN discovery.judgements.first_id IS 'One listing (listings.id), the lower id.';
COMMENT ON COLUMN discovery.judgements.second_id IS 'The other listing (listings.id).';
COMMENT ON COLUMN discovery.judgements.verdict IS 'same, different, or review: a person is to say.';
COMMENT ON COLUMN discovery.judgements.rule IS 'The rule that decided; NULL: a person did.';
COMMENT ON COLUMN discovery.judgements.rules_version IS 'The version of the rules.';
COMMENT ON COLUMN discovery.judgements.score IS 'How sure the rules are that it is one event, 0 to 1.';
COMMENT ON COLUMN discovery.judgements.features IS 'What was compared: name to value.';
COMMENT ON COLUMN discovery.judgements.decided_by IS 'The person who decided; NULL: a rule did.';
COMMENT ON COLUMN discovery.judgements.reason IS 'Why, in the words of the person.';
COMMENT ON COLUMN discovery.judgements.judged_at IS 'When it was last judged otherwise than before.';

CREATE TABLE discovery.event_redirects (
    old_id     bigint PRIMARY KEY,
    event_id   bigint NOT NULL REFERENCES discovery.events ON DELETE CASCADE,
    listing_id bigint NOT NULL,
    merged_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX event_redirects_to_event ON discovery.event_redirects (event_id);
COMMENT ON TABLE discovery.event_redirects IS
    'Ids of events that have become part of another event. It always names an event that exists.';
COMMENT ON COLUMN discovery.event_redirects.old_id IS 'The id that the event had (events.id).';
COMMENT ON COLUMN discovery.event_redirects.event_id IS 'The event that it is now (events.id).';
COMMENT ON COLUMN discovery.event_redirects.listing_id IS
    'Its oldest listing then: where that is parted from the event, the old id goes with it.';
COMMENT ON COLUMN discovery.event_redirects.merged_at IS 'When it became part of another event.';

-- A table of its own: a mark in listings would rewrite each row, and its entry in each index, twice.
CREATE TABLE discovery.unmatched_listings (
    listing_id     bigint PRIMARY KEY REFERENCES discovery.listings ON DELETE CASCADE,
    city_id        bigint NOT NULL,
    city_source_id bigint,
    local_date     date
);
CREATE INDEX unmatched_listings_of_city ON discovery.unmatched_listings (city_id, local_date);
COMMENT ON TABLE discovery.unmatched_listings IS
    'Listings that are new or have changed, and are yet to be compared with others. Written with the '
    'page that brings them, so that a sync that is killed leaves none out.';
COMMENT ON COLUMN discovery.unmatched_listings.listing_id IS 'The listing (listings.id).';
COMMENT ON COLUMN discovery.unmatched_listings.city_id IS 'Its city (cities.id); 0: it is in none.';
COMMENT ON COLUMN discovery.unmatched_listings.city_source_id IS
    'The pair that brought it (city_source.id); another one leaves it alone while that is syncing.';
COMMENT ON COLUMN discovery.unmatched_listings.local_date IS 'Its date at the venue, if it has one.';

-- What is upcoming is compared by the next syncs.
INSERT INTO discovery.unmatched_listings (listing_id, city_id, city_source_id, local_date)
SELECT id, COALESCE(city_id, 0), city_source_id, local_date FROM discovery.listings
WHERE local_date IS NULL OR local_date >= current_date - 1;

-- Listings of a city and day are compared with each other. Costs the loader an entry for a row that is
-- new.
CREATE INDEX listings_in_city_by_date
    ON discovery.listings ((COALESCE(city_id, 0)), local_date);

COMMENT ON COLUMN discovery.events.match_key IS
    'What, when and where, folded (identity.keys): a new listing with this key is of this event at '
    'once. #... where another event has the key of its listings.';
COMMENT ON COLUMN discovery.events.id IS
    'It stays the same while the event lasts; where two become one, event_redirects leads on.';

-- What people decide about events is in the audit log, too.
ALTER TABLE discovery.config_changes
    DROP CONSTRAINT config_change_has_an_action,
    DROP CONSTRAINT config_change_is_of_something,
    DROP CONSTRAINT config_change_fits_what_it_is_of,
    ADD CONSTRAINT config_change_has_an_action CHECK (
        action IN ('create', 'update', 'delete', 'trigger', 'prune', 'merge', 'split')),
    ADD CONSTRAINT config_change_is_of_something CHECK (
        entity_type IN ('country', 'city', 'source', 'pair', 'run', 'history', 'event')),
    ADD CONSTRAINT config_change_fits_what_it_is_of CHECK (
        (entity_type = 'run') = (action = 'trigger')
        AND (entity_type = 'history') = (action = 'prune')
        AND (entity_type = 'event' OR action NOT IN ('merge', 'split')));
COMMENT ON TABLE discovery.config_changes IS
    'The audit log: changes of the configuration, decisions about events, triggered runs, and what was '
    'deleted by age.';
COMMENT ON COLUMN discovery.config_changes.action IS
    'create, update, delete, trigger (a run), prune (history that was old), merge or split (events).';
COMMENT ON COLUMN discovery.config_changes.entity_type IS
    'country, city, source, pair, run, history or event.';
