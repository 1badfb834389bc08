-- The two roles of the discovery database: one owns the schema and migrates it, the other runs the
-- system and may only read and write rows. Run it once, in the database "discovery", as whoever
-- made that database (a superuser, or the first user of a managed server), before `migrate`.

CREATE ROLE discovery_owner LOGIN;
CREATE ROLE discovery LOGIN;
-- For one who is no superuser: to give things to a role, one has to be a member of it.
GRANT discovery_owner TO CURRENT_USER;

REVOKE ALL ON DATABASE discovery FROM PUBLIC;
-- CREATE: to restore the schema from a backup, and for extensions.
GRANT CONNECT, CREATE ON DATABASE discovery TO discovery_owner;
-- Each page of events passes through a temporary table.
GRANT CONNECT, TEMPORARY ON DATABASE discovery TO discovery;

CREATE SCHEMA IF NOT EXISTS discovery AUTHORIZATION discovery_owner;
GRANT USAGE ON SCHEMA discovery TO discovery;
-- For the tables of this and of every later migration.
ALTER DEFAULT PRIVILEGES FOR ROLE discovery_owner IN SCHEMA discovery
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO discovery;
