"""The failure that an exception of any library stands for."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import ssl

import psycopg
import pytest
from pydantic import TypeAdapter, ValidationError

from include.discovery.errors import (
    AuthenticationFailed,
    MissingConnection,
    NotFound,
    RateLimited,
    shortened,
)
from include.discovery.failures import failure_of, one_line
from include.discovery.sync.stopping import Terminated


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
    assert failure_of(error).category == category


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


def validation_error() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(int).validate_python("seven")
    return caught.value


@pytest.mark.parametrize(
    ("error", "category", "words", "retryable"),
    [
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
            MemoryError(),
            "resources",
            "out of memory. Give the worker more, or lower the source's setting max_body_mb",
            True,
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "/tmp/x"),
            "resources",
            (
                "the machine has run out of something: [Errno 28] No space left on device:"
                " '/tmp/x'. Free it, or run fewer pairs at once"
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
            "a bug in this program: KeyError: 'id'. Report it, with the traceback",
            True,
        ),
        (validation_error(), "defect", "a bug in this program: ValidationError: ", True),
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
    failure = failure_of(error)

    assert words in str(failure)
    assert (failure.category, failure.retryable) == (category, retryable)


def test_a_discovery_error_is_its_own_failure() -> None:
    error = NotFound("gone")

    assert failure_of(error) is error


def test_a_defect_names_the_line_of_the_program_in_which_it_occurred() -> None:
    with pytest.raises(TypeError) as caught:
        shortened(7)  # type: ignore[arg-type]

    assert re.search(r"\(include\.discovery\.errors, line \d+\)$", str(failure_of(caught.value)))
