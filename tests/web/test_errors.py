"""Failures across pairs."""

from __future__ import annotations

from include.discovery.store.connection import Connection
from tests.support.builders import PARIS, source, stored_pair
from tests.web.page_support import Page, fail


def test_errors_of_all_pairs_are_grouped(page: Page, conn: Connection) -> None:
    pairs = [stored_pair(conn), stored_pair(conn, PARIS, source("louvre"))]
    for n, pair in enumerate(pairs):
        fail(conn, pair, f"run-{n}")
        fail(conn, pair, f"again-{n}")
    fail(conn, pairs[0], "other", "another message")

    answer = page.get("/api/errors", days=1)

    assert [(group["message"], group["count"]) for group in answer["groups"]] == [
        ("answered 503", 4), ("another message", 1),
    ]  # fmt: skip
    assert [(pair["label"], pair["count"]) for pair in answer["groups"][0]["pairs"]] == [
        ("paris · louvre", 2), ("krakow · theatres", 2),
    ]  # fmt: skip
    assert answer["truncated"] is False
