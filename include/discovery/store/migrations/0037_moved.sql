-- What was moved keeps when it was to start before; and what one source calls cancelled while its
-- event is on is found, to ask a person.

ALTER TABLE discovery.listings ADD COLUMN previous_date date, ADD COLUMN previous_start timestamptz;
ALTER TABLE discovery.events ADD COLUMN previous_date date, ADD COLUMN previous_start timestamptz;
COMMENT ON COLUMN discovery.listings.previous_date IS
    'The day on which it was to start before its source moved it.';
COMMENT ON COLUMN discovery.listings.previous_start IS
    'The start before its source moved it, where its hour was known.';
COMMENT ON COLUMN discovery.events.previous_date IS
    'The day on which it was to start before it was moved.';
COMMENT ON COLUMN discovery.events.previous_start IS
    'The start before it was moved, where its hour was known.';

CREATE INDEX listings_cancelled ON discovery.listings (local_date, event_id)
    WHERE status = 'cancelled' AND withdrawn_at IS NULL;

CREATE OR REPLACE VIEW discovery.all_events AS
SELECT e.id AS event_id, e.title, c.slug AS city, c.name AS city_name,
    COALESCE(v.given_name, v.name) AS venue, v.street AS venue_street, v.postcode AS venue_postcode,
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
    e.assumed, e.edited, e.venue_id, e.previous_date,
    discovery.local_time(e.previous_start, e.timezone) AS previous_start_local, e.previous_start
FROM discovery.events e
LEFT JOIN discovery.cities c ON c.id = e.city_id
LEFT JOIN discovery.venues v ON v.id = e.venue_id;
CREATE OR REPLACE VIEW discovery.upcoming_events AS
SELECT event_id, title, city, city_name, venue, venue_street, venue_postcode, venue_locality,
    venue_country, venue_latitude, venue_longitude, local_date, time_known, timezone, starts_local,
    starts_at, ends_local, ends_at, status, attendance, performers, categories, organizer,
    description, url, image_url, language, price_min, price_max, price_currency, price_is_free,
    price_text, listing_count, first_found_at, changed_at, assumed, edited, venue_id, previous_date,
    previous_start_local, previous_start
FROM discovery.all_events
-- The first condition says nothing new, but has an index: no place is more than a day behind UTC.
WHERE local_date >= (now() AT TIME ZONE 'UTC')::date - 1 AND is_upcoming;
COMMENT ON COLUMN discovery.all_events.previous_date IS
    'The day on which it was to start before it was moved; NULL: it was not moved.';
COMMENT ON COLUMN discovery.all_events.previous_start_local IS
    'The start before it was moved, as a clock at the place shows it.';
COMMENT ON COLUMN discovery.all_events.previous_start IS
    'The start before it was moved, where its hour was known.';
COMMENT ON COLUMN discovery.upcoming_events.previous_date IS
    'The day on which it was to start before it was moved; NULL: it was not moved.';
COMMENT ON COLUMN discovery.upcoming_events.previous_start_local IS
    'The start before it was moved, as a clock at the place shows it.';
COMMENT ON COLUMN discovery.upcoming_events.previous_start IS
    'The start before it was moved, where its hour was known.';
