-- A role for people and tools that query: it reads the views (docs/querying.md) and nothing else.
-- Run it in the database "discovery", after `migrate`, as whoever ran roles.sql; and the grant once
-- more after an upgrade that adds views.

CREATE ROLE discovery_reader LOGIN;
GRANT CONNECT ON DATABASE discovery TO discovery_reader;
GRANT USAGE ON SCHEMA discovery TO discovery_reader;
GRANT SELECT ON
    discovery.upcoming_events, discovery.all_events, discovery.event_sources,
    discovery.event_fields, discovery.all_venues, discovery.sync_attempts, discovery.pairs
TO discovery_reader;
-- Not what protects the data (the role has no right to write any): it makes the error plain, and
-- keeps a query that was forgotten from running all night.
ALTER ROLE discovery_reader SET default_transaction_read_only = on;
ALTER ROLE discovery_reader SET statement_timeout = '60s';
