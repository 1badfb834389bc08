"""``new-kind`` and ``new-preset``: the first files of a new kind of source."""

from __future__ import annotations

import argparse
import os

from include.discovery.cli.terminal import Commands
from include.discovery.credentials import credentials_from
from include.discovery.scaffold import Scaffold
from include.discovery.settings import Settings
from include.discovery.sync.environment import SyncEnvironment


def add_commands(commands: Commands) -> None:
    """Add ``new-kind`` and ``new-preset``."""
    kind = _add_scaffold(commands, "new-kind", "crawled", "a kind of source that crawls a site")
    kind.add_argument(
        "--bespoke",
        dest="form",
        action="store_const",
        const="bespoke",
        help="begin an empty connector instead, for a source that is not a site of pages",
    )
    _add_scaffold(
        commands, "new-preset", "preset", "a kind of source that maps the fields of a JSON API"
    )


def _add_scaffold(
    commands: Commands,
    command: str,
    form: str,
    what: str,
) -> argparse.ArgumentParser:
    new: argparse.ArgumentParser = commands.add_parser(
        command,
        help=f"create the files of {what}",
        description=f"Creates the files of {what}, with a made-up site that it reads and one "
        "failing test, and says what to do next. Overwrites nothing, and requests nothing without "
        "--record.",
    )
    new.add_argument("name", metavar="NAME", help="name of the kind, such as village_board")
    new.add_argument("url", metavar="URL", help="address of the site's list of events, or its API")
    new.add_argument(
        "--record",
        action="store_true",
        help="request the address once and save the answer in tests/sites/recorded/, which git "
        "ignores",
    )
    new.set_defaults(run=_scaffold, form=form)
    return new


def _scaffold(options: argparse.Namespace) -> int:
    scaffold = Scaffold.of(options.form, options.name, options.url)
    written = []
    if options.record:
        settings = Settings.from_environment(os.environ)
        environment = SyncEnvironment.live(credentials_from(os.environ), settings)
        written.append(scaffold.record(environment.open_fetcher))
    written += scaffold.write()
    print("Written:", *(f"  {path}" for path in written), "", scaffold.next_steps, sep="\n", end="")
    return 0
