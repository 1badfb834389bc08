"""A fetcher that remembers the last answer, for whoever looks into why it could not be read."""

from __future__ import annotations

from typing import Any

from include.discovery.fetch.hosts import Hosts
from include.discovery.fetch.protocol import Fetcher
from include.discovery.redaction.kept_answers import head_of
from include.discovery.response import Response


class WatchedFetcher:
    """Asks as another fetcher does, and keeps the beginning of the last answer."""

    def __init__(self, fetch: Fetcher) -> None:
        self._fetch = fetch
        self.last: tuple[Response, int] | None = None
        """The last good answer, shortened, and the bytes that it had."""

    @property
    def hosts(self) -> Hosts:
        """What tasks know together of the hosts that they ask."""
        return self._fetch.hosts

    def keep_interval(self, host: str, seconds: float) -> None:
        """Leave so many seconds between two requests to a host."""
        self._fetch.keep_interval(host, seconds)

    async def get(self, url: str, **options: Any) -> Response:  # noqa: ANN401  as Fetcher.get
        """GET a URL."""
        return self._seen(await self._fetch.get(url, **options))

    async def post_json(self, url: str, payload: Any, **options: Any) -> Response:  # noqa: ANN401
        """POST a question as JSON."""
        return self._seen(await self._fetch.post_json(url, payload, **options))

    def _seen(self, response: Response) -> Response:
        self.last = head_of(response)
        return response
