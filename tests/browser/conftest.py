"""A headless Chromium in front of the running stack. Pictures go to ``.local/screenshots/``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Route,
    expect,
    sync_playwright,
)

from include.discovery.store.connection import Connection
from tests.support.stack import Stack

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
INSTALL = "Chromium is missing: install it with `apt-get install chromium`"
PICTURE = "/static/pin_32.png"
"""A document of Airflow's own that runs no script."""
PATIENCE = 60_000
"""Milliseconds that anything may take, on a machine with much else to do."""
RUN = 600_000
"""Milliseconds that a run of the DAG may take: a scheduler and several processes for each task."""
STILL = """{
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
        "*, *::before, *::after { animation: none !important; transition: none !important }");
    document.adoptedStyleSheets = [sheet];
}"""
"""Nothing is animated: drawing the frames takes as much processor time as a view does to load."""
CHOOSE = "all => Object.entries(all).forEach(([name, value]) => localStorage.setItem(name, value))"
"""Airflow keeps there what a user has chosen."""
SCREENSHOTS = Path(__file__).parents[2] / ".local" / "screenshots"
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Skip before anything is started; where everything has to be tested, fail instead."""
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(INSTALL)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CHROMIUM is None:
        terminalreporter.write_line(f"THE BROWSER TESTS WERE SKIPPED. {INSTALL}.", red=True)


# A running Playwright keeps an event loop in this thread: it must be gone when other tests, with
# loops of their own, take their turn.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


def token_of(stack: Stack, role: str) -> str:
    """Sign a token like the administrator's for another role."""
    admin = str(stack.client.headers["authorization"]).removeprefix("Bearer ")
    claims = jwt.decode(admin, options={"verify_signature": False})
    return jwt.encode(
        {**claims, "sub": role, "role": role},
        stack.environment["AIRFLOW__API_AUTH__JWT_SECRET"],
        jwt.get_unverified_header(admin)["alg"],
    )


class Site:
    """The page as one user sees it."""

    def __init__(self, page: Page, base: str) -> None:
        self.base = base
        self.page = page
        self.context: BrowserContext = page.context
        self._heard: list[tuple[Any, Callable[[Any], None]]] = []
        self.faults: list[str] = []
        """What scripts threw; a test that provokes nothing wants none."""
        self.hear("pageerror", lambda error: self.faults.append(str(error)))

    def hear(self, event: Any, listener: Callable[[Any], None]) -> None:
        """Call ``listener`` at each of these events of the page, until the test ends."""
        self.page.on(event, listener)
        self._heard.append((event, listener))

    def leave(self) -> None:
        """Undo what a test has done to the browser's page, for the next test to open a view in."""
        # The page asks again and again: a request that a test answers may just be under way.
        self.page.unroute_all(behavior="ignoreErrors")
        for event, listener in self._heard:
            self.page.remove_listener(event, listener)
        self.page.goto(f"{self.base}{PICTURE}")
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.context.clear_cookies()
        self.context.clear_permissions()

    def open(self, **query: str) -> Page:
        """Open a view and wait for its data."""
        self.page.goto(f"{self.base}/plugin/discovery?{urlencode(query)}")
        self.page.get_by_role("heading", name="Discovery", level=1).wait_for()
        self.page.get_by_test_id("loading").wait_for(state="detached")
        return self.page

    def row(self, label: str) -> Locator:
        """Return the table row of a pair."""
        return self.page.locator(f"tr[data-row='{label}']")

    def shoot(self, name: str) -> None:
        """Keep a picture of what is seen."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def answer(self, path: str, change: Any) -> None:
        """Let ``change`` edit what the API answers under a path, on its way to the browser."""

        def edit(route: Route) -> None:
            data = route.fetch().json()
            change(data)
            route.fulfill(json=data)

        self.page.route(f"**/discovery/api/{path}*", edit)


def new_page(browser: Browser) -> Page:
    context = browser.new_context(timezone_id="UTC")
    context.add_init_script(STILL)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    return page


class Visitors:
    """Opens the page for users of any role, theme and width.

    The pages of the browser are kept from test to test, since in a new one Chromium fetches and
    compiles all of Airflow again, which takes longer than the rest of a test. Every view is loaded
    anew all the same.
    """

    def __init__(self, browser: Browser, stack: Stack, idle: list[Page]) -> None:
        self._browser = browser
        self._stack = stack
        self._idle = idle
        self._sites: list[tuple[Site, bool]] = []

    def __call__(
        self,
        role: str = "admin",
        *,
        dark: bool = False,
        width: int = 1360,
        zone: str = "UTC",
        new: bool = False,
    ) -> Site:
        """Return a page; a new one for a test that changes what outlasts a load: clock, scripts."""
        base = str(self._stack.client.base_url).rstrip("/")
        if self._idle and not new:
            page = self._idle.pop()
        else:
            page = new_page(self._browser)
            page.goto(f"{base}{PICTURE}")
        theme = "dark" if dark else "light"
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.evaluate(CHOOSE, {"theme": theme, "timezone": f'"{zone}"'})
        site = Site(page, base)
        site.context.add_cookies(
            [{"name": "_token", "value": token_of(self._stack, role), "url": base}]
        )
        self._sites.append((site, new))
        return site

    def leave(self) -> None:
        for site, new in self._sites:
            site.leave()
            if new:
                site.context.close()
            else:
                self._idle.append(site.page)


@pytest.fixture(scope="package")
def idle_pages() -> list[Page]:
    return []


@pytest.fixture
def visit(chromium: Browser, stack: Stack, idle_pages: list[Page]) -> Iterator[Visitors]:
    visitors = Visitors(chromium, stack, idle_pages)
    yield visitors
    visitors.leave()


@pytest.fixture
def site(visit: Visitors) -> Site:
    """Return the page of the administrator: light, wide."""
    return visit()


@pytest.fixture
def new_site(visit: Visitors) -> Site:
    """Return the same in a page that nobody has used or will use."""
    return visit(new=True)


API = "/discovery/api"
OWN_CITY = "(SELECT id FROM discovery.cities WHERE slug = 'testville')"
OWN_SOURCES = (
    "(SELECT id FROM discovery.sources"
    " WHERE slug IN ('feed', 'slow-page', 'village-paper', 'country-guide'))"
)
# In the order in which they refer to each other.
CLEAN_UP = (
    f"DELETE FROM discovery.listings WHERE city_id IN {OWN_CITY}",
    f"DELETE FROM discovery.events WHERE city_id IN {OWN_CITY}",
    f"DELETE FROM discovery.city_source WHERE source_id IN {OWN_SOURCES}",
    f"DELETE FROM discovery.sources WHERE id IN {OWN_SOURCES}",
    "DELETE FROM discovery.cities WHERE slug = 'testville'",
)


class Village:
    """A city with nothing but what a test gives it, by the API that scripts use."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._stack.client.request(method, f"{API}/{path}", json=body)
        assert answer.is_success, answer.text
        saved: dict[str, Any] = answer.json()
        return saved

    def add_source(self, slug: str, kind: str = "icalendar") -> None:
        self.send("POST", "sources", {"slug": slug, "name": slug.title(), "kind": kind})

    def add_pair(self, source: str, **settings: Any) -> dict[str, Any]:
        return self.send(
            "POST", "pairs", {"city": "testville", "source": source, "settings": settings}
        )

    def pair(self, source: str = "feed") -> dict[str, Any] | None:
        rows = self._stack.client.get(f"{API}/city/testville").json()["pairs"]
        return next((row for row in rows if row["source"] == source), None)


def runs_with(stack: Stack, **conf: Any) -> list[dict[str, Any]]:
    """Return the runs of the DAG that were triggered with these parameters, whatever else runs."""
    found = stack.client.get(
        "/api/v2/dags/city_discovery/dagRuns", params={"order_by": "-run_after", "limit": 100}
    ).json()["dag_runs"]
    return [run for run in found if conf.items() <= (run["conf"] or {}).items()]


@pytest.fixture
def testville(stack: Stack, db: Connection) -> Iterator[Village]:
    city = Village(stack)
    try:
        city.send(
            "POST",
            "cities",
            {
                "slug": "testville",
                "name": "Testville",
                "country": "PL",
                "timezone": "Europe/Warsaw",
                "latitude": 50,
                "longitude": 20,
            },
        )
        city.add_source("feed")
        yield city
    finally:
        for statement in CLEAN_UP:
            db.execute(statement.encode())
