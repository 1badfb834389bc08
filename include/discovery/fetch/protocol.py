"""How sources are asked: the settings of requests, and the interface by which they are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Final, Protocol

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from include.discovery.errors import DiscoveryError
from include.discovery.fetch.hosts import Hosts
from include.discovery.response import Response

PER_SECOND: Final = 1.0
AT_ONCE: Final = 2
"""How a stranger's host is asked, unless the settings or its kind say otherwise."""


class RequestSettings(BaseModel):
    """How patient requests to a source are. Descriptions are the help text of the page's forms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timeout_seconds: Annotated[float, Field(gt=0, le=300)] = Field(
        30,
        description="How long to wait for the source to send something. A request that is kept"
        " waiting is given up after twice as long, its repetitions included.",
    )
    request_retries: Annotated[int, Field(ge=0, le=5)] = Field(
        3,
        description="How often one request is repeated within an attempt when the fault may pass.",
    )
    redirect_hosts: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}$")], ...] = Field(
        (),
        description="Hosts of other sites that the source may redirect to. Redirects within its own"
        " site are always followed.",
    )
    requests_per_second: Annotated[float, Field(ge=0.01, le=100)] | None = Field(
        None,
        description="How often a host is asked at most, by all tasks together. Empty: once a"
        " second, and without a limit if DISCOVERY_PRIVATE_HOSTS names the host.",
    )
    requests_at_once: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None,
        description="How many requests to a host may be on their way at the same time, of all tasks"
        " together. Empty: 2, and without a limit if DISCOVERY_PRIVATE_HOSTS names the host.",
    )
    requests_per_day: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="How many requests a host may get in a day of UTC, from all tasks together."
        " Empty: any number.",
    )
    max_body_mb: Annotated[int, Field(ge=1, le=500)] = Field(
        50, description="The largest answer that is read, in megabytes, unpacked."
    )

    def limits(self, *, is_own: bool) -> tuple[float | None, int | None]:
        """Return how many requests a second, and at once, a host may get; ``None``: any number.

        :param is_own: the host belongs to whoever runs this.
        """
        per_second = self.requests_per_second
        at_once = self.requests_at_once
        if is_own:
            return per_second, at_once
        return per_second or PER_SECOND, at_once or AT_ONCE

    def requests_a_day(self) -> int | None:
        """Return how many requests a host may get in a day of UTC; ``None``: any number."""
        return self.requests_per_day


Classifier = Callable[[Response], DiscoveryError | None]
"""Judges an answer: the error it stands for, or None when it is good."""

Permit = Callable[[str], Awaitable[None]]
"""Asked for each address that a request is redirected to, before it is followed; raises the
DiscoveryError that ends the request if it may not be."""


class Fetcher(Protocol):
    """The one way to the network; implemented by ``fetch.client``.

    Transient faults are retried inside, within the settings' bounds. What remains is raised as a
    class of ``errors``.
    """

    @property
    def hosts(self) -> Hosts:
        """What tasks know together of the hosts that they ask."""
        ...

    def keep_interval(self, host: str, seconds: float) -> None:
        """From now on leave so many seconds between two requests to a host."""
        ...

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int | float] | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        classify: Classifier | None = None,
        anywhere: bool = False,
        permit: Permit | None = None,
    ) -> Response:
        """GET a URL.

        :param params: added to the URL's own query.
        :param secrets: names of parameters and headers whose values are secret: they are masked in
            URLs, errors and logs, and are sent to this host only.
        :param classify: judges the answer where an API has its own ways; else the status does.
        :param anywhere: follow redirects to other sites, too: for links that may lead anywhere.
        :param permit: says of each address that the request is redirected to whether it may be
            asked.
        """
        ...

    async def post_json(
        self,
        url: str,
        payload: JsonValue,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        classify: Classifier | None = None,
    ) -> Response:
        """POST a question as JSON, as GraphQL wants it; like a GET it changes nothing there."""
        ...
