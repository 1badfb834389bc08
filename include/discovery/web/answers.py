"""What the answers of several features share; the browser's code and scripts rely on these names.

Each feature's module holds its own answers and bodies. Instants are ISO 8601 with offset, in UTC. A
*path* into Airflow's own pages (``log_path``, ``run_path``) is relative to Airflow's base address,
without a leading slash, so that it holds under any sub-path. Texts from feeds and errors are passed
as they are: show them as text, never as HTML.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from include.discovery import errors
from include.discovery.errors import DiscoveryError
from include.discovery.field_types import Text
from include.discovery.links import runbook_link
from include.discovery.model import SyncStats
from include.discovery.redaction.masking import redact_url
from include.discovery.redaction.typed_secrets import shown_text, without_secrets
from include.discovery.settings import Settings

LARGEST_VERSION = 2**31 - 1
"""Versions are counted in columns of four bytes."""

Shown = Annotated[dict[str, JsonValue], AfterValidator(without_secrets)]
"""Settings, or a whole entity, without secrets that were typed into them."""
ShownText = Annotated[str, AfterValidator(shown_text)]
"""A text without secrets that were typed into it."""
ShortText = Annotated[Text, StringConstraints(max_length=200)]

Version = Annotated[int, Field(ge=1, le=LARGEST_VERSION)]

RunState = Literal["success", "partial", "failed", "running", "planned", "lost"]
"""partial: ended well without a limit, but the listing is not complete. planned: waits for its
task. lost: planned or begun, and never ended although the run is over."""

_ADDRESS = re.compile(r"https?://[^\s<>\"']+")

_ACTORS = {
    error.category: error.actor
    for error in reversed(list(vars(errors).values()))
    if isinstance(error, type) and issubclass(error, DiscoveryError)
}


class Answer(BaseModel):
    """Anything that the API answers."""

    model_config = ConfigDict(frozen=True)


class Body(BaseModel):
    """Anything that the API is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Answer):
    """400, 401, 403, 404, 413, 415, 429: a sentence."""

    detail: str


class FieldError(Answer):
    """What is wrong with one field of a form."""

    path: list[str | int]
    """As ``["settings", "url"]``; empty: the form as a whole."""
    message: str


class Invalid(Answer):
    """422: the body is not acceptable."""

    detail: str
    errors: list[FieldError]


class Problem(Answer):
    """Something that could not be read, while the rest of the answer is good."""

    message: str
    """As 'Failed to load statistics: …'. The cause is in the server's log."""


class Window(Answer):
    """The stated window of the counters."""

    days: int
    since: datetime
    max_days: int
    """The longest window that this installation allows."""


class ErrorText(Answer):
    """One failure, in words."""

    category: str
    """One of the failure classes: network, server, rate_limited, authentication, …, interrupted."""
    message: str
    actor: str | None = None
    """Who must act before it can work again, as 'operator: check the connection'."""
    runbook: str | None = None
    """What to do, in the runbook: an address, or a path below Airflow's own."""


class Counts(Answer):
    """What came of the items of a run, or of many."""

    fetched: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    skipped: int = 0
    rejected: int = 0
    withdrawn: int = 0
    pages: int = 0
    requests: int = 0

    @classmethod
    def of(cls, stats: SyncStats) -> Counts:
        """Return counts as the page shows them: rejected items as one number."""
        names = (name for name in cls.model_fields if name != "rejected")
        return cls(**{name: getattr(stats, name) for name in names}, rejected=stats.rejected_total)


def run_state(state: str, *, complete: bool | None, limited: bool) -> RunState:
    """Return the state of a run as the page names it.

    A run with a limit did what it was told when it stopped there: it is not partial.
    """
    if state == "success":
        return "success" if complete or limited else "partial"
    return cast("RunState", state)  # checked where an answer is made of it


def error_text(category: str | None, message: str | None) -> ErrorText | None:
    """Return a failure in words, if there is one."""
    if category is None:
        return None
    return ErrorText(
        category=category,
        message=message or "",
        actor=actor_of(category),
        runbook=runbook_of(category),
    )


def actor_of(category: str) -> str | None:
    """Say who must act on failures of a category."""
    return _ACTORS.get(category)


def runbook_of(category: str) -> str:
    """Return where the runbook says what to do about failures of a category."""
    return runbook_link(category, _published_runbook())


@cache
def _published_runbook() -> str | None:
    return Settings.from_environment(os.environ).runbook_url


def web_address(text: str | None) -> str | None:
    """Return an address if a browser may follow it: nothing but http and https."""
    return text if text and _ADDRESS.fullmatch(text) else None


def address_in(message: str) -> str | None:
    """Return the last address in a message, without secrets: failures end with what was asked.

    ``None`` also where a long one was shortened, which leads nowhere.
    """
    found = _ADDRESS.findall(message)
    address = redact_url(found[-1].rstrip(".,;:)")) if found else None
    return None if address is None or "…" in address else address


def now() -> datetime:
    """Return the time of an answer."""
    return datetime.now(UTC)


def seconds(start: datetime | None, end: datetime | None) -> float | None:
    """Return how long something took."""
    return None if start is None or end is None else round((end - start).total_seconds(), 1)
