"""Probes an address: asks every kind whether it fits, reads a sample of each that does, ranks them.

Nothing is written. Of every proposal the first pages are read by the connector itself, with the
very settings that are proposed: what is shown is what a sync would load.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import Connector, Page, SyncContext
from include.discovery.connectors.detection import Detection
from include.discovery.connectors.validation import SettingsFault
from include.discovery.errors import DiscoveryError, InvalidSettings, MissingConnection
from include.discovery.failures import one_line
from include.discovery.fetch.crawler import Crawler
from include.discovery.fetch.hosts import Hosts
from include.discovery.fetch.protocol import Fetcher, RequestSettings
from include.discovery.model import City, EventRecord, Window
from include.discovery.probe.findings import SAMPLE_SIZE, Findings, Proposal, Sample
from include.discovery.probe.own_title import own_title
from include.discovery.probe.site import ProbedSite, root_of
from include.discovery.redaction.masking import MASK, redact
from include.discovery.response import Response
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.text.cleaning import web_url

log = logging.getLogger(__name__)

REQUESTS = RequestSettings(timeout_seconds=10, request_retries=1, max_body_mb=20)
"""How patient a probe is: somebody waits for it."""

_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(?:[/?#]|$)|localhost(?:[:/]|$)")
_HORIZON = timedelta(days=365)
_MOST_PAGES = 3
_SECONDS_PER_SAMPLE = 30
_PATIENCE = timedelta(seconds=60)
"""After so long no further address is looked at, and no further sample begun."""


_TOO_LATE = Sample(problem="No sample was read: the site answers too slowly.")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where and when a probe takes place.

    ``city`` is whose events are wanted, if it is known; ``timezone`` is for times that name none
    (``None``: the city's, else UTC, which the findings say).
    """

    now: Callable[[], datetime]
    city: City | None = None
    timezone: ZoneInfo | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times that name none."""
        if self.timezone is not None:
            return self.timezone
        return ZoneInfo(self.city.timezone if self.city else "UTC")

    @property
    def window(self) -> Window:
        """The year to come."""
        today = self.now().astimezone(self.zone).date()
        return Window(today, today + _HORIZON)


def probe_now(url: str, circumstances: Circumstances, environment: SyncEnvironment) -> Findings:
    """Probe an address over the network, and wait for the findings."""

    async def run() -> Findings:
        async with environment.open_fetcher(REQUESTS, None) as fetch:
            return await probe(url, circumstances, fetch)

    return asyncio.run(run())


async def probe(address: str, circumstances: Circumstances, fetch: Fetcher) -> Findings:
    """Find out what an address offers.

    :param address: as a person pastes it: ``example.org`` and ``webcal://…`` are taken as https.
    :param fetch: what leads to the network, opened with :data:`REQUESTS`.
    :raises DiscoveryError: if the address itself cannot be read.
    """
    url = as_web_url(address)
    asked = RememberingFetcher(fetch)
    crawler = Crawler(asked, anywhere=True)
    if not (await crawler.rules_of(url)).allows(url):
        note = (
            "robots.txt does not allow us to read this address. Ask the site's operator for "
            "access, or for the address of a feed."
        )
        return Findings(url, notes=(note,), tried=(f"{root_of(url)}/robots.txt",))
    response = await asked.get(url, anywhere=True)
    until = circumstances.now() + _PATIENCE

    def is_late() -> bool:
        return circumstances.now() > until

    robots = await crawler.rules_of(response.url)
    site = ProbedSite(response=response, crawler=crawler, robots=robots, is_late=is_late)
    detections = [detection for kind in kinds() for detection in await _detections(kind, site)]
    proposals = [
        Proposal(kind, detection.settings, detection.evidence, _TOO_LATE)
        if is_late()
        else await _tried_out(kind, detection, circumstances, asked)
        for kind, detection in detections
    ]
    return Findings(
        response.url,
        tuple(sorted(proposals, key=lambda proposal: proposal.rank, reverse=True)),
        tuple(_notes(response.url, circumstances, proposals)),
        tuple(site.tried),
        own_title(response, site.page),
    )


def as_web_url(address: str) -> str:
    """Complete an address as a person pastes it.

    :raises InvalidSettings: if it is none of the web.
    """
    text = address.strip()
    scheme, separator, rest = text.partition("://")
    if separator and scheme.lower() in {"webcal", "webcals"}:
        text = f"https://{rest}"
    elif not separator and _HOST.match(text):
        text = f"https://{text}"
    url = web_url(text)
    if url is None:
        raise InvalidSettings(
            f"{address[:100]!r} is not a web address such as https://example.org/"
        )
    return url


async def _detections(kind: str, site: ProbedSite) -> list[tuple[str, Detection]]:
    try:
        return [(kind, detection) for detection in await connector_for(kind).detect(site)]
    except Exception as error:  # what confuses one kind must not hide the others
        log.warning("Kind %s could not judge %s.", kind, site.response.url, exc_info=True)
        site.tried.append(f"{kind}: {redact(one_line(error))}")
        return []


async def _tried_out(
    kind: str, detection: Detection, circumstances: Circumstances, fetch: Fetcher
) -> Proposal:
    connector = connector_for(kind)
    faults = connector.settings_faults(detection.settings)
    if faults:
        sample = Sample(problem=f"It needs settings before it can be read: {_named(faults)}.")
    elif connector.needs_connection == "required":
        sample = Sample(
            problem="It needs a key: add the connection that is named after the source, "
            "with the key as its password."
        )
    else:
        sample = await _sample(connector, detection, circumstances, fetch)
    return Proposal(
        kind,
        detection.settings,
        detection.evidence,
        sample,
        connection=connector.needs_connection == "required",
        is_guess=detection.is_guess,
    )


def _named(faults: Sequence[SettingsFault]) -> str:
    """Name the settings that are missing or wrong, those with what is wrong."""
    return "; ".join(
        ".".join(map(str, fault.path)) + ("" if fault.is_missing else f" ({fault.message})")
        for fault in faults
    )


async def _sample(
    connector: Connector[Any], detection: Detection, circumstances: Circumstances, fetch: Fetcher
) -> Sample:
    settings = connector.settings_model.model_validate(dict(detection.settings))
    context = SyncContext(
        settings=settings,
        timezone=circumstances.zone,
        window=circumstances.window,
        city=circumstances.city,
    )
    pages: list[Page] = []
    problem = None
    try:
        async with asyncio.timeout(_SECONDS_PER_SAMPLE):
            await _collect(connector.pages(context, fetch), pages)
    except TimeoutError:
        problem = f"It did not give a sample within {_SECONDS_PER_SAMPLE} s."
    except MissingConnection:
        problem = "It needs a key, in the connection that is named after the source."
    except DiscoveryError as error:
        problem = redact(one_line(error))
    except Exception as error:  # the other proposals are as good as before
        log.warning("The sample by %s failed.", connector.kind, exc_info=True)
        problem = redact(one_line(error))
    records: dict[str, EventRecord] = {}
    for record in (record for page in pages for record in page.records):
        records.setdefault(record.external_id, record)  # a list and its pages may both have it
    return Sample(
        records=tuple(records.values()),
        rejects=[reject for page in pages for reject in page.rejects],
        expected=next((p.expected for p in reversed(pages) if p.expected is not None), None),
        gaps=[page.incomplete_reason for page in pages if page.incomplete_reason],
        # With events in hand, what went wrong later is no reason to doubt the proposal.
        problem=None if records else problem,
    )


async def _collect(source: AsyncIterator[Page], pages: list[Page]) -> None:
    """Take pages until there are events enough to judge by."""
    async with aclosing(source) as upcoming:  # type: ignore[type-var]  # connectors are generators
        async for page in upcoming:
            pages.append(page)
            if len(pages) == _MOST_PAGES or sum(len(p.records) for p in pages) >= SAMPLE_SIZE:
                return


def _notes(url: str, circumstances: Circumstances, proposals: Sequence[Proposal]) -> Iterator[str]:
    if MASK in url:
        yield (
            "The address holds a key, which is kept out of the proposals: keys live in Airflow "
            "connections, not in settings. Leave it out of the address, or ask for one without."
        )
    is_guessed = circumstances.city is None and circumstances.timezone is None
    records = [record for proposal in proposals for record in proposal.sample.records]
    if is_guessed and any(r.time_known and r.timezone == circumstances.zone.key for r in records):
        yield "Times that name no zone were read as UTC: name the city or its time zone."


class RememberingFetcher:
    """Asks for each address once in a probe: kinds look at the same pages as the samples do."""

    def __init__(self, fetch: Fetcher) -> None:
        self._fetch = fetch
        self._answers: dict[tuple[object, ...], Response] = {}

    @property
    def hosts(self) -> Hosts:
        """What tasks know together of the hosts that they ask."""
        return self._fetch.hosts

    def keep_interval(self, host: str, seconds: float) -> None:
        """Keep no pauses: what a person waits for is a handful of requests."""

    async def get(self, url: str, **options: Any) -> Response:  # noqa: ANN401  as Fetcher.get
        """GET, or remember the good answer that came before."""
        params, headers = options.get("params") or {}, options.get("headers") or {}
        key = (url, tuple(sorted(params.items())), tuple(sorted(headers.items())))
        if key not in self._answers:
            self._answers[key] = await self._fetch.get(url, **options)
        return self._answers[key]

    async def post_json(self, url: str, payload: Any, **options: Any) -> Response:  # noqa: ANN401
        """POST; questions differ, so their answers are not remembered."""
        return await self._fetch.post_json(url, payload, **options)
