"""The failure classes: what went wrong, whether waiting helps, and who must act.

A failure is raised as one of these where it is understood, and handled once: by the retry policy
(retry or not), by the run row (category and message) and by the report. ``failures`` maps the
exceptions of other libraries to these classes. A message is one line without secrets: the reason,
then what to do, if anything can be done, and last where it happened, since a narrow column cuts off
the end.

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
    """Whether a failure parks its pair, so that no run takes it for some time."""

    NEVER = "no"
    LONG_WAIT = "for a long wait"
    """If the source asks for a longer wait than a task makes between two tries."""
    ANY_WAIT = "for any wait"
    """If the source asks for any wait: earlier tries would be in vain."""


class DiscoveryError(Exception):
    """The root: a failure with a category and a decision whether a task retry can help.

    The attributes of each class say what the program does about it; the table of docs/failures.md
    is made of them. No failure concludes that an event has vanished: only a complete sync does.
    """

    category: ClassVar[str] = "unknown"
    retryable: ClassVar[bool] = True
    """Whether another try of the task may help."""
    asked_again: ClassVar[bool] = False
    """Whether a request that failed so is repeated at once, within the attempt."""
    actor: ClassVar[str] = "nobody unless it repeats"
    """Who must act before it can work again."""
    advice: ClassVar[str] = ""
    """What to do if the answer of a source was classified as this, as a sentence."""
    opens_circuit: ClassVar[bool] = False
    """Whether several of these in a row mean that the host is to be left alone, by all tasks."""
    parks: ClassVar[Parks] = Parks.NEVER
    told_at_once: ClassVar[bool] = False
    """Whether the first one raises an alert, since waiting never cures it."""
    parked_as: ClassVar[str] = "asked to wait"
    """How a pair that is parked by it is described, before 'until …'."""

    def __init__(
        self,
        message: str,
        *,
        address: str | None = None,
        retry_after: float | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        """Make the message one line.

        :param address: where it happened, without secrets; shown after the message.
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
    """Cut a long address in its middle, since its host and its end say most.

    Redact it before: half a key would not be recognised any more.
    """
    if len(address) <= LONGEST_ADDRESS:
        return address
    end_of_host = address.find("/", address.find("://") + 3) + 1
    head = min(max(end_of_host, LONGEST_ADDRESS // 3), LONGEST_ADDRESS * 2 // 3)
    return f"{address[:head]}…{address[head + 1 - LONGEST_ADDRESS :]}"


class NetworkError(DiscoveryError):
    """No answer: DNS failure, refused or reset connection, timeout."""

    category = "network"
    asked_again = True


class TimedOut(NetworkError):
    """The answer did not arrive in time, or too slowly."""


class ServerError(DiscoveryError):
    """The source answered 5xx, 408 or 425, or its answer broke off."""

    category = "server"
    parks = Parks.LONG_WAIT
    advice = "The fault is on the source's side; it is tried again later."
    asked_again = True


class RateLimited(DiscoveryError):
    """429: too many requests; ``retry_after`` is the wait that the source asks for, if any."""

    category = "rate_limited"
    parks = Parks.LONG_WAIT
    advice = "It is tried again later; if this repeats, sync its pairs less often."
    asked_again = True
    parked_as = "rate limited"


class QuotaExhausted(DiscoveryError):
    """The day's quota of requests is used up; no retry before it is renewed."""

    category = "quota"
    parks = Parks.ANY_WAIT
    retryable = False
    parked_as = "quota used up"
    actor = "nobody: the next run has a new quota; raise it or run fewer pairs if it repeats"


class AuthenticationFailed(DiscoveryError):
    """401, or a 403 that mentions keys: the credentials are missing or wrong."""

    category = "authentication"
    told_at_once = True
    parks = Parks.ANY_WAIT
    advice = "Check the key in the source's connection."
    retryable = False
    actor = "operator: check the connection"


class Blocked(DiscoveryError):
    """403 that does not mention keys: the site refuses our requests."""

    category = "blocked"
    parks = Parks.ANY_WAIT
    advice = "The site refuses our requests: ask its operator for access, or disable the source."
    retryable = False
    opens_circuit = True
    actor = "operator: contact the site, or disable the source"


class Challenged(Blocked):
    """A captcha, a bot challenge or a login page instead of the requested content.

    Bot protection may let the next request through, so the request is repeated, as politely as
    after any other failure. The task is not.
    """

    asked_again = True


class CircuitOpen(Blocked):
    """Not sent: the host has blocked several requests in a row and is left alone for hours."""

    opens_circuit = False
    parked_as = "its host blocks requests: left alone"


class Forbidden(Blocked):
    """The site's robots.txt, or the page's header X-Robots-Tag, forbids reading the page."""

    opens_circuit = False


class NotFound(DiscoveryError):
    """404 or 410 for the source's own address: it is wrong, or the source has moved."""

    category = "not_found"
    parks = Parks.ANY_WAIT
    advice = "Correct the address in the settings, or disable the source if it has closed."
    retryable = False
    actor = "operator: correct the address"


class RedirectRefused(DiscoveryError):
    """A redirect in a loop, to another site, to no web address, or to where a key must not go."""

    category = "redirect"
    retryable = False
    actor = "operator: correct the address, or name the host in the setting redirect_hosts"


class UnreadableResponse(DiscoveryError):
    """The answer is not what was expected: HTML instead of JSON, no calendar, an empty body.

    This may be a passing fault of the source, so the request is repeated. If every attempt finds
    an unexpected document, the error of the last one stands.
    """

    category = "parsing"
    advice = "This kind of answer is not expected here: check the address."
    asked_again = True
    actor = "developer: the source has changed, or is of another kind"


class BrokenOff(UnreadableResponse):
    """The document of the answer is cut off in the middle."""

    category = "network"
    actor = "nobody unless it repeats"


class UnsupportedResponse(UnreadableResponse):
    """The answer cannot be read, now or later: too large, of another schema, badly encoded."""

    retryable = False
    asked_again = False


class AllRejected(DiscoveryError):
    """The source sent items, but none was a usable event."""

    category = "validation"
    retryable = False
    actor = "developer: see the reject reasons"


class InvalidSettings(DiscoveryError):
    """Invalid settings, parameters or slugs; the message names what is allowed."""

    category = "configuration"
    parks = Parks.ANY_WAIT
    advice = "The source rejects this request: correct the settings."
    retryable = False
    actor = "operator: correct the settings"


class MissingConnection(InvalidSettings):
    """The Airflow connection that the source needs does not exist."""

    category = "authentication"
    told_at_once = True


class KeyNotAllowed(InvalidSettings):
    """Not sent: the key would go to a host that its connection does not name."""

    category = "authentication"
    told_at_once = True
    actor = "operator: correct the address, or name the host in the connection"


class PairBusy(DiscoveryError):
    """Another run is syncing this pair."""

    category = "busy"
    actor = "nobody: wait for the other run"


class PairsFailed(DiscoveryError):
    """Some of the pairs that share a task failed; only those are synced by the next try."""

    category = "shared_task"
    actor = "as for the failures of its pairs"


class PairsFailedForGood(PairsFailed):
    """Some of the pairs that share a task failed, and another try would help none of them."""

    retryable = False


class SourceBusy(DiscoveryError):
    """As many pairs of the source are running as its setting ``max_running`` allows."""

    category = "busy"
    actor = "nobody: wait for the other pairs"


class HostBusy(DiscoveryError):
    """Not sent: the host has asked for a wait, or too many tasks are queuing for it."""

    category = "busy"
    parks = Parks.LONG_WAIT
    actor = "nobody: it continues when the host may be asked again"


class ClaimLost(DiscoveryError):
    """The attempt has lost its lease on the pair, and may not write any more."""

    category = "interrupted"


class DatabaseUnavailable(DiscoveryError):
    """The discovery database cannot be used."""

    category = "database"
    actor = "operator: check connection discovery_db"


class NotMigrated(DatabaseUnavailable):
    """The schema of the discovery database is older than this code."""

    actor = "operator: run migrate"


class CodeOutdated(DatabaseUnavailable):
    """The schema of the discovery database is newer than this code."""

    actor = "operator: deploy the newer code"


class PageLoop(DiscoveryError):
    """The pages of the source form a loop, or never end."""

    category = "guard"
    retryable = False
    actor = "developer: see the paging of this source"


class LimitExceeded(DiscoveryError):
    """Reading exceeded its limit of processor time, memory or duration, and was ended."""

    category = "guard"
    retryable = False
    actor = "operator: choose a smaller page or a feed of the source"


class TimeLimitReached(DiscoveryError):
    """The sync did not end within its time limit."""

    category = "timeout"
    actor = "operator: raise DISCOVERY_SYNC_TIMEOUT, or narrow the source, if it repeats"


class Stopped(DiscoveryError):
    """The sync, or its process, was stopped from outside."""

    category = "interrupted"


class OutOfResources(DiscoveryError):
    """The machine has run out of memory, disk space or open files."""

    category = "resources"
    actor = "operator: give the worker more, or run fewer pairs at once"


class AirflowUnavailable(DiscoveryError):
    """Airflow did not answer the task: its API server, its connections or its own database."""

    category = "airflow"
    actor = "operator: see the log of Airflow's API server"


class StatementRefused(DiscoveryError):
    """The discovery database refused a statement."""

    category = "database"
    actor = "developer: see the traceback in the task's log"


class Defect(DiscoveryError):
    """A bug in this program: an exception that it does not expect."""

    category = "defect"
    actor = "developer: see the traceback in the task's log"


def every_failure(root: type[DiscoveryError] = DiscoveryError) -> list[type[DiscoveryError]]:
    """Return all failure classes in the order of this module, each before its subclasses."""
    below = [found for child in root.__subclasses__() for found in every_failure(child)]
    return below if root is DiscoveryError else [root, *below]


@dataclass(frozen=True, slots=True)
class Parking:
    """A pair is left alone for some time."""

    wait: timedelta
    because: str
    """As 'rate limited', to be followed by 'until …'."""


LONGEST_PARKING = timedelta(days=7)
"""A pair is tried again after this, even if the source has asked for more."""


def parking_of(error: BaseException, now: datetime, longest_wait: timedelta) -> Parking | None:
    """Return whether, and for how long, a failure parks its pair.

    A wait that the source asks for is granted. A task can make a short one itself, between two
    tries, but must not keep its slot for a long one, or for one after which a retry cannot help.

    :param longest_wait: the longest that a task waits itself.
    """
    if not isinstance(error, DiscoveryError) or error.parks is Parks.NEVER:
        return None
    wait = min(error.asked_wait(now), LONGEST_PARKING)
    if wait > (timedelta() if error.parks is Parks.ANY_WAIT else longest_wait):
        return Parking(wait, error.parked_as)
    return None


INTERRUPTED = Stopped.category
"""Also the category of an attempt that was killed or lost, and so raised nothing."""

KILLED = "the task died without reporting (killed, out of memory, or its worker was lost)"
"""The message of such an attempt."""

NEVER_STARTED = "the task was never started (its executor lost it, or what it waited for failed)"
"""The message of an attempt that was planned and never began."""
