"""What a connector is: settings, an offline parser, and an async iterator of pages.

A connector knows one *kind* of source (a format or an API). It asks ``fetch`` for bytes and
``extract`` for meaning, and yields :class:`Page` after :class:`Page`; it writes nothing, keeps no
state, and never sees the database. Everything else (loading, counting, resuming, retrying) is done
once, for all of them, by ``sync``.
"""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Generic, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from include.discovery.errors import DiscoveryError
from include.discovery.model import City, EventRecord, Reject, TimeZoneName, Window

log = logging.getLogger(__name__)


class ConnectorSettings(BaseModel):
    """Settings that every connector has. Descriptions are the help text of the page's forms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timezone: TimeZoneName | None = Field(
        None, description="Time zone for times that do not name their own. Empty: the city's."
    )
    horizon_days: Annotated[int, Field(ge=1, le=730)] = Field(
        365, description="How many days ahead, from today, events are wanted."
    )
    timeout_seconds: Annotated[float, Field(gt=0, le=300)] = Field(
        30, description="How long to wait for the source to send something."
    )
    request_retries: Annotated[int, Field(ge=0, le=5)] = Field(
        3,
        description="How often one request is repeated within an attempt when the fault may pass.",
    )
    max_body_mb: Annotated[int, Field(ge=1, le=500)] = Field(
        50, description="The largest answer that is read, in megabytes, unpacked."
    )


SettingsT = TypeVar("SettingsT", bound=ConnectorSettings)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the source's Airflow connection holds. Never printed: the repr hides every value."""

    key: str = field(repr=False)
    login: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ParseContext(Generic[SettingsT]):
    """What a parser may know beside the bytes.

    ``timezone`` is the zone for times that name none (setting, else city); ``window`` bounds what
    is yielded and how far recurrences expand (``None``: everything that is dated, and recurrences
    for 400 days from their first start); ``url`` is where the bytes came from, to resolve links.
    """

    settings: SettingsT
    timezone: ZoneInfo
    window: Window | None = None
    url: str | None = None
    city: City | None = None


@dataclass(frozen=True, slots=True)
class SyncContext(ParseContext[SettingsT]):
    """A parse context of a sync: always with a window, perhaps with a key and a place to resume."""

    window: Window  # narrower than in the base: a sync is always bounded
    credentials: Credentials | None = None
    cursor: str | None = None
    """The cursor of the last page that was loaded; ``None`` starts from the first page."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one payload holds: usable events, and the items that are none, with reasons."""

    records: Sequence[EventRecord] = ()
    rejects: Sequence[Reject] = ()


@dataclass(frozen=True, slots=True)
class Page(Parsed):
    """One page of a source, to be loaded in one transaction.

    ``cursor`` lets a later attempt go on *after* this page (its form is the connector's own;
    ``None`` where the source cannot be entered in the middle). ``expected`` is what the source says
    the whole listing holds, summed over what was asked so far. ``gap`` says in words what the
    source has but did not give; one gap makes the run incomplete.
    """

    cursor: str | None = None
    expected: int | None = None
    gap: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer: headers by lower-case name, the body unpacked, keys masked in the URL."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


Classifier = Callable[[Response], DiscoveryError | None]
"""Judges an answer: the error it stands for, or None when it is good."""


class Fetcher(Protocol):
    """The one way to the network; implemented by ``fetch.client``.

    Transient faults are retried inside, within the settings' bounds. What remains is raised as a
    class of ``errors``. Parameter values named in ``secrets`` are masked in URLs, errors and logs.
    """

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int | float] | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        classify: Classifier | None = None,
    ) -> Response:
        """GET the URL; ``classify`` replaces the judgement by status where an API has its own."""
        ...


class Connector(ABC, Generic[SettingsT]):
    """Base of all connectors. A module of this package defines one; the registry finds it.

    The module is named after ``kind``; its docstring is the source's data sheet, shown on the page.
    """

    kind: ClassVar[str]
    settings_model: type[SettingsT]
    needs_connection: ClassVar[Literal["no", "required"]] = "no"

    @abstractmethod
    def parse(self, body: bytes, context: ParseContext[SettingsT]) -> Parsed:
        """Read one payload offline.

        :raises UnreadableResponse: if the payload is not of this kind at all.
        """

    @abstractmethod
    def pages(self, context: SyncContext[SettingsT], fetch: Fetcher) -> AsyncIterator[Page]:
        """Yield the source's pages in a stable order, from the context's cursor on."""


class RejectItem(Exception):
    """Raised by an item parser: this item is not a usable event, for this reason."""

    def __init__(self, reason: str, detail: object = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = None if detail is None else str(detail)[:200]


ItemT = TypeVar("ItemT")


def parse_items(
    items: Iterable[ItemT],
    parse_item: Callable[[ItemT], EventRecord | None],
    describe: Callable[[int, ItemT], str],
) -> Parsed:
    """Parse item by item so that a bad one costs only itself.

    :param parse_item: returns a record, or None for an item that is rightly left out (outside the
        window, say); raises :class:`RejectItem` or pydantic's ``ValidationError`` for a bad one.
    :param describe: names an item (position, item) for whoever looks for it.
    """
    records: list[EventRecord] = []
    rejects: list[Reject] = []
    for position, item in enumerate(items):
        try:
            record = parse_item(item)
        except RejectItem as error:
            rejects.append(Reject(error.reason, describe(position, item), error.detail))
        except ValidationError as error:
            rejects.append(_reject_of_validation(error, describe(position, item)))
        except Exception as error:  # one hostile item must not cost its neighbours
            log.warning("Item %s has an unexpected shape.", describe(position, item), exc_info=True)
            detail = f"{type(error).__name__}: {error}"[:200]
            rejects.append(Reject("unexpected shape", describe(position, item), detail))
        else:
            if record is not None:
                records.append(record)
    return Parsed(records, rejects)


def _reject_of_validation(error: ValidationError, item: str) -> Reject:
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
    message = first["msg"].removeprefix("Value error, ")
    reason = f"{where}: {message}" if where else message
    return Reject(reason, item, excerpt(first.get("input")))


def excerpt(value: Any, length: int = 200) -> str:  # noqa: ANN401  any JSON-like value of a source
    """Show a value of a source in one short line, as JSON where it can be."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= length else f"{text[: length - 1]}…"
