"""What a probe asks of a site, and what it says where little or nothing is to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.demo.reply import HTML_TYPE, Reply
from include.discovery.connectors.base import (
    Connector,
    ConnectorSettings,
    Page,
    ParseContext,
    PermissionSettings,
    SyncContext,
)
from include.discovery.connectors.detection import Detection, Site
from include.discovery.errors import InvalidSettings, NetworkError, NotFound, ServerError
from include.discovery.fetch.protocol import Fetcher
from include.discovery.parsed import Parsed
from include.discovery.probe import doctor
from include.discovery.probe.doctor import Circumstances, as_web_url, probe_now
from include.discovery.probe.site import MOST_LOOKS
from tests.probe.probing import environment, probed
from tests.sites.site import NOT_FOUND, FakeSite, Question, served
from tests.support.builders import KRAKOW, event

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
PAGE = Reply.of_text("<!doctype html><html><title>A village</title>", content_type=HTML_TYPE)


class PlainSite(FakeSite):
    """A site of pages by path; everything else is not found."""

    kind = "none"
    settings: dict[str, Any] = {}  # noqa: RUF012  stands in for a property
    titles: set[str] = set()  # noqa: RUF012  stands in for a property

    def __init__(self, base: str, today: date) -> None:
        super().__init__(base, today)
        self.pages: dict[str, Reply] = {"/": PAGE}

    def answer(self, question: Question) -> Reply:
        return self.pages.get(question.path, NOT_FOUND)

    @property
    def paths(self) -> list[str]:
        return [question.path for question in self.asked]


@pytest.fixture
def site() -> Iterator[PlainSite]:
    with served(PlainSite, NOW.date()) as found:
        assert isinstance(found, PlainSite)
        yield found


class Kind(Connector[ConnectorSettings]):
    """A made-up kind, whose detections and pages a test gives."""

    settings_model: type[Any] = ConnectorSettings

    def __init__(
        self,
        kind: str,
        detect: Callable[[Site], Any],
        pages: Sequence[Page | Exception] = (),
        settings_model: type[Any] = ConnectorSettings,
    ) -> None:
        self.kind = kind  # type: ignore[misc]
        self.settings_model = settings_model
        self._detect = detect
        self._pages = pages
        self.contexts: list[SyncContext[ConnectorSettings]] = []

    def parse(self, body: bytes, context: ParseContext[ConnectorSettings]) -> Parsed:
        raise NotImplementedError

    async def detect(self, site: Site) -> Sequence[Detection]:
        found: Sequence[Detection] = await self._detect(site)
        return found

    async def pages(self, context: SyncContext[ConnectorSettings], fetch: Fetcher) -> Any:  # noqa: ARG002
        self.contexts.append(context)
        for page in self._pages:
            if isinstance(page, Exception):
                raise page
            yield page


def detects(**settings: Any) -> Callable[[Site], Any]:
    async def detect(_site: Site) -> list[Detection]:
        return [Detection(settings, ("it does",))]

    return detect


def looks(*paths: str) -> Callable[[Site], Any]:
    async def detect(site: Site) -> list[Detection]:
        for path in paths:
            await site.look(path)
        return []

    return detect


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make some kinds the only ones."""

    def put(*installed: Connector[Any]) -> None:
        by_name = {connector.kind: connector for connector in installed}
        monkeypatch.setattr(doctor, "kinds", lambda: tuple(by_name))
        monkeypatch.setattr(doctor, "connector_for", by_name.__getitem__)

    return put


class TestNothingFound:
    def test_findings_without_proposals_list_what_was_tried(self, site: PlainSite) -> None:
        findings = probed(site.address, NOW)

        assert findings.proposals == ()
        assert findings.url == site.address
        assert findings.tried[0] == f"{site.address}: 200, text/html; charset=UTF-8"
        assert len(findings.tried) > 1
        assert all(what.startswith("http") for what in findings.tried)

    def test_a_probe_asks_few_addresses(self, site: PlainSite) -> None:
        probed(site.address, NOW)

        assert len(site.asked) <= MOST_LOOKS + 2
        assert len(set(site.paths)) == len(site.paths)

    def test_an_address_that_does_not_answer_is_an_error(self, site: PlainSite) -> None:
        with pytest.raises(NotFound, match="404"):
            probed(f"{site.base}/nowhere", NOW)
        with pytest.raises(NetworkError):
            probed("http://127.0.0.1:1/", NOW)


class TestAddresses:
    @pytest.mark.parametrize(
        ("pasted", "asked"),
        [
            ("https://example.org/events", "https://example.org/events"),
            ("  example.org ", "https://example.org"),
            ("www.example.org/a?b=c", "https://www.example.org/a?b=c"),
            ("example.org:8080/x", "https://example.org:8080/x"),
            ("webcal://example.org/a.ics", "https://example.org/a.ics"),
            ("HTTP://example.org", "HTTP://example.org"),
        ],
    )
    def test_addresses_are_taken_as_people_paste_them(self, pasted: str, asked: str) -> None:
        assert as_web_url(pasted) == asked

    @pytest.mark.parametrize(
        "pasted",
        ["", "   ", "events in Kraków", "ftp://example.org", "javascript:alert(1)",
         "file:///etc/passwd", "mailto:a@example.org", "https://", "C:\\a.ics"],
    )  # fmt: skip
    def test_an_address_that_is_not_of_the_web_is_refused(self, pasted: str) -> None:
        with pytest.raises(InvalidSettings, match="is not a web address"):
            as_web_url(pasted)


class TestRobots:
    def test_a_forbidden_address_is_not_asked(self, site: PlainSite) -> None:
        site.pages["/robots.txt"] = Reply.of_text("User-agent: *\nDisallow: /")

        findings = probed(site.address, NOW)

        assert site.paths == ["/robots.txt"]
        assert findings.proposals == ()
        assert "robots.txt does not allow us" in findings.notes[0]

    def test_parts_of_the_site_that_robots_txt_forbids_are_not_asked(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        install(Kind("a", looks("/api/x", "/open/x")))
        site.pages["/robots.txt"] = Reply.of_text("User-agent: *\nDisallow: /api/")

        findings = probed(site.address, NOW)

        assert site.paths == ["/robots.txt", "/", "/open/x"]
        assert findings.tried[1:] == (
            f"{site.base}/api/x: robots.txt forbids it",
            f"{site.base}/open/x: 404",
        )

    def test_the_sitemaps_of_robots_txt_are_handed_to_the_kinds(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        seen: list[str] = []

        async def detect(of: Site) -> list[Detection]:
            seen.extend(of.sitemaps)
            return []

        install(Kind("a", detect))
        site.pages["/robots.txt"] = Reply.of_text("Sitemap: https://a.example/map.xml")
        probed(site.address, NOW)

        assert seen == ["https://a.example/map.xml"]

    def test_nothing_is_read_while_robots_txt_answers_with_a_server_error(
        self, site: PlainSite
    ) -> None:
        site.pages["/robots.txt"] = Reply.of_text("oops", 503)

        with pytest.raises(ServerError, match=r"503.*/robots\.txt\)"):
            probed(site.address, NOW)
        assert set(site.paths) == {"/robots.txt"}


class TestLooking:
    def test_an_address_is_asked_once_for_all_kinds(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        install(Kind("a", looks("/x", f"{site.base}/x")), Kind("b", looks("/x")))
        probed(site.address, NOW)

        assert site.paths.count("/x") == 1

    def test_the_number_of_addresses_that_a_probe_asks_is_bounded(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        install(Kind("a", looks(*(f"/{n}" for n in range(MOST_LOOKS + 5)))))

        findings = probed(site.address, NOW)

        assert len(site.asked) == MOST_LOOKS + 2
        assert sum("not asked" in what for what in findings.tried) == 5

    def test_a_slow_site_is_not_asked_without_end(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        install(Kind("a", looks("/1", "/2")), Kind("b", detects(), [Page([event("1")])]))
        ticks = iter(range(0, 1_000, 40))
        world = environment(NOW)

        def clock() -> datetime:
            return NOW + timedelta(seconds=next(ticks))

        findings = probe_now(site.address, Circumstances(clock, KRAKOW), world)

        assert findings.tried[1:] == (
            f"{site.base}/1: 404",
            f"{site.base}/2: not asked, the site answers too slowly",
        )
        assert "too slowly" in str(findings.proposals[0].sample.problem)

    def test_a_kind_that_raises_an_error_does_not_hide_the_others(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        async def trip(_site: Site) -> list[Detection]:
            raise ValueError("never seen such a page")

        install(Kind("a", trip), Kind("b", detects(), [Page([event("1")])]))

        findings = probed(site.address, NOW)

        assert [proposal.kind for proposal in findings.proposals] == ["b"]
        assert "a: ValueError: never seen such a page" in findings.tried


class TestSamples:
    def test_the_best_proposal_comes_first(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        install(
            Kind("few", detects(), [Page([event("1")])]),
            Kind("many", detects(), [Page([event(str(n)) for n in range(5)], expected=40)]),
            Kind("none", detects(), [Page()]),
        )

        kinds = [proposal.kind for proposal in probed(site.address, NOW).proposals]

        assert kinds == ["many", "few", "none"]

    def test_no_more_sample_pages_are_read_than_needed(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        first, second = (Page([event(f"{name}{n}") for n in range(3)]) for name in "ab")
        install(Kind("a", detects(), [first, second, ServerError("never asked")]))

        (proposal,) = probed(site.address, NOW).proposals

        assert len(proposal.sample.records) == 6

    def test_an_event_that_comes_twice_is_shown_once(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        install(Kind("a", detects(), [Page([event("1")]), Page([event("1"), event("2")])]))

        (proposal,) = probed(site.address, NOW).proposals

        assert [record.external_id for record in proposal.sample.records] == ["1", "2"]

    def test_a_sample_is_of_the_coming_year_in_the_zone_of_the_city(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        kind = Kind("a", detects())
        install(kind)
        probed(site.address, datetime(2026, 12, 1, 23, 30, tzinfo=UTC))

        (context,) = kind.contexts
        assert context.window.start == date(2026, 12, 2)
        assert context.timezone == ZoneInfo("Europe/Warsaw")
        assert context.city is not None

    def test_a_probe_without_a_city_notes_that_the_zone_was_guessed(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        guessed = event("1").model_copy(update={"timezone": "UTC"})
        install(Kind("a", detects(), [Page([guessed])]))

        assert "read as UTC" in probed(site.address, NOW, city=False).notes[0]
        world = environment(NOW)
        here = Circumstances(world.now, timezone=ZoneInfo("Europe/Paris"))
        assert probe_now(site.address, here, world).notes == ()

    def test_a_probe_does_not_mention_utc_where_every_time_names_its_zone(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        zoned = event("1").model_copy(update={"timezone": "Europe/Paris"})
        install(Kind("a", detects(), [Page([zoned])]))

        assert probed(site.address, NOW, city=False).notes == ()

    def test_a_key_in_the_address_is_left_out_with_a_note(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        async def detect(of: Site) -> list[Detection]:
            return [Detection({"url": of.response.url}, ("it does",))]

        install(Kind("a", detect))

        findings = probed(f"{site.address}?token=s3cr3t", NOW)

        assert "s3cr3t" not in repr(findings)
        assert findings.notes[0].startswith("The address holds a key, which is kept out")

    def test_a_failing_sample_affects_its_own_proposal_only(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        install(
            Kind("a", detects(), [ServerError("It fell over.")]),
            Kind("b", detects(), [KeyError("bug")]),
            Kind("c", detects(), [Page([event("1")]), ServerError("later")]),
        )

        problems = {p.kind: p.sample.problem for p in probed(site.address, NOW).proposals}

        assert problems == {"c": None, "a": "It fell over.", "b": "KeyError: 'bug'"}

    def test_a_kind_that_needs_permission_is_proposed_and_not_read(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        kind = Kind("a", detects(), [Page([event("1")])], PermissionSettings)
        install(kind)

        (proposal,) = probed(site.address, NOW).proposals

        assert proposal.sample.problem == (
            "It needs settings before it can be read: has_permission."
        )
        assert kind.contexts == []

    def test_a_kind_that_needs_a_key_is_proposed_and_not_read(
        self, site: PlainSite, install: Callable[..., None]
    ) -> None:
        kind = Kind("a", detects(), [Page([event("1")])])
        kind.needs_connection = "required"  # type: ignore[misc]
        install(kind)

        (proposal,) = probed(site.address, NOW).proposals

        assert "needs a key" in str(proposal.sample.problem)
        assert proposal.connection
        assert kind.contexts == []
