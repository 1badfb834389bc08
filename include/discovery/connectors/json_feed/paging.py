"""Paging of a JSON API: what a response says about the listing and its next page. Pure."""

from __future__ import annotations

from include.discovery.connectors.json_feed.map.answer import count_at, items_of, token_at
from include.discovery.connectors.json_feed.map.identity import fingerprint
from include.discovery.connectors.json_feed.map.paths import Json, computes
from include.discovery.connectors.json_feed.request import Api, next_link
from include.discovery.connectors.json_feed.settings import (
    JsonFeedSettings,
    NoPaging,
    PagesByCursor,
    PagesByLinkHeader,
    PagesByNextUrl,
    PagesByNumber,
    PagesByOffset,
)
from include.discovery.connectors.paging import Answer, ListingState, Seen, Token
from include.discovery.response import Response


class ApiState(ListingState):
    """State of a sync in the listing of an API."""

    advice = "the API rejects the page parameters; correct the setting paging"

    def after_answer(self, answer: Answer, settings: JsonFeedSettings, seen: Seen) -> ApiState:
        """Return the state after a response, within what the API and the settings give.

        :param seen: what this process has read; it is updated.
        :raises PageLoop: if the page is a repetition, or the limit of pages is exceeded.
        """
        state = self.after(answer, seen)
        most = settings.most_items
        if state.done and most is not None and state.taken >= most and answer.beyond is None:
            reason = f"the source returns at most {most} items, and returned that many"
            return state.model_copy(update={"incomplete_reason": reason})
        beyond = None if state.done or state.ask_again else _out_of_reach(state, settings)
        return state.ended(beyond) if beyond else state


def answer_of(
    document: Json, answered: Json, response: Response, settings: JsonFeedSettings, api: Api
) -> Answer:
    """Return what a response says about the listing and its next page.

    :param answered: the document as it came: a cursor in Base64 may hold the key.
    """
    paging = settings.paging
    following: Token | None = None
    beyond = None
    link = next_link(response.headers.get("link", ""))
    if isinstance(paging, NoPaging) and link is not None:
        beyond = "the response names a next page in its header Link: set paging to link_header"
    if isinstance(paging, PagesByCursor | PagesByNextUrl):
        following = token_at(document if computes(paging.path) else answered, paging.path)
    elif isinstance(paging, PagesByLinkHeader):
        following = link
    if isinstance(paging, PagesByNextUrl | PagesByLinkHeader) and isinstance(following, str):
        following, beyond = api.following(following, response.url)
    elif following is not None and (beyond := api.why_not_followed(following)):
        following = None
    counted = paging if isinstance(paging, PagesByNumber | PagesByOffset) else None
    keeps_size = counted is not None and counted.short_page_ends and counted.size_parameter
    own_id = settings.fields.external_id
    pages = paging.total_pages if isinstance(paging, PagesByNumber) else None
    return Answer(
        [fingerprint(own_id, item) for item in items_of(document, settings.items)],
        total=count_at(document, settings.total),
        total_pages=count_at(document, pages),
        has_more=None if counted else following is not None,
        size=counted.size if counted and keeps_size else None,
        is_total_certain=False,
        following=following,
        beyond=beyond,
    )


def _out_of_reach(state: ApiState, settings: JsonFeedSettings) -> str | None:
    """Return the reason if items are beyond the offsets that an API serves."""
    paging = settings.paging
    if not isinstance(paging, PagesByOffset) or paging.reach is None:
        return None
    if state.offset + paging.size <= paging.reach or state.has_all:
        return None
    total = "more" if state.promised is None else f"{state.promised} items"
    return f"the source has {total} and returns the first {state.taken}: narrow the request"
