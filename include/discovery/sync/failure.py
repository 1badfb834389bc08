"""What a sync that failed leaves behind: its reason in the run's row, and the answer behind it."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from include.discovery.errors import (
    AllRejected,
    Blocked,
    CircuitOpen,
    Defect,
    DiscoveryError,
    Stopped,
    UnreadableResponse,
    parking_of,
)
from include.discovery.failures import failure_of, one_line
from include.discovery.redaction.errors_and_logs import without_secrets
from include.discovery.redaction.kept_answers import KeptAnswer, head_of, kept_answer
from include.discovery.redaction.masking import redact
from include.discovery.response import Response
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.kept_answers import keep

log = logging.getLogger(__name__)

_OF_ANSWERS = (UnreadableResponse, AllRejected, Blocked, Defect)
"""Failures that are found out by looking at what the source answered."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What an attempt had in hand when it failed."""

    requests: int = 0
    """Sent since the last page that was loaded: the run's row does not count them yet."""
    last_answer: tuple[Response, int] | None = None
    """The beginning of what the source answered last, and the bytes that it all had."""
    secrets: Collection[str] = ()


def note_failure(
    conn: Connection,
    run_id: int,
    error: BaseException,
    remains: Remains,
    *,
    began: datetime,
    now: datetime,
    longest_wait: timedelta,
) -> BaseException:
    """Write into the run's row why it failed, and keep the answer that could not be read.

    :param longest_wait: a source that asks for more parks its pair.
    :return: what is to be raised, without secrets.
    """
    failure = failure_of(error, after=now - began)
    answer = _answer_behind(failure, remains)
    if failure is not error:
        failure.__cause__ = error
    without_secrets(failure)
    parking = parking_of(failure, now, longest_wait)
    try:
        runs.fail(
            conn,
            run_id,
            category=failure.category,
            message=str(failure),
            may_retry=failure.retryable and parking is None,
            parking=parking,
            requests=remains.requests,
        )
        if answer is not None:
            keep(conn, run_id, answer)
    except psycopg.Error as another:  # a lost connection must not hide what went wrong
        log.warning("The run's row could not be closed: %s", redact(one_line(another)))
    # What has to end the process stays what it is.
    return error if isinstance(failure, Stopped) else failure


def _answer_behind(failure: DiscoveryError, remains: Remains) -> KeptAnswer | None:
    """Return the answer that a failure is about.

    A failure that has none of its own is about the one that came last.
    """
    if not isinstance(failure, _OF_ANSWERS) or isinstance(failure, CircuitOpen):
        return None
    found = remains.last_answer if failure.response is None else head_of(failure.response)
    return kept_answer(*found, remains.secrets) if found else None
