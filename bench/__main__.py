"""The benchmarks of syncs and of what they share, one after another, in a quarter of an hour.

    python -m bench [--only peers load] [--json .local/bench.json] [--write docs/performance.md]

Each is a command of its own (``python -m bench.peers``), which says what it measures. Here all are
run, and what they print is kept as one JSON file and, with ``--write``, as the end of a page of the
docs.
``bench.page``, ``bench.nightly``, ``bench.task_cost`` and ``bench.matching``, which fill databases
for many minutes, start an Airflow, or need labelled pairs, are run alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.tables import Table, measured_on

ROOT = Path(__file__).parents[1]
SYNCS = "## Syncs"
"""The heading of the part of the page that is made; what stands before it is written by hand."""

COMMANDS: dict[str, tuple[str, ...]] = {
    "peers": (),
    "load": (),
    "growth": (),
    "memory": (),
    "parsing": (),
    "limits": (),
    "statistics": (),
}
"""Modules of this package, each with the arguments that keep it short."""


def measured(name: str, folder: Path) -> dict[str, Any]:
    """Run one benchmark and return what it has found."""
    file = folder / f"{name}.json"
    command = [sys.executable, "-m", f"bench.{name}", *COMMANDS[name], "--json", str(file)]
    print(f"\n== bench.{name}", flush=True)
    subprocess.run(command, cwd=ROOT, check=True)
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def page(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the part of the page that is made."""
    here = measured_on()
    yield SYNCS
    yield ""
    yield (
        f"Made by `make bench` on {here['date']}, on a machine with {here['processors']} processors"
        f" ({here['machine']}) and {here['memory_gb']} GB of memory, with Python {here['python']}"
        f" and PostgreSQL {here['postgresql']}. What each table measures, and how to run it alone,"
        " is said by the command above it. CPU is processor time, which other work on the machine"
        " changes less than wall time: that says little unless the machine was idle."
    )
    for name, part in found.items():
        yield ""
        yield f"### `python -m bench.{name}`"
        for table in part["tables"]:
            yield ""
            yield Table(**table).markdown()
        beside = {key: value for key, value in part["measured"].items() if key not in here}
        if beside:
            yield ""
            yield "With " + ", ".join(f"{key} {value}" for key, value in beside.items()) + "."


def main() -> None:
    """Run them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=COMMANDS, default=list(COMMANDS))
    parser.add_argument("--json", type=Path, default=ROOT / ".local" / "bench.json")
    parser.add_argument("--write", type=Path, help=f"renew this page from {SYNCS!r} on")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {name: measured(name, Path(folder)) for name in options.only}
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    if options.write:
        before = options.write.read_text(encoding="utf-8").partition(SYNCS)[0]
        options.write.write_text(before + "\n".join(page(found)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
