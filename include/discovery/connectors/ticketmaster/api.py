"""Calls to the Ticketmaster Discovery API: the key, the quota, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from include.discovery.connectors.ticketmaster.listing import Listing, error_code, read_listing
from include.discovery.errors import (
    AuthenticationFailed,
    DiscoveryError,
    QuotaExhausted,
    RateLimited,
    UnsupportedResponse,
)
from include.discovery.fetch.classify import classify_status
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fetch.reading import get_read
from include.discovery.formats.json_repair import load_json
from include.discovery.response import Response

_SPIKE_PAUSE_SECONDS = 1


class DiscoveryApi:
    """The API for one sync; it remembers what the last answer said of the quota.

    :param parameters: those that all calls share.
    :param reserve: calls of the daily quota that are left to others.
    """

    def __init__(
        self,
        fetch: Fetcher,
        base_url: str,
        parameters: Mapping[str, str | int],
        *,
        key: str,
        reserve: int,
    ) -> None:
        self._fetch = fetch
        self._url = f"{base_url}/events.json"
        self._parameters = {**parameters, "apikey": key}
        self._reserve = reserve
        self._headers: Mapping[str, str] = {}

    async def listing(self, parameters: Mapping[str, str | int]) -> Listing:
        """Ask for one page.

        :raises DiscoveryError: the error that a refusal means, or UnreadableResponse.
        """
        self._headers, listing = await get_read(
            self._fetch,
            self._url,
            lambda response: (response.headers, read_listing(response.body)),
            params={**self._parameters, **parameters},
            headers={"accept": "application/json"},
            secrets=("apikey",),
            classify=judge,
        )
        return listing

    def check_reserve(self) -> None:
        """Stop before the next call if it would touch the reserve.

        Only good answers say what is left, and refused ones count: the reserve also covers these.

        :raises QuotaExhausted: if so.
        """
        left = _whole(self._headers.get("rate-limit-available"))
        if left is not None and left <= self._reserve:
            renewal = _renewal(self._headers)
            raise QuotaExhausted(
                f"stopped with {left:,} calls of the key's daily quota left, since"
                f" {self._reserve:,} are kept in reserve{_in_words(renewal)}; what was fetched is"
                " kept",
                retry_at=renewal,
            )


def judge(response: Response) -> DiscoveryError | None:
    """Classify a response by the API's own error codes; None if it is good.

    Only codes are repeated, not texts: that of a used-up quota holds the key.
    """
    if response.status not in {400, 401, 429}:
        return classify_status(response)
    code = _code_of(response)
    shown = f" ({code})" if code else ""
    if response.status == 401:
        return AuthenticationFailed(
            f"Ticketmaster rejected the API key{shown}: check the password of the source's"
            " connection, discovery_ticketmaster for the source ticketmaster"
        )
    if response.status == 400:
        if code is None:
            return classify_status(response)
        return UnsupportedResponse(f"Ticketmaster rejected the request{shown}")
    if code is not None and code.endswith(".QuotaViolation"):
        renewal = _renewal(response.headers)
        return QuotaExhausted(
            f"the API key's daily quota of calls is used up{_in_words(renewal)}", retry_at=renewal
        )
    if code is not None and code.endswith(".SpikeArrestViolation"):
        return RateLimited(
            f"Ticketmaster asks for fewer calls per second{shown}", retry_after=_SPIKE_PAUSE_SECONDS
        )
    return RateLimited(f"Ticketmaster asks to slow down{shown}")


def _code_of(response: Response) -> str | None:
    try:
        return error_code(load_json(response.body))
    except (ValueError, RecursionError):
        return None


def _renewal(headers: Mapping[str, str]) -> datetime | None:
    """Return when the quota is renewed: the header is in milliseconds since 1970, if it came."""
    moment = _whole(headers.get("rate-limit-reset"))
    if not moment:
        return None
    try:
        return datetime.fromtimestamp(moment / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _in_words(renewal: datetime | None) -> str:
    return f"; it is renewed at {renewal:%Y-%m-%d %H:%M} UTC" if renewal else ""


def _whole(header: str | None) -> int | None:
    try:
        return None if header is None else int(header)
    except ValueError:
        return None
