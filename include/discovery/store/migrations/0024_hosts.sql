-- What all tasks know together of the hosts that they ask, so that the limits of a host hold for all.

-- Each request writes its row twice: room for that within its page, without work on an index.
CREATE TABLE discovery.hosts (
    name        text PRIMARY KEY,
    asked_at    timestamptz NOT NULL,
    busy_until  timestamptz[] NOT NULL DEFAULT '{}',
    held_until  timestamptz,
    blocks      integer NOT NULL DEFAULT 0 CHECK (blocks >= 0),
    openings    integer NOT NULL DEFAULT 0 CHECK (openings >= 0),
    day         date NOT NULL,
    used        integer NOT NULL DEFAULT 0 CHECK (used >= 0)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 500);
COMMENT ON TABLE discovery.hosts IS
    'How hosts, and keys at hosts, are being asked by all tasks together.';
COMMENT ON COLUMN discovery.hosts.name IS 'The host; with "(key of …)", a connection''s key at it.';
COMMENT ON COLUMN discovery.hosts.asked_at IS
    'When the latest request was sent, or will be: its task has reserved that moment.';
COMMENT ON COLUMN discovery.hosts.busy_until IS
    'One time for each request on its way: after that, its task counts as dead.';
COMMENT ON COLUMN discovery.hosts.held_until IS
    'Nobody asks before: the host has said so, or it blocks requests and is left alone.';
COMMENT ON COLUMN discovery.hosts.blocks IS 'Blocked requests since the last answer.';
COMMENT ON COLUMN discovery.hosts.openings IS
    'How often it was left alone for that since the last answer: each time for longer.';
COMMENT ON COLUMN discovery.hosts.day IS 'The day of UTC in which used was counted.';
COMMENT ON COLUMN discovery.hosts.used IS 'Requests of that day.';
CREATE INDEX hosts_by_age ON discovery.hosts (day);

CREATE TABLE discovery.robots_files (
    origin   text PRIMARY KEY,
    read_at  timestamptz NOT NULL,
    status   smallint NOT NULL,
    body     bytea NOT NULL CHECK (octet_length(body) <= 600000)
);
COMMENT ON TABLE discovery.robots_files IS 'The robots.txt of sites, for all tasks of a day.';
COMMENT ON COLUMN discovery.robots_files.origin IS 'Scheme, host and port, as https://example.org.';
COMMENT ON COLUMN discovery.robots_files.read_at IS 'It is used for 24 hours.';
COMMENT ON COLUMN discovery.robots_files.status IS 'The HTTP status of the answer.';
COMMENT ON COLUMN discovery.robots_files.body IS 'Its first 500 KiB, compressed by zlib.';
CREATE INDEX robots_files_by_age ON discovery.robots_files (read_at);
