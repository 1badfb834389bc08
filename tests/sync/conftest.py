"""The demo feeds, which tests of syncs ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from include.demo.server import DemoServer
from tests.sync.sync_support import TODAY


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, today=TODAY) as server:
        yield server
