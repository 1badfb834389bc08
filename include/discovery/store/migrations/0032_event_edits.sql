-- What people say of events in place of their sources.

CREATE TABLE discovery.event_edits (
    event_id  bigint NOT NULL,
    field     text NOT NULL CHECK (field <> ''),
    value     jsonb NOT NULL CHECK (jsonb_typeof(value) = 'object'),
    edited_by text NOT NULL CHECK (edited_by <> ''),
    reason    text NOT NULL CHECK (reason <> ''),
    edited_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_id, field)
);
COMMENT ON TABLE discovery.event_edits IS
    'What a person says of an event: it wins over every source until it is taken back.';
COMMENT ON COLUMN discovery.event_edits.event_id IS
    'The event that was edited (events.id), or its id before it became part of another one '
    '(event_redirects.old_id).';
COMMENT ON COLUMN discovery.event_edits.field IS 'What of the event, as in the view event_fields.';
COMMENT ON COLUMN discovery.event_edits.value IS 'Columns of events to their values.';
COMMENT ON COLUMN discovery.event_edits.edited_by IS 'Who says so.';
COMMENT ON COLUMN discovery.event_edits.reason IS 'Why, in their words.';
COMMENT ON COLUMN discovery.event_edits.edited_at IS 'When; of two edits of a field the later counts.';

ALTER TABLE discovery.events ADD COLUMN edited text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN discovery.events.edited IS 'Fields whose value a person has given (event_edits).';

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
    e.assumed, e.edited
FROM discovery.events e
LEFT JOIN discovery.cities c ON c.id = e.city_id
LEFT JOIN discovery.venues v ON v.id = e.venue_id;
CREATE OR REPLACE VIEW discovery.upcoming_events AS
SELECT event_id, title, city, city_name, venue, venue_street, venue_postcode, venue_locality,
    venue_country, venue_latitude, venue_longitude, local_date, time_known, timezone, starts_local,
    starts_at, ends_local, ends_at, status, attendance, performers, categories, organizer,
    description, url, image_url, language, price_min, price_max, price_currency, price_is_free,
    price_text, listing_count, first_found_at, changed_at, assumed, edited
FROM discovery.all_events
-- The first condition says nothing new, but has an index: no place is more than a day behind UTC.
WHERE local_date >= (now() AT TIME ZONE 'UTC')::date - 1 AND is_upcoming;
CREATE OR REPLACE VIEW discovery.event_fields AS
SELECT e.id AS event_id, f.field, s.slug AS source, s.name AS source_name, l.external_id, l.url,
    f.field = ANY(e.assumed) AS is_assumed, d.edited_by, d.edited_at, d.reason AS edit_reason
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
LEFT JOIN discovery.listings l
    ON l.id = COALESCE((e.value_listings ->> f.field)::bigint, e.listing_id)
    AND f.field <> ALL(e.edited)
LEFT JOIN discovery.sources s ON s.id = l.source_id
LEFT JOIN LATERAL (
    SELECT o.edited_by, o.edited_at, o.reason FROM discovery.event_edits o
    WHERE o.field = f.field AND o.event_id IN (
        SELECT e.id UNION ALL
        SELECT r.old_id FROM discovery.event_redirects r WHERE r.event_id = e.id)
    ORDER BY o.edited_at DESC, o.event_id LIMIT 1
) d ON f.field = ANY(e.edited)
WHERE f.is_known OR f.field = ANY(e.edited);
COMMENT ON COLUMN discovery.all_events.edited IS
    'Fields (as in event_fields) whose value a person has given.';
COMMENT ON COLUMN discovery.upcoming_events.edited IS
    'Fields (as in event_fields) whose value a person has given.';
COMMENT ON VIEW discovery.event_fields IS
    'From whom each value of an event is: one row per event and field that has one, or was edited.';
COMMENT ON COLUMN discovery.event_fields.source IS
    'Slug of the source that says so; NULL: a person does.';
COMMENT ON COLUMN discovery.event_fields.edited_by IS
    'The person who says so in place of the sources; NULL: a source says it.';
COMMENT ON COLUMN discovery.event_fields.edited_at IS 'When that person said so.';
COMMENT ON COLUMN discovery.event_fields.edit_reason IS 'Why, in the words of that person.';
