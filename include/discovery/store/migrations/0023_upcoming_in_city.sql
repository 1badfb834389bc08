-- What a pair lists in one city (queries.events.listings_in_city): from the index alone, which was
-- made for what the pair lists at all.
DROP INDEX discovery.listings_upcoming_of_pair;
CREATE INDEX listings_upcoming_of_pair ON discovery.listings (city_source_id, local_date)
    INCLUDE (city_id) WHERE withdrawn_at IS NULL;
