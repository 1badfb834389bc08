-- What a source is to the events that it lists: an aggregator's word gives way to any other's.

ALTER TABLE discovery.sources ADD COLUMN role text;
-- The usual roles of the kinds, as a source has them from now on that does not say its own.
UPDATE discovery.sources SET role = CASE
    WHEN kind IN ('ticketmaster', 'seatgeek') THEN 'ticket_shop'
    WHEN kind IN ('libcal', 'squarespace') THEN 'official_venue'
    WHEN kind IN ('events_calendar', 'icalendar', 'localist', 'rss', 'schema_org') THEN 'organizer'
    ELSE 'aggregator' END;
ALTER TABLE discovery.sources
    ALTER COLUMN role SET NOT NULL,
    ALTER COLUMN role SET DEFAULT 'aggregator',
    ADD CONSTRAINT source_has_a_role
        CHECK (role IN ('official_venue', 'organizer', 'ticket_shop', 'aggregator'));
COMMENT ON COLUMN discovery.sources.role IS
    'What it is to its events: official_venue, organizer, ticket_shop or aggregator. Where sources '
    'disagree, all others are preferred to aggregators.';
COMMENT ON COLUMN discovery.sources.trust IS
    'Whose word counts among sources that are equally close to the event: the higher.';
COMMENT ON TABLE discovery.events IS
    'Canonical events: each value from the listing whose word counts most and which has it.';

CREATE OR REPLACE VIEW discovery.event_sources AS
SELECT l.event_id, s.slug AS source, s.name AS source_name, s.trust, c.slug AS city, l.external_id,
    l.title, l.url, v.name AS venue, v.street AS venue_street, v.locality AS venue_locality,
    l.local_date, l.time_known, l.timezone,
    discovery.local_time(l.starts_at, l.timezone) AS starts_local, l.starts_at,
    discovery.local_time(l.ends_at, l.timezone) AS ends_local, l.ends_at,
    l.status, l.attendance, l.performers, l.categories, l.organizer, l.description, l.image_url,
    l.language, l.price_min, l.price_max, l.price_currency, l.price_is_free, l.price_text,
    l.series_id, l.warnings, l.source_updated_at, l.first_seen_at, l.last_seen_at, l.changed_at,
    l.missing_since, l.withdrawn_at, s.role
FROM discovery.listings l
JOIN discovery.sources s ON s.id = l.source_id
LEFT JOIN discovery.cities c ON c.id = l.city_id
LEFT JOIN discovery.venues v ON v.id = l.venue_id;
COMMENT ON COLUMN discovery.event_sources.trust IS
    'Where sources of equal role differ, the event says what the most trusted one does (0 to 100).';
COMMENT ON COLUMN discovery.event_sources.role IS
    'official_venue, organizer, ticket_shop or aggregator: where sources differ, the event says what '
    'one does that is no aggregator.';
