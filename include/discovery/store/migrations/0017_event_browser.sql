-- For the event browser: words to search by, and an index for each of its filters and orders.

CREATE FUNCTION discovery.folded(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT translate(
        replace(replace(replace(lower(regexp_replace(
            regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g'),
            -- ASCII, Latin-1 and general punctuation, and spaces. Not [^[:alnum:]]: what that
            -- is depends on the locale of the database.
            '[\s!-/:-@\[-`{-~\u00a0-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u206f]+',
            ' ', 'g')),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
        'ŁłØøĐđÐðı', 'llooddddi')
$$;
COMMENT ON FUNCTION discovery.folded(text) IS
    'A text for comparison: lower case, without accents, its words separated by single spaces.';

CREATE FUNCTION discovery.search_words(name text, more text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT strip(to_tsvector('simple',
        left(discovery.folded(name || ' ' || array_to_string(more, ' ')), 4000)))
$$;
COMMENT ON FUNCTION discovery.search_words(text, text[]) IS
    'The folded words of a name and of more texts, to be searched by their beginnings.';

-- Whose listings an event has, kept by the loader: looking in listings would read most of them.
ALTER TABLE discovery.events ADD COLUMN source_ids bigint[] NOT NULL DEFAULT '{}';
UPDATE discovery.events e SET source_ids = l.source_ids
FROM (
    SELECT event_id, array_agg(DISTINCT source_id) AS source_ids
    FROM discovery.listings WHERE event_id IS NOT NULL GROUP BY event_id
) l
WHERE l.event_id = e.id;
COMMENT ON COLUMN discovery.events.source_ids IS
    'The sources (sources.id) that have a listing of the event, withdrawn ones included.';

-- Written by the database itself: no statement can forget it. These rewrite their tables.
ALTER TABLE discovery.events ADD COLUMN search tsvector NOT NULL
    GENERATED ALWAYS AS (discovery.search_words(title, performers)) STORED;
ALTER TABLE discovery.venues ADD COLUMN search tsvector NOT NULL
    GENERATED ALWAYS AS (discovery.search_words(name, '{}')) STORED;
COMMENT ON COLUMN discovery.events.search IS
    'Words of title and performers, folded (discovery.search_words), for the event browser.';
COMMENT ON COLUMN discovery.venues.search IS
    'Words of the name, folded (discovery.search_words), for the event browser.';

-- By words, category or source.
CREATE INDEX events_search ON discovery.events USING gin (search, categories, source_ids);
CREATE INDEX venues_search ON discovery.venues USING gin (search);

-- By date, of all cities or of one; what has no hour comes last in its day.
CREATE INDEX events_by_date
    ON discovery.events (local_date, (COALESCE(starts_at, 'infinity')), id);
CREATE INDEX events_of_city_by_date
    ON discovery.events (city_id, local_date, (COALESCE(starts_at, 'infinity')), id);
DROP INDEX discovery.events_upcoming_of_city;

-- The same of the few that have duplicates, are not as scheduled, or are withdrawn.
CREATE INDEX events_with_duplicates
    ON discovery.events (local_date, (COALESCE(starts_at, 'infinity')), id)
    WHERE listing_count > 1;
CREATE INDEX events_not_as_scheduled
    ON discovery.events (status, local_date, (COALESCE(starts_at, 'infinity')), id)
    WHERE status <> 'scheduled' AND withdrawn_at IS NULL;
CREATE INDEX events_withdrawn
    ON discovery.events (local_date, (COALESCE(starts_at, 'infinity')), id)
    WHERE withdrawn_at IS NOT NULL;

-- What changed since, last change first.
CREATE INDEX events_by_change ON discovery.events (updated_at DESC, id DESC);
