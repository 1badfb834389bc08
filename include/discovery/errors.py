"""The failure classes: what went wrong, whether waiting helps, and who must act.

A failure is raised as one of these where it is understood, and handled once: by the retry policy
(retry or not), by the run row (category and message) and by the report. What other libraries raise
stands for one of these, too: see ``failures``. Messages are one line, free of secrets, and say the
reason first, then what to do where somebody can do something, and last where it happened, since the
end is what a narrow column cuts off.

Long because all classes stand here: together they are the table of docs/failures.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from include.discovery.response import Response


class Parks(StrEnum):
    """Whether a failure parks its pair, which no run takes then for some time."""

    NEVER = "no"
    LONG_WAIT = "for a long wait"
    """If the source asks for a longer wait than a task keeps between two tries."""
    ANY_WAIT = "for any wait"
    """If the source asks for a wait at all: tries before its end would be in vain."""


class DiscoveryError(Exception):
    """The root: a failure with a category and a decision whether a task retry can help.

    What the program does about a failure is said here, by class, and in the table of
    docs/failures.md, which is made of these values. No failure concludes that an event has
    vanished: only a sync that is complete does.
    """

    category: ClassVar[str] = "unknown"
    retryable: ClassVar[bool] = True
    """Whether another try of the task may help."""
    asked_again: ClassVar[bool] = False
    """Whether a request that failed so is repeated at once, within the attempt."""
    actor: ClassVar[str] = "nobody unless it repeats"
    """Who must act before it can work again."""
    advice: ClassVar[str] = ""
    """What to do when an answer of a source stands for it, as a sentence."""
    opens_circuit: ClassVar[bool] = False
    """Whether several of these in a row mean that the host is to be left alone, by all tasks."""
    parks: ClassVar[Parks] = Parks.NEVER
    told_at_once: ClassVar[bool] = False
    """Whether an alert tells of the first one: waiting never cures it."""
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
    parks = Parks.LONG_WAIT
    advice = "A fault on the source's side; it is asked again later."
    asked_again = True


class RateLimited(DiscoveryError):
    """429 for going too fast; ``retry_after`` says how long to wait when the source told."""

    category = "rate_limited"
    parks = Parks.LONG_WAIT
    advice = "It is asked again later; if this repeats, sync its pairs less often."
    asked_again = True
    parked_as = "rate limited"


class QuotaExhausted(DiscoveryError):
    """The day's allowance of calls is used up: no retry before it is renewed."""

    category = "quota"
    parks = Parks.ANY_WAIT
    retryable = False
    parked_as = "quota used up"
    actor = "nobody: the next run has a new quota; raise it or run fewer pairs if it repeats"


class AuthenticationFailed(DiscoveryError):
    """401, or a 403 that speaks of keys: the credentials are missing or wrong."""

    category = "authentication"
    told_at_once = True
    parks = Parks.ANY_WAIT
    advice = "Check the key in the source's connection."
    retryable = False
    actor = "operator: check the connection"


class Blocked(DiscoveryError):
    """403 without a word on keys: the site does not want us there."""

    category = "blocked"
    parks = Parks.ANY_WAIT
    advice = "The site does not want us there: ask its operator for access, or disable the source."
    retryable = False
    opens_circuit = True
    actor = "operator: contact the site, or disable the source"


class Challenged(Blocked):
    """A page that wants to be solved, or a login, in the place of what was asked for.

    Bot protection shows it now and then to those whom it lets through the next time: the request is
    repeated, as politely as after any other failure. The task is not.
    """

    asked_again = True


class CircuitOpen(Blocked):
    """Nothing was sent: the host has blocked several requests in a row and is left alone."""

    opens_circuit = False
    parked_as = "its host blocks requests: left alone"


class Forbidden(Blocked):
    """The site's robots.txt, or the page's header X-Robots-Tag, does not allow a page."""

    opens_circuit = False


class NotFound(DiscoveryError):
    """404 or 410 on a listing: the address is wrong or the source has moved."""

    category = "not_found"
    parks = Parks.ANY_WAIT
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
    parks = Parks.ANY_WAIT
    advice = "The source refuses the request as it is: correct the settings."
    retryable = False
    actor = "operator: correct the settings"


class MissingConnection(InvalidSettings):
    """A source needs an Airflow connection that does not exist."""

    category = "authentication"
    told_at_once = True


class KeyNotAllowed(InvalidSettings):
    """The key would go to a host that its connection does not name; nothing was sent."""

    category = "authentication"
    told_at_once = True
    actor = "operator: correct the address, or name the host in the connection"


class PairBusy(DiscoveryError):
    """Another run holds this pair."""

    category = "busy"
    actor = "nobody: wait for the other run"


class SourceBusy(DiscoveryError):
    """As many pairs of the source are being synced as its setting ``max_running`` allows."""

    category = "busy"
    actor = "nobody: wait for the other pairs"


class HostBusy(DiscoveryError):
    """Nothing was sent: the host has asked any task for a wait, or many wait for their turn."""

    category = "busy"
    parks = Parks.LONG_WAIT
    actor = "nobody: it goes on when the host may be asked again"


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


def every_failure(root: type[DiscoveryError] = DiscoveryError) -> list[type[DiscoveryError]]:
    """Return the classes of failures, in their order, each before those that are made of it."""
    below = [found for child in root.__subclasses__() for found in every_failure(child)]
    return below if root is DiscoveryError else [root, *below]


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
    if not isinstance(error, DiscoveryError) or error.parks is Parks.NEVER:
        return None
    wait = min(error.asked_wait(now), LONGEST_PARKING)
    if wait > (timedelta() if error.parks is Parks.ANY_WAIT else longest_wait):
        return Parking(wait, error.parked_as)
    return None


INTERRUPTED = Stopped.category
"""Category also of an attempt that was killed or lost, which could not raise anything."""

KILLED = "the task died without a word (killed, out of memory, or its worker was lost)"
"""What is said of such an attempt."""

NEVER_STARTED = "the task was never started (its executor lost it, or what it waited for failed)"
"""What is said of one that its run planned and that never began."""
