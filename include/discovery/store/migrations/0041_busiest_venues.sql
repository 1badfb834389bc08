-- How many events are to come at which venues, of a city or of one venue, is read from the index
-- alone (queries.venues.find_venues): before, one page of the table was read for each event.
DROP INDEX discovery.events_upcoming_of_city;
CREATE INDEX events_upcoming_of_city ON discovery.events (city_id, local_date) INCLUDE (venue_id)
    WHERE withdrawn_at IS NULL;
DROP INDEX discovery.events_at_venue;
CREATE INDEX events_at_venue ON discovery.events (venue_id, local_date) INCLUDE (withdrawn_at);
