"""The discovery database, as commands open it."""

from __future__ import annotations

import getpass
import os

from include.discovery.credentials import database_parameters
from include.discovery.store.connection import Connection, connect
from include.discovery.store.migrate import check_schema


def open_database() -> Connection:
    """Open the database, provided that it has the schema that this code needs."""
    conn = connect(**database_parameters(os.environ))
    try:
        check_schema(conn)
    except BaseException:
        conn.close()
        raise
    return conn


def user() -> str:
    """Name who runs the command, for the audit log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return f"user {os.getuid()}"
