"""Failures across pairs, in groups of the same category and message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, HTTPException, status
from fastapi.responses import PlainTextResponse

from include.discovery.links import log_path
from include.discovery.model import pair_label
from include.discovery.store.kept_answers import StoredAnswer, kept_answers, read_kept
from include.discovery.store.queries.history import error_groups
from include.discovery.web.answers import (
    Answer,
    actor_of,
    address_in,
    now,
    runbook_of,
    web_address,
)
from include.discovery.web.editing import NOT_FOUND
from include.discovery.web.parameters import AnswerId, ErrorDays
from include.discovery.web.services import Uses

router = APIRouter()

GROUPS = 200
SAMPLES = 5
ANSWERS = 5


class PairRef(Answer):
    """A pair and how often something happened to it."""

    city: str | None
    source: str
    label: str
    count: int


class DayCount(Answer):
    """How often something happened on a day."""

    day: date
    """In UTC."""
    count: int


class RejectSample(Answer):
    """One rejected item."""

    item: str
    """Which item: a position, a line, a title."""
    detail: str | None
    id: str | None
    """What the source calls it."""
    url: str | None
    """Its page; only if it is an http(s) address."""
    excerpt: str | None
    """What it holds, one member a line, shortened."""

    @classmethod
    def of(cls, sample: Mapping[str, Any]) -> RejectSample:
        """Return a sample as the page shows it; runs of earlier versions told less."""
        return cls(
            item=sample["item"],
            detail=sample["detail"],
            id=sample.get("id"),
            url=web_address(sample.get("url")),
            excerpt=sample.get("excerpt"),
        )


class KeptAnswer(Answer):
    """What a source answered when it could not be read; its text is at ``path``."""

    label: str
    """The pair's name."""
    path: str
    """Under ``/discovery``; answered as a text file."""
    url: str
    status: int
    content_type: str
    size: int
    """Bytes of the whole answer."""
    is_cut: bool
    """Only its beginning is kept."""
    kept_at: datetime

    @classmethod
    def of(cls, kept: StoredAnswer) -> KeptAnswer:
        """Return a kept answer as the page shows it."""
        return cls(
            label=pair_label(kept.city, kept.source),
            path=f"api/errors/answers/{kept.id}",
            url=kept.url,
            status=kept.status,
            content_type=kept.content_type,
            size=kept.size,
            is_cut=kept.is_cut,
            kept_at=kept.kept_at,
        )


class ErrorGroup(Answer):
    """Failures of one category with the same message."""

    category: str
    message: str
    actor: str | None
    runbook: str
    """What to do, in the runbook: an address, or a path below Airflow's own."""
    count: int
    first_seen: datetime
    last_seen: datetime
    request: str | None
    """The address in the message, without secrets, if there is one."""
    example_run_id: str
    example_try: int
    example_log_path: str | None
    pairs: list[PairRef]
    trend: list[DayCount]
    """One entry a day of the period, oldest first, days without a failure included."""
    samples: list[RejectSample]
    """Items that the newest of them rejected."""
    answers: list[KeptAnswer]
    """What the sources answered, newest first, where that is what failed."""

    @classmethod
    def of(
        cls, row: Mapping[str, Any], since: datetime, kept: Sequence[StoredAnswer] = ()
    ) -> ErrorGroup:
        """Return a group of failures as the page shows it."""
        return cls(
            category=row["category"],
            message=row["message"],
            actor=actor_of(row["category"]),
            runbook=runbook_of(row["category"]),
            count=row["count"],
            first_seen=row["first_seen"],
            last_seen=row["last_seen"],
            request=address_in(row["message"]),
            example_run_id=row["dag_run_id"],
            example_try=row["try_number"],
            example_log_path=log_path(row["dag_run_id"], row["map_index"], row["try_number"]),
            pairs=[
                PairRef(**pair, label=pair_label(pair["city"], pair["source"]))
                for pair in row["pairs"]
            ],
            trend=_trend(row["by_day"], since),
            samples=[RejectSample.of(sample) for sample in row["reject_samples"][:SAMPLES]],
            answers=[
                KeptAnswer.of(each)
                for each in kept
                if (each.category, each.message) == (row["category"], row["message"])
            ][:ANSWERS],
        )


def _trend(by_day: Mapping[str, int], since: datetime) -> list[DayCount]:
    first = since.astimezone(UTC).date()
    days = (first + timedelta(days=n) for n in range((now().date() - first).days + 1))
    return [DayCount(day=day, count=by_day.get(day.isoformat(), 0)) for day in days]


class ErrorsAnswer(Answer):
    """Failures across pairs."""

    generated_at: datetime
    days: int
    since: datetime
    groups: list[ErrorGroup]
    """Most frequent first."""
    truncated: bool
    """More groups than the 200 that are shown."""


@router.get("/errors")
def errors(uses: Uses, days: ErrorDays = 7) -> ErrorsAnswer:
    """Return failures across pairs, in groups."""
    since = now() - timedelta(days=days)
    with uses.database.lend() as conn:
        groups = error_groups(conn, since)
        kept = kept_answers(conn, uses.settings.keep_answers)
    return ErrorsAnswer(
        generated_at=now(),
        days=days,
        since=since,
        groups=[ErrorGroup.of(group, since, kept) for group in groups[:GROUPS]],
        truncated=len(groups) > GROUPS,
    )


@router.get(
    "/errors/answers/{answer_id}",
    response_model=None,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **NOT_FOUND},
)
def kept_answer(uses: Uses, answer_id: AnswerId) -> PlainTextResponse:
    """Return what a source answered when it could not be read, as a text file to be saved.

    Whatever it is of, a browser takes it for text and opens it nowhere near this site.
    """
    with uses.database.lend() as conn:
        found = read_kept(conn, answer_id, uses.settings.keep_answers)
    if found is None:
        raise HTTPException(
            status.HTTP_404_NOT_FOUND, "This answer is no longer kept, or has been replaced."
        )
    stored, answer = found
    name = "-".join(filter(None, (stored.city, stored.source, stored.category, str(stored.id))))
    return PlainTextResponse(
        answer.text,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.txt"',
            "X-Content-Type-Options": "nosniff",
        },
    )
