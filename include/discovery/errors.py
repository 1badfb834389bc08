"""The failure classes: what went wrong, whether waiting helps, and who must act.

A failure is raised as one of these where it is understood, and handled once: by the retry policy
(retry or not), by the run row (category and message) and by the report. What other libraries raise
is told as one of these, too (:func:`failure_of`). Messages are one line, free
of secrets, and say the reason first, then what to do where somebody can do something, and last
where it happened, since the end is what a narrow column cuts off.
"""

from __future__ import annotations

import errno
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from traceback import walk_tb
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from include.discovery.response import Response


class DiscoveryError(Exception):
    """The root: a failure with a category and a decision whether a task retry can help."""

    category: ClassVar[str] = "unknown"
    retryable: ClassVar[bool] = True
    asked_again: ClassVar[bool] = False
    """Whether a request that failed so is repeated at once, within the attempt."""
    actor: ClassVar[str] = "nobody unless it repeats"
    """Who must act before it can work again."""
    advice: ClassVar[str] = ""
    """What to do when an answer of a source stands for it, as a sentence."""
    parked_as: ClassVar[str] = "asked to wait"
    """What is said of a pair that waits because of it, before 'until …'."""

    def __init__(
        self,
        message: str,
        *,
        address: str | None = None,
        retry_after: float | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        """Make the message one line.

        :param address: where it happened, without secrets; it is told after the message.
        :param retry_after: seconds that the source asks to wait, if it said so.
        :param retry_at: when it will answer again (aware), if it said that.
        """
        super().__init__(" ".join(message.split()))
        self.address = address
        self.retry_after = retry_after
        self.retry_at = retry_at
        self.response: Response | None = None
        """The answer behind the error, for connectors that look into it; lost when pickled."""

    def asked_wait(self, now: datetime) -> timedelta:
        """Return how long the source asks to wait; nothing where it does not."""
        after = timedelta(seconds=self.retry_after or 0)
        return after if self.retry_at is None else max(after, self.retry_at - now)

    @property
    def message(self) -> str:
        """What happened and what to do, without the address."""
        return super().__str__()

    def __str__(self) -> str:
        """Return the reason first and the address last, which is what a narrow column cuts off."""
        if self.address is None:
            return self.message
        return f"{self.message.removesuffix('.')} ({shortened(self.address)})"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.address, self.retry_after, self.retry_at)

    def at(self, address: str) -> Self:
        """Name where it happened, unless the error knows that better; return the error itself."""
        self.address = self.address or address
        return self

    def reword(self, rewrite: Callable[[str], str]) -> None:
        """Rewrite what the error says, as redaction does."""
        self.args = (rewrite(self.message),)
        self.address = None if self.address is None else rewrite(self.address)


def _rebuild(
    cls: type[DiscoveryError],
    message: str,
    address: str | None,
    retry_after: float | None,
    retry_at: datetime | None,
) -> DiscoveryError:
    return cls(message, address=address, retry_after=retry_after, retry_at=retry_at)


LONGEST_ADDRESS = 100
"""Characters of an address that a message shows."""


def shortened(address: str) -> str:
    """Cut a long address in its middle: its host and its end tell most.

    It must be redacted before: half a key would not be recognised any more.
    """
    if len(address) <= LONGEST_ADDRESS:
        return address
    end_of_host = address.find("/", address.find("://") + 3) + 1
    head = min(max(end_of_host, LONGEST_ADDRESS // 3), LONGEST_ADDRESS * 2 // 3)
    return f"{address[:head]}…{address[head + 1 - LONGEST_ADDRESS :]}"


class NetworkError(DiscoveryError):
    """No answer: DNS, refused or reset connection, timeout."""

    category = "network"
    asked_again = True


class TimedOut(NetworkError):
    """Nothing came in time, or too little."""


class ServerError(DiscoveryError):
    """The source answered 5xx, 408 or 425, or broke off its answer."""

    category = "server"
    advice = "A fault on the source's side; it is asked again later."
    asked_again = True


class RateLimited(DiscoveryError):
    """429 for going too fast; ``retry_after`` says how long to wait when the source told."""

    category = "rate_limited"
    advice = "It is asked again later; if this repeats, sync its pairs less often."
    asked_again = True
    parked_as = "rate limited"


class QuotaExhausted(DiscoveryError):
    """The day's allowance of calls is used up: no retry before it is renewed."""

    category = "quota"
    retryable = False
    parked_as = "quota used up"
    actor = "nobody: the next run has a new quota; raise it or run fewer pairs if it repeats"


class AuthenticationFailed(DiscoveryError):
    """401, or a 403 that speaks of keys: the credentials are missing or wrong."""

    category = "authentication"
    advice = "Check the key in the source's connection."
    retryable = False
    actor = "operator: check the connection"


class Blocked(DiscoveryError):
    """403 without a word on keys: the site does not want us there."""

    category = "blocked"
    advice = "The site does not want us there: ask its operator for access, or disable the source."
    retryable = False
    actor = "operator: contact the site, or disable the source"


class Challenged(Blocked):
    """A page that wants to be solved, or a login, in the place of what was asked for.

    Bot protection shows it now and then to those whom it lets through the next time: the request is
    repeated, as politely as after any other failure. The task is not.
    """

    asked_again = True


class NotFound(DiscoveryError):
    """404 or 410 on a listing: the address is wrong or the source has moved."""

    category = "not_found"
    advice = "Correct the address in the settings, or disable the source if it has closed."
    retryable = False
    actor = "operator: correct the address"


class RedirectRefused(DiscoveryError):
    """A redirect in a circle, off the web, to another site, or to where a key must not go."""

    category = "redirect"
    retryable = False
    actor = "operator: correct the address, or name the host in the setting redirect_hosts"


class UnreadableResponse(DiscoveryError):
    """The answer is not of the expected kind: HTML for JSON, no calendar, nothing at all.

    It may be a passing fault of the source, so it is asked for again. If every attempt finds
    another kind of document, this is what the last one says.
    """

    category = "parsing"
    advice = "No answer of this kind is expected here: check the address."
    asked_again = True
    actor = "developer: the source changed or is of another kind"


class BrokenOff(UnreadableResponse):
    """The answer ended in the middle of its document, though nothing said that it would go on."""

    category = "network"
    actor = "nobody unless it repeats"


class UnsupportedResponse(UnreadableResponse):
    """An answer that stays as it is: too large, of another schema, packed in an unknown way."""

    retryable = False
    asked_again = False


class AllRejected(DiscoveryError):
    """The source sent items and not one was a usable event."""

    category = "validation"
    retryable = False
    actor = "developer: see the reject reasons"


class InvalidSettings(DiscoveryError):
    """Settings, parameters or slugs that cannot work; the message names what is allowed."""

    category = "configuration"
    advice = "The source refuses the request as it is: correct the settings."
    retryable = False
    actor = "operator: correct the settings"


class MissingConnection(InvalidSettings):
    """A source needs an Airflow connection that does not exist."""

    category = "authentication"


class KeyNotAllowed(InvalidSettings):
    """The key would go to a host that its connection does not name; nothing was sent."""

    category = "authentication"
    actor = "operator: correct the address, or name the host in the connection"


class PairBusy(DiscoveryError):
    """Another run holds this pair."""

    category = "busy"
    actor = "nobody: wait for the other run"


class ClaimLost(DiscoveryError):
    """The attempt was thought dead, and its pair is free or another's: it may not write."""

    category = "interrupted"


class DatabaseUnavailable(DiscoveryError):
    """The discovery database cannot be reached or is not migrated."""

    category = "database"
    actor = "operator: check connection discovery_db"


class NotMigrated(DatabaseUnavailable):
    """The discovery database has not the schema that this code was written for, yet."""

    actor = "operator: run migrate"


class CodeOutdated(DatabaseUnavailable):
    """The discovery database was migrated by newer code than this."""

    actor = "operator: deploy the newer code"


class PageLoop(DiscoveryError):
    """The source pages in a circle or beyond every bound."""

    category = "guard"
    retryable = False
    actor = "developer: see the paging of this source"


class LimitExceeded(DiscoveryError):
    """Reading took more processing time, memory or patience than it may, and was ended."""

    category = "guard"
    retryable = False
    actor = "operator: choose a smaller page or a feed of the source"


class TimeLimitReached(DiscoveryError):
    """The sync did not end within its time limit."""

    category = "timeout"
    actor = "operator: raise DISCOVERY_SYNC_TIMEOUT, or narrow the source, if it repeats"


class Stopped(DiscoveryError):
    """Somebody ended the sync, or the process that it ran in."""

    category = "interrupted"


class OutOfResources(DiscoveryError):
    """The machine has no memory, disk space or open files left."""

    category = "resources"
    actor = "operator: give the worker more of it, or run fewer pairs at once"


class AirflowUnavailable(DiscoveryError):
    """Airflow did not answer the task: its API server, its connections, its own database."""

    category = "airflow"
    actor = "operator: see the log of Airflow's API server"


class StatementRefused(DiscoveryError):
    """The discovery database refused what it was asked to store or to read."""

    category = "database"
    actor = "developer: see the traceback in the task's log"


class Defect(DiscoveryError):
    """A fault of the program: an exception that nobody foresaw."""

    category = "defect"
    actor = "developer: see the traceback in the task's log"


@dataclass(frozen=True, slots=True)
class Parking:
    """A pair is left alone for some time."""

    wait: timedelta
    because: str
    """As 'rate limited', to be followed by 'until …'."""


LONGEST_PARKING = timedelta(days=7)
"""A source may ask for more; after so long it is tried again."""


def parking_of(error: BaseException, now: datetime, longest_wait: timedelta) -> Parking | None:
    """Say whether a failure parks its pair.

    A wait that the source asks for is kept. A task can keep a short one itself, between two tries;
    it must not hold up everything else for a long one, nor for one that retries cannot help.

    :param longest_wait: the longest that a task waits for.
    """
    if not isinstance(error, DiscoveryError):
        return None
    wait = min(error.asked_wait(now), LONGEST_PARKING)
    if wait > longest_wait or (wait > timedelta() and not error.retryable):
        return Parking(wait, error.parked_as)
    return None


INTERRUPTED = Stopped.category
"""Category also of an attempt that was killed or lost, which could not raise anything."""

KILLED = "the task died without a word (killed, out of memory, or its worker was lost)"
"""What is said of such an attempt."""


@dataclass(frozen=True, slots=True)
class _Foreign:
    """What an exception of another library stands for."""

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
    "the machine ran out of something: {text}. Free it, or run fewer pairs at once",
)
_DEFECT = _Foreign(Defect, "a fault of the program: {line}. Report it, with the traceback")

_FOREIGN = {
    "airflow.sdk.exceptions.AirflowTaskTimeout": _TIME_LIMIT,
    "include.discovery.stopping.OutOfTime": _TIME_LIMIT,
    "airflow.sdk.exceptions.AirflowTaskTerminated": _STOPPED,
    "airflow.sdk.exceptions.AirflowRuntimeError": _NO_AIRFLOW,
    "airflow.sdk.exceptions.AirflowException": _NO_AIRFLOW,
    "asyncio.exceptions.CancelledError": _STOPPED,
    "builtins.SystemExit": _STOPPED,
    "include.discovery.stopping.Terminated": _Foreign(
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
        lasted="in time" if after is None else f"after {_in_words(after)}",
    )
    return foreign.failure(words, address=_place(error) if foreign is _DEFECT else None)


def _in_words(duration: timedelta) -> str:
    """Write a duration as people say it: 45 s, 12 min, 2 h, 1 h 30 min."""
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if not hours and minutes < 2:
        return f"{60 * minutes + seconds} s"
    parts = (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "")
    return " ".join(filter(None, parts))


def _place(error: BaseException) -> str | None:
    """Return the line of this package in which an exception came up, as far as it is known."""
    ours = [
        frame
        for frame, _ in walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__", "").startswith("include.")
    ]
    return f"{ours[-1].f_globals['__name__']}, line {ours[-1].f_lineno}" if ours else None


def category_of(error: BaseException) -> str:
    """Return the category to store for any exception."""
    return failure_of(error).category


def one_line(error: BaseException) -> str:
    """Say the error in one line; foreign exceptions name their class, since their text may not."""
    text = " ".join(str(error).split())
    if isinstance(error, DiscoveryError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
