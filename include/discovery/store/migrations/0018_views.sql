-- For those who query: views that stay as they are, and a comment on every table and column.
--
-- The views name their columns: later columns of the tables change nothing, and a later migration may
-- add columns at their ends (CREATE OR REPLACE VIEW) but none may go or change its meaning
-- (docs/querying.md).

CREATE FUNCTION discovery.local_time(instant timestamptz, timezone text) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    RETURN instant AT TIME ZONE timezone;
EXCEPTION WHEN invalid_parameter_value THEN
    -- This server's time zones are older than the event's: one unknown zone must not cost a query.
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION discovery.local_time(timestamptz, text) IS
    'What a clock shows in a time zone at an instant; NULL where this server does not know the zone.';

CREATE VIEW discovery.all_events AS
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
            discovery.local_time(now(), e.timezone), now() AT TIME ZONE 'UTC')::date AS is_upcoming
FROM discovery.events e
LEFT JOIN discovery.cities c ON c.id = e.city_id
LEFT JOIN discovery.venues v ON v.id = e.venue_id;
COMMENT ON VIEW discovery.all_events IS
    'Every event once, past, cancelled and withdrawn ones included: columns tell which they are.';

CREATE VIEW discovery.upcoming_events AS
SELECT event_id, title, city, city_name, venue, venue_street, venue_postcode, venue_locality,
    venue_country, venue_latitude, venue_longitude, local_date, time_known, timezone, starts_local,
    starts_at, ends_local, ends_at, status, attendance, performers, categories, organizer,
    description, url, image_url, language, price_min, price_max, price_currency, price_is_free,
    price_text, listing_count, first_found_at, changed_at
FROM discovery.all_events
-- The first condition says nothing new, but has an index: no place is more than a day behind UTC.
WHERE local_date >= (now() AT TIME ZONE 'UTC')::date - 1 AND is_upcoming;
COMMENT ON VIEW discovery.upcoming_events IS
    'Events that begin today or later, by the date at their place; cancelled, postponed and withdrawn '
    'ones are left out.';

CREATE VIEW discovery.event_sources AS
SELECT l.event_id, s.slug AS source, s.name AS source_name, s.trust, c.slug AS city, l.external_id,
    l.title, l.url, v.name AS venue, v.street AS venue_street, v.locality AS venue_locality,
    l.local_date, l.time_known, l.timezone,
    discovery.local_time(l.starts_at, l.timezone) AS starts_local, l.starts_at,
    discovery.local_time(l.ends_at, l.timezone) AS ends_local, l.ends_at,
    l.status, l.attendance, l.performers, l.categories, l.organizer, l.description, l.image_url,
    l.language, l.price_min, l.price_max, l.price_currency, l.price_is_free, l.price_text,
    l.series_id, l.warnings, l.source_updated_at, l.first_seen_at, l.last_seen_at, l.changed_at,
    l.missing_since, l.withdrawn_at
FROM discovery.listings l
JOIN discovery.sources s ON s.id = l.source_id
LEFT JOIN discovery.cities c ON c.id = l.city_id
LEFT JOIN discovery.venues v ON v.id = l.venue_id;
COMMENT ON VIEW discovery.event_sources IS
    'What each source says of each event: one row per listing, withdrawn ones included.';

CREATE VIEW discovery.sync_attempts AS
SELECT r.id AS attempt_id, r.city_slug AS city, r.source_slug AS source, r.dag_run_id AS run,
    r.try_number,
    CASE WHEN r.state = 'success' AND NOT r.complete THEN 'partial' ELSE r.state END AS state,
    r.dry_run OR r.event_limit IS NOT NULL AS is_trial, r.started_at, r.finished_at,
    r.finished_at - r.started_at AS duration, r.window_start, r.window_end, r.expected, r.fetched,
    r.inserted, r.updated, r.unchanged, r.duplicates, r.skipped,
    (SELECT COALESCE(sum(value::bigint), 0)::bigint FROM jsonb_each_text(r.rejected)) AS rejected,
    r.withdrawn, r.pages, r.requests, r.gaps, r.warnings, r.error_category, r.error_message,
    r.parked_until
FROM discovery.sync_runs r;
COMMENT ON VIEW discovery.sync_attempts IS
    'One row per attempt to sync a source for a city, also of pairs that have since been removed.';

CREATE VIEW discovery.pairs AS
SELECT c.slug AS city, c.name AS city_name, s.slug AS source, s.name AS source_name, s.kind,
    s.scope, cs.enabled AND s.enabled AND COALESCE(c.enabled, true) AS is_active,
    cs.frequency_hours, cs.priority, s.trust, COALESCE(t.attempts, 0) AS attempts,
    COALESCE(t.succeeded, 0) AS succeeded, COALESCE(t.failed, 0) AS failed, t.last_success_at,
    cs.parked_until
FROM discovery.city_source cs
JOIN discovery.sources s ON s.id = cs.source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
LEFT JOIN discovery.pair_totals t ON t.city_source_id = cs.id;
COMMENT ON VIEW discovery.pairs IS
    'What is configured: one row per source applied to a city, with how its attempts have ended.';

-- Tables and views, column by column: a test refuses a column without a comment.

COMMENT ON TABLE discovery.cities IS 'The cities whose events are wanted.';
COMMENT ON COLUMN discovery.cities.id IS 'Internal key.';
COMMENT ON COLUMN discovery.cities.slug IS
    'Name in addresses, files and commands, as krakow; it never changes.';
COMMENT ON COLUMN discovery.cities.name IS 'Name for people.';
COMMENT ON COLUMN discovery.cities.country_code IS 'The country (countries.code).';
COMMENT ON COLUMN discovery.cities.timezone IS 'IANA name; for events whose source names no zone.';
COMMENT ON COLUMN discovery.cities.latitude IS 'Degrees north of the centre (WGS 84).';
COMMENT ON COLUMN discovery.cities.longitude IS 'Degrees east of the centre (WGS 84).';
COMMENT ON COLUMN discovery.cities.radius_km IS
    'How far around the centre still counts, in kilometres.';
COMMENT ON COLUMN discovery.cities.alternate_names IS 'Other names that sources use for it.';
COMMENT ON COLUMN discovery.cities.enabled IS 'Whether runs take its pairs.';
COMMENT ON COLUMN discovery.cities.created_at IS 'When it was added.';
COMMENT ON COLUMN discovery.cities.updated_at IS 'When it was last changed.';
COMMENT ON COLUMN discovery.cities.version IS
    'Counts changes: who changes it says which version they saw.';

COMMENT ON COLUMN discovery.city_source.id IS 'Internal key.';
COMMENT ON COLUMN discovery.city_source.city_id IS
    'The city (cities.id); NULL: the source has a wider scope.';
COMMENT ON COLUMN discovery.city_source.source_id IS 'The source (sources.id).';
COMMENT ON COLUMN discovery.city_source.enabled IS
    'Whether runs take the pair, if its city and source are enabled, too.';
COMMENT ON COLUMN discovery.city_source.frequency_hours IS 'How often it is due, in hours.';
COMMENT ON COLUMN discovery.city_source.priority IS 'Order of syncing: the higher goes first.';
COMMENT ON COLUMN discovery.city_source.settings IS
    'The pair''s own settings, on top of those of its source.';
COMMENT ON COLUMN discovery.city_source.created_at IS 'When it was added.';
COMMENT ON COLUMN discovery.city_source.updated_at IS 'When it was last changed.';

COMMENT ON COLUMN discovery.config_changes.id IS 'Internal key, in the order of the changes.';
COMMENT ON COLUMN discovery.config_changes.changed_at IS 'When.';
COMMENT ON COLUMN discovery.config_changes.changed_by IS 'The user of Airflow, or the command.';
COMMENT ON COLUMN discovery.config_changes.action IS 'create, update or delete.';
COMMENT ON COLUMN discovery.config_changes.entity_type IS 'country, city, source or pair.';
COMMENT ON COLUMN discovery.config_changes.entity IS 'Its slug; of a pair city/source.';
COMMENT ON COLUMN discovery.config_changes.before IS 'Its values before; NULL when it was created.';
COMMENT ON COLUMN discovery.config_changes.after IS 'Its values after; NULL when it was deleted.';

COMMENT ON COLUMN discovery.countries.code IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN discovery.countries.name IS 'Name for people.';

COMMENT ON COLUMN discovery.events.id IS 'Internal key; it stays the same while the event lasts.';
COMMENT ON COLUMN discovery.events.match_key IS
    'What, when and where, folded (identity.keys): listings with the same key are this event.';
COMMENT ON COLUMN discovery.events.city_id IS
    'The city (cities.id); NULL: in none of those configured.';
COMMENT ON COLUMN discovery.events.venue_id IS 'The venue (venues.id).';
COMMENT ON COLUMN discovery.events.title IS
    'Plain text, without status words in front, as "CANCELLED:".';
COMMENT ON COLUMN discovery.events.url IS 'Page of the event.';
COMMENT ON COLUMN discovery.events.starts_at IS 'Start; NULL unless date and hour are both known.';
COMMENT ON COLUMN discovery.events.local_date IS
    'Date of the start at the venue; NULL only while postponed without a new date.';
COMMENT ON COLUMN discovery.events.time_known IS
    'Whether the hour is known; false: only the day is.';
COMMENT ON COLUMN discovery.events.ends_at IS 'End, if it is told.';
COMMENT ON COLUMN discovery.events.timezone IS 'IANA name of the time zone of the place.';
COMMENT ON COLUMN discovery.events.status IS
    'scheduled, tentative, rescheduled, postponed, cancelled or moved_online (schema.org''s words).';
COMMENT ON COLUMN discovery.events.attendance IS 'offline, online or mixed: where the audience is.';
COMMENT ON COLUMN discovery.events.performers IS 'Names of who performs.';
COMMENT ON COLUMN discovery.events.categories IS 'Labels as the source writes them.';
COMMENT ON COLUMN discovery.events.organizer IS 'Name of who organizes it.';
COMMENT ON COLUMN discovery.events.description IS 'Plain text.';
COMMENT ON COLUMN discovery.events.image_url IS 'Address of a picture.';
COMMENT ON COLUMN discovery.events.language IS
    'BCP 47 tag of the language it is held or written in.';
COMMENT ON COLUMN discovery.events.price_min IS 'Lowest price.';
COMMENT ON COLUMN discovery.events.price_max IS
    'Highest price; NULL: it is told by price_min alone, or not at all.';
COMMENT ON COLUMN discovery.events.price_currency IS 'ISO 4217 code of both prices.';
COMMENT ON COLUMN discovery.events.price_is_free IS 'Whether it costs nothing; NULL: not told.';
COMMENT ON COLUMN discovery.events.price_text IS
    'The price in the source''s words, where amounts do not say it all.';
COMMENT ON COLUMN discovery.events.listing_count IS
    'How many listings it has, withdrawn ones included.';
COMMENT ON COLUMN discovery.events.created_at IS 'When its first listing was found.';
COMMENT ON COLUMN discovery.events.updated_at IS 'When any of its values last changed.';

COMMENT ON COLUMN discovery.listings.id IS 'Internal key.';
COMMENT ON COLUMN discovery.listings.source_id IS 'The source (sources.id).';
COMMENT ON COLUMN discovery.listings.external_id IS
    'What the source calls it: unique and stable within the source.';
COMMENT ON COLUMN discovery.listings.city_id IS
    'The city (cities.id) that it takes place in, as far as is known.';
COMMENT ON COLUMN discovery.listings.event_id IS 'The event (events.id) that it tells of.';
COMMENT ON COLUMN discovery.listings.venue_id IS 'The venue (venues.id).';
COMMENT ON COLUMN discovery.listings.match_key IS 'What, when and where, folded (identity.keys).';
COMMENT ON COLUMN discovery.listings.title IS
    'Plain text, without status words in front, as "CANCELLED:".';
COMMENT ON COLUMN discovery.listings.url IS 'Page of the event.';
COMMENT ON COLUMN discovery.listings.starts_at IS
    'Start; NULL unless date and hour are both known.';
COMMENT ON COLUMN discovery.listings.local_date IS
    'Date of the start at the venue; NULL only while postponed without a new date.';
COMMENT ON COLUMN discovery.listings.time_known IS
    'Whether the hour is known; false: only the day is.';
COMMENT ON COLUMN discovery.listings.ends_at IS 'End, if it is told.';
COMMENT ON COLUMN discovery.listings.timezone IS 'IANA name of the time zone of the place.';
COMMENT ON COLUMN discovery.listings.status IS
    'scheduled, tentative, rescheduled, postponed, cancelled or moved_online (schema.org''s words).';
COMMENT ON COLUMN discovery.listings.attendance IS
    'offline, online or mixed: where the audience is.';
COMMENT ON COLUMN discovery.listings.performers IS 'Names of who performs.';
COMMENT ON COLUMN discovery.listings.categories IS 'Labels as the source writes them.';
COMMENT ON COLUMN discovery.listings.organizer IS 'Name of who organizes it.';
COMMENT ON COLUMN discovery.listings.description IS 'Plain text.';
COMMENT ON COLUMN discovery.listings.image_url IS 'Address of a picture.';
COMMENT ON COLUMN discovery.listings.language IS
    'BCP 47 tag of the language it is held or written in.';
COMMENT ON COLUMN discovery.listings.price_min IS 'Lowest price.';
COMMENT ON COLUMN discovery.listings.price_max IS
    'Highest price; NULL: it is told by price_min alone, or not at all.';
COMMENT ON COLUMN discovery.listings.price_currency IS 'ISO 4217 code of both prices.';
COMMENT ON COLUMN discovery.listings.price_is_free IS 'Whether it costs nothing; NULL: not told.';
COMMENT ON COLUMN discovery.listings.price_text IS
    'The price in the source''s words, where amounts do not say it all.';
COMMENT ON COLUMN discovery.listings.venue_external_id IS 'What the source calls the venue.';
COMMENT ON COLUMN discovery.listings.series_id IS
    'What the source calls the series that it is an occurrence of.';
COMMENT ON COLUMN discovery.listings.source_updated_at IS
    'When it last changed, by the source''s own account.';
COMMENT ON COLUMN discovery.listings.warnings IS
    'What was repaired or guessed in reading it, in words.';
COMMENT ON COLUMN discovery.listings.first_seen_at IS 'When a sync first brought it.';

COMMENT ON COLUMN discovery.pair_totals.city_source_id IS 'The pair (city_source.id).';
COMMENT ON COLUMN discovery.pair_totals.attempts IS
    'Attempts that ended; dry runs and runs with a limit do not count.';
COMMENT ON COLUMN discovery.pair_totals.succeeded IS
    'Those that ended well, incomplete ones included.';
COMMENT ON COLUMN discovery.pair_totals.failed IS 'Those that failed.';
COMMENT ON COLUMN discovery.pair_totals.fetched IS 'Items that the source sent.';
COMMENT ON COLUMN discovery.pair_totals.inserted IS 'Listings that were new.';
COMMENT ON COLUMN discovery.pair_totals.updated IS 'Listings whose content had changed.';
COMMENT ON COLUMN discovery.pair_totals.unchanged IS 'Listings seen again as they were.';
COMMENT ON COLUMN discovery.pair_totals.duplicates IS 'Items that came twice in one attempt.';
COMMENT ON COLUMN discovery.pair_totals.skipped IS
    'Items that are rightly no listing, as those outside the dates asked for.';
COMMENT ON COLUMN discovery.pair_totals.withdrawn IS 'Listings that the source no longer has.';
COMMENT ON COLUMN discovery.pair_totals.pages IS 'Pages read.';
COMMENT ON COLUMN discovery.pair_totals.requests IS 'Requests sent.';
COMMENT ON COLUMN discovery.pair_totals.rejected IS 'Items that are no usable events.';
COMMENT ON COLUMN discovery.pair_totals.first_at IS 'When the first attempt ended.';
COMMENT ON COLUMN discovery.pair_totals.last_success_at IS
    'When the last one that succeeded ended.';

COMMENT ON COLUMN discovery.planned_syncs.dag_run_id IS 'The run of the DAG.';
COMMENT ON COLUMN discovery.planned_syncs.map_index IS 'The mapped task of that run.';
COMMENT ON COLUMN discovery.planned_syncs.city_source_id IS 'The pair (city_source.id).';
COMMENT ON COLUMN discovery.planned_syncs.planned_at IS 'When it was planned.';

COMMENT ON TABLE discovery.schema_migrations IS
    'The migrations that have been applied to this schema.';
COMMENT ON COLUMN discovery.schema_migrations.name IS 'File name of the migration.';
COMMENT ON COLUMN discovery.schema_migrations.sha256 IS
    'Checksum of its text: an applied migration is never edited.';
COMMENT ON COLUMN discovery.schema_migrations.applied_at IS 'When it was applied.';

COMMENT ON TABLE discovery.sources IS
    'The sources of events: a kind of connector with its settings.';
COMMENT ON COLUMN discovery.sources.id IS 'Internal key.';
COMMENT ON COLUMN discovery.sources.slug IS
    'Name in addresses, files and commands, as old-town-hall; it never changes.';
COMMENT ON COLUMN discovery.sources.name IS 'Name for people.';
COMMENT ON COLUMN discovery.sources.kind IS 'The connector or preset that reads it.';
COMMENT ON COLUMN discovery.sources.scope IS 'What one pair covers: city, country or regional.';
COMMENT ON COLUMN discovery.sources.enabled IS 'Whether runs take its pairs.';
COMMENT ON COLUMN discovery.sources.trust IS
    'Whose word counts when sources disagree about one event: the higher (0 to 100).';
COMMENT ON COLUMN discovery.sources.settings IS 'What all its pairs share; no secrets.';
COMMENT ON COLUMN discovery.sources.homepage IS 'Address for people.';
COMMENT ON COLUMN discovery.sources.licence IS 'Licence of its data.';
COMMENT ON COLUMN discovery.sources.attribution IS 'What its licence or terms ask to be named as.';
COMMENT ON COLUMN discovery.sources.created_at IS 'When it was added.';
COMMENT ON COLUMN discovery.sources.updated_at IS 'When it was last changed.';
COMMENT ON COLUMN discovery.sources.version IS
    'Counts changes: who changes it says which version they saw.';

COMMENT ON COLUMN discovery.sync_runs.id IS 'Internal key.';
COMMENT ON COLUMN discovery.sync_runs.city_source_id IS
    'The pair (city_source.id); NULL: it has been removed.';
COMMENT ON COLUMN discovery.sync_runs.city_slug IS
    'The citys slug; NULL: the source has a wider scope.';
COMMENT ON COLUMN discovery.sync_runs.source_slug IS 'The sources slug.';
COMMENT ON COLUMN discovery.sync_runs.dag_run_id IS
    'The run of the DAG, or of the command line (cli__...).';
COMMENT ON COLUMN discovery.sync_runs.map_index IS
    'The mapped task of that run; -1: not in Airflow.';
COMMENT ON COLUMN discovery.sync_runs.try_number IS 'The how many-eth attempt of that task.';
COMMENT ON COLUMN discovery.sync_runs.state IS 'running, success or failed.';
COMMENT ON COLUMN discovery.sync_runs.dry_run IS 'It wrote no listings.';
COMMENT ON COLUMN discovery.sync_runs.event_limit IS
    'It was to load no more events than that: a trial; NULL: no limit.';
COMMENT ON COLUMN discovery.sync_runs.window_start IS 'First date asked for.';
COMMENT ON COLUMN discovery.sync_runs.window_end IS 'Last date asked for.';
COMMENT ON COLUMN discovery.sync_runs.started_at IS 'Start of this attempt.';
COMMENT ON COLUMN discovery.sync_runs.finished_at IS 'Its end; NULL while it runs.';
COMMENT ON COLUMN discovery.sync_runs.fetched IS 'Items that the source sent.';
COMMENT ON COLUMN discovery.sync_runs.inserted IS 'Listings that were new.';
COMMENT ON COLUMN discovery.sync_runs.updated IS 'Listings whose content had changed.';
COMMENT ON COLUMN discovery.sync_runs.unchanged IS 'Listings seen again as they were.';
COMMENT ON COLUMN discovery.sync_runs.duplicates IS 'Items that came twice.';
COMMENT ON COLUMN discovery.sync_runs.skipped IS 'Items that are rightly no listing.';
COMMENT ON COLUMN discovery.sync_runs.withdrawn IS 'Listings that the source no longer has.';
COMMENT ON COLUMN discovery.sync_runs.pages IS 'Pages read.';
COMMENT ON COLUMN discovery.sync_runs.requests IS 'Requests sent.';
COMMENT ON COLUMN discovery.sync_runs.rejected IS
    'Reason to number of items that are no usable events.';
COMMENT ON COLUMN discovery.sync_runs.reject_samples IS 'Some of the rejected items.';
COMMENT ON COLUMN discovery.sync_runs.expected IS 'How many items the source said it has.';
COMMENT ON COLUMN discovery.sync_runs.complete IS
    'Whether everything was read, and that is proved; NULL unless it succeeded.';
COMMENT ON COLUMN discovery.sync_runs.gaps IS 'What was not read, in words.';
COMMENT ON COLUMN discovery.sync_runs.error_category IS
    'Why it failed, in a word (docs/failures.md).';
COMMENT ON COLUMN discovery.sync_runs.error_message IS 'Why it failed, in words, without secrets.';

COMMENT ON TABLE discovery.venues IS
    'Places where events are held; listings of all sources share them.';
COMMENT ON COLUMN discovery.venues.id IS 'Internal key.';
COMMENT ON COLUMN discovery.venues.name IS 'Name, or the street where it has none.';
COMMENT ON COLUMN discovery.venues.street IS 'Street and number.';
COMMENT ON COLUMN discovery.venues.postcode IS 'Postcode.';
COMMENT ON COLUMN discovery.venues.locality IS 'Town.';
COMMENT ON COLUMN discovery.venues.region IS 'Region or state.';
COMMENT ON COLUMN discovery.venues.country IS 'ISO 3166-1 alpha-2 code.';
COMMENT ON COLUMN discovery.venues.latitude IS 'Degrees north (WGS 84).';
COMMENT ON COLUMN discovery.venues.longitude IS 'Degrees east (WGS 84).';
COMMENT ON COLUMN discovery.venues.created_at IS 'When it was first found.';
COMMENT ON COLUMN discovery.venues.updated_at IS 'When a blank of it was last filled.';

COMMENT ON COLUMN discovery.all_events.event_id IS
    'The event; the same in all views, as long as the event lasts.';
COMMENT ON COLUMN discovery.all_events.title IS
    'Plain text, without status words in front, as "CANCELLED:".';
COMMENT ON COLUMN discovery.all_events.city IS
    'Slug of the city; NULL: in none of those configured.';
COMMENT ON COLUMN discovery.all_events.city_name IS 'Name of the city.';
COMMENT ON COLUMN discovery.all_events.venue IS 'Name of the venue.';
COMMENT ON COLUMN discovery.all_events.venue_street IS 'Street and number of the venue.';
COMMENT ON COLUMN discovery.all_events.venue_postcode IS 'Postcode of the venue.';
COMMENT ON COLUMN discovery.all_events.venue_locality IS 'Town of the venue.';
COMMENT ON COLUMN discovery.all_events.venue_country IS
    'ISO 3166-1 alpha-2 code of the venues country.';
COMMENT ON COLUMN discovery.all_events.venue_latitude IS 'Degrees north of the venue (WGS 84).';
COMMENT ON COLUMN discovery.all_events.venue_longitude IS 'Degrees east of the venue (WGS 84).';
COMMENT ON COLUMN discovery.all_events.local_date IS
    'Date of the start at the venue; NULL only while postponed without a new date.';
COMMENT ON COLUMN discovery.all_events.time_known IS
    'Whether the hour is known; false: only the day is.';
COMMENT ON COLUMN discovery.all_events.timezone IS 'IANA name of the time zone of the place.';
COMMENT ON COLUMN discovery.all_events.starts_local IS
    'Start on the clock of the place (timezone names the zone); NULL unless the hour is known.';
COMMENT ON COLUMN discovery.all_events.starts_at IS 'Start as an instant.';
COMMENT ON COLUMN discovery.all_events.ends_local IS 'End on the clock of the place.';
COMMENT ON COLUMN discovery.all_events.ends_at IS 'End as an instant.';
COMMENT ON COLUMN discovery.all_events.status IS
    'scheduled, tentative, rescheduled, postponed, cancelled or moved_online (schema.org''s words).';
COMMENT ON COLUMN discovery.all_events.attendance IS
    'offline, online or mixed: where the audience is.';
COMMENT ON COLUMN discovery.all_events.performers IS 'Names of who performs.';
COMMENT ON COLUMN discovery.all_events.categories IS 'Labels as the source writes them.';
COMMENT ON COLUMN discovery.all_events.organizer IS 'Name of who organizes it.';
COMMENT ON COLUMN discovery.all_events.description IS 'Plain text.';
COMMENT ON COLUMN discovery.all_events.url IS 'Page of the event.';
COMMENT ON COLUMN discovery.all_events.image_url IS 'Address of a picture.';
COMMENT ON COLUMN discovery.all_events.language IS
    'BCP 47 tag of the language it is held or written in.';
COMMENT ON COLUMN discovery.all_events.price_min IS 'Lowest price.';
COMMENT ON COLUMN discovery.all_events.price_max IS
    'Highest price; NULL: it is told by price_min alone, or not at all.';
COMMENT ON COLUMN discovery.all_events.price_currency IS 'ISO 4217 code of both prices.';
COMMENT ON COLUMN discovery.all_events.price_is_free IS 'Whether it costs nothing; NULL: not told.';
COMMENT ON COLUMN discovery.all_events.price_text IS
    'The price in the source''s words, where amounts do not say it all.';
COMMENT ON COLUMN discovery.all_events.listing_count IS 'How many listings of sources tell of it.';
COMMENT ON COLUMN discovery.all_events.first_found_at IS 'When its first listing was found.';
COMMENT ON COLUMN discovery.all_events.changed_at IS 'When any of its values last changed.';
COMMENT ON COLUMN discovery.all_events.withdrawn_at IS
    'Since when no source lists it any more; that is not cancelled. NULL: some source lists it.';
COMMENT ON COLUMN discovery.all_events.is_upcoming IS
    'Whether it begins today or later and is neither cancelled, postponed nor withdrawn.';

COMMENT ON COLUMN discovery.upcoming_events.event_id IS
    'The event; the same in all views, as long as the event lasts.';
COMMENT ON COLUMN discovery.upcoming_events.title IS
    'Plain text, without status words in front, as "CANCELLED:".';
COMMENT ON COLUMN discovery.upcoming_events.city IS
    'Slug of the city; NULL: in none of those configured.';
COMMENT ON COLUMN discovery.upcoming_events.city_name IS 'Name of the city.';
COMMENT ON COLUMN discovery.upcoming_events.venue IS 'Name of the venue.';
COMMENT ON COLUMN discovery.upcoming_events.venue_street IS 'Street and number of the venue.';
COMMENT ON COLUMN discovery.upcoming_events.venue_postcode IS 'Postcode of the venue.';
COMMENT ON COLUMN discovery.upcoming_events.venue_locality IS 'Town of the venue.';
COMMENT ON COLUMN discovery.upcoming_events.venue_country IS
    'ISO 3166-1 alpha-2 code of the venues country.';
COMMENT ON COLUMN discovery.upcoming_events.venue_latitude IS
    'Degrees north of the venue (WGS 84).';
COMMENT ON COLUMN discovery.upcoming_events.venue_longitude IS
    'Degrees east of the venue (WGS 84).';
COMMENT ON COLUMN discovery.upcoming_events.local_date IS
    'Date of the start at the venue; NULL only while postponed without a new date.';
COMMENT ON COLUMN discovery.upcoming_events.time_known IS
    'Whether the hour is known; false: only the day is.';
COMMENT ON COLUMN discovery.upcoming_events.timezone IS 'IANA name of the time zone of the place.';
COMMENT ON COLUMN discovery.upcoming_events.starts_local IS
    'Start on the clock of the place (timezone names the zone); NULL unless the hour is known.';
COMMENT ON COLUMN discovery.upcoming_events.starts_at IS 'Start as an instant.';
COMMENT ON COLUMN discovery.upcoming_events.ends_local IS 'End on the clock of the place.';
COMMENT ON COLUMN discovery.upcoming_events.ends_at IS 'End as an instant.';
COMMENT ON COLUMN discovery.upcoming_events.status IS
    'scheduled, tentative, rescheduled, postponed, cancelled or moved_online (schema.org''s words).';
COMMENT ON COLUMN discovery.upcoming_events.attendance IS
    'offline, online or mixed: where the audience is.';
COMMENT ON COLUMN discovery.upcoming_events.performers IS 'Names of who performs.';
COMMENT ON COLUMN discovery.upcoming_events.categories IS 'Labels as the source writes them.';
COMMENT ON COLUMN discovery.upcoming_events.organizer IS 'Name of who organizes it.';
COMMENT ON COLUMN discovery.upcoming_events.description IS 'Plain text.';
COMMENT ON COLUMN discovery.upcoming_events.url IS 'Page of the event.';
COMMENT ON COLUMN discovery.upcoming_events.image_url IS 'Address of a picture.';
COMMENT ON COLUMN discovery.upcoming_events.language IS
    'BCP 47 tag of the language it is held or written in.';
COMMENT ON COLUMN discovery.upcoming_events.price_min IS 'Lowest price.';
COMMENT ON COLUMN discovery.upcoming_events.price_max IS
    'Highest price; NULL: it is told by price_min alone, or not at all.';
COMMENT ON COLUMN discovery.upcoming_events.price_currency IS 'ISO 4217 code of both prices.';
COMMENT ON COLUMN discovery.upcoming_events.price_is_free IS
    'Whether it costs nothing; NULL: not told.';
COMMENT ON COLUMN discovery.upcoming_events.price_text IS
    'The price in the source''s words, where amounts do not say it all.';
COMMENT ON COLUMN discovery.upcoming_events.listing_count IS
    'How many listings of sources tell of it.';
COMMENT ON COLUMN discovery.upcoming_events.first_found_at IS 'When its first listing was found.';
COMMENT ON COLUMN discovery.upcoming_events.changed_at IS 'When any of its values last changed.';

COMMENT ON COLUMN discovery.event_sources.event_id IS 'The event (event_id of the other views).';
COMMENT ON COLUMN discovery.event_sources.source IS 'Slug of the source.';
COMMENT ON COLUMN discovery.event_sources.source_name IS 'Name of the source.';
COMMENT ON COLUMN discovery.event_sources.trust IS
    'Where sources differ, the event says what the most trusted one does (0 to 100).';
COMMENT ON COLUMN discovery.event_sources.city IS
    'Slug of the city; NULL: in none of those configured.';
COMMENT ON COLUMN discovery.event_sources.external_id IS
    'What the source calls it: unique and stable within the source.';
COMMENT ON COLUMN discovery.event_sources.title IS
    'Plain text, without status words in front, as "CANCELLED:".';
COMMENT ON COLUMN discovery.event_sources.url IS 'Page of the event.';
COMMENT ON COLUMN discovery.event_sources.venue IS 'Name of the venue.';
COMMENT ON COLUMN discovery.event_sources.venue_street IS 'Street and number of the venue.';
COMMENT ON COLUMN discovery.event_sources.venue_locality IS 'Town of the venue.';
COMMENT ON COLUMN discovery.event_sources.local_date IS
    'Date of the start at the venue; NULL only while postponed without a new date.';
COMMENT ON COLUMN discovery.event_sources.time_known IS
    'Whether the hour is known; false: only the day is.';
COMMENT ON COLUMN discovery.event_sources.timezone IS 'IANA name of the time zone of the place.';
COMMENT ON COLUMN discovery.event_sources.starts_local IS
    'Start on the clock of the place (timezone names the zone); NULL unless the hour is known.';
COMMENT ON COLUMN discovery.event_sources.starts_at IS 'Start as an instant.';
COMMENT ON COLUMN discovery.event_sources.ends_local IS 'End on the clock of the place.';
COMMENT ON COLUMN discovery.event_sources.ends_at IS 'End as an instant.';
COMMENT ON COLUMN discovery.event_sources.status IS
    'scheduled, tentative, rescheduled, postponed, cancelled or moved_online (schema.org''s words).';
COMMENT ON COLUMN discovery.event_sources.attendance IS
    'offline, online or mixed: where the audience is.';
COMMENT ON COLUMN discovery.event_sources.performers IS 'Names of who performs.';
COMMENT ON COLUMN discovery.event_sources.categories IS 'Labels as the source writes them.';
COMMENT ON COLUMN discovery.event_sources.organizer IS 'Name of who organizes it.';
COMMENT ON COLUMN discovery.event_sources.description IS 'Plain text.';
COMMENT ON COLUMN discovery.event_sources.image_url IS 'Address of a picture.';
COMMENT ON COLUMN discovery.event_sources.language IS
    'BCP 47 tag of the language it is held or written in.';
COMMENT ON COLUMN discovery.event_sources.price_min IS 'Lowest price.';
COMMENT ON COLUMN discovery.event_sources.price_max IS
    'Highest price; NULL: it is told by price_min alone, or not at all.';
COMMENT ON COLUMN discovery.event_sources.price_currency IS 'ISO 4217 code of both prices.';
COMMENT ON COLUMN discovery.event_sources.price_is_free IS
    'Whether it costs nothing; NULL: not told.';
COMMENT ON COLUMN discovery.event_sources.price_text IS
    'The price in the source''s words, where amounts do not say it all.';
COMMENT ON COLUMN discovery.event_sources.series_id IS
    'What the source calls the series that it is an occurrence of.';
COMMENT ON COLUMN discovery.event_sources.warnings IS
    'What was repaired or guessed in reading it, in words.';
COMMENT ON COLUMN discovery.event_sources.source_updated_at IS
    'When it last changed, by the source''s own account.';
COMMENT ON COLUMN discovery.event_sources.first_seen_at IS 'When a sync first brought it.';
COMMENT ON COLUMN discovery.event_sources.last_seen_at IS 'When a sync last brought it.';
COMMENT ON COLUMN discovery.event_sources.changed_at IS
    'When a sync last found its content different.';
COMMENT ON COLUMN discovery.event_sources.missing_since IS
    'Since when a complete sync no longer finds it; a later one withdraws it.';
COMMENT ON COLUMN discovery.event_sources.withdrawn_at IS
    'Since when it is no longer listed; NULL: it is.';

COMMENT ON COLUMN discovery.sync_attempts.attempt_id IS 'The attempt.';
COMMENT ON COLUMN discovery.sync_attempts.city IS
    'Slug of the city; NULL: the source has a wider scope.';
COMMENT ON COLUMN discovery.sync_attempts.source IS 'Slug of the source.';
COMMENT ON COLUMN discovery.sync_attempts.run IS
    'The run of the DAG, or of the command line (cli__...).';
COMMENT ON COLUMN discovery.sync_attempts.try_number IS 'The how many-eth attempt of that task.';
COMMENT ON COLUMN discovery.sync_attempts.state IS
    'running, success, partial (ended well, but not everything was read) or failed.';
COMMENT ON COLUMN discovery.sync_attempts.is_trial IS
    'A dry run, or one with a limit: it says nothing of the pair.';
COMMENT ON COLUMN discovery.sync_attempts.started_at IS 'Start of this attempt.';
COMMENT ON COLUMN discovery.sync_attempts.finished_at IS 'Its end; NULL while it runs.';
COMMENT ON COLUMN discovery.sync_attempts.duration IS 'How long it took.';
COMMENT ON COLUMN discovery.sync_attempts.window_start IS 'First date asked for.';
COMMENT ON COLUMN discovery.sync_attempts.window_end IS 'Last date asked for.';
COMMENT ON COLUMN discovery.sync_attempts.expected IS 'How many items the source said it has.';
COMMENT ON COLUMN discovery.sync_attempts.fetched IS 'Items that the source sent.';
COMMENT ON COLUMN discovery.sync_attempts.inserted IS 'Listings that were new.';
COMMENT ON COLUMN discovery.sync_attempts.updated IS 'Listings whose content had changed.';
COMMENT ON COLUMN discovery.sync_attempts.unchanged IS 'Listings seen again as they were.';
COMMENT ON COLUMN discovery.sync_attempts.duplicates IS 'Items that came twice.';
COMMENT ON COLUMN discovery.sync_attempts.skipped IS 'Items that are rightly no listing.';
COMMENT ON COLUMN discovery.sync_attempts.rejected IS 'Items that are no usable events.';
COMMENT ON COLUMN discovery.sync_attempts.withdrawn IS 'Listings that the source no longer has.';
COMMENT ON COLUMN discovery.sync_attempts.pages IS 'Pages read.';
COMMENT ON COLUMN discovery.sync_attempts.requests IS 'Requests sent.';
COMMENT ON COLUMN discovery.sync_attempts.gaps IS 'What was not read, in words.';
COMMENT ON COLUMN discovery.sync_attempts.warnings IS
    'What a person should look at although it succeeded.';
COMMENT ON COLUMN discovery.sync_attempts.error_category IS
    'Why it failed, in a word (docs/failures.md).';
COMMENT ON COLUMN discovery.sync_attempts.error_message IS
    'Why it failed, in words, without secrets.';
COMMENT ON COLUMN discovery.sync_attempts.parked_until IS
    'The source asked for so long a wait that the pair was left alone until then.';

COMMENT ON COLUMN discovery.pairs.city IS 'Slug of the city; NULL: the source has a wider scope.';
COMMENT ON COLUMN discovery.pairs.city_name IS 'Name of the city.';
COMMENT ON COLUMN discovery.pairs.source IS 'Slug of the source.';
COMMENT ON COLUMN discovery.pairs.source_name IS 'Name of the source.';
COMMENT ON COLUMN discovery.pairs.kind IS 'The connector or preset that reads it.';
COMMENT ON COLUMN discovery.pairs.scope IS 'What one pair covers: city, country or regional.';
COMMENT ON COLUMN discovery.pairs.is_active IS
    'Whether runs take it: pair, city and source are all enabled.';
COMMENT ON COLUMN discovery.pairs.frequency_hours IS 'How often it is due, in hours.';
COMMENT ON COLUMN discovery.pairs.priority IS 'Order of syncing: the higher goes first.';
COMMENT ON COLUMN discovery.pairs.trust IS
    'Whose word counts when sources disagree: the higher (0 to 100).';
COMMENT ON COLUMN discovery.pairs.attempts IS 'Attempts that ended, ever; trials do not count.';
COMMENT ON COLUMN discovery.pairs.succeeded IS 'Those that ended well, incomplete ones included.';
COMMENT ON COLUMN discovery.pairs.failed IS 'Those that failed.';
COMMENT ON COLUMN discovery.pairs.last_success_at IS 'When the last one that succeeded ended.';
COMMENT ON COLUMN discovery.pairs.parked_until IS 'No run takes it before; NULL: it is not parked.';

COMMENT ON COLUMN discovery.alerts.id IS 'Internal key.';
COMMENT ON COLUMN discovery.alerts.city_source_id IS 'The pair (city_source.id).';
COMMENT ON COLUMN discovery.alerts.condition IS 'failing, stale, empty or doubtful.';
COMMENT ON COLUMN discovery.alerts.reason IS 'Why, in words.';
COMMENT ON COLUMN discovery.alerts.dag_run_id IS 'The run after which it was told.';
COMMENT ON COLUMN discovery.alerts.opened_at IS 'Since when.';
COMMENT ON COLUMN discovery.alerts.closed_at IS 'Until when; NULL: it still holds.';
COMMENT ON COLUMN discovery.alerts.closed_because IS
    'recovered, changed, muted or disabled; NULL: it still holds.';

COMMENT ON COLUMN discovery.alert_messages.id IS 'Internal key.';
COMMENT ON COLUMN discovery.alert_messages.dag_run_id IS 'The run after which it was written.';
COMMENT ON COLUMN discovery.alert_messages.kind IS 'alert, digest or late.';
COMMENT ON COLUMN discovery.alert_messages.channel IS
    'Where it goes to, by the name of the channel.';
COMMENT ON COLUMN discovery.alert_messages.content IS 'What it says.';
COMMENT ON COLUMN discovery.alert_messages.created_at IS 'When it was written.';
COMMENT ON COLUMN discovery.alert_messages.attempts IS 'How often sending was tried.';
COMMENT ON COLUMN discovery.alert_messages.state_at IS 'Since when it has its state.';
COMMENT ON COLUMN discovery.alert_messages.error IS 'Why it could not be sent, in words.';

COMMENT ON COLUMN discovery.kept_answers.id IS 'Internal key.';
COMMENT ON COLUMN discovery.kept_answers.city_source_id IS 'The pair (city_source.id).';
COMMENT ON COLUMN discovery.kept_answers.category IS 'Category of the failure, as in sync_runs.';
COMMENT ON COLUMN discovery.kept_answers.dag_run_id IS 'The run that failed.';
COMMENT ON COLUMN discovery.kept_answers.kept_at IS 'When the answer was kept.';
COMMENT ON COLUMN discovery.kept_answers.url IS 'What was asked for, secrets masked.';
COMMENT ON COLUMN discovery.kept_answers.status IS 'HTTP status of the answer.';
COMMENT ON COLUMN discovery.kept_answers.content_type IS 'Its Content-Type.';
COMMENT ON COLUMN discovery.kept_answers.is_cut IS 'Whether the body is only its beginning.';
