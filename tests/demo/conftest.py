"""One fixed day and one running demo server for all tests of the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from include.demo.server import DemoServer
from include.demo.site import DemoSite

BASE_URL = "http://demo.test"


@pytest.fixture(scope="session")
def today() -> date:
    """Return a day whose window holds a change to summer time and two turns of a quarter."""
    return date(2026, 2, 20)


@pytest.fixture(scope="session")
def server(today: date) -> Iterator[DemoServer]:
    with DemoServer(port=0, today=today) as running:
        yield running


@pytest.fixture
def make_site(today: date) -> Callable[[], DemoSite]:
    """Make sites that have answered nothing yet: nothing is remembered between them."""
    return lambda: DemoSite(lambda: today, BASE_URL)


@pytest.fixture
def site(make_site: Callable[[], DemoSite]) -> DemoSite:
    return make_site()
