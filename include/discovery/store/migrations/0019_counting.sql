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
