-- What other pairs list in a city, before the city is removed (removal.count): looked up pair by pair.
-- What the index before was made for, this one does, too.
DROP INDEX discovery.listings_of_city;
CREATE INDEX listings_of_city ON discovery.listings (city_id, city_source_id);
