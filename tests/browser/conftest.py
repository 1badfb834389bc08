"""A headless Chromium in front of the running stack. Pictures go to ``.local/screenshots/``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, sync_playwright

from tests.support.stack import Stack

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
INSTALL = "Chromium is missing: install it with `apt-get install chromium`"
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


# A running Playwright keeps an event loop in this thread: it must be gone when other modules, with
# loops of their own, take their turn.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
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

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.faults: list[str] = []
        """What scripts threw; a test that provokes nothing wants none."""
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

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
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def answer(self, path: str, change: Any) -> None:
        """Let ``change`` edit what the API answers under a path, on its way to the browser."""

        def edit(route: Route) -> None:
            data = route.fetch().json()
            change(data)
            route.fulfill(json=data)

        self.page.route(f"**/discovery/api/{path}*", edit)


class Visitors:
    """Opens the page for users of any role, theme and width."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser = browser
        self._stack = stack
        self.contexts: list[BrowserContext] = []

    def __call__(
        self, role: str = "admin", *, dark: bool = False, width: int = 1360, zone: str = "UTC"
    ) -> Site:
        base = str(self._stack.client.base_url).rstrip("/")
        context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            timezone_id="UTC",
        )
        theme = "dark" if dark else "light"
        context.add_init_script(
            f"""localStorage.setItem("theme", "{theme}");
            localStorage.setItem("timezone", '"{zone}"');"""
        )
        context.add_cookies([{"name": "_token", "value": token_of(self._stack, role), "url": base}])
        self.contexts.append(context)
        return Site(context, base)


@pytest.fixture
def visit(chromium: Browser, stack: Stack) -> Iterator[Visitors]:
    visitors = Visitors(chromium, stack)
    yield visitors
    for context in visitors.contexts:
        # The page asks again and again: a request that a test answers may just be under way.
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.close()


@pytest.fixture
def site(visit: Visitors) -> Site:
    """Return the page of the administrator: light, wide."""
    return visit()
