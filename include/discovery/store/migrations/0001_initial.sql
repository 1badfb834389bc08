-- The discovery database: what is configured, what was found, what happened.
--
-- Slugs are the names that people and other systems use; ids are internal. Instants are
-- timestamptz; local_date is the date at the venue.

CREATE TABLE discovery.countries (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z]{2}$'),
    name text NOT NULL CHECK (name <> '')
);
COMMENT ON TABLE discovery.countries IS 'ISO 3166-1 alpha-2 codes in use and their names.';

CREATE TABLE discovery.cities (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug            text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name            text NOT NULL CHECK (name <> ''),
    country_code    text NOT NULL REFERENCES discovery.countries ON DELETE RESTRICT,
    timezone        text NOT NULL CHECK (timezone <> ''),
    latitude        double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude       double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    radius_km       double precision NOT NULL CHECK (radius_km > 0),
    alternate_names text[] NOT NULL DEFAULT '{}',
    enabled         boolean NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE discovery.sources (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug        text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name        text NOT NULL CHECK (name <> ''),
    kind        text NOT NULL CHECK (kind <> ''),
    scope       text NOT NULL CHECK (scope IN ('city', 'country', 'regional')),
    enabled     boolean NOT NULL,
    trust       smallint NOT NULL CHECK (trust BETWEEN 0 AND 100),
    settings    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    homepage    text,
    licence     text,
    attribution text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE discovery.city_source (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_id         bigint REFERENCES discovery.cities ON DELETE RESTRICT,
    source_id       bigint NOT NULL REFERENCES discovery.sources ON DELETE RESTRICT,
    enabled         boolean NOT NULL,
    frequency_hours integer NOT NULL CHECK (frequency_hours BETWEEN 1 AND 744),
    priority        smallint NOT NULL CHECK (priority BETWEEN 0 AND 100),
    settings        jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    next_run_at     timestamptz,
    claimed_by      text,
    claimed_until   timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    -- A country or regional source has exactly one pair, without a city.
    CONSTRAINT city_source_is_one_pair UNIQUE NULLS NOT DISTINCT (city_id, source_id),
    CONSTRAINT city_source_claim_is_whole CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
);
COMMENT ON TABLE discovery.city_source IS 'The pairs: a source applied to a city.';
COMMENT ON COLUMN discovery.city_source.next_run_at IS 'Due from then on; NULL: due at once.';
COMMENT ON COLUMN discovery.city_source.claimed_by IS
    'The run that holds the pair, until claimed_until: no two runs sync one pair at a time.';
CREATE INDEX city_source_by_source ON discovery.city_source (source_id);

CREATE TABLE discovery.venues (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    match_key   text NOT NULL UNIQUE,
    name        text NOT NULL CHECK (name <> ''),
    street      text,
    postcode    text,
    locality    text,
    region      text,
    country     text CHECK (country ~ '^[A-Z]{2}$'),
    latitude    double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude   double precision CHECK (longitude BETWEEN -180 AND 180),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CHECK ((latitude IS NULL) = (longitude IS NULL))
);
COMMENT ON COLUMN discovery.venues.match_key IS
    'Folded name and place (identity.keys): listings with the same key share the venue.';

CREATE TABLE discovery.events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    match_key   text NOT NULL UNIQUE,
    city_id     bigint REFERENCES discovery.cities ON DELETE RESTRICT,
    venue_id    bigint REFERENCES discovery.venues ON DELETE RESTRICT,
    title       text NOT NULL CHECK (title <> ''),
    url         text,
    starts_at   timestamptz,
    local_date  date,
    time_known  boolean NOT NULL,
    ends_at     timestamptz,
    timezone    text NOT NULL,
    status      text NOT NULL CHECK (status IN
        ('scheduled', 'tentative', 'rescheduled', 'postponed', 'cancelled', 'moved_online')),
    attendance  text NOT NULL CHECK (attendance IN ('offline', 'online', 'mixed')),
    performers  text[] NOT NULL DEFAULT '{}',
    categories  text[] NOT NULL DEFAULT '{}',
    organizer   text,
    description text,
    image_url   text,
    language    text,
    price_min      numeric(12, 2) CHECK (price_min >= 0),
    price_max      numeric(12, 2) CHECK (price_max >= price_min),
    price_currency text CHECK (price_currency ~ '^[A-Z]{3}$'),
    price_is_free  boolean,
    price_text     text,
    listing_count  integer NOT NULL CHECK (listing_count >= 0),
    withdrawn_at   timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT event_date_is_known CHECK (local_date IS NOT NULL OR status = 'postponed'),
    CONSTRAINT event_time_is_known CHECK (time_known = (starts_at IS NOT NULL)),
    CONSTRAINT event_ends_after_start CHECK (ends_at >= starts_at)
);
COMMENT ON TABLE discovery.events IS
    'Canonical events: what the most trusted listing says, its blanks filled from the others.';
COMMENT ON COLUMN discovery.events.withdrawn_at IS
    'Since when no source lists it any more. Withdrawn is not cancelled.';
CREATE INDEX events_upcoming_of_city ON discovery.events (city_id, local_date);
CREATE INDEX events_at_venue ON discovery.events (venue_id, local_date);

CREATE TABLE discovery.listings (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id   bigint NOT NULL REFERENCES discovery.sources ON DELETE RESTRICT,
    external_id text NOT NULL CHECK (external_id <> ''),
    city_source_id bigint REFERENCES discovery.city_source ON DELETE SET NULL,
    city_id     bigint REFERENCES discovery.cities ON DELETE RESTRICT,
    event_id    bigint REFERENCES discovery.events ON DELETE RESTRICT,
    venue_id    bigint REFERENCES discovery.venues ON DELETE RESTRICT,
    match_key   text NOT NULL,
    title       text NOT NULL CHECK (title <> ''),
    url         text,
    starts_at   timestamptz,
    local_date  date,
    time_known  boolean NOT NULL,
    ends_at     timestamptz,
    timezone    text NOT NULL,
    status      text NOT NULL CHECK (status IN
        ('scheduled', 'tentative', 'rescheduled', 'postponed', 'cancelled', 'moved_online')),
    attendance  text NOT NULL CHECK (attendance IN ('offline', 'online', 'mixed')),
    venue_external_id text,
    performers  text[] NOT NULL,
    categories  text[] NOT NULL,
    organizer   text,
    description text,
    image_url   text,
    language    text,
    price_min      numeric(12, 2) CHECK (price_min >= 0),
    price_max      numeric(12, 2) CHECK (price_max >= price_min),
    price_currency text CHECK (price_currency ~ '^[A-Z]{3}$'),
    price_is_free  boolean,
    price_text     text,
    series_id   text,
    source_updated_at timestamptz,
    warnings    text[] NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    withdrawn_at  timestamptz,
    CONSTRAINT listing_is_unique_in_its_source UNIQUE (source_id, external_id),
    CONSTRAINT listing_date_is_known CHECK (local_date IS NOT NULL OR status = 'postponed'),
    CONSTRAINT listing_time_is_known CHECK (time_known = (starts_at IS NOT NULL)),
    CONSTRAINT listing_ends_after_start CHECK (ends_at >= starts_at),
    CONSTRAINT listing_seen_in_order CHECK (first_seen_at <= last_seen_at)
)
-- Every sync touches last_seen_at of every listing: room on the page keeps that a heap-only update.
WITH (fillfactor = 85);
COMMENT ON TABLE discovery.listings IS 'One row per record of a source; never merged, never lost.';
COMMENT ON COLUMN discovery.listings.city_source_id IS 'The pair that saw it last.';
COMMENT ON COLUMN discovery.listings.changed_at IS 'When a sync last found its content different.';
COMMENT ON COLUMN discovery.listings.withdrawn_at IS
    'When a complete sync no longer found it; NULL again when it is back.';
CREATE INDEX listings_of_event ON discovery.listings (event_id);
CREATE INDEX listings_of_pair_by_date ON discovery.listings (city_source_id, local_date);

CREATE TABLE discovery.planned_syncs (
    dag_run_id     text NOT NULL,
    map_index      integer NOT NULL CHECK (map_index >= 0),
    city_source_id bigint NOT NULL REFERENCES discovery.city_source ON DELETE CASCADE,
    planned_at     timestamptz NOT NULL,
    PRIMARY KEY (dag_run_id, map_index),
    CONSTRAINT planned_sync_once_per_run UNIQUE (dag_run_id, city_source_id)
);
COMMENT ON TABLE discovery.planned_syncs IS
    'Which pair is behind which mapped task: Airflow forgets when a task dies or never starts.';

CREATE TABLE discovery.sync_runs (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_source_id bigint REFERENCES discovery.city_source ON DELETE SET NULL,
    city_slug      text,
    source_slug    text NOT NULL,
    dag_run_id     text NOT NULL,
    map_index      integer NOT NULL CHECK (map_index >= -1),
    try_number     integer NOT NULL CHECK (try_number >= 1),
    state          text NOT NULL CHECK (state IN ('running', 'success', 'failed')),
    dry_run        boolean NOT NULL,
    event_limit    integer CHECK (event_limit > 0),
    window_start   date,
    window_end     date CHECK (window_end >= window_start),
    sync_started_at timestamptz NOT NULL,
    started_at     timestamptz NOT NULL,
    finished_at    timestamptz,
    cursor         text,
    fetched        integer NOT NULL DEFAULT 0 CHECK (fetched >= 0),
    inserted       integer NOT NULL DEFAULT 0 CHECK (inserted >= 0),
    updated        integer NOT NULL DEFAULT 0 CHECK (updated >= 0),
    unchanged      integer NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
    duplicates     integer NOT NULL DEFAULT 0 CHECK (duplicates >= 0),
    skipped        integer NOT NULL DEFAULT 0 CHECK (skipped >= 0),
    withdrawn      integer NOT NULL DEFAULT 0 CHECK (withdrawn >= 0),
    pages          integer NOT NULL DEFAULT 0 CHECK (pages >= 0),
    requests       integer NOT NULL DEFAULT 0 CHECK (requests >= 0),
    rejected       jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(rejected) = 'object'),
    reject_samples jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(reject_samples) = 'array'),
    expected       integer CHECK (expected >= 0),
    complete       boolean,
    gaps           text[] NOT NULL DEFAULT '{}',
    error_category text,
    error_message  text,
    CONSTRAINT sync_run_runs_or_has_finished CHECK ((state = 'running') = (finished_at IS NULL)),
    CONSTRAINT sync_run_failed_for_a_reason CHECK ((state = 'failed') = (error_category IS NOT NULL)),
    CONSTRAINT sync_run_reason_has_words CHECK ((error_category IS NULL) = (error_message IS NULL)),
    CONSTRAINT sync_run_knows_completeness CHECK ((state = 'success') = (complete IS NOT NULL))
);
COMMENT ON TABLE discovery.sync_runs IS 'One row per attempt to sync a pair.';
COMMENT ON COLUMN discovery.sync_runs.sync_started_at IS
    'Start of the first attempt: what was seen since then belongs to one sync.';
COMMENT ON COLUMN discovery.sync_runs.cursor IS
    'Where a later attempt goes on; written in the transaction that loads the page before it.';
CREATE INDEX sync_runs_of_dag_run ON discovery.sync_runs (dag_run_id, city_source_id, id DESC);
CREATE INDEX sync_runs_latest_of_pair ON discovery.sync_runs (city_source_id, started_at DESC);

CREATE TABLE discovery.config_changes (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changed_at  timestamptz NOT NULL DEFAULT now(),
    changed_by  text NOT NULL CHECK (changed_by <> ''),
    action      text NOT NULL CHECK (action IN ('create', 'update', 'delete')),
    entity_type text NOT NULL CHECK (entity_type IN ('country', 'city', 'source', 'pair')),
    entity      text NOT NULL CHECK (entity <> ''),
    before      jsonb,
    after       jsonb,
    CHECK ((before IS NULL) = (action = 'create')),
    CHECK ((after IS NULL) = (action = 'delete'))
);
COMMENT ON TABLE discovery.config_changes IS 'The audit log of the configuration.';
CREATE INDEX config_changes_newest_first ON discovery.config_changes (changed_at DESC);
