-- Items that are as they were are not read again: what is known of them, and which listings a sync
-- has seen by them.

CREATE TABLE discovery.known_items (
    city_source_id bigint NOT NULL REFERENCES discovery.city_source ON DELETE CASCADE,
    fingerprint    bytea NOT NULL CHECK (length(fingerprint) = 16),
    listing_ids    bigint[] NOT NULL,
    read_on        date NOT NULL,
    good_to        date NOT NULL CHECK (good_to >= read_on),
    read_at        timestamptz NOT NULL,
    with_venue     smallint NOT NULL CHECK (with_venue >= 0),
    with_time      smallint NOT NULL CHECK (with_time >= 0),
    with_price     smallint NOT NULL CHECK (with_price >= 0),
    at_midnight    smallint NOT NULL CHECK (at_midnight >= 0),
    with_warnings  smallint NOT NULL CHECK (with_warnings >= 0),
    PRIMARY KEY (city_source_id, fingerprint)
);
COMMENT ON TABLE discovery.known_items IS
    'Items of sources by which nothing new would come: while they are the same, they are not read.';
COMMENT ON COLUMN discovery.known_items.city_source_id IS 'The pair (city_source.id).';
COMMENT ON COLUMN discovery.known_items.fingerprint IS
    'Hash of the item, and of the code, settings and city that it was read by.';
COMMENT ON COLUMN discovery.known_items.listing_ids IS
    'What it became (listings.id); none: it lies outside the days that are read.';
COMMENT ON COLUMN discovery.known_items.read_on IS 'First day of the sync that read it.';
COMMENT ON COLUMN discovery.known_items.good_to IS
    'Last first day of a sync for which it becomes the same.';
COMMENT ON COLUMN discovery.known_items.read_at IS
    'When it was read: it is read again if one of its listings has changed since.';
COMMENT ON COLUMN discovery.known_items.with_venue IS 'How many of its records name a venue.';
COMMENT ON COLUMN discovery.known_items.with_time IS 'How many of its records have an hour.';
COMMENT ON COLUMN discovery.known_items.with_price IS 'How many of its records have a price.';
COMMENT ON COLUMN discovery.known_items.at_midnight IS 'How many of its records begin at midnight.';
COMMENT ON COLUMN discovery.known_items.with_warnings IS 'How many of its records have warnings.';

-- A row of its own per sync, not a mark in each listing, which would rewrite all of them each night.
CREATE TABLE discovery.sights (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_source_id  bigint NOT NULL REFERENCES discovery.city_source ON DELETE CASCADE,
    sync_started_at timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,
    listings        int8multirange NOT NULL
);
CREATE INDEX sights_of_pair ON discovery.sights (city_source_id);
COMMENT ON TABLE discovery.sights IS
    'Which listings a sync has seen by items that it did not read again: one row per pair and sync, '
    'of the latest sync, and of earlier ones that failed since.';
COMMENT ON COLUMN discovery.sights.id IS 'The row.';
COMMENT ON COLUMN discovery.sights.city_source_id IS 'The pair (city_source.id).';
COMMENT ON COLUMN discovery.sights.sync_started_at IS
    'Which sync: the start of its first attempt (sync_runs.sync_started_at).';
COMMENT ON COLUMN discovery.sights.seen_at IS 'When they were seen, the last of them.';
COMMENT ON COLUMN discovery.sights.listings IS 'The listings (listings.id), as ranges of ids.';

COMMENT ON COLUMN discovery.listings.last_seen_at IS
    'When a sync last read it; the beginning of the sync if the item was rejected in that one. One '
    'that is listed without having changed is seen by its row of sights: the view event_sources '
    'shows the later of both.';
COMMENT ON COLUMN discovery.event_sources.last_seen_at IS 'When a sync last found it.';

CREATE OR REPLACE VIEW discovery.event_sources AS
SELECT l.event_id, s.slug AS source, s.name AS source_name, s.trust, c.slug AS city, l.external_id,
    l.title, l.url, v.name AS venue, v.street AS venue_street, v.locality AS venue_locality,
    l.local_date, l.time_known, l.timezone,
    discovery.local_time(l.starts_at, l.timezone) AS starts_local, l.starts_at,
    discovery.local_time(l.ends_at, l.timezone) AS ends_local, l.ends_at,
    l.status, l.attendance, l.performers, l.categories, l.organizer, l.description, l.image_url,
    l.language, l.price_min, l.price_max, l.price_currency, l.price_is_free, l.price_text,
    l.series_id, l.warnings, l.source_updated_at, l.first_seen_at,
    GREATEST(l.last_seen_at, (
        SELECT max(seen_at) FROM discovery.sights
        WHERE city_source_id = l.city_source_id AND l.id <@ listings)) AS last_seen_at,
    l.changed_at,
    l.missing_since, l.withdrawn_at, s.role, l.assumed
FROM discovery.listings l
JOIN discovery.sources s ON s.id = l.source_id
LEFT JOIN discovery.cities c ON c.id = l.city_id
LEFT JOIN discovery.venues v ON v.id = l.venue_id;
