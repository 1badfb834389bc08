-- A source names the connection that holds its key, and never one of the system's own.

ALTER TABLE discovery.sources ADD COLUMN connection text;
COMMENT ON COLUMN discovery.sources.connection IS
    'The Airflow connection that holds the key; null: discovery_<slug>, with underscores.';

-- What was called so would have read the password of the database as its key.
UPDATE discovery.sources SET connection = 'discovery_source_' || replace(slug, '-', '_')
WHERE slug ~ '^db(-|$)';

ALTER TABLE discovery.sources ADD CONSTRAINT connection_is_not_of_the_system CHECK (
    COALESCE(connection, 'discovery_' || replace(slug, '-', '_')) ~ '^discovery_[a-z0-9_-]+$'
    AND COALESCE(connection, 'discovery_' || slug) !~ '^discovery_db([_-]|$)'
);
