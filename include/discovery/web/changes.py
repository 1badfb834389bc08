"""The audit log: who changed the configuration or triggered runs, from where, before and after."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from include.discovery.links import run_path
from include.discovery.store.audit import (
    Action,
    AuditFilter,
    EntityType,
    NotedChange,
    Origin,
    noted_runs,
    read_changes,
)
from include.discovery.store.queries.event_search import cities_and_sources
from include.discovery.web.answers import Answer, Problem, Shown, now
from include.discovery.web.events import Named
from include.discovery.web.metadata import Trigger
from include.discovery.web.parameters import Before, CityFilter, PageSize, SourceFilter
from include.discovery.web.services import Uses

router = APIRouter()

MOST_EXPORTED = 10_000
"""Entries of one file: who wants older ones names days."""


class Change(Answer):
    """One entry of the audit log."""

    id: int
    changed_at: datetime
    changed_by: str
    origin: Origin
    """From where: the page, a program by this API, a configuration file (apply), a command (cli),
    or Airflow (dag)."""
    action: Action
    entity_type: EntityType
    entity: str
    """A slug, a pair's name, the id of a run."""
    run_path: str | None
    """Of a run that was triggered in Airflow: its page there."""
    state: str | None
    """Of a run that was triggered in Airflow: its state there; None if it is gone there."""
    before: Shown | None
    after: Shown | None
    """Of a triggered run its parameters; of what was deleted by age the counts."""
    removed: dict[str, int] | None
    """Of a deletion: how many listings and events went with it, and how many stayed."""
    summary: str
    """In one line: ``~ pair krakow · x: enabled false → true``."""

    @classmethod
    def of(cls, noted: NotedChange, states: Mapping[str, str] = MappingProxyType({})) -> Change:
        """Return an entry as the page shows it."""
        change = noted.change
        in_airflow = _is_of_airflow(noted)
        return cls(
            id=noted.id,
            changed_at=noted.changed_at,
            changed_by=noted.author.name,
            origin=noted.author.origin,
            run_path=run_path(change.entity) if in_airflow else None,
            state=states.get(change.entity) if in_airflow else None,
            summary=str(change),
            **asdict(change),
        )


def _is_of_airflow(noted: NotedChange) -> bool:
    return noted.change.entity_type == "run" and noted.author.origin == "dag"


class ChangesAnswer(Answer):
    """Who changed or triggered what."""

    generated_at: datetime
    changes: list[Change]
    """Newest first."""
    next_before: int | None
    """Pass it as ``before`` for the page after this one; None: that was all."""
    triggers: list[Trigger] | None
    """Of the newest 50 manual runs that Airflow knows those that the log does not have, whatever
    the filters: not planned yet or never, or older than the log. None with ``triggers_error``, and
    on pages after the first."""
    triggers_error: Problem | None
    cities: list[Named]
    """All cities and sources, to choose from."""
    sources: list[Named]


def audit_filter(
    who: Annotated[
        str | None, Query(max_length=200, description="Part of the name, in whatever case.")
    ] = None,
    origin: Annotated[Origin | None, Query(description="From where.")] = None,
    action: Annotated[Action | None, Query(description="What was done.")] = None,
    entity_type: Annotated[
        EntityType | None, Query(alias="type", description="To what it was done.")
    ] = None,
    city: CityFilter = None,
    source: SourceFilter = None,
    first: Annotated[
        date | None, Query(alias="from", description="On that day (UTC) or later.")
    ] = None,
    last: Annotated[
        date | None, Query(alias="to", description="On that day (UTC) or earlier.")
    ] = None,
) -> AuditFilter:
    """Return what is looked for in the log."""
    return AuditFilter(
        who=who or None,
        origin=origin,
        action=action,
        entity_type=entity_type,
        city=city,
        source=source,
        first=first,
        last=last,
    )


Wanted = Annotated[AuditFilter, Depends(audit_filter)]


@router.get("/changes")
def changes(
    uses: Uses, wanted: Wanted, limit: PageSize = 50, before: Before = None
) -> ChangesAnswer:
    """Return who changed or triggered what, newest first."""
    triggers, problem = (None, None) if before else uses.read_triggers(50)
    with uses.database.lend() as conn:
        rows = read_changes(conn, limit=limit + 1, before=before, wanted=wanted)
        cities, sources = cities_and_sources(conn)
        noted = noted_runs(conn, [each.run_id for each in triggers]) if triggers else set()
    if triggers is not None:
        triggers = [trigger for trigger in triggers if trigger.run_id not in noted]
    states, _ = uses.read_run_states([each.change.entity for each in rows if _is_of_airflow(each)])
    shown = [Change.of(row, states) for row in rows[:limit]]
    return ChangesAnswer(
        generated_at=now(),
        changes=shown,
        next_before=shown[-1].id if len(rows) > limit else None,
        triggers=triggers,
        triggers_error=problem,
        cities=[Named(slug=slug, name=name) for slug, name in cities.items()],
        sources=[Named(slug=slug, name=name) for slug, name in sources.items()],
    )


_COLUMNS = (
    "id", "changed_at", "changed_by", "origin", "action", "entity_type", "entity", "summary",
    "before", "after", "removed",
)  # fmt: skip


@router.get("/changes.csv", response_class=Response)
def changes_as_csv(uses: Uses, wanted: Wanted) -> Response:
    """Return the newest 10,000 entries that are looked for as a CSV file to be saved."""
    with uses.database.lend() as conn:
        rows = read_changes(conn, limit=MOST_EXPORTED, wanted=wanted)
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    writer.writerows(_cells(Change.of(row)) for row in rows)
    return Response(
        text.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="changes-{now():%Y-%m-%d}.csv"'},
    )


def _cells(change: Change) -> Iterator[str]:
    found = change.model_dump(mode="json")
    for name in _COLUMNS:
        value = found[name]
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
        yield _harmless("" if text is None else str(text))


def _harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula (OWASP: CSV injection)."""
    is_risky = text.lstrip().startswith(_FORMULAS) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if is_risky else text


_FORMULAS = ("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
             "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
"""How formulas begin; spreadsheets read the wide forms alike."""
