"""What a connector is: settings, an offline parser, and an async iterator of pages.

A connector knows one *kind* of source (a format or an API). It gets bytes through ``fetch``, parses
them with ``formats``, ``dates``, ``places`` and ``text``, and yields one :class:`Page` after
another; it writes nothing, keeps no state, and never sees the database. Everything else (loading,
counting, resuming, retrying) is done for all connectors by ``sync.pair``.
"""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final, Generic, Literal, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, JsonValue, ValidationError

from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.validation import SettingsFault, faults_of, stand_ins
from include.discovery.errors import InvalidSettings
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.protocol import Fetcher, RequestSettings
from include.discovery.field_types import (
    CountryCode,
    Latitude,
    Longitude,
    Text,
    TimeZoneName,
    WebUrl,
)
from include.discovery.fingerprints import Fingerprints
from include.discovery.model import City, EventRecord, SourceRole, Venue, Window
from include.discovery.parsed import Parsed
from include.discovery.redaction.masking import Redaction, redact
from include.discovery.redaction.records import records_without_secrets, reject_without_secrets


@dataclass(frozen=True, slots=True)
class KeyUse:
    """Where a source sends the key of its connection."""

    address: str
    """The URL that receives the key, as far as the settings define it; its host may contain
    placeholders."""
    required: bool = True
    """Whether the source refuses every request without a key."""
    place: str = ""
    """How the key is sent and under which name; empty where the kind defines that."""


class ConnectorSettings(RequestSettings):
    """Settings that every connector has. Descriptions are the help text of the page's forms."""

    timezone: TimeZoneName | None = Field(
        None, description="Time zone of times that name none. Empty: the city's."
    )
    horizon_days: Annotated[int, Field(ge=1, le=730)] = Field(
        365, description="How many days ahead to read events, starting today."
    )
    max_events: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        100_000,
        description="The most events that a sync reads. It stops there, and the run is incomplete.",
    )
    max_minutes: Annotated[int, Field(ge=1, le=110)] = Field(
        60,
        description="The longest that an attempt requests pages. It stops after that; what it has"
        " loaded is kept, and the run is incomplete.",
    )
    public_names: tuple[Annotated[str, Field(pattern=r"^[\w.\[\]$-]{1,100}$")], ...] = Field(
        (),
        description="Names of parameters, headers and settings that look like secrets but are not,"
        " such as key for a category. Their values are shown, not masked.",
    )

    def key_use(self) -> KeyUse | None:
        """Return where the key of the source's connection is sent; ``None`` if it is not."""
        return None


BaseUrl = Annotated[WebUrl, AfterValidator(lambda url: url.rstrip("/"))]
"""A URL that paths are appended to, without a trailing slash."""


def _confirmed(has_permission: bool) -> bool:  # noqa: FBT001  a validator
    if not has_permission:
        raise ValueError(
            "the terms of this site allow reading it only with its permission; set this to true"
            " once you have that"
        )
    return has_permission


class PermissionSettings(ConnectorSettings):
    """Settings of a connector for a site whose terms require permission."""

    has_permission: Annotated[bool, AfterValidator(_confirmed)] = Field(
        description="Confirms that you have the site's permission to read its events, which its"
        " terms require. Without it, nothing is read."
    )


class DefaultVenueSettings(BaseModel):
    """The venue of events that name none, for sites of a single venue."""

    venue_name: Text | None = Field(
        None,
        description="Venue for events that name none, for example in the feed of a single venue.",
    )
    venue_street: Text | None = Field(None, description="Street and number of that venue.")
    venue_postcode: Text | None = Field(None, description="Postcode of that venue.")
    venue_locality: Text | None = Field(None, description="Town of that venue.")
    venue_country: CountryCode | None = Field(
        None, description="Country of that venue, as two letters (ISO 3166-1)."
    )
    venue_latitude: Latitude | None = Field(
        None, description="Latitude of that venue in degrees. Requires the longitude."
    )
    venue_longitude: Longitude | None = Field(
        None, description="Longitude of that venue in degrees. Requires the latitude."
    )

    @property
    def default_venue(self) -> Venue | None:
        """The venue of events that name no place, if one is configured."""
        if self.venue_name is None and self.venue_street is None:
            return None
        located = self.venue_latitude is not None and self.venue_longitude is not None
        return Venue(
            name=self.venue_name,
            street=self.venue_street,
            postcode=self.venue_postcode,
            locality=self.venue_locality,
            country=self.venue_country,
            latitude=self.venue_latitude if located else None,
            longitude=self.venue_longitude if located else None,
        )


SettingsT = TypeVar("SettingsT", bound=ConnectorSettings)


@dataclass(frozen=True, slots=True)
class ParseContext(Generic[SettingsT]):
    """What a parser may know in addition to the bytes.

    ``timezone`` is the zone for times that name none (setting, else city); ``window`` limits which
    events are yielded and how far recurrences expand (``None``: all dated events, and recurrences
    for 400 days from their first start); ``url`` is the URL of the bytes, to resolve links.
    """

    settings: SettingsT
    timezone: ZoneInfo
    window: Window | None = None
    url: str | None = None
    city: City | None = None
    fingerprints: Fingerprints | None = None
    """By which known items are told, which need not be read again; ``None``: read all."""

    def wanted(self, record: EventRecord) -> EventRecord | None:
        """Return the record if it lies in the window, else ``None``."""
        return record if self.window is None or record.is_within(self.window) else None


@dataclass(frozen=True, slots=True)
class SyncContext(ParseContext[SettingsT]):
    """The parse context of a sync: always with a window, perhaps with a key and a cursor."""

    window: Window  # narrower than in the base: a sync is always bounded
    credentials: Credentials | None = None
    cursor: str | None = None
    """The cursor of the last page that was loaded; ``None`` starts from the first page."""
    changed_since: datetime | None = None
    """Read only what has changed since then; ``None``: everything. Set only for connectors whose
    :meth:`Connector.reads_changes` is true."""


@dataclass(frozen=True, slots=True)
class Page(Parsed):
    """One page of a source, to be loaded in one transaction.

    ``cursor`` lets a later attempt continue *after* this page (its format is the connector's own;
    ``None`` if the source cannot be resumed). ``expected`` is the number of events that the source
    reports, summed over all requests so far. ``incomplete_reason`` says in words what is missing,
    and makes the run incomplete. ``removed`` holds the external or series ids that the source
    reports as removed: their events that this sync has not received are withdrawn (so a series can
    be named to drop the occurrences that it has lost).
    """

    cursor: str | None = None
    expected: int | None = None
    incomplete_reason: str | None = None
    removed: Sequence[str] = ()

    def without_secrets(self, secrets: Collection[str]) -> Page:
        """Mask secrets in what the source sent.

        A cursor that contains one is dropped: the next attempt begins at the first page.
        """
        redaction, cursor = Redaction(secrets), self.cursor
        if cursor is not None and redaction.in_data(cursor) != cursor:
            cursor = None
        return replace(
            self,
            records=records_without_secrets(self.records, secrets),
            rejects=[reject_without_secrets(reject, secrets) for reject in self.rejects],
            incomplete_reason=self.incomplete_reason and redact(self.incomplete_reason, secrets),
            cursor=cursor,
            removed=[redaction.in_data(external_id) for external_id in self.removed],
        )


class Connector(ABC, Generic[SettingsT]):
    """Base of all connectors. The registry finds the subclasses in this package.

    The module is named after ``kind``; its docstring is the source's data sheet, shown on the page.
    """

    kind: ClassVar[str]
    settings_model: type[SettingsT]
    needs_connection: ClassVar[Literal["no", "required"]] = "no"
    usual_role: ClassVar[SourceRole] = SourceRole.AGGREGATOR
    """What sources of this kind usually are: the role of those that do not say it."""
    api_hosts: ClassVar[Sequence[str]] = ()
    """For a kind that reads one API: the hosts that receive the key if the connection names
    none."""

    @property
    def data_sheet(self) -> str:
        """Facts about this kind of source, under fixed headings."""
        return inspect.getmodule(self).__doc__ or ""

    def validated(self, settings: Mapping[str, JsonValue], owner: str | None = None) -> SettingsT:
        """Return the settings of a source and its pair as a model.

        :param owner: the owner of the settings, for the message.
        :raises InvalidSettings: naming the setting, what was found and what is allowed.
        """
        try:
            return self.settings_model.model_validate(dict(settings))
        except ValidationError as error:
            fault = faults_of(self.kind, self.settings_model, error)[0]
        whose = f"settings of {owner or f'kind {self.kind}'}"
        where = ".".join(map(str, fault.path))
        raise InvalidSettings(": ".join(filter(None, (whose, where, fault.message))))

    def settings_faults(self, settings: Mapping[str, JsonValue]) -> list[SettingsFault]:
        """Return all errors in settings; empty if there are none."""
        try:
            self.settings_model.model_validate(dict(settings))
        except ValidationError as error:
            return faults_of(self.kind, self.settings_model, error)
        return []

    def parse_settings(self, given: Mapping[str, JsonValue], url: str | None = None) -> SettingsT:
        """Return settings for parsing a file: those needed only for fetching may be missing.

        :param url: the URL that the file came from.
        :raises InvalidSettings: if a setting is invalid, or a required one is missing.
        """
        return self.validated({**stand_ins(self.settings_model, given, url), **given})

    @abstractmethod
    def parse(self, body: bytes, context: ParseContext[SettingsT]) -> Parsed:
        """Read one payload offline.

        :raises UnreadableResponse: if the payload is not of this kind at all.
        """

    @abstractmethod
    def pages(self, context: SyncContext[SettingsT], fetch: Fetcher) -> AsyncIterator[Page]:
        """Yield the source's pages in a stable order, starting at the context's cursor."""

    async def detect(self, site: Site) -> Sequence[Detection]:  # noqa: ARG002  for subclasses
        """Return how this connector can read a site; empty if it cannot.

        The URL itself comes first, then the links of its page, then well-known URLs.
        """
        return ()

    def key_use(self, settings: SettingsT) -> KeyUse | None:
        """Return where the key of the source's connection is sent; ``None`` if it is not.

        The connection of a source that sends no key is not even looked up.
        """
        return settings.key_use()

    def has_one_document(self, settings: SettingsT) -> bool:  # noqa: ARG002  for subclasses
        """Return whether a sync requests one document, which it reads by its bytes alone.

        If so, the document is not read again while it is the same. Its events may depend on the
        window only by the days that they are on, never on today's date.
        """
        return False

    def asked_interval(self, body: bytes) -> timedelta | None:  # noqa: ARG002  for subclasses
        """Return how long a document itself asks to wait before it is requested again."""
        return None

    def reads_changes(self, settings: SettingsT) -> bool:  # noqa: ARG002  for subclasses
        """Return whether the source can report only changes and removals.

        If so, it is asked for changes between complete syncs: see ``changed_since``.
        """
        return False


_SECTIONS: Final = (
    "Provides", "Endpoint", "Auth", "Rate limit", "External id", "Time zone", "Known quirks",
)  # fmt: skip

# A heading on a line of its own, or with its text behind it.
_HEADING = re.compile(rf"^({'|'.join(_SECTIONS)}):?(?:$|(?<=:)\s+)", re.MULTILINE)


class Section(NamedTuple):
    """One section of a data sheet."""

    title: str
    text: str


def read_data_sheet(docstring: str) -> tuple[str, list[Section]]:
    """Split a connector's docstring into its first line and its sections."""
    text = inspect.cleandoc(docstring)
    parts = _HEADING.split(text)
    summary = parts[0].strip().partition("\n\n")[0]
    sections = [
        Section(title, inspect.cleandoc(f"\n{body}").strip())
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return " ".join(summary.split()), sections
