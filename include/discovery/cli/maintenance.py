"""``migrate`` and ``prune``: the database's schema brought up to date, and its old rows deleted."""

from __future__ import annotations

import argparse
import os

from include.discovery.cli.database import open_database, user
from include.discovery.cli.terminal import Commands, print_json
from include.discovery.credentials import database_parameters
from include.discovery.settings import Settings
from include.discovery.store.audit import Author
from include.discovery.store.connection import connect, reported
from include.discovery.store.migrate import migrate
from include.discovery.store.retention import prune
from include.discovery.text.tables import aligned


def add_commands(commands: Commands) -> None:
    """Add ``migrate`` and ``prune``."""
    upgrade = commands.add_parser(
        "migrate",
        help="create or update the schema of the discovery database",
        description="Creates the schema of the discovery database, or updates it to that of this"
        " code. Run it as the owner of the schema.",
    )
    upgrade.set_defaults(run=_migrate)

    old = commands.add_parser(
        "prune",
        help="delete what is older than the settings DISCOVERY_KEEP_… allow",
        description="Deletes runs, rejects, kept answers, audit entries and, if "
        "DISCOVERY_KEEP_PAST_EVENTS is set, past events that are older than the settings "
        "DISCOVERY_KEEP_… allow. The DAG discovery_maintenance does the same every day.",
    )
    old.add_argument("--dry-run", action="store_true", help="count them, delete nothing")
    old.add_argument("--json", action="store_true", help="print JSON instead of a table")
    old.set_defaults(run=_prune)


def _migrate(options: argparse.Namespace) -> int:  # noqa: ARG001  every command takes its options
    with connect(**database_parameters(os.environ, as_owner=True)) as conn, reported():
        applied = migrate(conn)
    print(f"Applied {', '.join(applied)}." if applied else "The database is current.")
    return 0


def _prune(options: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ)
    with open_database() as conn, reported():
        done = prune(conn, settings, Author(user(), "cli"), dry_run=options.dry_run)
    if options.json:
        print_json({each.kind: each.count for each in done})
        return 0
    count = "would be deleted" if options.dry_run else "deleted"
    rows = [
        (
            each.kind,
            "forever" if each.kept_for is None else f"{each.kept_for.days:,} days",
            f"{each.count:,}",
        )
        for each in done
    ]
    print(aligned(("what", "kept for", count), rows, numeric=(count,)))
    return 0
