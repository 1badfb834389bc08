"""What becomes of real payloads: parses a folder of them and prints two tables.

    python -m bench.samples FOLDER [--on 2026-11-27] > docs/samples.md

``bench/samples.yaml`` says which files are of which kind, and by which settings they are read.
Every file of the folder has to be named there. Ends with status 1 if a file is not, or if a parser
raised anything but its own errors.
"""

from __future__ import annotations

import argparse
import re
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import ParseContext
from include.discovery.errors import UnreadableResponse
from include.discovery.model import Attendance, EventRecord
from include.discovery.parsed import Parsed
from include.discovery.record_warnings import fixed_words

Tells = Callable[[EventRecord], object]
FIELDS: dict[str, Tells] = {
    "hour": lambda event: event.time_known,
    "end": lambda event: event.ends_at,
    "place": lambda event: event.venue or event.attendance is Attendance.ONLINE,
    "street": lambda event: event.venue and event.venue.street,
    "town": lambda event: event.venue and event.venue.locality,
    "coordinates": lambda event: event.venue and event.venue.latitude is not None,
    "page": lambda event: event.url,
    "description": lambda event: event.description,
    "image": lambda event: event.image_url,
    "price": lambda event: event.price,
    "organizer": lambda event: event.organizer,
    "performers": lambda event: event.performers,
    "categories": lambda event: event.categories,
    "language": lambda event: event.language,
    "changed": lambda event: event.source_updated_at,
}
"""What an event may tell, beyond title and date, which each has."""

RULES = Path(__file__).with_suffix(".yaml")
_LONGEST_REASON = 110
_WHAT_WAS_FOUND = re.compile(r", but [{\[]|; the answer is |; it begins ")


class Rule(BaseModel):
    """How some files are read; ``kind`` is none for files that are no payload of a source."""

    model_config = ConfigDict(extra="forbid")

    files: str
    kind: str | None
    why: str | None = None
    timezone: str = "UTC"
    url: str | None = None
    settings: dict[str, JsonValue] = {}


@dataclass
class Row:
    """What became of the files of one kind."""

    files: int = 0
    items: int = 0
    events: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    """Files that are not of the kind: reason → how many."""
    crashes: list[str] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    """Of how many events each field is known."""
    warnings: Counter[str] = field(default_factory=Counter)


def items_of(parsed: Parsed) -> int:
    """Count what a source counts: a series is one item, however many occurrences it has."""
    return len({r.series_id or r.external_id for r in parsed.records}) + len(parsed.rejects)


def read(path: Path, rule: Rule, row: Row) -> None:
    """Parse one file and count what it gives."""
    assert rule.kind is not None
    row.files += 1
    connector: Any = connector_for(rule.kind)
    context = ParseContext(
        settings=connector_for(rule.kind).parse_settings(rule.settings, rule.url),
        timezone=ZoneInfo(rule.timezone),
        url=rule.url,
    )
    try:
        parsed = connector.parse(path.read_bytes(), context)
    except UnreadableResponse as error:
        row.refused[shortened(str(error))] += 1
    except Exception:  # noqa: BLE001  what this command exists to find
        row.crashes.append(f"{path}\n{traceback.format_exc()}")
    else:
        row.items += items_of(parsed)
        row.events += len(parsed.records)
        row.rejects.update(reject.reason for reject in parsed.rejects)
        for event in parsed.records:
            row.told.update(name for name, tells in FIELDS.items() if tells(event))
            # The fixed words alone: what is filled in may be a part of somebody's payload.
            row.warnings.update(set(map(fixed_words, event.warnings)))


def shortened(reason: str) -> str:
    """Keep the first words of a reason: what was found instead is a part of somebody's payload."""
    reason = _WHAT_WAS_FOUND.split(reason)[0]
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 1]}…"


def parse_all(folder: Path, rules: Sequence[Rule]) -> tuple[dict[str, Row], list[Path]]:
    """Parse every file by the first rule that names it; return rows by kind, and what is left."""
    rows: dict[str, Row] = defaultdict(Row)
    left = {path for path in folder.rglob("*") if path.is_file()}
    for rule in rules:
        for path in sorted(left & set(folder.glob(rule.files))):
            left.remove(path)
            if rule.kind is not None:
                read(path, rule, rows[rule.kind])
    return rows, sorted(left)


def counted(counts: Counter[str]) -> str:
    """Return reasons with how often each occurred, the commonest first."""
    return "<br>".join(
        f"{count:,} × {reason.replace('|', chr(92) + '|')}"
        for reason, count in counts.most_common()
    )


def table(rows: dict[str, Row], rules: Sequence[Rule], on: date) -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# What becomes of real payloads"
    yield ""
    yield (
        f"Made by `python -m bench.samples FOLDER` on {on} from payloads that others recorded; "
        "they are not part of this repository. Without dates every dated item counts, past ones "
        "too; recurrences are followed for 400 days. An item is what the source counts as one: a "
        "series is one, its occurrences are events."
    )
    yield ""
    yield "| kind | files | items | events | items rejected, by reason | files refused, by reason |"
    yield "|---|--:|--:|--:|---|---|"
    total = Row()
    for kind, row in sorted(rows.items()):
        yield (
            f"| `{kind}` | {row.files} | {row.items:,} | {row.events:,} | {counted(row.rejects)} "
            f"| {counted(row.refused)} |"
        )
        total.files, total.items = total.files + row.files, total.items + row.items
        total.events += row.events
        total.rejects.update(row.rejects)
        total.refused.update(row.refused)
    yield (
        f"| all | {total.files} | {total.items:,} | {total.events:,} | {total.rejects.total():,} "
        f"| {total.refused.total()} |"
    )
    yield ""
    yield "## What their events tell"
    yield ""
    yield (
        "The share of events of each kind that tell a field, and how many have which "
        "[warnings](warnings.md). Title and date are what makes an event; each has them."
    )
    yield ""
    yield f"| kind | {' | '.join(FIELDS)} | warnings |"
    yield f"|---|{'--:|' * len(FIELDS)}---|"
    for kind, row in sorted(rows.items()):
        if row.events:
            shares = (f"{row.told[name] / row.events:.0%}" for name in FIELDS)
            yield f"| `{kind}` | {' | '.join(shares)} | {counted(row.warnings)} |"
    yield ""
    yield "## Not read"
    yield ""
    yield "Not read, since they are no payloads of a source:"
    yield ""
    for rule in rules:
        if rule.kind is None:
            yield f"- `{rule.files}`: {rule.why}"


def main() -> int:
    """Print the table; complain on standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--on", type=date.fromisoformat, default=date.today())  # noqa: DTZ011
    options = parser.parse_args()
    rules = [Rule.model_validate(rule) for rule in yaml.safe_load(RULES.read_text("utf-8"))]
    rows, left = parse_all(options.folder, rules)
    print("\n".join(table(rows, rules, options.on)))
    for path in left:
        print(f"{path} is named by no rule of {RULES.name}", file=sys.stderr)
    crashes = [crash for row in rows.values() for crash in row.crashes]
    for crash in crashes:
        print(crash, file=sys.stderr)
    return 1 if left or crashes else 0


if __name__ == "__main__":
    sys.exit(main())
