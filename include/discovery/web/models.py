"""What the page's API answers and accepts; the browser's code and scripts rely on these names.

Instants are ISO 8601 with offset, in UTC. A *path* into Airflow's own pages (``log_path``,
``run_path``) is relative to Airflow's base address, without a leading slash, so that it holds under
any sub-path. Texts from feeds and errors are passed as they are: show them as text, never as HTML.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from include.discovery.health import HealthState
from include.discovery.model import (
    ConnectionId,
    CountryCode,
    GivenSettings,
    Latitude,
    Longitude,
    Scope,
    Slug,
    Text,
    TimeZoneName,
    WebUrl,
)
from include.discovery.typed_secrets import shown_text, without_secrets

LARGEST_VERSION = 2**31 - 1
"""Versions are counted in columns of four bytes."""

Shown = Annotated[dict[str, JsonValue], AfterValidator(without_secrets)]
"""Settings, or a whole entity, without secrets that were typed into them."""
ShownText = Annotated[str, AfterValidator(shown_text)]
"""A text without secrets that were typed into it."""
ShortText = Annotated[Text, StringConstraints(max_length=200)]

Version = Annotated[int, Field(ge=1, le=LARGEST_VERSION)]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- shared parts ---------------------------------------------------------------------------


class Permissions(_Answer):
    """What the user may do; the server checks again at each request."""

    user: str
    """The name under which changes are recorded."""
    can_edit: bool
    """May change cities, sources and pairs."""
    can_run: bool
    """May trigger runs of the DAG ('Run now')."""


class Health(_Answer):
    """How a pair is doing."""

    state: HealthState
    reason: str
    """Why, in words: for the text beside the badge."""


class ErrorText(_Answer):
    """One failure, in words."""

    category: str
    """One of the failure classes: network, server, rate_limited, authentication, …, interrupted."""
    message: str
    actor: str | None = None
    """Who must act before it can work again, as 'operator: check the connection'."""


class ConnectionNeed(_Answer):
    """The Airflow connection that holds a source's key. Never its content."""

    id: str
    """As ``discovery_ticketmaster``."""
    required: bool
    exists: bool | None
    """Whether Airflow knows it; None when that could not be found out."""
    has_key: bool | None
    """Whether its password is set."""
    problem: str | None
    """What keeps the key from being used, in words, and what to set where: it is missing, of the
    wrong type, or may not go to the host that the source asks."""


class Counts(_Answer):
    """What came of the items of a run, or of many."""

    fetched: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    skipped: int = 0
    rejected: int = 0
    withdrawn: int = 0
    pages: int = 0
    requests: int = 0


RunState = Literal["success", "partial", "failed", "running", "planned", "lost"]
"""partial: ended well, but the listing is not complete. planned: waits for its task. lost:
planned or begun, and never ended although the run is over."""


class RunMark(_Answer):
    """One run in the strip of the last 14."""

    run_id: str
    state: RunState
    at: datetime
    """When it started, or was planned."""
    dry_run: bool
    limited: bool
    """It was to load some events only: a trial, that says nothing of the pair's health."""
    fetched: int
    error_category: str | None
    log_path: str | None


class LastRun(_Answer):
    """The latest run of a pair, over its attempts; runs with a limit are left out."""

    run_id: str
    state: RunState
    attempts: int
    dry_run: bool
    started_at: datetime | None
    finished_at: datetime | None
    duration_seconds: float | None
    counts: Counts
    expected: int | None
    """How many items the source said it has."""
    complete: bool | None
    gaps: list[str]
    """What the source has but did not give, in words."""
    warnings: list[str]
    """What a person should look at although the run succeeded, in words."""
    error: ErrorText | None
    log_path: str | None
    """Airflow's own page of the last try; None for a sync from the command line."""


class Totals(Counts):
    """All-time totals of a pair from its rollup, dry runs left out; a run is counted at its end."""

    attempts: int = 0
    succeeded: int = 0
    failed: int = 0
    first_at: datetime | None = None
    """When its first attempt ended."""


class StatisticsError(ErrorText):
    """The newest failure of a pair within the window, that of its last try."""

    run_id: str
    at: datetime | None
    try_number: int
    log_path: str


class PairStatistics(_Answer):
    """What Airflow's metadata database says of a pair within the window: one count per run."""

    city: str | None
    source: str
    label: str
    runs: int
    succeeded: int
    failed: int
    running: int
    """Running, queued, or waiting for a retry."""
    other: int
    """Skipped, removed, or never scheduled."""
    success_rate: float | None
    """succeeded / (succeeded + failed), from 0 to 1; None when neither."""
    last_run_at: datetime | None
    """When the newest run of the pair was due to run (``dag_run.run_after``)."""
    last_state: str | None
    """Airflow's state of the newest run's task: success, failed, running, up_for_retry, …"""
    last_error: StatisticsError | None


class Problem(_Answer):
    """Something that could not be read, while the rest of the answer is good."""

    message: str
    """As 'Failed to load statistics: …'. The cause is in the server's log."""


# --- pairs, cities, sources -----------------------------------------------------------------


class PairRow(_Answer):
    """One row of the table of pairs."""

    city: str | None
    """Slug; None for a source of a wider scope: one pair covers all its cities."""
    city_name: ShownText | None
    source: str
    source_name: ShownText
    label: str
    """As ``krakow · ticketmaster``."""
    kind: str
    scope: Scope
    enabled: bool
    """The pair's own switch."""
    active: bool
    """Whether runs take it: pair, source and city are all enabled."""
    inactive_because: str | None
    """As 'its city is disabled'."""
    frequency_hours: int
    priority: int
    settings: Shown
    """The pair's own settings; the source's lie below them."""
    version: int
    """To be sent back with a change: a stale one is refused."""
    health: Health
    connection: ConnectionNeed
    recent: list[RunMark]
    """The last 14 runs, oldest first."""
    last_success_at: datetime | None
    """Ever, from the rollup."""
    last_run: LastRun | None
    next_due_at: datetime | None
    """The next scheduled run that takes it; None where runs do not, or none is scheduled."""
    is_due: bool
    """Whether the next scheduled run takes it, whenever that is."""
    totals: Totals
    events_upcoming: int
    """Listings of this pair that are not over and not withdrawn."""
    statistics: PairStatistics | None
    """None when the pair had no run in the window, or statistics could not be read."""


class Window(_Answer):
    """The stated window of the counters."""

    days: int
    since: datetime
    max_days: int
    """The longest window that this installation allows."""


class DagRunLink(_Answer):
    """A run of the DAG."""

    run_id: str
    state: str
    run_type: str
    run_after: datetime
    started_at: datetime | None
    finished_at: datetime | None
    run_path: str


class Dag(_Answer):
    """What the page needs to know of the DAG itself."""

    dag_id: str
    known: bool
    """False while Airflow has not parsed it yet."""
    paused: bool
    """A paused DAG runs nothing, 'Run now' included."""
    next_run_at: datetime | None
    scheduled_before: list[datetime] = []
    """When the schedule meant the last two runs that it started, newest first."""
    last_run: DagRunLink | None
    running: bool
    """Whether a run is queued or on."""
    running_ids: list[str] = []
    """Those runs."""


class PairsOfRun(_Answer):
    """What the last run of the DAG made of its pairs.

    Airflow's own state is another matter: a run succeeds as long as few enough of its pairs fail.
    """

    pairs: int
    failed: int
    """Failed, or never started."""
    partial: int
    """Ended well, but their listing is not complete."""


class Tiles(_Answer):
    """The figures on top of the overview."""

    pairs: int
    pairs_enabled: int
    """Active ones: pair, source and city are all enabled."""
    health: dict[HealthState, int]
    """Every state with its number of pairs, zeros included."""
    cities: int
    sources: int
    events_upcoming: int
    last_run: PairsOfRun | None
    """None: the DAG has not run yet, or Airflow did not say."""
    events_new_this_week: int
    """First seen within the last seven days."""


class Country(_Answer):
    """A country that cities may belong to."""

    code: str
    name: str


class SourceOfCity(_Answer):
    """A source that has a pair in a city."""

    slug: str
    name: str
    active: bool
    """Whether runs take the pair: it, its source and the city are all enabled."""


class CityRow(_Answer):
    """A configured city, for lists and choices."""

    slug: str
    name: ShownText
    country: str
    country_name: str
    timezone: str
    latitude: float
    longitude: float
    radius_km: float
    alternate_names: list[ShownText]
    enabled: bool
    version: int
    sources: list[SourceOfCity]
    """Those that have a pair of their own here; sources of a wider scope are not among them."""
    events_upcoming: int


class Overview(_Answer):
    """The overview page."""

    generated_at: datetime
    permissions: Permissions
    window: Window
    tiles: Tiles
    dag: Dag | None
    dag_error: Problem | None
    pairs: list[PairRow]
    cities: list[CityRow]
    sources: list[Choice]
    """All sources, those without a pair included."""
    countries: list[Country]
    statistics_error: Problem | None
    """Set when the metadata database did not answer; then every row's statistics are None."""
    is_empty: bool
    """Nothing is configured yet."""


class Choice(_Answer):
    """A source or a city to choose from."""

    slug: str
    name: str


class CitiesAnswer(_Answer):
    """The list of cities."""

    generated_at: datetime
    permissions: Permissions
    cities: list[CityRow]
    countries: list[Country]
    city_sources: list[Choice]
    """All sources of scope city: what can be added to a city that does not have it."""


class StatisticsAnswer(_Answer):
    """The statistics on their own; either ``statistics`` or ``error`` is set."""

    generated_at: datetime
    window: Window
    statistics: list[PairStatistics] | None
    error: Problem | None


class CityDetail(_Answer):
    """One city with its sources."""

    generated_at: datetime
    permissions: Permissions
    window: Window
    city: CityRow
    pairs: list[PairRow]
    """Its own pairs, then those of country and regional sources that cover it (city is None):
    their numbers are not this city's alone."""
    listings_here: dict[str, int]
    """Source → its upcoming listings in this city: what a wider source contributes here."""
    available_sources: list[str]
    """Slugs of sources of scope city that have no pair here yet."""
    dag: Dag | None
    dag_error: Problem | None
    statistics_error: Problem | None


class SourceRow(_Answer):
    """A configured source."""

    slug: str
    name: ShownText
    kind: str
    scope: Scope
    enabled: bool
    trust: int
    settings: Shown
    connection_id: str | None
    """The connection that the source names; None: the one named after its slug."""
    homepage: ShownText | None
    """Only if it is an http(s) address."""
    licence: ShownText | None
    attribution: ShownText | None
    version: int
    pairs: int
    active_pairs: int
    connection: ConnectionNeed
    kind_known: bool
    """False when no connector of its kind is installed."""


class DataSheetSection(_Answer):
    """One section of a connector's data sheet."""

    title: str
    text: str


class ConnectorRow(_Answer):
    """A kind of source, and the form of its settings."""

    kind: str
    summary: str
    """First line of its data sheet."""
    data_sheet: list[DataSheetSection]
    """Provides, Endpoint, Auth, Rate limit, External id, Time zone, Known quirks."""
    needs_connection: Literal["no", "required"]
    settings_schema: dict[str, Any]
    """JSON schema of the settings (pydantic's): properties with title, description, default,
    minimum, maximum, enum, pattern, anyOf with null; ``required``; shared parts in ``$defs``."""
    sources: list[str]
    """Slugs of the configured sources of this kind."""


class SourcesAnswer(_Answer):
    """The sources page."""

    generated_at: datetime
    permissions: Permissions
    sources: list[SourceRow]
    connectors: list[ConnectorRow]


class TrendDay(_Answer):
    """One day of a pair's trend (UTC)."""

    day: date
    attempts: int
    succeeded: int
    partial: int
    failed: int
    fetched: int
    inserted: int
    updated: int
    rejected: int


class Attempt(_Answer):
    """One attempt: one try of one run."""

    run_id: str
    try_number: int
    state: RunState
    dry_run: bool
    limit: int | None
    started_at: datetime
    finished_at: datetime | None
    duration_seconds: float | None
    counts: Counts
    expected: int | None
    complete: bool | None
    gaps: list[str]
    warnings: list[str]
    """What a person should look at although it succeeded, in words."""
    error: ErrorText | None
    log_path: str | None
    """Airflow's own log of that try; None for a sync from the command line."""


class PairRef(_Answer):
    """A pair and how often something happened to it."""

    city: str | None
    source: str
    label: str
    count: int


class ErrorGroup(_Answer):
    """Failures of one category with the same message."""

    category: str
    message: str
    actor: str | None
    count: int
    first_seen: datetime
    last_seen: datetime
    request: str | None
    """The address in the message, without secrets, if there is one."""
    example_run_id: str
    example_try: int
    example_log_path: str | None
    pairs: list[PairRef]


class RejectSample(_Answer):
    """One rejected item."""

    item: str
    detail: str | None


class RejectGroup(_Answer):
    """Rejected items by reason, over the days of the trend."""

    reason: str
    count: int
    samples: list[RejectSample]


class EventRow(_Answer):
    """One listing of a pair."""

    title: str
    url: str | None
    """Only if it is an http(s) address: anything else is left out."""
    starts_at: datetime | None
    local_date: date | None
    time_known: bool
    timezone: str
    status: str
    venue: str | None
    first_seen_at: datetime
    withdrawn_at: datetime | None


class PairDetail(_Answer):
    """One pair in depth."""

    generated_at: datetime
    permissions: Permissions
    window: Window
    pair: PairRow
    effective_settings: Shown
    """The source's settings with the pair's own on top."""
    trend: list[TrendDay]
    """One entry a day, oldest first, days without a run included; 30 days."""
    attempts: list[Attempt]
    """The newest 50."""
    errors: list[ErrorGroup]
    rejects: list[RejectGroup]
    events: list[EventRow]
    """The 20 seen first most recently."""
    dag: Dag | None
    dag_error: Problem | None
    statistics_error: Problem | None


class ErrorsAnswer(_Answer):
    """Failures across pairs."""

    generated_at: datetime
    days: int
    since: datetime
    groups: list[ErrorGroup]
    """Most frequent first."""
    truncated: bool
    """More groups than the 200 that are shown."""


class Change(_Answer):
    """One entry of the audit log of the configuration."""

    id: int
    changed_at: datetime
    changed_by: str
    action: Literal["create", "update", "delete"]
    entity_type: Literal["country", "city", "source", "pair"]
    entity: str
    before: Shown | None
    after: Shown | None
    removed: dict[str, int] | None
    """Of a deletion: how many listings and events went with it, and how many stayed."""
    summary: str
    """In one line: ``~ pair krakow · x: enabled false → true``."""


class Trigger(_Answer):
    """A run that somebody triggered."""

    run_id: str
    at: datetime
    triggered_by: str
    state: str
    conf: dict[str, JsonValue]
    run_path: str


class ChangesAnswer(_Answer):
    """Who changed or triggered what."""

    generated_at: datetime
    changes: list[Change]
    """Newest first."""
    next_before: int | None
    """Pass it as ``before`` for the page after this one; None: that was all."""
    triggers: list[Trigger] | None
    """The newest 50 manual runs; None with ``triggers_error``, and on pages after the first."""
    triggers_error: Problem | None


class Removed(_Answer):
    """What went with a city, a source or a pair, and what stays that it had a part in."""

    pairs: int
    """Pairs of a city or a source; the pair itself is not counted."""
    listings: int
    events: int
    """Events that no other listing stands behind."""
    events_kept: int
    """Events that other sources list, too: they stay."""
    listings_kept: int
    """Listings of other pairs in a city that goes: they stay, without this city."""


class Removal(Removed):
    """What would go, and what has to be said for it to go."""

    version: int
    """To be sent with the deletion: a stale one is refused."""
    confirm: str
    """To be typed by a person and sent as ``confirm``, when anything goes with it."""
    pair_labels: list[str]
    held: str | None
    """Why it cannot be removed right now: runs that are syncing it. None: it can."""

    def is_confirmed_by(self, typed: str | None) -> bool:
        """Say whether enough was typed: for what nothing hangs on, that is nothing."""
        return typed == self.confirm or not (self.pairs or self.listings or self.events)


class LivePair(_Answer):
    """A pair of a run that is on."""

    city: str | None
    source: str
    label: str
    run_id: str
    state: RunState
    try_number: int
    dry_run: bool
    started_at: datetime | None
    counts: Counts
    """So far, over the attempts of this run."""
    expected: int | None
    error: ErrorText | None
    """Of the attempt before, while a retry is due."""
    log_path: str | None


class Live(_Answer):
    """What is going on right now."""

    generated_at: datetime
    running: bool
    """Whether any pair is planned or running."""
    planned: int
    in_progress: int
    done: int
    failed: int
    pairs: list[LivePair]
    """All pairs of the runs that are on, in the order of the run."""


class ServiceHealth(_Answer):
    """Whether the page's parts work; no secrets. Status 200 even when a part does not."""

    version: str
    discovery_db: Literal["ok", "unreachable", "not_migrated", "code_outdated"]
    discovery_db_message: str | None
    schema_version: str | None
    """Name of the newest applied migration."""
    metadata_db: Literal["ok", "unreachable"]


# --- errors ---------------------------------------------------------------------------------


class FieldError(_Answer):
    """What is wrong with one field of a form."""

    path: list[str | int]
    """As ``["settings", "url"]``; empty: the form as a whole."""
    message: str


class Invalid(_Answer):
    """422: the body is not acceptable."""

    detail: str
    errors: list[FieldError]


class Conflict(_Answer):
    """409: it is not as the sender believes."""

    detail: str
    reason: Literal["changed", "exists", "in_use"]
    """changed: somebody else saved meanwhile. exists: the slug or pair is taken. in_use: it holds
    pairs that are being synced."""
    current: Shown | None
    """The values as they are now, with their ``version``; None when it was deleted."""
    changed_by: str | None
    """Who changed it last."""
    changed_at: datetime | None


class Unavailable(_Answer):
    """503: the discovery database cannot be used."""

    detail: str
    connection: str
    """The Airflow connection to set: ``discovery_db``."""


class Message(_Answer):
    """400, 401, 403, 404, 413, 415, 429: a sentence."""

    detail: str


# --- bodies of writes -----------------------------------------------------------------------


class CityBody(_Body):
    """A city as the form sends it."""

    name: ShortText
    country: CountryCode
    country_name: ShortText | None = None
    """Needed for the first city of a country only."""
    timezone: TimeZoneName
    latitude: Latitude
    longitude: Longitude
    radius_km: Annotated[float, Field(gt=0, le=500)] = 30
    alternate_names: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    enabled: bool = True


class NewCity(CityBody):
    """A city to add."""

    slug: Slug


class ChangedCity(CityBody):
    """A city with changed values, and the version they were changed from."""

    version: Version


class PairBody(_Body):
    """A pair's own part, as the form sends it."""

    enabled: bool = True
    frequency_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 24
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    settings: GivenSettings = {}


class SourceBody(_Body):
    """A source as the form sends it."""

    name: ShortText
    kind: ShortText
    scope: Scope = Scope.CITY
    enabled: bool = True
    trust: Annotated[int, Field(ge=0, le=100)] = 50
    settings: GivenSettings = {}
    connection: ConnectionId | None = None
    """The Airflow connection that holds its key; None: the one named after its slug."""
    homepage: WebUrl | None = None
    licence: ShortText | None = None
    attribution: Annotated[Text, StringConstraints(max_length=500)] | None = None


class FirstPair(PairBody):
    """The pair that is added together with its source."""

    city: Slug | None = None


class NewSource(SourceBody):
    """A source to add, and its first pair with it: both or neither."""

    slug: Slug
    pair: FirstPair | None = None


class ChangedSource(SourceBody):
    """A source with changed values, and the version they were changed from."""

    version: Version


class NewPair(PairBody):
    """A pair to add; ``city`` is left out for a source of a wider scope."""

    city: Slug | None = None
    source: Slug


class ChangedPair(PairBody):
    """A pair with changed values, and the version they were changed from."""

    version: Version


class Switch(_Body):
    """Enable or disable, nothing else."""

    enabled: bool
    version: Version


class Saved(_Answer):
    """What was saved."""

    entity: Shown
    """The values as stored."""
    version: int
    """The version to send with the next change."""
    changed: bool
    """False when everything was so already: then nothing was recorded."""
