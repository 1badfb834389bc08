"""``apply`` and ``export``: configuration as code, in and out."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from include.discovery.choices import Choices, write_choices
from include.discovery.cli.database import open_database, user
from include.discovery.cli.terminal import Commands
from include.discovery.configuration import Configuration, load_configuration
from include.discovery.redaction.typed_secrets import without_secrets
from include.discovery.settings import Settings
from include.discovery.store.audit import Author
from include.discovery.store.configuration import apply_configuration
from include.discovery.store.connection import reported
from include.discovery.store.entities import read_choices, read_configuration
from include.discovery.text.wording import some_of
from include.discovery.timetable import shortfall


def add_commands(commands: Commands) -> None:
    """Add ``apply`` and ``export``."""
    apply = commands.add_parser(
        "apply",
        help="load cities, sources and pairs from a YAML file",
        description="Makes the stored configuration that of a YAML file, and prints each change."
        " Applying the same file again changes nothing.",
    )
    apply.add_argument(
        "file", type=Path, metavar="FILE", help="such as include/config/discovery.yaml"
    )
    apply.add_argument("--dry-run", action="store_true", help="print the changes, make none")
    apply.add_argument(
        "--prune",
        action="store_true",
        help="also remove what the file does not mention, with its listings and the events that no "
        "other source lists; use --dry-run first to see how many",
    )
    apply.set_defaults(run=_apply)

    export = commands.add_parser(
        "export",
        help="print the configuration as such a file",
        description="Prints the stored configuration as a YAML file for apply, without secrets.",
    )
    export.set_defaults(run=_export)


def _apply(options: argparse.Namespace) -> int:
    wanted = load_configuration(options.file, os.environ)
    settings = Settings.from_environment(os.environ)
    with open_database() as conn, reported():
        changes = apply_configuration(
            conn,
            wanted,
            changed_by=Author(f"{user()} (apply {options.file.name})", "apply"),
            prune=options.prune,
            dry_run=options.dry_run,
        )
        if settings.choices_file and not options.dry_run:
            _keep_choices(settings.choices_file, read_choices(conn))
    for change in changes:
        print(change)
    if not changes:
        print("Nothing to change.")
    for hours, pairs in _pairs_by_frequency(wanted).items():
        if found := shortfall(settings.schedule, timedelta(hours=hours)):
            print(f"warning: {some_of(pairs)}: {found}", file=sys.stderr)
    return 0


def _keep_choices(file: str, choices: Choices) -> None:
    """Let the DAG's trigger form offer what is configured now; the change stands if that fails."""
    try:
        write_choices(file, choices)
    except OSError as error:
        print(f"warning: {file} could not be written: {error.strerror}", file=sys.stderr)


def _pairs_by_frequency(configured: Configuration) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for pair in configured.pairs:
        found.setdefault(pair.frequency_hours, []).append(pair.label)
    return found


def _export(options: argparse.Namespace) -> int:  # noqa: ARG001  every command takes its options
    with open_database() as conn, reported():
        configured = read_configuration(conn).model_dump(mode="json", exclude_defaults=True)
    document: dict[str, Any] = without_secrets(configured)
    for section in ("cities", "sources"):
        for entry in document.get(section, {}).values():
            del entry["slug"]
    print(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), end="")
    return 0
