"""What a connector is: settings, an offline parser, and an async iterator of pages.

A connector knows one *kind* of source (a format or an API). It asks ``fetch`` for bytes and
``extract`` for meaning, and yields :class:`Page` after :class:`Page`; it writes nothing, keeps no
state, and never sees the database. Everything else (loading, counting, resuming, retrying) is done
once, for all of them, by ``sync``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field

from include.discovery.extract.items import Parsed
from include.discovery.fetch.contract import Fetcher, RequestSettings
from include.discovery.model import City, TimeZoneName, Window


class ConnectorSettings(RequestSettings):
    """Settings that every connector has. Descriptions are the help text of the page's forms."""

    timezone: TimeZoneName | None = Field(
        None, description="Time zone for times that do not name their own. Empty: the city's."
    )
    horizon_days: Annotated[int, Field(ge=1, le=730)] = Field(
        365, description="How many days ahead, from today, events are wanted."
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
