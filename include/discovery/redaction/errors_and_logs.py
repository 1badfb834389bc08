"""Exceptions and log lines without secrets, whichever library they come from.

An exception leaves a task in more ways than by its message: Airflow prints its traceback with all
that led to it, and asks the retry policy for a reason. So it is freed of secrets as a whole before
it is raised on. Log lines are masked where :mod:`logging` makes them, before any handler sees them:
which handlers and filters there are differs between tasks, commands and the API server.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from include.discovery.errors import DiscoveryError
from include.discovery.failures import one_line
from include.discovery.redaction.masking import IN_PLAY, redact

HTTP_LOGGERS = frozenset(
    {
        "httpx",
        "httpcore.connection",
        "httpcore.http11",
        "httpcore.http2",
        "httpcore.proxy",
        "httpcore.socks",
    }
)
"""Where httpx 0.28 and httpcore 1.0 log: each URL at INFO, each answer's headers at DEBUG."""


@contextmanager
def keeping_secret(secrets: Iterable[str]) -> Iterator[None]:
    """Have these values masked in all that the process says, while it lasts."""
    install_redaction()
    values = frozenset(secrets)
    IN_PLAY.add(values)
    try:
        yield
    finally:
        IN_PLAY.remove(values)


class HiddenError(Exception):
    """Stands in for an exception whose own text cannot be freed of a secret."""


def without_secrets(error: BaseException) -> BaseException:
    """Free an exception, and all that led to it, of secrets.

    :returns: the exception itself, reworded; where its text is not made of its arguments (that of
        pydantic quotes its input), a :class:`HiddenError` in its place.
    """
    return _freed(error, {})


def _freed(error: BaseException, seen: dict[int, BaseException]) -> BaseException:
    """Go through a chain of exceptions, which may be a circle."""
    if id(error) in seen:
        return seen[id(error)]
    free = seen[id(error)] = _reworded(error)
    if isinstance(error, BaseExceptionGroup):
        members = [_freed(member, seen) for member in error.exceptions]
        if free is not error or members != list(error.exceptions):
            free = seen[id(error)] = BaseExceptionGroup(redact(error.message), members)
    cause, context, suppressed = error.__cause__, error.__context__, error.__suppress_context__
    free.__traceback__ = error.__traceback__
    free.__cause__ = None if cause is None else _freed(cause, seen)
    free.__context__ = None if context is None else _freed(context, seen)
    free.__suppress_context__ = suppressed
    notes = [redact(note) for note in getattr(error, "__notes__", ())]
    if notes:
        free.__notes__ = notes
    return free


def _reworded(error: BaseException) -> BaseException:
    if isinstance(error, DiscoveryError):
        error.reword(redact)
        error.response = None
    elif not _is_free(error):
        error.args = tuple(map(_without_secret, error.args))
    if _is_free(error):
        return error
    if isinstance(error, Exception):
        return HiddenError(redact(one_line(error)))
    error.args = ()  # an exit or an interrupt has to stay what it is
    return error


def _is_free(error: BaseException) -> bool:
    return all(redact(text) == text for text in (str(error), repr(error)))


def _without_secret(argument: object) -> object:
    if isinstance(argument, str):
        return redact(argument)
    shown = repr(argument)
    return argument if redact(shown) == shown else redact(str(argument))


def install_redaction() -> None:
    """Have log records masked from now on; once, however often it is called.

    Those of the HTTP libraries always, all others while secrets are in play.
    """
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _RedactedRecords):
        logging.setLogRecordFactory(_RedactedRecords(factory))


class _RedactedRecords:
    """Makes log records as another factory does, and masks them."""

    def __init__(self, factory: Any) -> None:  # noqa: ANN401  as the logging module types it
        self._make = factory

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401
        record: logging.LogRecord = self._make(*args, **kwargs)
        if IN_PLAY.values or record.name in HTTP_LOGGERS:
            _mask(record)
        return record


def _mask(record: logging.LogRecord) -> None:
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):  # the call's arguments do not fit its format
        message = f"{record.msg} {record.args}"
    record.msg, record.args = redact(message), None
    if record.exc_info and record.exc_info[1] is not None:
        error = without_secrets(record.exc_info[1])
        record.exc_info = (type(error), error, error.__traceback__)
    if record.stack_info:
        record.stack_info = redact(record.stack_info)
