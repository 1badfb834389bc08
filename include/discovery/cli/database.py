"""The discovery database, as commands open it."""

from __future__ import annotations

import getpass
import os

from include.discovery.credentials import database_parameters
from include.discovery.errors import InvalidSettings
from include.discovery.store.connection import Connection, connect
from include.discovery.store.migrate import check_schema
from include.discovery.store.queries.event_search import cities_and_sources


def open_database() -> Connection:
    """Open the database, provided that it has the schema that this code needs."""
    conn = connect(**database_parameters(os.environ))
    try:
        check_schema(conn)
    except BaseException:
        conn.close()
        raise
    return conn


def require_known(conn: Connection, *, city: str | None = None, source: str | None = None) -> None:
    """Refuse a city or source that does not exist: a misspelled one would match nothing.

    Raises:
        InvalidSettings: There is no such city or source; it names those that exist.
    """
    cities, sources = cities_and_sources(conn)
    for kind, slug, there in (("city", city, cities), ("source", source, sources)):
        if slug is not None and slug not in there:
            existing = ", ".join(sorted(there)) or "none"
            raise InvalidSettings(f"there is no {kind} {slug!r}; there are: {existing}")


def user() -> str:
    """Name who runs the command, for the audit log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return f"user {os.getuid()}"
