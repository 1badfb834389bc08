-- For figures of the page and the report: what is counted is found by an index, nothing else read.
-- Each costs the loader an entry for a row that is new, and none for a row that is seen again as it
-- was; the one by change also an entry for a row that has changed.

-- Upcoming listings of each pair (queries.events.count_events).
CREATE INDEX listings_upcoming_of_pair ON discovery.listings (city_source_id, local_date)
    WHERE withdrawn_at IS NULL;

-- Upcoming events of each city (queries.events.count_events).
CREATE INDEX events_upcoming_of_city ON discovery.events (city_id, local_date)
    WHERE withdrawn_at IS NULL;

-- Events that are new this week (queries.events.count_events); the index that it had before made
-- PostgreSQL read each of their rows.
CREATE INDEX events_listed_by_age ON discovery.events (created_at) WHERE withdrawn_at IS NULL;
DROP INDEX discovery.events_newest_first;

-- What a run has changed, and what it has withdrawn (queries.outcomes.read_changes_by_city).
CREATE INDEX listings_changed_of_pair ON discovery.listings (city_source_id, changed_at);
CREATE INDEX listings_withdrawn_of_pair ON discovery.listings (city_source_id, withdrawn_at)
    WHERE withdrawn_at IS NOT NULL;

-- What earlier migrations have left without a comment.
COMMENT ON TABLE discovery.proposal_runs IS 'When the measures of runs were looked at for bounds.';
COMMENT ON COLUMN discovery.proposal_runs.proposed_at IS 'When: there may be nothing to propose.';
COMMENT ON TABLE discovery.proposed_assertions IS
    'Bounds of measures that a person may accept as assertions.';
COMMENT ON COLUMN discovery.proposed_assertions.source_id IS 'The source (sources.id).';
COMMENT ON COLUMN discovery.proposed_assertions.measure IS 'Name of the measure, as in sync_runs.';
COMMENT ON COLUMN discovery.proposed_assertions.least IS 'Lower bound; NULL: there is none.';
COMMENT ON COLUMN discovery.proposed_assertions.most IS 'Upper bound; NULL: there is none.';
COMMENT ON COLUMN discovery.proposed_assertions.proposed_at IS 'When it was proposed.';
COMMENT ON COLUMN discovery.config_changes.action IS
    'create, update, delete, trigger (a run) or prune (history that was old).';
COMMENT ON COLUMN discovery.config_changes.entity_type IS
    'country, city, source, pair, run or history.';
