-- The newest listings of a pair (queries.history.newest_listings): of the largest pairs tens of
-- thousands of rows were sorted for twenty. Costs the loader an entry for each new row.
CREATE INDEX listings_newest_of_pair
    ON discovery.listings (city_source_id, first_seen_at DESC, id DESC);
