"""Maps any exception, also one of another library, to a failure class of ``errors``.

Whatever ends a sync, a task or a command is stored and shown as one of these classes.
"""

from __future__ import annotations

import errno
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from traceback import walk_tb

from include.discovery.errors import (
    AirflowUnavailable,
    Defect,
    DiscoveryError,
    NetworkError,
    OutOfResources,
    StatementRefused,
    Stopped,
    TimeLimitReached,
    UnsupportedResponse,
)
from include.discovery.text.wording import to_the_minute


@dataclass(frozen=True, slots=True)
class _Foreign:
    """The failure for an exception of another library."""

    failure: type[DiscoveryError]
    words: str
    """``{text}`` stands for what the exception says, ``{line}`` for that and its class, and
    ``{lasted}`` for how long it took to come up."""


_STOPPED = _Foreign(Stopped, "stopped before it had ended; what was loaded is kept")
_TIME_LIMIT = _Foreign(
    TimeLimitReached,
    "not finished {lasted}, its time limit (setting DISCOVERY_SYNC_TIMEOUT); what was loaded is"
    " kept, and the next attempt goes on from there. If this repeats, raise the setting, or"
    " narrow the source",
)
_NO_NETWORK = _Foreign(NetworkError, "no answer: {text}")
_NO_AIRFLOW = _Foreign(AirflowUnavailable, "Airflow did not answer the task: {text}")
_FULL = _Foreign(
    OutOfResources,
    "the machine has run out of something: {text}. Free it, or run fewer pairs at once",
)
_DEFECT = _Foreign(Defect, "a bug in this program: {line}. Report it, with the traceback")

_FOREIGN = {
    "airflow.sdk.exceptions.AirflowTaskTimeout": _TIME_LIMIT,
    "include.discovery.sync.stopping.OutOfTime": _TIME_LIMIT,
    "airflow.sdk.exceptions.AirflowTaskTerminated": _STOPPED,
    "airflow.sdk.exceptions.AirflowRuntimeError": _NO_AIRFLOW,
    "airflow.sdk.exceptions.AirflowException": _NO_AIRFLOW,
    "asyncio.exceptions.CancelledError": _STOPPED,
    "builtins.SystemExit": _STOPPED,
    "include.discovery.sync.stopping.Terminated": _Foreign(
        Stopped,
        "stopped by a signal: its task was marked or cleared in Airflow, the process was shut down,"
        " or its terminal closed; what was loaded is kept",
    ),
    "builtins.KeyboardInterrupt": _Foreign(Stopped, "stopped by Ctrl-C; what was loaded is kept"),
    "builtins.MemoryError": _Foreign(
        OutOfResources,
        "out of memory. Give the worker more, or lower the source's setting max_body_mb",
    ),
    "builtins.RecursionError": _Foreign(
        UnsupportedResponse, "the answer is nested too deeply to be read"
    ),
    "psycopg.Error": _Foreign(StatementRefused, "the discovery database refused: {text}"),
    "builtins.ConnectionError": _NO_NETWORK,
    "builtins.TimeoutError": _NO_NETWORK,
    "socket.gaierror": _NO_NETWORK,
    "ssl.SSLError": _NO_NETWORK,
}
"""Class → what it stands for. By name, since this module imports no library for it; the most
special class that is named wins, and what is not named is a defect."""

_NOTHING_LEFT = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM}


def failure_of(error: BaseException, *, after: timedelta | None = None) -> DiscoveryError:
    """Return the failure that any exception stands for: one of ours stands for itself.

    :param after: how long the sync had lasted when it came up, if it was one.
    """
    if isinstance(error, DiscoveryError):
        return error
    if isinstance(error, BaseExceptionGroup):
        failures = [failure_of(member, after=after) for member in error.exceptions]
        # What is understood tells more than the defect beside it. A copy, since the group may
        # become its cause, and would be the cause of its own member then.
        return copy(next((it for it in failures if not isinstance(it, Defect)), failures[0]))
    named = (_FOREIGN.get(f"{cls.__module__}.{cls.__qualname__}") for cls in type(error).__mro__)
    foreign = next(filter(None, named), _DEFECT)
    if isinstance(error, OSError) and error.errno in _NOTHING_LEFT:
        foreign = _FULL
    text = " ".join(str(error).split()).removesuffix(".")
    words = foreign.words.format(
        text=text or type(error).__name__,
        line=one_line(error).removesuffix("."),
        lasted="in time" if after is None else f"after {to_the_minute(after)}",
    )
    return foreign.failure(words, address=_place(error) if foreign is _DEFECT else None)


def _place(error: BaseException) -> str | None:
    """Return the line of this package in which an exception came up, as far as it is known."""
    ours = [
        frame
        for frame, _ in walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__", "").startswith("include.")
    ]
    return f"{ours[-1].f_globals['__name__']}, line {ours[-1].f_lineno}" if ours else None


def one_line(error: BaseException) -> str:
    """Say the error in one line; foreign exceptions name their class, since their text may not."""
    text = " ".join(str(error).split())
    if isinstance(error, DiscoveryError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
