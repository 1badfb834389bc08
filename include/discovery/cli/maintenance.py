"""``migrate``: the database's schema, brought up to date."""

from __future__ import annotations

import argparse
import os

from include.discovery.cli.terminal import Commands
from include.discovery.credentials import database_parameters
from include.discovery.store.connection import connect, reported
from include.discovery.store.migrate import migrate


def add_commands(commands: Commands) -> None:
    """Add ``migrate``."""
    upgrade = commands.add_parser("migrate", help="bring the database to the current schema")
    upgrade.set_defaults(run=_migrate)


def _migrate(options: argparse.Namespace) -> int:  # noqa: ARG001  every command takes its options
    with connect(**database_parameters(os.environ, as_owner=True)) as conn, reported():
        applied = migrate(conn)
    print(f"Applied {', '.join(applied)}." if applied else "The database is current.")
    return 0
