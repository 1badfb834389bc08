"""Write the tables of README and docs that are generated from the code: ``make docs``.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end -->``. Manual changes there are lost
with the next ``make docs``; a test reports stale tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Final

from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import PermissionSettings
from include.discovery.connectors.preset import PresetFeed
from include.discovery.errors import DiscoveryError, every_failure
from include.discovery.fetch.keys import KeyHost
from include.discovery.monitoring.metrics import METRICS
from include.discovery.record_warnings import VOCABULARIES
from include.discovery.settings import HELP, Settings

ROOT: Final = Path(__file__).parents[1]
DOCUMENTS: Final = (
    "README.md", "docs/failures.md", "docs/keys.md", "docs/metrics.md", "docs/warnings.md"
)  # fmt: skip
_TABLE: Final = re.compile(r"(?<=<!-- table: )(\w+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)


def main() -> None:
    """Renew the tables of all documents, and name those that have changed."""
    for name in DOCUMENTS:
        path = ROOT / name
        old = path.read_text("utf-8")
        new = renewed(old)
        if new != old:
            path.write_text(new, "utf-8")
            print(f"renewed the tables of {name}")


def renewed(document: str) -> str:
    """Return a document with each of its tables as the code has it now.

    :raises KeyError: if it has an unknown table.
    """
    return _TABLE.sub(lambda found: f"{found[1]}{found[2]}{TABLES[found[1]]()}", document)


def _table(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = (columns, ["---"] * len(columns), *rows)
    return "\n".join(["", *(_row(line) for line in lines), "", ""])


def _row(cells: Sequence[str]) -> str:
    return f"|{'|'.join(cells)}|" if set(cells) == {"---"} else f"| {' | '.join(cells)} |"


def _kinds(*, are_presets: bool) -> str:
    def rows() -> Iterator[Sequence[str]]:
        for kind in kinds():
            connector = connector_for(kind)
            if isinstance(connector, PresetFeed) is not are_presets:
                continue
            what = connector.data_sheet.strip().partition("\n\n")[0].replace("\n", " ").rstrip(".")
            if issubclass(connector.settings_model, PermissionSettings):
                what += "; needs its permission"
            yield f"`{kind}`", what, "yes" if connector.needs_connection == "required" else "no"

    return _table(("kind", "what it reads", "key"), rows())


def _key_hosts() -> str:
    return _table(
        ("kind", "host"),
        (
            (f"`{kind}`", f"`{KeyHost.parse(host).host}`")
            for kind in kinds()
            for host in connector_for(kind).api_hosts
        ),
    )


def _warnings() -> str:
    return _table(
        ("kind", "text", "assumed"),
        (
            (
                f"`{type(kind).__name__}.{kind.name}`",
                re.sub(r"\{(\w+)\}", r"*\1*", kind),
                kind.assumed or "",
            )
            for vocabulary in VOCABULARIES
            for kind in vocabulary
        ),
    )


def _settings() -> str:
    return _table(
        ("variable", "default", "allowed", "what it does"),
        (
            (f"`DISCOVERY_{name.upper()}`", f"`{_default(name)}`", help_.allowed, help_.text)
            for name, help_ in ((field.name, HELP[field.name]) for field in fields(Settings))
        ),
    )


def _metrics() -> str:
    return _table(
        ("metric", "type", "tags", "what it counts", "emitted at"),
        ((f"`{m.name}`", m.kind, ", ".join(m.tags), m.help, m.when) for m in METRICS),
    )


def _failures() -> str:
    def row(cls: type[DiscoveryError]) -> Sequence[str]:
        what_it_is = (cls.__doc__ or "").partition("\n")[0].replace("``", "`")
        return (
            f"`{cls.category}`",
            what_it_is,
            _yes(cls.asked_again),
            _yes(cls.retryable),
            cls.parks.value,
            "counts" if cls.opens_circuit else "no",
            "at once" if cls.told_at_once else "later",
            cls.actor,
        )

    columns = (
        "category", "what it is", "request repeated", "task retried", "parks the pair",
        "stops the host", "alert", "who must act",
    )  # fmt: skip
    # What a program raises in tests is none of these.
    ours = (cls for cls in every_failure() if cls.__module__.startswith("include."))
    return _table(columns, map(row, ours))


def _yes(flag: bool) -> str:  # noqa: FBT001  what it writes
    return "yes" if flag else "no"


def _default(name: str) -> str:
    """Write a setting's default as its variable would hold it."""
    value = getattr(Settings(), name)
    if name.startswith("keep_"):
        return "forever" if value is None else str(value.days)
    if value in ((), None, {}):
        return "none"
    if isinstance(value, tuple):
        return ",".join(f"{delay.total_seconds():g}" for delay in value)
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "kinds": lambda: _kinds(are_presets=False),
    "presets": lambda: _kinds(are_presets=True),
    "failures": _failures,
    "key_hosts": _key_hosts,
    "settings": _settings,
    "metrics": _metrics,
    "warnings": _warnings,
}


if __name__ == "__main__":
    main()
