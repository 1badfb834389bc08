"""The HTTP client of all connectors: bounded in time and size, honest about who asks, discreet.

Every request to a source passes through :meth:`HttpFetcher._send`, and every answer is judged in
:meth:`HttpFetcher._try`: what is to be decided before a request (may we, how fast) or about an
answer (have we seen it, are we blocked) has its place there.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self

import httpx
from pydantic import JsonValue

from include.discovery.errors import (
    Challenged,
    DiscoveryError,
    InvalidSettings,
    NetworkError,
    RateLimited,
    RedirectRefused,
    TimedOut,
    shortened,
)
from include.discovery.fetch.addresses import PUBLIC_ONLY, AddressRules
from include.discovery.fetch.body import ACCEPT_ENCODING
from include.discovery.fetch.building import built
from include.discovery.fetch.classify import classify_status, wrong_type
from include.discovery.fetch.hosts import LONGEST_WAIT, Hosts, LocalHosts
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.network import LookUp, NetworkTransport, look_up, why_no_answer
from include.discovery.fetch.obstacles import obstacle_in
from include.discovery.fetch.protocol import Classifier, Permit, RequestSettings
from include.discovery.fetch.redirects import OFF_THE_WEB, Route
from include.discovery.fetch.robots import user_agent
from include.discovery.fetch.transfer import SLOWEST_BYTES_PER_SECOND, Flow, read_body
from include.discovery.fetch.turns import Turns
from include.discovery.fetch.waiting import (
    backoff_delay,
    is_about_pace,
    parse_retry_after,
    quota_renewal,
)
from include.discovery.redaction.errors_and_logs import install_redaction, keeping_secret
from include.discovery.redaction.masking import Redaction
from include.discovery.redaction.requests import RequestSecrets
from include.discovery.response import Response

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = 5.0
POOL_TIMEOUT_SECONDS = 5.0

PATIENCE_FACTOR = 2
"""Times ``timeout_seconds``: how long one request may be kept waiting, its repetitions included.

The read timeout starts anew with every byte, so that a server which drips could hold a task for
hours, and one that is silent would cost as many timeouts as there are repetitions. With the default
of 30 s a request is given up after a minute.
"""

LONGEST_TRANSFER_FACTOR = 10
"""Times ``timeout_seconds``: what a body that flows may take at most; 300 s with the default."""

MAX_REDIRECTS = 5

_IN_THE_WAY = (
    "Instead of the answer came {}. The site does not want programs there, or wants a login: ask"
    " its operator for access, or disable the source."
)


class HttpFetcher:
    """The :class:`~include.discovery.fetch.protocol.Fetcher` on httpx, for one sync of one pair.

    An async context manager; concurrent calls are fine. ``requests`` counts every request
    sent, repeated and redirected ones included, since a quota counts them too; ``bytes_received``
    counts body bytes as they came over the wire.

    :param contact: where the operator can be reached, as an address or URL; it is part of the
        User-Agent, so that a site can complain before it blocks. May be empty.
    :param rng: the chance in the waits between retries.
    :param sleep: waits the given seconds (``asyncio.sleep``).
    :param now: the current time, aware.
    :param credentials: whose key no request may carry to a host that must not get it.
    :param addresses: which hosts may be asked: by default those on the public internet.
    :param look_up: finds the addresses of a host's name.
    :param hosts: what all tasks know of the hosts that they ask, by which the limits of the
        settings are kept; closed with the client. Without it no limits hold but those that sites
        ask for.
    :param transport: replaces the network, for tests.
    :raises InvalidSettings: if the contact cannot stand in a header.
    """

    def __init__(
        self,
        settings: RequestSettings,
        contact: str,
        *,
        rng: random.Random,
        sleep: Callable[[float], Awaitable[object]],
        now: Callable[[], datetime],
        credentials: Credentials | None = None,
        addresses: AddressRules = PUBLIC_ONLY,
        look_up: LookUp = look_up,
        hosts: Hosts | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        install_redaction()
        self.requests = 0
        self.bytes_received = 0
        self._settings = settings
        self._credentials = credentials
        self._secrets = frozenset() if credentials is None else credentials.secrets
        self._redaction = Redaction(self._secrets)
        self._rng = rng
        self._sleep = sleep
        self._now = now
        self.hosts: Hosts = LocalHosts(now) if hosts is None else hosts
        self._turns = Turns(
            self.hosts,
            settings,
            credentials,
            addresses,
            limited=hosts is not None,
            rng=rng,
            sleep=sleep,
        )
        self._mislabelled: set[str] = set()
        self._client = httpx.AsyncClient(
            headers={"user-agent": user_agent(contact), "accept-encoding": ACCEPT_ENCODING},
            timeout=httpx.Timeout(
                settings.timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS, pool=POOL_TIMEOUT_SECONDS
            ),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # nobody is recognised
            follow_redirects=False,  # followed by hand: each hop is checked
            transport=transport or NetworkTransport(addresses, look_up),
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.__aexit__(kind, error, traceback)
        await self.hosts.aclose()

    def keep_interval(self, host: str, seconds: float) -> None:
        """From now on leave so many seconds between two requests to a host (a minute at most)."""
        self._turns.keep_interval(host, seconds)

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
        """GET the URL, asking again while the fault may pass and the settings allow it.

        :param params: added to the URL's own query; a parameter that is there already is replaced.
        :param secrets: names of parameters and headers whose values are secret, beside those that
            look so by their name. They go to this host only.
        :param classify: judges the answer instead of ``classify_status``; what it returns is
            retried by the same rule. Known secrets are masked in the error bodies it sees.
        :param anywhere: follow redirects to other sites, too. Otherwise those within the site of
            the URL are followed, and to the hosts of the setting ``redirect_hosts``.
        :param permit: asked for each address that the request is redirected to.
        :raises NetworkError: if no answer came, not in time, or half of it.
        :raises ServerError: if the source has a fault, or broke off its answer.
        :raises Challenged: if a challenge or a login stands in the way of the answer.
        :raises UnsupportedResponse: if the body is larger than ``max_body_mb``, or packed in a way
            that was not asked for.
        :raises RedirectRefused: if redirects lead in a circle, off the web, to another site, or
            away with a secret in hand.
        :raises InvalidSettings: if URL, parameters or headers cannot be sent, or the host may not
            be asked.
        :raises KeyNotAllowed: if the request, or what it is redirected to, would carry the key of
            the credentials to a host that must not get it.
        :raises DiscoveryError: what ``classify`` returns for the answer.
        """
        request = built(self._client, "GET", url, params, headers)
        return await self._ask(
            request, headers, secrets, classify, anywhere=anywhere, permit=permit
        )

    async def post_json(
        self,
        url: str,
        payload: JsonValue,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        classify: Classifier | None = None,
    ) -> Response:
        """POST a question as JSON; everything else is as with :meth:`get`.

        It is repeated like a GET, so it must not change anything at the source.
        """
        request = built(self._client, "POST", url, None, headers, payload)
        return await self._ask(request, headers, secrets, classify)

    async def _ask(
        self,
        request: httpx.Request,
        headers: Mapping[str, str] | None,
        secrets: Iterable[str],
        classify: Classifier | None,
        *,
        anywhere: bool = False,
        permit: Permit | None = None,
    ) -> Response:
        declared = {name.lower() for name in secrets}
        known = RequestSecrets.of(request, headers or {}, declared, self._secrets)
        with keeping_secret(known.values):
            hosts = None if anywhere else self._settings.redirect_hosts
            route = Route(request.url, known, hosts, permit)
            patience = PATIENCE_FACTOR * self._settings.timeout_seconds
            clock = asyncio.get_running_loop().time
            failures = 0
            while True:
                began = clock()
                try:
                    return await self._try(request, route, classify or classify_status, patience)
                except DiscoveryError as error:
                    if isinstance(error, TimedOut):
                        patience -= clock() - began
                    error.at(known.hide_in_url(request.url)).reword(known.hide)
                    failures += 1
                    asked_wait = error.retry_after or 0.0
                    if (
                        failures > self._settings.request_retries
                        or not error.asked_again
                        or asked_wait > LONGEST_WAIT.total_seconds()
                        or patience < self._settings.timeout_seconds / 10
                    ):
                        if error.opens_circuit:
                            await self._turns.note_block(request.url)
                        raise
                    # On top of what the source asks for, so that not all come back at once.
                    delay = asked_wait + backoff_delay(failures, self._rng)
                    if isinstance(error, RateLimited) and not asked_wait:
                        await self._turns.hold_off(request.url, delay)
                    log.warning(
                        "Request retry %d/%d in %.1f s: %s",
                        failures,
                        self._settings.request_retries,
                        delay,
                        error,
                    )
                await self._sleep(delay)

    async def _try(
        self, request: httpx.Request, route: Route, classify: Classifier, patience: float
    ) -> Response:
        """Make one try: the request, its redirects, the body, and the judgement.

        :param patience: seconds; a body that flows may take longer.
        """
        clock = asyncio.get_running_loop().time
        began = clock()
        longest = LONGEST_TRANSFER_FACTOR * self._settings.timeout_seconds
        try:
            async with asyncio.timeout(patience) as timeout:
                flow = Flow(timeout, longest - patience)
                response = await self._follow(request, route, flow)
        except TimeoutError:
            total = PATIENCE_FACTOR * self._settings.timeout_seconds
            message = (
                f"The answer came too slowly: it was not complete within {total:g} s, repetitions"
                f" included, and came at less than {SLOWEST_BYTES_PER_SECOND // 1000} kB a second"
                " (setting timeout_seconds)."
            )
            raise TimedOut(message) from None
        milliseconds = (clock() - began - flow.waited) * 1000
        log.info(
            "%s %s answered %d in %.0f ms, %d bytes",
            request.method,
            response.url,
            response.status,
            milliseconds,
            len(response.body),
        )
        judged = response
        if response.status >= 400:  # before judging: an excerpt may end in the middle of a key
            judged = replace(response, body=route.known.hide_in_body(response.body))
        obstacle = obstacle_in(judged)
        error = Challenged(_IN_THE_WAY.format(obstacle)) if obstacle else classify(judged)
        now = self._now()
        if error is None:
            self._tell_of_wrong_type(request, response)
            await self._turns.note_answer(request.url)
            await self._turns.hold_off(request.url, quota_renewal(response.headers, now) or 0)
            return response
        error.response = judged
        if error.retry_after is None:
            error.retry_after = parse_retry_after(response.headers.get("retry-after"), now)
        if error.retry_after is None and isinstance(error, RateLimited):
            error.retry_after = quota_renewal(response.headers, now)
        if is_about_pace(error):
            await self._turns.hold_off(request.url, error.asked_wait(now).total_seconds())
        raise error

    def _tell_of_wrong_type(self, request: httpx.Request, response: Response) -> None:
        """Warn, once for each host, of JSON that was asked for and is called something else."""
        told = wrong_type(request.headers.get("accept", ""), response)
        host = request.url.host
        if told and host not in self._mislabelled:
            self._mislabelled.add(host)
            log.warning("The answers of %s say that they are %s; read as JSON.", host, told)

    async def _follow(self, request: httpx.Request, route: Route, flow: Flow) -> Response:
        """Send the request and follow redirects to the answer."""
        for _ in range(MAX_REDIRECTS + 1):
            try:
                outcome = await self._hop(request, route, flow)
            except DiscoveryError as error:
                error.at(route.known.hide_in_url(request.url))
                raise
            if isinstance(outcome, Response):
                return outcome
            request = outcome
        raise RedirectRefused(
            f"Redirected more than {MAX_REDIRECTS} times, perhaps in a circle, at last to"
            f" {shortened(route.known.hide_in_url(request.url))}; correct the address."
        )

    async def _hop(
        self, request: httpx.Request, route: Route, flow: Flow
    ) -> Response | httpx.Request:
        """Send one request; return its answer, or the request that it is redirected to."""
        async with self._turns.of(request.url, flow):
            answer = await self._send(request)
            try:
                if answer.next_request is None:
                    body = await self._read(answer, flow)
                    return Response(
                        status=answer.status_code,
                        headers={n: self._redaction.in_data(v) for n, v in answer.headers.items()},
                        # Before anybody parses it: an excerpt may end in the middle of the key.
                        body=self._redaction.in_body(body),
                        url=route.known.hide_in_url(request.url),
                    )
            finally:
                await answer.aclose()
        with flow.standing_still():
            await route.check(request.url, answer.next_request.url)
        return answer.next_request

    async def _send(self, request: httpx.Request) -> httpx.Response:
        if self._credentials is not None:
            self._credentials.check(request)
        self.requests += 1
        try:
            return await self._client.send(request, stream=True)
        except InvalidSettings:  # a host that may not be asked: nothing was sent
            self.requests -= 1
            raise
        except httpx.LocalProtocolError:  # its text quotes the header, value and all
            message = "A header of the request is malformed; correct it."
            raise InvalidSettings(message) from None
        except httpx.InvalidURL:  # httpx prepares redirects though it does not follow them
            raise RedirectRefused(OFF_THE_WEB) from None
        except httpx.RemoteProtocolError as error:
            if "location header" in str(error):  # likewise
                raise RedirectRefused(OFF_THE_WEB) from None
            raise NetworkError(why_no_answer(error, self._client.timeout)) from None
        except httpx.TimeoutException as error:
            raise TimedOut(why_no_answer(error, self._client.timeout)) from None
        except httpx.HTTPError as error:
            raise NetworkError(why_no_answer(error, self._client.timeout)) from None

    async def _read(self, answer: httpx.Response, flow: Flow) -> bytes:
        try:
            return await read_body(
                answer, flow, most_mb=self._settings.max_body_mb, bounds=self._client.timeout
            )
        finally:
            self.bytes_received += flow.received
