"""The failure classes: what travels between processes, and what is shown."""

from __future__ import annotations

import asyncio
import errno
import importlib
import pickle
import re
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowRuntimeError,
    AirflowTaskTerminated,
    AirflowTaskTimeout,
)
from airflow.sdk.execution_time.comms import ErrorResponse
from pydantic import TypeAdapter, ValidationError

from include.discovery import errors
from include.discovery.errors import (
    LONGEST_ADDRESS,
    AuthenticationFailed,
    DiscoveryError,
    MissingConnection,
    NotFound,
    Parking,
    QuotaExhausted,
    RateLimited,
    ServerError,
    category_of,
    failure_of,
    one_line,
    parking_of,
    shortened,
)
from include.discovery.stopping import Terminated

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def every_class(root: type[DiscoveryError] = DiscoveryError) -> list[type[DiscoveryError]]:
    return [root, *(found for child in root.__subclasses__() for found in every_class(child))]


@pytest.mark.parametrize("cls", every_class())
def test_each_error_survives_pickling(cls: type[DiscoveryError]) -> None:
    error = cls("what happened", address="https://a.example/", retry_after=7.5, retry_at=NOW)
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is cls
    assert str(copy) == "what happened (https://a.example/)"
    assert (copy.retry_after, copy.retry_at) == (7.5, NOW)


def test_the_message_of_an_error_is_one_line() -> None:
    assert str(DiscoveryError(" two\n\tlines ")) == "two lines"


def test_the_message_of_an_error_begins_with_the_reason_and_ends_with_the_address() -> None:
    error = NotFound("404 Not Found. Correct the address.", address="https://a.example/x")

    assert str(error) == "404 Not Found. Correct the address (https://a.example/x)"


def test_an_error_keeps_the_address_that_it_knows_when_another_is_added() -> None:
    error = NotFound("gone").at("https://a.example/hop").at("https://a.example/start")

    assert str(error) == "gone (https://a.example/hop)"


@pytest.mark.parametrize(
    "address",
    [
        f"https://a.example/{'x' * 300}/events.ics?page=12",
        f"https://{'a.' * 100}example/events.ics?page=12",
        f"https://a.example/events.ics?{'q' * 300}&page=12",
    ],
)
def test_a_long_address_is_cut_in_its_middle_and_keeps_its_host_and_its_end(address: str) -> None:
    shown = shortened(address)

    assert len(shown) == LONGEST_ADDRESS
    head, tail = shown.split("…")
    assert address.startswith(head)
    assert address.endswith(tail)
    assert head.startswith("https://a.")
    assert tail.endswith("page=12")


@pytest.mark.parametrize(
    ("error", "category"),
    [
        (RateLimited("x"), "rate_limited"),
        (AuthenticationFailed("x"), "authentication"),
        (MissingConnection("x"), "authentication"),
        (ValueError("x"), "defect"),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_every_error_has_a_category(error: BaseException, category: str) -> None:
    assert category_of(error) == category


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RateLimited("slow down"), "slow down"),
        (KeyError("id"), "KeyError: 'id'"),
        (ValueError("a\nb"), "ValueError: a b"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
    ],
)
def test_a_foreign_error_in_one_line_names_its_class(error: BaseException, text: str) -> None:
    assert one_line(error) == text


@pytest.mark.parametrize(
    ("error", "hours", "because"),
    [
        (RateLimited("429", retry_after=86_400), 24, "rate limited"),
        (ServerError("503", retry_after=3_600), 1, "asked to wait"),
        (QuotaExhausted("used up", retry_at=NOW + timedelta(hours=7)), 7, "quota used up"),
        (QuotaExhausted("used up", retry_after=360), 0.1, "quota used up"),
        (RateLimited("429", retry_after=10**9), 7 * 24, "rate limited"),
    ],
)
def test_a_wait_that_is_long_or_that_no_retry_can_help_parks_the_pair(
    error: DiscoveryError, hours: float, because: str
) -> None:
    parking = parking_of(error, NOW, timedelta(minutes=10))

    assert parking == Parking(timedelta(hours=hours), because)


@pytest.mark.parametrize(
    "error",
    [
        RateLimited("429", retry_after=600),
        RateLimited("429"),
        ServerError("503", retry_after=90),
        QuotaExhausted("used up"),
        QuotaExhausted("used up", retry_at=NOW - timedelta(hours=1)),
        ValueError("x"),
    ],
)
def test_a_short_wait_is_left_to_the_retries(error: BaseException) -> None:
    assert parking_of(error, NOW, timedelta(minutes=10)) is None


# What other libraries raise


def validation_error() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(int).validate_python("seven")
    return caught.value


@pytest.mark.parametrize(
    ("error", "category", "words", "retryable"),
    [
        (
            AirflowTaskTimeout("Timeout, PID: 6467"),
            "timeout",
            (
                "not finished after 2 h, its time limit (setting DISCOVERY_SYNC_TIMEOUT); what was"
                " loaded is kept, and the next attempt goes on from there. If this repeats, raise"
                " the setting, or narrow the source"
            ),
            True,
        ),
        (
            Terminated(),
            "interrupted",
            (
                "stopped by a signal: its task was marked or cleared in Airflow, the process was"
                " shut down, or its terminal closed; what was loaded is kept"
            ),
            True,
        ),
        (KeyboardInterrupt(), "interrupted", "stopped by Ctrl-C; what was loaded is kept", True),
        (
            asyncio.CancelledError(),
            "interrupted",
            "stopped before it had ended; what was loaded is kept",
            True,
        ),
        (
            SystemExit(3),
            "interrupted",
            "stopped before it had ended; what was loaded is kept",
            True,
        ),
        (
            AirflowTaskTerminated(),
            "interrupted",
            "stopped before it had ended; what was loaded is kept",
            True,
        ),
        (
            AirflowRuntimeError(ErrorResponse(detail={"status": 500})),
            "airflow",
            "Airflow did not answer the task: GENERIC_ERROR",
            True,
        ),
        (AirflowException("no"), "airflow", "Airflow did not answer the task: no", True),
        (
            MemoryError(),
            "resources",
            "out of memory. Give the worker more, or lower the source's setting max_body_mb",
            True,
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "/tmp/x"),
            "resources",
            (
                "the machine ran out of something: [Errno 28] No space left on device: '/tmp/x'."
                " Free it, or run fewer pairs at once"
            ),
            True,
        ),
        (OSError(errno.EMFILE, "Too many open files"), "resources", "Too many open files", True),
        (RecursionError("x"), "parsing", "the answer is nested too deeply to be read", False),
        (
            psycopg.errors.NumericValueOutOfRange("integer out of range\nCONTEXT: COPY"),
            "database",
            "the discovery database refused: integer out of range CONTEXT: COPY",
            True,
        ),
        (psycopg.InterfaceError("the connection is closed"), "database", "is closed", True),
        (ConnectionResetError(104, "reset"), "network", "no answer: [Errno 104] reset", True),
        (TimeoutError(), "network", "no answer: TimeoutError", True),
        (ssl.SSLError(1, "bad"), "network", "no answer: ", True),
        (socket.gaierror(-2, "unknown"), "network", "no answer: [Errno -2] unknown", True),
        (
            KeyError("id"),
            "defect",
            "a fault of the program: KeyError: 'id'. Report it, with the traceback",
            True,
        ),
        (validation_error(), "defect", "a fault of the program: ValidationError: ", True),
        (
            ExceptionGroup("two", [ValueError("x"), NotFound("gone"), KeyError("y")]),
            "not_found",
            "gone",
            False,
        ),
        (ExceptionGroup("two", [ValueError("x")]), "defect", "ValueError: x", True),
    ],
)
def test_a_foreign_error_has_a_category_and_a_message_with_what_to_do(
    error: BaseException, category: str, words: str, *, retryable: bool
) -> None:
    failure = failure_of(error, after=timedelta(hours=2))

    assert words in str(failure)
    assert (failure.category, failure.retryable) == (category, retryable)
    assert category_of(error) == category
    assert "PID" not in str(failure)


def test_a_discovery_error_is_its_own_failure() -> None:
    error = NotFound("gone")

    assert failure_of(error) is error


def test_a_defect_names_the_line_of_the_program_in_which_it_occurred() -> None:
    with pytest.raises(TypeError) as caught:
        shortened(7)  # type: ignore[arg-type]

    assert re.search(r"\(include\.discovery\.errors, line \d+\)$", str(failure_of(caught.value)))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(45, "45 s"), (90, "90 s"), (720, "12 min"), (7200, "2 h"), (5400, "1 h 30 min")],
)
def test_the_duration_of_a_time_limit_is_written_in_words(seconds: int, words: str) -> None:
    failure = failure_of(AirflowTaskTimeout("x"), after=timedelta(seconds=seconds))

    assert f"not finished after {words}, its time limit" in str(failure)


def test_every_name_in_the_table_of_foreign_errors_is_one_that_exists() -> None:
    for name in errors._FOREIGN:
        module, _, cls = name.rpartition(".")
        found = getattr(importlib.import_module(module), cls)
        assert issubclass(found, BaseException)
        assert f"{found.__module__}.{found.__qualname__}" == name


@pytest.mark.parametrize(
    "cls", [cls for cls in every_class()[1:] if cls.__module__.startswith("include.")]
)
def test_the_guide_describes_the_handling_of_each_failure(cls: type[DiscoveryError]) -> None:
    guide = (Path(__file__).parents[1] / "docs" / "failures.md").read_text("utf-8")
    what_it_is = (cls.__doc__ or "").partition("\n")[0].replace("``", "`")
    asked_again, retried = ("yes" if flag else "no" for flag in (cls.asked_again, cls.retryable))

    row = f"| `{cls.category}` | {what_it_is} | {asked_again} | {retried} | {cls.actor} |"
    assert row in guide
