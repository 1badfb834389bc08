"""Any JSON API: settings define the requests and map members of the items to fields.

Provides: what the field map takes from the items, up to every field of an event record. Items may
hold several occurrences, or recur by a rule; each occurrence becomes an event.

Endpoint: the URL of the settings, with placeholders for days and place. Paging by page number,
offset, cursor, the URL of the next page, or the header Link.

Auth: none, or the key of the source's connection: as a parameter, a header, a bearer token, with
the connection's login, or in the URL. It is sent only to the hosts that the connection names in its
field Host.

Rate limit: that of the API. Pages are requested one at a time.

External id: as the map defines. An occurrence has the item's id with its own (``item/occurrence``)
or its start (``item/20261224T190000``); ``series_id`` is the item's id. An item without an id gets
a hash of its title, start and venue.

Time zone: that of the item if the map names one, else that of the response, else that of the
setting or the city. Implausible UTC offsets are corrected with a warning, unless the settings
declare them correct.

Known quirks: next pages on another host are not followed; a response with status 200 that contains
an error is treated as an error. The items received are checked against the total that the API
reports. Paths are JMESPath with the additional function ``split(text, separator)``. Known APIs have
presets: separate kinds with most settings filled in.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from include.discovery.connectors.base import Connector, KeyUse, Page, ParseContext, SyncContext
from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.json_feed.map.answer import (
    Document,
    items_of,
    items_offline,
    read_document,
    token_at,
)
from include.discovery.connectors.json_feed.map.guess import guess_map
from include.discovery.connectors.json_feed.map.identity import item_id
from include.discovery.connectors.json_feed.map.mapper import Mapped, Mapper, Surroundings
from include.discovery.connectors.json_feed.map.paths import Json, getter_of, is_false
from include.discovery.connectors.json_feed.map.record import DetailsReader, Origin
from include.discovery.connectors.json_feed.paging import ApiState, answer_of
from include.discovery.connectors.json_feed.request import Api, address_of, base_of
from include.discovery.connectors.json_feed.settings import (
    Changes,
    JsonFeedSettings,
    NoPaging,
)
from include.discovery.connectors.key import Key, with_key
from include.discovery.connectors.paging import Answer, Seen
from include.discovery.dates.timezones import zone_named
from include.discovery.errors import (
    AuthenticationFailed,
    Blocked,
    DiscoveryError,
    NotFound,
    UnreadableResponse,
)
from include.discovery.fetch.classify import classify_status
from include.discovery.fetch.protocol import Classifier, Fetcher
from include.discovery.fetch.reading import get_read
from include.discovery.parsed import Parsed
from include.discovery.response import Response
from include.discovery.text.encoding import charset_of

log = logging.getLogger(__name__)


class JsonFeed(Connector[JsonFeedSettings]):
    """Any JSON API, by a map of fields."""

    kind = "json_feed"
    settings_model = JsonFeedSettings

    def parse(self, body: bytes, context: ParseContext[JsonFeedSettings]) -> Parsed:
        """Read a page of the API, a list of items, or a single one.

        :raises UnreadableResponse: if it is anything else.
        """
        settings = context.settings
        _warn_of_ids(settings)
        document = _document(body)
        items = items_offline(document.value, settings.items, settings.fields)
        mapper = _mapper(context, document.value, _details(context))
        return mapper.parse(items, has_marks=document.has_marks)

    def key_use(self, settings: JsonFeedSettings) -> KeyUse | None:
        """Return the listing's URL as the receiver of the key, if the settings have one."""
        return settings.key_use_at(address_of(settings))

    def has_one_document(self, settings: JsonFeedSettings) -> bool:
        """Return whether one response, the same on every day, has everything.

        Dates in words may be relative to today.
        """
        return (
            isinstance(settings.paging, NoPaging)
            and settings.changes is None
            and settings.fields.starts_at.as_ != "words"
            and not settings.asks_by_day()
        )

    def reads_changes(self, settings: JsonFeedSettings) -> bool:
        """Return whether the settings define how to request changes."""
        return settings.changes is not None

    async def pages(
        self, context: SyncContext[JsonFeedSettings], fetch: Fetcher
    ) -> AsyncIterator[Page]:
        """Yield the pages of the API.

        :raises UnreadableResponse: if a response is not a page of the API.
        :raises MissingConnection: if the API needs a key, and there is none.
        :raises PageLoop: if the API sends the same page repeatedly.
        """
        settings, api = context.settings, Api(context)
        fetch = with_key(fetch, settings, context.credentials, (api.url,))
        judge = _judge(settings.key) if api.sends_key else classify_status
        _warn_of_ids(settings)
        state, seen, details = _state_to_begin(context), Seen(), _details(context)
        if state.done:  # every page is loaded, but the run did not finish
            yield _page(state, Parsed(), settings)
        while not state.done:
            state.check_new(seen)
            request = api.request(state)
            try:
                document, answer = await get_read(
                    fetch,
                    request.url,
                    lambda answer: _read(answer, settings, api),
                    headers=request.headers,
                    classify=judge,
                )
            except DiscoveryError as error:
                # With all items there, the page after them need not be answered at all.
                is_answer = isinstance(error, UnreadableResponse) or not error.retryable
                is_beyond = isinstance(error, NotFound) or (state.has_all and is_answer)
                if not state.page or not is_beyond:
                    raise
                state = state.past_the_end(was_named=state.following is not None)
                yield _page(state, Parsed(), settings)
                return
            state = state.after_answer(answer, settings, seen)
            kept, gone = _split(items_of(document.value, settings.items), settings)
            mapped = _mapper(context, document.value, details).parse(
                kept, f"page {state.page}, ", has_marks=document.has_marks
            )
            asks_for_all = context.changed_since is None
            removed = () if asks_for_all else _removed(kept, gone, mapped, settings)
            yield _page(state, mapped, settings, removed)

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Guess the map of a URL that returns JSON, for a person to review."""
        address = site.response.url
        if site.page is not None or "{" in address:
            return ()
        try:
            guess = guess_map(read_document(site.response.body).value)
        except UnreadableResponse:
            return ()
        if guess is None:
            return ()
        evidence = (
            f"the response is JSON: {guess.count} items with title and date are at {guess.items!r}",
            "the field map is guessed from the names of members: review it",
            "only the first page is read: set paging if the API has more",
        )
        settings: dict[str, JsonValue] = {
            "url": address,
            "items": guess.items,
            "fields": dict(guess.fields),
        }
        return (Detection(settings, evidence, is_guess=True),)


def _warn_of_ids(settings: JsonFeedSettings) -> None:
    if settings.fields.external_id is None:
        log.warning(
            "No field is mapped to external_id: an event whose title, start or venue changes"
            " becomes a new event."
        )


def _state_to_begin(context: SyncContext[JsonFeedSettings]) -> ApiState:
    start = ApiState(size=getattr(context.settings.paging, "size", 0))
    state = start.resumed(context.cursor)
    if state.size != start.size:
        log.warning("The page size was changed; starting from the first page.")
        return start
    return state


def _read(response: Response, settings: JsonFeedSettings, api: Api) -> tuple[Document, Answer]:
    answered = _document(response.body, charset_of(response.headers))
    document = api.without_key(answered.value)
    answer = answer_of(document, answered.value, response, settings, api)
    return replace(answered, value=document), answer


def _document(body: bytes, charset: str | None = None) -> Document:
    document = read_document(body, charset)
    if document.repairs:
        log.warning("The JSON of the source is invalid; repaired: %s.", ", ".join(document.repairs))
    return document


def _split(items: Sequence[Json], settings: JsonFeedSettings) -> tuple[list[Json], list[Json]]:
    """Split items into existing and removed ones."""
    kept: list[Json] = []
    gone: list[Json] = []
    for item in items:
        is_gone = settings.changes is not None and _is_removed(item, settings.changes)
        (gone if is_gone else kept).append(item)
    return kept, gone


def _removed(
    kept: Sequence[Json], gone: Sequence[Json], mapped: Mapped, settings: JsonFeedSettings
) -> tuple[str, ...]:
    """Return the ids of changes of which what was there before may be withdrawn.

    These are what is gone, and every item that was read whole: what this sync has brought of it
    stays, but the occurrences that it has lost, or moved out of the window, go.
    """
    own = settings.fields.external_id
    of_removed = (settings.changes.id if settings.changes else None) or own
    ids = [item_id(of_removed, item) for item in gone]
    ids += [found for item in kept if (found := item_id(own, item)) not in mapped.faulty]
    return tuple(dict.fromkeys(found for found in ids if found))


def _is_removed(item: Json, changes: Changes) -> bool:
    try:
        return not is_false(getter_of(changes.removed)(item))
    except ValueError:  # a function was given what it cannot work on
        return False


def _page(
    state: ApiState, parsed: Parsed, settings: JsonFeedSettings, removed: tuple[str, ...] = ()
) -> Page:
    page = state.as_page(parsed)
    has_several = settings.occurrences is not None or settings.recurrence is not None
    # What is expected counts items, not what they become.
    return replace(page, expected=None if has_several else page.expected, removed=removed)


def _judge(key: Key | None) -> Classifier:
    """Add to the judgement by status: a 403 that names the place of the key is about the key."""
    if key is None:
        return classify_status
    name = re.compile(re.sub("[-_]", "[-_ ]", re.escape(key.sent_as)).encode(), re.I)

    def judge(response: Response) -> DiscoveryError | None:
        failure = classify_status(response)
        if isinstance(failure, Blocked) and name.search(response.body):
            return AuthenticationFailed(
                f"{failure.message} Check the key in the source's connection.",
                address=response.url,
            )
        return failure

    return judge


def _details(context: ParseContext[JsonFeedSettings]) -> DetailsReader:
    country = context.city.country if context.city else None
    return context.settings.item_map.details(Origin(base_of(context), country))


def _mapper(
    context: ParseContext[JsonFeedSettings], document: Json, details: DetailsReader
) -> Mapper:
    zone = _zone(context, document)
    today = context.window.start if context.window else datetime.now(zone).date()
    around = Surroundings(zone, today, context.window, context.fingerprints)
    return Mapper(context.settings.item_map, around, details)


def _zone(context: ParseContext[JsonFeedSettings], document: Json) -> ZoneInfo:
    """Return the zone of times that name none: the setting's, the response's or the city's."""
    settings = context.settings
    if settings.timezone is not None:
        return ZoneInfo(settings.timezone)
    name = token_at(document, settings.timezone_path) if settings.timezone_path else None
    zone = zone_named(name) if isinstance(name, str) else None
    if zone is None and name is not None:
        log.warning("The response names an unknown time zone: %r.", name)
    return zone or context.timezone
