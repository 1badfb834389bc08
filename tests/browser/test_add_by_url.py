"""'Add by URL': an address is probed, the findings are shown, and one click adds a source.

Findings that no site of ours gives are put in on their way to the browser; the last tests look at
the demo's own sites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from include.discovery.slugs import SLUG_LENGTH, SLUG_PATTERN
from include.discovery.store.connection import Connection
from tests.browser.conftest import Site, Visitors
from tests.support.stack import Stack

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

PROBE = "**/discovery/api/probe"
ADDRESS = "https://calendar.example.edu/events"
SLUG = "calendar-example-edu"
HOSTILE = '<img src=x onerror="window.pwned = 1">'
ADDED = (SLUG, "campus-events", "krakow-demo-library-demo")


def event(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "external_id": f"e{number}",
        "title": f"Evening lecture {number}",
        "url": f"https://calendar.example.edu/events/{number}",
        "starts_at": "2027-01-15T18:30:00Z",
        "local_date": "2027-01-15",
        "time_known": True,
        "timezone": "Europe/Warsaw",
        "status": "scheduled",
        "attendance": "offline",
        "venue": {"name": "Aula Magna", "street": None, "locality": None},
        "price": {"min": "10.00", "max": "25.00", "currency": "PLN", "is_free": False},
        **changes,
    }


def proposal(kind: str = "icalendar", **changes: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "settings": {"url": f"{ADDRESS}.ics"},
        "evidence": ["The page links to events.ics as text/calendar"],
        "reason": "5 of 27 events were read; completeness 64%.",
        "needs_connection": False,
        "problem": None,
        "read": 5,
        "expected": 27,
        "quality": {
            "score": 0.64, "time": 1.0, "venue": 0.8, "coordinates": 0.0, "price": 0.4,
            "image": 1.0,
        },
        "events": [event(number) for number in range(1, 6)],
        "warnings": {"the end is missing": 3, "rejected: no date": 1},
        **changes,
    }  # fmt: skip


UNREAD: dict[str, Any] = {
    "read": 0, "expected": None, "events": [], "warnings": {},
    "quality": dict.fromkeys(("score", "time", "venue", "coordinates", "price", "image"), 0.0),
}  # fmt: skip


def findings(*proposals: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "url": ADDRESS,
        "title": None,
        "proposals": [*proposals],
        "notes": [],
        "tried": [],
        **changes,
    }


@pytest.fixture(autouse=True)
def _nothing_is_left(db: Connection) -> Iterator[None]:
    yield
    ours = "(SELECT id FROM discovery.sources WHERE slug = ANY(%s))"
    for table in ("discovery.city_source WHERE source_id", "discovery.sources WHERE id"):
        db.execute(f"DELETE FROM {table} IN {ours}".encode(), [list(ADDED)])


def open_dialog(site: Site) -> Locator:
    """Open the dialog; what the test answers itself is routed afterwards.

    Where a request is routed, Playwright lets the browser fetch and compile all of Airflow again.
    """
    page = site.open(view="sources")
    page.get_by_role("button", name="Add by URL").click()
    dialog = page.get_by_role("dialog", name="Add a source by its address")
    expect(dialog.get_by_label("Address")).to_be_focused()
    expect(field(dialog, "city").get_by_role("option", name="Kraków")).to_be_attached()
    return dialog


def field(dialog: Locator, path: str) -> Locator:
    return dialog.locator(f"[data-field='{path}']")


def look(dialog: Locator, url: str = ADDRESS, city: str = "krakow") -> None:
    field(dialog, "url").locator("input").fill(url)
    field(dialog, "city").locator("select").select_option(city)
    dialog.get_by_role("button", name="Look").click()


def unanswered(site: Site) -> list[Route]:
    """Let looks wait for an answer that does not come; return them as they are asked."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    site.page.route(PROBE, hold)
    return held


def found(site: Site, *proposals: dict[str, Any], **changes: Any) -> Locator:
    """Open the dialog and probe an address with these findings."""
    answer = findings(*proposals, **changes)
    dialog = open_dialog(site)
    site.page.route(PROBE, lambda route: route.fulfill(json=answer))
    look(dialog)
    dialog.get_by_test_id("findings").wait_for()
    return dialog


def panel(dialog: Locator, kind: str = "icalendar") -> Locator:
    return dialog.locator(f"[data-proposal={kind}]")


def test_a_viewer_is_not_offered_to_add_a_source(visit: Visitors) -> None:
    page = visit("viewer").open(view="sources")

    expect(page.get_by_role("heading", name="Connectors")).to_be_visible()
    assert page.get_by_role("button", name="Add by URL").count() == 0


class TestFindings:
    def test_the_best_proposal_is_open_and_shows_all_its_details(self, site: Site) -> None:
        other = proposal("events_calendar", reason="It can be read, but lists no events.", **UNREAD)
        dialog = found(site, proposal(), other, notes=["The zone was guessed."])

        heading = dialog.get_by_role("heading", name="2 ways to read calendar.example.edu")
        expect(heading).to_be_focused()
        expect(dialog).to_contain_text("The zone was guessed.")
        best = panel(dialog)
        expect(best.locator("summary")).to_contain_text("icalendar")
        for text in (
            "5 of 27 events were read",
            "The page links to events.ics as text/calendar",
            "3 × the end is missing",
            "1 × rejected: no date",
            f'"url": "{ADDRESS}.ics"',
        ):
            expect(best.get_by_text(text)).to_be_visible()
        expect(panel(dialog, "events_calendar").get_by_text("lists no events")).to_be_hidden()
        panel(dialog, "events_calendar").locator("summary").click()
        expect(panel(dialog, "events_calendar").get_by_text("lists no events")).to_be_visible()
        assert site.faults == []

    def test_the_quality_of_a_proposal_is_shown_in_words(self, site: Site) -> None:
        best = panel(found(site, proposal()))

        told = {
            name: " ".join(best.locator(f"[data-quality={name}]").inner_text().split())
            for name in ("time", "venue", "coordinates", "price", "image")
        }
        assert told == {
            "time": "Time 5 of 5 (100 %)",
            "venue": "Venue 4 of 5 (80 %)",
            "coordinates": "Coordinates 0 of 5 (0 %)",
            "price": "Price 2 of 5 (40 %)",
            "image": "Image 5 of 5 (100 %)",
        }

    def test_events_are_shown_in_their_own_time_zone(self, site: Site) -> None:
        events = [
            event(1),
            event(
                2, timezone="America/New_York", price={"min": None, "max": None, "is_free": True}
            ),
            event(3, starts_at=None, time_known=False, venue=None, attendance="online"),
            event(4, starts_at=None, local_date=None, time_known=False, status="postponed"),
            event(5, timezone="posixrules", status="cancelled", price=None),
        ]
        best = panel(found(site, proposal(events=events)))

        row = best.get_by_role("row")
        expect(row.nth(1)).to_contain_text("2027-01-15 19:30")
        expect(row.nth(1)).to_contain_text("Europe/Warsaw")
        expect(row.nth(1)).to_contain_text("Aula Magna")
        expect(row.nth(1)).to_contain_text("10.00–25.00 PLN")
        expect(row.nth(1)).not_to_contain_text("scheduled")
        expect(row.nth(1).get_by_role("link")).to_have_attribute("rel", re.compile("noopener"))
        expect(row.nth(2)).to_contain_text("2027-01-15 13:30")
        expect(row.nth(2)).to_contain_text("free")
        expect(row.nth(3)).to_contain_text("2027-01-15time not known")
        expect(row.nth(3)).to_contain_text("online")
        expect(row.nth(4)).to_contain_text("no date")
        expect(row.nth(4)).to_contain_text("postponed")
        expect(row.nth(5)).to_contain_text("2027-01-15 18:30UTC")
        expect(row.nth(5)).to_contain_text("cancelled")

    def test_texts_of_a_source_are_shown_as_text_and_scripts_are_no_links(self, site: Site) -> None:
        script = "javascript:window.pwned=2"
        venue = {"name": HOSTILE, "street": None, "locality": None}
        hostile = proposal(
            evidence=[HOSTILE],
            reason=HOSTILE,
            settings={"url": HOSTILE},
            warnings={HOSTILE: 1},
            events=[event(1, title=HOSTILE, url=script, venue=venue)],
        )
        dialog = found(site, hostile, url=script, notes=[HOSTILE], tried=[HOSTILE])

        expect(dialog.get_by_role("rowheader", name=HOSTILE)).to_be_visible()
        assert dialog.get_by_text(HOSTILE).count() >= 6
        assert dialog.locator("img, a[href^='javascript:']").count() == 0
        assert site.page.evaluate("window.pwned") is None
        assert site.faults == []

    def test_a_probe_without_findings_shows_what_was_tried_and_what_to_do(self, site: Site) -> None:
        tried = [f"{ADDRESS}/{number}: 404" for number in range(3)]
        dialog = found(site, tried=tried, notes=["robots.txt does not allow us to read this."])

        expect(
            dialog.get_by_role("heading", name="Nothing found at calendar.example.edu")
        ).to_be_focused()
        expect(dialog).to_contain_text("robots.txt does not allow")
        expect(dialog).to_contain_text(".ics")
        expect(dialog.get_by_text(tried[0])).to_be_hidden()
        dialog.get_by_text("What was tried (3)").click()
        expect(dialog.get_by_text(tried[0])).to_be_visible()
        site.shoot("add-by-url-nothing-light-1360")

        by_hand = dialog.get_by_role("button", name="Add it by hand")
        by_hand.click()
        form = site.page.get_by_role("dialog", name="Add a source", exact=True)
        expect(field(form, "slug").locator("input")).to_be_focused()
        site.page.keyboard.press("Escape")
        expect(form).to_have_count(0)
        expect(by_hand).to_be_focused()


class TestLooking:
    def test_a_running_probe_shows_its_duration_and_can_be_stopped(self, new_site: Site) -> None:
        new_site.page.clock.install()
        dialog = open_dialog(new_site)
        held = unanswered(new_site)
        look(dialog)

        progress = dialog.get_by_test_id("looking")
        expect(progress.get_by_role("status")).to_contain_text("Looking at calendar.example.edu")
        expect(progress.get_by_role("status")).to_contain_text("may take a minute")
        stop = progress.get_by_role("button", name="Stop looking")
        expect(stop).to_be_focused()
        new_site.page.clock.run_for(25_000)
        expect(progress.get_by_test_id("elapsed")).to_have_text(
            re.compile(r"^(2[5-9]|[3-9]\d) s$|min")
        )
        expect(progress.get_by_role("status")).to_contain_text(re.compile(r"\d0 seconds so far"))
        new_site.shoot("add-by-url-looking-light-1360")

        with new_site.page.expect_event("requestfailed", lambda request: "probe" in request.url):
            stop.click()
        expect(progress).to_have_count(0)
        expect(field(dialog, "url").locator("input")).to_be_focused()
        expect(field(dialog, "url").locator("input")).to_have_value(ADDRESS)
        dialog.get_by_role("button", name="Look").click()
        expect(progress).to_be_visible()
        assert len(held) == 2
        assert new_site.faults == []

    def test_a_form_that_is_submitted_again_sends_one_request(self, site: Site) -> None:
        dialog = open_dialog(site)
        held = unanswered(site)
        look(dialog)
        expect(dialog.get_by_test_id("looking")).to_be_visible()
        for _ in range(2):
            field(dialog, "url").locator("input").press("Enter")
            dialog.locator("form").first.evaluate("form => form.requestSubmit()")
        expect(dialog.get_by_role("button", name="Look", exact=True)).to_be_disabled()

        assert len(held) == 1
        assert held[0].request.post_data_json == {"url": ADDRESS, "city": "krakow"}

    def test_escape_closes_the_dialog_and_stops_the_probe(self, site: Site) -> None:
        dialog = open_dialog(site)
        unanswered(site)
        look(dialog)
        with site.page.expect_event("requestfailed", lambda request: "probe" in request.url):
            site.page.keyboard.press("Escape")

        expect(dialog).to_have_count(0)
        expect(site.page.get_by_role("button", name="Add by URL")).to_be_focused()

    @pytest.mark.parametrize(
        ("status", "body", "says"),
        [
            (429, {"detail": "Other addresses are being looked at; try again."}, "try again"),
            (503, {"detail": "It does not answer", "connection": "discovery_db"}, "discovery_db"),
            (504, {}, f"python -m include.discovery probe '{ADDRESS}'"),
            (0, {}, "Is the API server running?"),
        ],
        ids=["busy", "no database", "a proxy's patience", "no server"],
    )
    def test_a_failed_probe_shows_what_to_do_and_can_be_tried_again(
        self, site: Site, status: int, body: dict[str, Any], says: str
    ) -> None:
        def fail(route: Route) -> None:
            if status:
                route.fulfill(status=status, json=body)
            else:
                route.abort()

        dialog = open_dialog(site)
        site.page.route(PROBE, fail)
        look(dialog)
        expect(dialog.get_by_role("alert")).to_contain_text(says)

        site.page.unroute(PROBE)
        site.page.route(PROBE, lambda route: route.fulfill(json=findings(proposal())))
        dialog.get_by_role("alert").get_by_role("button", name="Retry").click()
        expect(panel(dialog)).to_be_visible()
        expect(dialog.get_by_role("alert")).to_have_count(0)

    def test_a_probe_without_the_permission_shows_an_error(self, site: Site) -> None:
        dialog = open_dialog(site)
        site.page.route(PROBE, lambda route: route.fulfill(status=403, json={}))
        look(dialog)

        expect(dialog.get_by_role("alert")).to_contain_text("permission")
        expect(dialog.get_by_role("button", name="Retry")).to_have_count(0)

    def test_a_missing_or_wrong_value_is_shown_at_its_field(self, site: Site) -> None:
        dialog = open_dialog(site)
        dialog.get_by_role("button", name="Look").click()
        expect(field(dialog, "url")).to_contain_text("This is needed.")
        expect(field(dialog, "city")).to_contain_text("This is needed.")
        expect(field(dialog, "url").locator("input")).to_be_focused()

        look(dialog, "ftp://calendar.example.edu/")
        expect(field(dialog, "url")).to_contain_text("http")
        expect(field(dialog, "url").locator("input")).to_be_focused()
        expect(field(dialog, "city")).not_to_contain_text("This is needed.")
        expect(dialog.get_by_role("alert")).to_have_count(0)

        look(dialog, "http://127.0.0.1:9/")
        expect(field(dialog, "url")).to_contain_text("127.0.0.1")

    def test_a_city_that_no_longer_exists_is_shown_at_the_city_field(self, site: Site) -> None:
        fault = {"detail": "…", "errors": [{"path": ["city"], "message": "There is no city here."}]}
        dialog = open_dialog(site)
        site.page.route(PROBE, lambda route: route.fulfill(status=422, json=fault))
        look(dialog)

        expect(field(dialog, "city")).to_contain_text("There is no city here.")
        expect(field(dialog, "city").locator("select")).to_be_focused()

    def test_a_dialog_without_any_city_leads_to_where_one_is_added(self, site: Site) -> None:
        site.answer("cities", lambda data: data.update(cities=[]))
        page = site.open(view="sources")
        page.get_by_role("button", name="Add by URL").click()

        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("no city yet")


class TestAdding:
    def test_a_taken_slug_asks_for_another(self, site: Site) -> None:
        best = panel(found(site, proposal()))
        expect(field(best, "new.name").locator("input")).to_have_value("calendar.example.edu")
        slug = field(best, "new.slug").locator("input")
        expect(slug).to_have_value(SLUG)

        slug.fill("demo-library")
        best.get_by_role("button", name="Add to Kraków").click()
        expect(field(best, "new.slug")).to_contain_text("demo-library exists already")
        expect(field(best, "new.slug")).to_contain_text("choose another")
        expect(slug).to_be_focused()

        slug.fill("campus-events")
        field(best, "new.name").locator("input").fill("Campus events")
        best.get_by_role("button", name="Add to Kraków").click()
        expect(site.page.get_by_text("Campus events is added to Kraków")).to_be_visible()
        expect(site.row("campus-events")).to_contain_text("1 of 1")
        expect(site.page.get_by_role("button", name="Add by URL")).to_be_focused()

    def test_an_invalid_name_or_slug_is_not_sent(self, site: Site) -> None:
        sent: list[str] = []
        site.hear("request", lambda request: sent.append(f"{request.method} {request.url}"))
        best = panel(found(site, proposal()))
        field(best, "new.slug").locator("input").fill("Campus Events")
        field(best, "new.name").locator("input").fill(" ")
        best.get_by_role("button", name="Add to Kraków").click()

        expect(field(best, "new.name")).to_contain_text("This is needed.")
        expect(field(best, "new.name").locator("input")).to_be_focused()
        expect(field(best, "new.slug")).to_contain_text("Only lower-case letters and digits")
        assert not [each for each in sent if each.startswith("POST") and "sources" in each]

    def test_a_refusal_of_the_server_is_shown_and_the_findings_stay(self, site: Site) -> None:
        best = panel(found(site, proposal(settings={"url": "ftp://nonsense"})))
        best.get_by_role("button", name="Add to Kraków").click()

        expect(best.get_by_role("alert")).to_contain_text("Nothing was added")
        expect(best.get_by_role("alert")).to_contain_text("settings.url")
        best.get_by_role("button", name="Change settings first").click()
        form = site.page.get_by_role("dialog", name="Add a source", exact=True)
        expect(field(form, "settings.url").locator("input")).to_have_value("ftp://nonsense")

    def test_settings_that_are_missing_are_asked_for_in_the_whole_form(
        self, site: Site, stack: Stack
    ) -> None:
        problem = "It needs more settings before it can be read (has_permission: Field required)."
        club = proposal("resident_advisor", settings={"area_id": 34}, problem=problem, **UNREAD)
        dialog = found(site, club)
        best = panel(dialog, "resident_advisor")
        expect(best.get_by_role("alert")).to_contain_text(problem)
        expect(best).to_contain_text("Still required: Has permission")
        best.get_by_role("button", name="Add with more settings").click()

        form = site.page.get_by_role("dialog", name="Add a source", exact=True)
        expect(field(form, "slug").locator("input")).to_have_value(SLUG)
        expect(field(form, "kind").locator("select")).to_have_value("resident_advisor")
        expect(field(form, "settings.area_id").locator("input")).to_have_value("34")
        permission = field(form, "settings.has_permission")
        expect(permission).to_contain_text("This is needed.")
        expect(permission.locator("select")).to_be_focused()
        site.shoot("add-by-url-form-light-1360")
        form.get_by_role("button", name="Add").click()
        expect(permission).to_contain_text("Field required")

        permission.locator("select").select_option("true")
        form.get_by_role("button", name="Add").click()
        expect(form).to_have_count(0)
        expect(dialog).to_have_count(0)
        expect(site.row(SLUG)).to_contain_text("1 of 1")
        pair = stack.client.get(f"/discovery/api/pair?source={SLUG}&city=krakow").json()
        assert pair["effective_settings"] == {"area_id": 34, "has_permission": True}

    def test_a_taken_slug_is_shown_in_the_whole_form_too(self, site: Site) -> None:
        dialog = found(site, proposal())
        dialog.get_by_role("button", name="Change settings first").click()
        form = site.page.get_by_role("dialog", name="Add a source", exact=True)
        field(form, "slug").locator("input").fill("demo-library")
        form.get_by_role("button", name="Add").click()

        expect(field(form, "slug")).to_contain_text("choose another")
        expect(field(form, "slug").locator("input")).to_be_focused()

    def test_a_source_of_a_whole_country_gets_a_pair_without_a_city(
        self, site: Site, stack: Stack
    ) -> None:
        dialog = found(site, proposal())
        dialog.get_by_role("button", name="Change settings first").click()
        form = site.page.get_by_role("dialog", name="Add a source", exact=True)
        field(form, "scope").locator("select").select_option("country")
        form.get_by_role("button", name="Add").click()

        expect(site.row(SLUG)).to_contain_text("1 of 1")
        pair = stack.client.get(f"/discovery/api/pair?source={SLUG}").json()["pair"]
        assert (pair["city"], pair["scope"]) == (None, "country")

    def test_a_key_that_is_needed_is_named_after_the_slug(self, site: Site) -> None:
        problem = "It needs a key: add the connection that is named after the source."
        keyed = proposal("ticketmaster", needs_connection=True, problem=problem, settings={})
        best = panel(found(site, {**keyed, **UNREAD}), "ticketmaster")

        expect(best.locator("summary")).to_contain_text("needs a key")
        expect(best.get_by_test_id("key-note")).to_contain_text("discovery_calendar_example_edu")
        field(best, "new.slug").locator("input").fill("campus-events")
        expect(best.get_by_test_id("key-note")).to_contain_text("discovery_campus_events")


PASTED = {
    "https://calendar.example.edu/events": ("https://calendar.example.edu/events", SLUG),
    "  calendar.example.edu/events ": ("https://calendar.example.edu/events", SLUG),
    "localhost.test:8080": ("https://localhost.test:8080", "localhost-test"),
    "webcal://example.org/all.ics": ("https://example.org/all.ics", "example-org"),
    "https://www.Theatre.example/": ("https://www.Theatre.example/", "theatre-example"),
    "https://opéra.example/": ("https://opéra.example/", "xn-opra-cpa-example"),
    "http://[::1]:80/": ("http://[::1]:80/", "1"),
    f"{'a' * 62}.{'b' * 62}.example": (
        f"https://{'a' * 62}.{'b' * 62}.example",
        f"{'a' * 62}-b",
    ),
    "javascript:alert(1)": ("javascript:alert(1)", "javascript-alert-1"),
    "file:///etc/passwd": ("file:///etc/passwd", "file-etc-passwd"),
    "no address": ("no address", "no-address"),
}


def test_a_pasted_address_is_completed_and_gives_the_slug_of_its_source(site: Site) -> None:
    made = site.open(view="sources").evaluate(
        """async pasted => {
            const main = performance.getEntriesByType("resource")
                .find(({name}) => name.includes("/static/") && name.endsWith("/main.js"));
            const {nameFor, webAddress} = await import(new URL("probe/address.js", main.name));
            const {slugFault, slugFor} = await import(new URL("shared/slugs.js", main.name));
            return pasted.map(text => {
                const address = webAddress(text);
                const slug = slugFor(nameFor(address));
                return [address, slug, slugFault(slug) ?? null];
            });
        }""",
        list(PASTED),
    )

    for (address, slug, fault), expected in zip(made, PASTED.values(), strict=True):
        assert (address, slug) == expected
        assert fault is None
        assert re.fullmatch(SLUG_PATTERN, slug)
        assert len(slug) <= SLUG_LENGTH


class TestLooks:
    @pytest.mark.parametrize(
        ("dark", "width"), [(False, 1360), (True, 1360), (False, 420), (True, 420)]
    )
    def test_the_dialog_fits_on_the_screen(
        self, visit: Visitors, *, dark: bool, width: int
    ) -> None:
        site = visit(width=width, dark=dark)
        dialog = found(site, proposal(), proposal("events_calendar"))

        widths = dialog.evaluate(
            """dialog => [dialog, document.documentElement,
                ...dialog.querySelectorAll("details, form, [data-testid=findings]")]
            .map(element => [element.scrollWidth, element.clientWidth])"""
        )
        assert all(inner <= outer for inner, outer in widths)
        name = f"add-by-url-{'dark' if dark else 'light'}-{width}"
        site.shoot(name)
        panel(dialog).get_by_role("heading", name="Settings").scroll_into_view_if_needed()
        site.shoot(f"{name}-below")

    def test_every_control_of_the_dialog_has_a_name(self, site: Site) -> None:
        dialog = found(site, proposal(), proposal("events_calendar"), tried=["x: 404"])
        nameless = dialog.locator("button, a, input, select").evaluate_all(
            """elements => elements.filter(element =>
            !(element.textContent.trim() || element.ariaLabel || element.labels?.length))
            .map(element => element.outerHTML)"""
        )
        assert nameless == []


def demo(stack: Stack) -> str:
    return stack.environment["DISCOVERY_DEMO_URL"]


def follow_to(page: Page, name: str) -> None:
    """Press Tab until the element of that name has the focus."""
    for _ in range(12):
        focused = page.evaluate("document.activeElement.textContent")
        if name in focused:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} cannot be reached by Tab")


def test_the_demo_library_is_found_and_added_by_keyboard_alone(site: Site, stack: Stack) -> None:
    feed = f"{demo(stack)}/library/krakow.ics"
    dialog = open_dialog(site)
    keyboard = site.page.keyboard
    keyboard.type(feed)
    keyboard.press("Tab")
    keyboard.type("Krak")
    keyboard.press("Enter")
    follow_to(site.page, "Look")
    keyboard.press("Enter")
    expect(dialog.get_by_role("heading", name="to read 127.0.0.1")).to_be_focused()
    best = dialog.locator("[data-proposal]").first
    expect(best).to_have_attribute("data-proposal", "icalendar")
    expect(best.get_by_role("row")).to_have_count(6)
    site.shoot("add-by-url-demo-light-1360")
    follow_to(site.page, "Add to Kraków")
    keyboard.press("Enter")

    expect(site.page.get_by_text("Kraków, demo-library (demo) is added to Kraków")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(site.row("krakow-demo-library-demo")).to_contain_text("icalendar")
    expect(site.row("krakow-demo-library-demo")).to_contain_text("1 of 1")
    answer = stack.client.get(
        "/discovery/api/pair?source=krakow-demo-library-demo&city=krakow"
    ).json()
    assert answer["effective_settings"]["url"] == feed
    assert answer["pair"]["active"] is True
    page = site.open(city="krakow", source="krakow-demo-library-demo")
    expect(
        site.row("krakow · krakow-demo-library-demo").locator("[data-health=never_run]")
    ).to_be_visible()
    assert page.get_by_test_id("shown").inner_text().startswith("1 of")


def test_a_site_is_found_by_its_page(site: Site, stack: Stack) -> None:
    dialog = open_dialog(site)
    look(dialog, f"{demo(stack)}/theatres/krakow/")

    expect(panel(dialog, "events_calendar")).to_be_visible()
