-- What people say of venues: that two are one, another name, and in which building a hall is. No
-- sync touches it. Listings keep the venue that their source names; their events show the one that
-- people have made of it.

ALTER TABLE discovery.venues
    ADD COLUMN given_name text CHECK (given_name <> ''),
    ADD COLUMN same_as_id bigint REFERENCES discovery.venues ON DELETE RESTRICT,
    ADD COLUMN parent_id  bigint REFERENCES discovery.venues ON DELETE RESTRICT,
    ADD CONSTRAINT venue_is_the_same_as_another CHECK (same_as_id <> id),
    ADD CONSTRAINT venue_is_in_another CHECK (parent_id <> id);
CREATE INDEX venues_same_as ON discovery.venues (same_as_id) WHERE same_as_id IS NOT NULL;
CREATE INDEX venues_in_building ON discovery.venues (parent_id) WHERE parent_id IS NOT NULL;
COMMENT ON COLUMN discovery.venues.name IS
    'Name as sources write it, or the street where it has none.';
COMMENT ON COLUMN discovery.venues.given_name IS
    'The name that a person has given it, which is shown instead.';
COMMENT ON COLUMN discovery.venues.same_as_id IS
    'The venue (venues.id) that this row is another name of, as people say (venue_judgements); that '
    'one is not another name itself. NULL: it stands for itself.';
COMMENT ON COLUMN discovery.venues.parent_id IS
    'The building (venues.id) in which it is a hall, as people say.';

CREATE TABLE discovery.venue_judgements (
    first_id   bigint NOT NULL REFERENCES discovery.venues ON DELETE RESTRICT,
    second_id  bigint NOT NULL REFERENCES discovery.venues ON DELETE RESTRICT,
    verdict    text NOT NULL CHECK (verdict IN ('same', 'different')),
    decided_by text NOT NULL CHECK (decided_by <> ''),
    reason     text NOT NULL CHECK (reason <> ''),
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (first_id, second_id),
    CONSTRAINT venue_judgement_is_of_two_venues_in_order CHECK (first_id < second_id)
);
CREATE INDEX venue_judgements_of_second ON discovery.venue_judgements (second_id);
COMMENT ON TABLE discovery.venue_judgements IS
    'Whether two venues are one, as people say: venues.same_as_id follows from it.';
COMMENT ON COLUMN discovery.venue_judgements.first_id IS 'One venue (venues.id), the lower id.';
COMMENT ON COLUMN discovery.venue_judgements.second_id IS 'The other venue (venues.id).';
COMMENT ON COLUMN discovery.venue_judgements.verdict IS
    'same, or different: that the two are one is not proposed any more.';
COMMENT ON COLUMN discovery.venue_judgements.decided_by IS 'Who says so.';
COMMENT ON COLUMN discovery.venue_judgements.reason IS 'Why, in their words.';
COMMENT ON COLUMN discovery.venue_judgements.decided_at IS 'When.';

-- The given name is found, too.
ALTER TABLE discovery.venues DROP COLUMN search;
ALTER TABLE discovery.venues ADD COLUMN search tsvector NOT NULL
    GENERATED ALWAYS AS (discovery.search_words(
        name, CASE WHEN given_name IS NULL THEN '{}'::text[] ELSE ARRAY[given_name] END)) STORED;
COMMENT ON COLUMN discovery.venues.search IS
    'Words of its names, folded (discovery.search_words), for the event browser.';
CREATE INDEX venues_search ON discovery.venues USING gin (search);

ALTER TABLE discovery.config_changes
    DROP CONSTRAINT config_change_is_of_something,
    DROP CONSTRAINT config_change_fits_what_it_is_of,
    ADD CONSTRAINT config_change_is_of_something CHECK (
        entity_type IN (
            'country', 'city', 'source', 'pair', 'run', 'history', 'event', 'withdrawal', 'venue')),
    ADD CONSTRAINT config_change_fits_what_it_is_of CHECK (
        (entity_type = 'run') = (action = 'trigger')
        AND (entity_type = 'history') = (action = 'prune')
        AND (entity_type = 'event' OR action <> 'judge')
        AND (entity_type IN ('event', 'venue') OR action NOT IN ('merge', 'split'))
        AND (entity_type = 'withdrawal') = (action IN ('confirm', 'keep')));
COMMENT ON COLUMN discovery.config_changes.entity_type IS
    'country, city, source, pair, run, history, event, withdrawal or venue.';
COMMENT ON COLUMN discovery.config_changes.action IS
    'create, update, delete, trigger (a run), prune (history that was old), merge or split (events '
    'or venues), judge (whether two listings are one event), confirm or keep (listings that were '
    'missing).';

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
    e.assumed, e.edited, e.venue_id
FROM discovery.events e
LEFT JOIN discovery.cities c ON c.id = e.city_id
LEFT JOIN discovery.venues v ON v.id = e.venue_id;
CREATE OR REPLACE VIEW discovery.upcoming_events AS
SELECT event_id, title, city, city_name, venue, venue_street, venue_postcode, venue_locality,
    venue_country, venue_latitude, venue_longitude, local_date, time_known, timezone, starts_local,
    starts_at, ends_local, ends_at, status, attendance, performers, categories, organizer,
    description, url, image_url, language, price_min, price_max, price_currency, price_is_free,
    price_text, listing_count, first_found_at, changed_at, assumed, edited, venue_id
FROM discovery.all_events
-- The first condition says nothing new, but has an index: no place is more than a day behind UTC.
WHERE local_date >= (now() AT TIME ZONE 'UTC')::date - 1 AND is_upcoming;
COMMENT ON COLUMN discovery.all_events.venue_id IS 'The venue (venue_id of the view all_venues).';
COMMENT ON COLUMN discovery.upcoming_events.venue_id IS
    'The venue (venue_id of the view all_venues).';

CREATE VIEW discovery.all_venues AS
SELECT v.id AS venue_id, COALESCE(v.given_name, v.name) AS venue,
    ARRAY(
        SELECT DISTINCT other.name FROM discovery.venues other
        WHERE (other.id = v.id OR other.same_as_id = v.id)
          AND other.name <> COALESCE(v.given_name, v.name)
        ORDER BY other.name) AS aliases,
    b.id AS building_id, COALESCE(b.given_name, b.name) AS building,
    v.street, v.postcode, v.locality, v.region, v.country, v.latitude, v.longitude
FROM discovery.venues v
LEFT JOIN discovery.venues p ON p.id = v.parent_id
LEFT JOIN discovery.venues b ON b.id = COALESCE(p.same_as_id, p.id)
WHERE v.same_as_id IS NULL;
COMMENT ON VIEW discovery.all_venues IS 'The venues, each once, with all their names.';
COMMENT ON COLUMN discovery.all_venues.venue_id IS 'The venue (venue_id of the views of events).';
COMMENT ON COLUMN discovery.all_venues.venue IS
    'Its name: that which a person has given it, else that of a source; the street if it has none.';
COMMENT ON COLUMN discovery.all_venues.aliases IS
    'Its other names, as sources write them, by what people have said.';
COMMENT ON COLUMN discovery.all_venues.building_id IS
    'The building (venue_id) in which it is a hall, as people say.';
COMMENT ON COLUMN discovery.all_venues.building IS 'Name of that building.';
COMMENT ON COLUMN discovery.all_venues.street IS 'Street and number.';
COMMENT ON COLUMN discovery.all_venues.postcode IS 'Postcode.';
COMMENT ON COLUMN discovery.all_venues.locality IS 'Town.';
COMMENT ON COLUMN discovery.all_venues.region IS 'Region or state.';
COMMENT ON COLUMN discovery.all_venues.country IS 'ISO 3166-1 alpha-2 code.';
COMMENT ON COLUMN discovery.all_venues.latitude IS 'Degrees north (WGS 84).';
COMMENT ON COLUMN discovery.all_venues.longitude IS 'Degrees east (WGS 84).';
