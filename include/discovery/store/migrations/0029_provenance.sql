-- Which of its listings each value of an event is from, and which values were assumed or repaired.

ALTER TABLE discovery.listings ADD COLUMN assumed text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN discovery.listings.assumed IS
    'Fields that were assumed or repaired in reading it; warnings says why.';

ALTER TABLE discovery.events
    ADD COLUMN listing_id bigint,
    ADD COLUMN value_listings jsonb NOT NULL DEFAULT '{}'
        CHECK (jsonb_typeof(value_listings) = 'object'),
    ADD COLUMN assumed text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN discovery.events.listing_id IS
    'The listing whose word counts most (listings.id): it has all values that value_listings does not '
    'name. Without a foreign key: listings name their event, too.';
COMMENT ON COLUMN discovery.events.value_listings IS
    'Field to the listing (listings.id) that its value is from, where that is not listing_id.';
COMMENT ON COLUMN discovery.events.assumed IS
    'Fields that were assumed or repaired in reading the listing that they are from.';

UPDATE discovery.events e SET listing_id = l.id
FROM discovery.listings l WHERE l.event_id = e.id AND e.listing_count = 1;
-- Of several listings, the first which says what the event does is the one that it has it from.
WITH said AS (
    SELECT l.*, row_number() OVER (
        PARTITION BY l.event_id
        ORDER BY l.withdrawn_at IS NOT NULL, s.role = 'aggregator', s.trust DESC, l.first_seen_at, l.id
    ) AS rank
    FROM discovery.listings l JOIN discovery.sources s ON s.id = l.source_id
),
found AS (
    SELECT e.id, (array_agg(l.id ORDER BY rank))[1] AS listing_id,
        jsonb_strip_nulls(jsonb_build_object(
            'title', (array_agg(l.id ORDER BY rank) FILTER (WHERE l.title = e.title))[1],
            'url', (array_agg(l.id ORDER BY rank) FILTER (WHERE l.url = e.url))[1],
            'start', (array_agg(l.id ORDER BY rank) FILTER (
                WHERE (l.local_date, l.starts_at) IS NOT DISTINCT FROM (e.local_date, e.starts_at)))[1],
            'end', (array_agg(l.id ORDER BY rank) FILTER (WHERE l.ends_at = e.ends_at))[1],
            'city', (array_agg(l.id ORDER BY rank) FILTER (WHERE l.city_id = e.city_id))[1],
            'venue', (array_agg(l.id ORDER BY rank) FILTER (WHERE l.venue_id = e.venue_id))[1],
            'status', (array_agg(l.id ORDER BY rank) FILTER (WHERE l.status = e.status))[1],
            'attendance',
                (array_agg(l.id ORDER BY rank) FILTER (WHERE l.attendance = e.attendance))[1],
            'performers',
                (array_agg(l.id ORDER BY rank) FILTER (WHERE l.performers = e.performers))[1],
            'categories',
                (array_agg(l.id ORDER BY rank) FILTER (WHERE l.categories = e.categories))[1],
            'organizer', (array_agg(l.id ORDER BY rank) FILTER (WHERE l.organizer = e.organizer))[1],
            'description',
                (array_agg(l.id ORDER BY rank) FILTER (WHERE l.description = e.description))[1],
            'image_url', (array_agg(l.id ORDER BY rank) FILTER (WHERE l.image_url = e.image_url))[1],
            'language', (array_agg(l.id ORDER BY rank) FILTER (WHERE l.language = e.language))[1],
            'price', (array_agg(l.id ORDER BY rank) FILTER (
                WHERE (l.price_min, l.price_max, l.price_currency, l.price_is_free, l.price_text)
                    IS NOT DISTINCT FROM
                    (e.price_min, e.price_max, e.price_currency, e.price_is_free, e.price_text)))[1]
        )) AS value_listings
    FROM discovery.events e JOIN said l ON l.event_id = e.id
    WHERE e.listing_count > 1 GROUP BY e.id
)
UPDATE discovery.events e SET (listing_id, value_listings) = ROW (f.listing_id, f.value_listings)
FROM found f WHERE f.id = e.id;

CREATE OR REPLACE VIEW discovery.all_events AS
SELECT e.id AS event_id, e.title, c.slug AS city, c.name AS city_name,
    v.name AS venue, v.street AS venue_street, v.postcode AS venue_postcode,
    v.locality AS venue_locality, v.country AS venue_country,
    v.latitude AS venue_latitude, v.longitude AS venue_longitude,
    e.local_date, e.time_known, e.timezone,
    discovery.local_time(e.starts_at, e.timezone) AS starts_local, e.starts_at,
    discovery.local_time(e.ends_at, e.timezone) AS ends_local, e.ends_at,
    e.status, e.attendance, e.performers, e.categories, e.organizer, e.description, e.url,
    e.image_url, e.language, e.price_min, e.price_max, e.price_currency, e.price_is_free,
    e.price_text, e.listing_count, e.created_at AS first_found_at, e.updated_at AS changed_at,
    e.withdrawn_at,
    e.withdrawn_at IS NULL AND e.status NOT IN ('cancelled', 'postponed')
        AND e.local_date >= COALESCE(
            discovery.local_time(now(), e.timezone), now() AT TIME ZONE 'UTC')::date AS is_upcoming,
    e.assumed
FROM discovery.events e
LEFT JOIN discovery.cities c ON c.id = e.city_id
LEFT JOIN discovery.venues v ON v.id = e.venue_id;
CREATE OR REPLACE VIEW discovery.upcoming_events AS
SELECT event_id, title, city, city_name, venue, venue_street, venue_postcode, venue_locality,
    venue_country, venue_latitude, venue_longitude, local_date, time_known, timezone, starts_local,
    starts_at, ends_local, ends_at, status, attendance, performers, categories, organizer,
    description, url, image_url, language, price_min, price_max, price_currency, price_is_free,
    price_text, listing_count, first_found_at, changed_at, assumed
FROM discovery.all_events
-- The first condition says nothing new, but has an index: no place is more than a day behind UTC.
WHERE local_date >= (now() AT TIME ZONE 'UTC')::date - 1 AND is_upcoming;
CREATE OR REPLACE VIEW discovery.event_sources AS
SELECT l.event_id, s.slug AS source, s.name AS source_name, s.trust, c.slug AS city, l.external_id,
    l.title, l.url, v.name AS venue, v.street AS venue_street, v.locality AS venue_locality,
    l.local_date, l.time_known, l.timezone,
    discovery.local_time(l.starts_at, l.timezone) AS starts_local, l.starts_at,
    discovery.local_time(l.ends_at, l.timezone) AS ends_local, l.ends_at,
    l.status, l.attendance, l.performers, l.categories, l.organizer, l.description, l.image_url,
    l.language, l.price_min, l.price_max, l.price_currency, l.price_is_free, l.price_text,
    l.series_id, l.warnings, l.source_updated_at, l.first_seen_at, l.last_seen_at, l.changed_at,
    l.missing_since, l.withdrawn_at, s.role, l.assumed
FROM discovery.listings l
JOIN discovery.sources s ON s.id = l.source_id
LEFT JOIN discovery.cities c ON c.id = l.city_id
LEFT JOIN discovery.venues v ON v.id = l.venue_id;
COMMENT ON COLUMN discovery.all_events.assumed IS
    'Fields (as in event_fields) that were assumed or repaired in reading a source.';
COMMENT ON COLUMN discovery.upcoming_events.assumed IS
    'Fields (as in event_fields) that were assumed or repaired in reading a source.';
COMMENT ON COLUMN discovery.event_sources.assumed IS
    'Fields (as in event_fields) that were assumed or repaired; warnings says why.';

CREATE VIEW discovery.event_fields AS
SELECT e.id AS event_id, f.field, s.slug AS source, s.name AS source_name, l.external_id, l.url,
    f.field = ANY(e.assumed) AS is_assumed
FROM discovery.events e
CROSS JOIN LATERAL (VALUES
    ('title', true), ('url', e.url IS NOT NULL), ('start', e.local_date IS NOT NULL),
    ('end', e.ends_at IS NOT NULL), ('city', e.city_id IS NOT NULL),
    ('venue', e.venue_id IS NOT NULL), ('status', true), ('attendance', true),
    ('performers', e.performers <> '{}'), ('categories', e.categories <> '{}'),
    ('organizer', e.organizer IS NOT NULL), ('description', e.description IS NOT NULL),
    ('image_url', e.image_url IS NOT NULL), ('language', e.language IS NOT NULL),
    ('price', num_nonnulls(e.price_min, e.price_max, e.price_is_free, e.price_text) > 0)
) AS f (field, is_known)
LEFT JOIN discovery.listings l ON l.id = COALESCE((e.value_listings ->> f.field)::bigint, e.listing_id)
LEFT JOIN discovery.sources s ON s.id = l.source_id
WHERE f.is_known;
COMMENT ON VIEW discovery.event_fields IS
    'From whom each value of an event is: one row per event and field that has one.';
COMMENT ON COLUMN discovery.event_fields.event_id IS 'The event (event_id of the other views).';
COMMENT ON COLUMN discovery.event_fields.field IS
    'title, url, start (day, hour and time zone), end, city, venue, status, attendance, performers, '
    'categories, organizer, description, image_url, language or price.';
COMMENT ON COLUMN discovery.event_fields.source IS 'Slug of the source that says so.';
COMMENT ON COLUMN discovery.event_fields.source_name IS 'Name of that source.';
COMMENT ON COLUMN discovery.event_fields.external_id IS 'What that source calls the event.';
COMMENT ON COLUMN discovery.event_fields.url IS 'Page of the event at that source.';
COMMENT ON COLUMN discovery.event_fields.is_assumed IS
    'Whether it was assumed or repaired in reading what the source says.';
