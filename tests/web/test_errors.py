"""Failures across pairs."""

from __future__ import annotations

import pytest

from include.discovery.store.connection import Connection
from tests.support.builders import PARIS, source, stored_pair
from tests.web.page_support import Page, fail, keep_answer


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


def test_a_group_tells_how_often_it_came_on_each_day(page: Page, conn: Connection) -> None:
    pair = stored_pair(conn)
    for run in ("a", "b", "c"):
        fail(conn, pair, run)
    conn.execute("UPDATE discovery.sync_runs SET finished_at = finished_at - interval '2 days'"
                 " WHERE dag_run_id = 'a'")  # fmt: skip

    (group,) = page.get("/api/errors", days=7)["groups"]

    counts = [day["count"] for day in group["trend"]]
    assert len(counts) == 8
    assert (counts[-1], counts[-3], sum(counts)) == (2, 1, 3)


class TestKeptAnswers:
    """What a source answered when it could not be read, as a file to be saved."""

    def test_a_group_links_to_the_answer_behind_it(self, page: Page, conn: Connection) -> None:
        keep_answer(conn, stored_pair(conn))

        (group,) = page.get("/api/errors")["groups"]

        (answer,) = group["answers"]
        assert (answer["label"], answer["status"], answer["size"], answer["is_cut"]) == (
            "krakow · theatres", 200, 18, False,
        )  # fmt: skip
        assert page.ask("GET", f"/{answer['path']}").text == "<b>no calendar</b>"

    def test_an_answer_is_served_as_text_to_be_saved_whatever_it_is_of(
        self, page: Page, conn: Connection
    ) -> None:
        keep_answer(conn, stored_pair(conn), "<script>alert(1)</script>")
        (group,) = page.get("/api/errors")["groups"]

        answer = page.ask("GET", f"/{group['answers'][0]['path']}", "viewer")

        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith(
            'attachment; filename="krakow-theatres-parsing-'
        )
        assert "default-src 'none'" in answer.headers["content-security-policy"]

    def test_the_latest_answer_of_a_category_takes_the_place_of_the_one_before(
        self, page: Page, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        keep_answer(conn, pair, "first", "no calendar")
        keep_answer(conn, pair, "second", "broken JSON")

        groups = {group["message"]: group for group in page.get("/api/errors")["groups"]}

        assert groups["no calendar"]["answers"] == []
        assert len(groups["broken JSON"]["answers"]) == 1

    def test_an_expired_answer_is_gone_even_before_it_is_deleted(
        self, page: Page, conn: Connection
    ) -> None:
        keep_answer(conn, stored_pair(conn))
        (group,) = page.get("/api/errors")["groups"]
        conn.execute("UPDATE discovery.kept_answers SET kept_at = now() - interval '15 days'")

        answer = page.ask("GET", f"/{group['answers'][0]['path']}")

        assert answer.status_code == 404
        assert page.get("/api/errors")["groups"][0]["answers"] == []

    @pytest.mark.usefixtures("page")
    def test_the_answers_of_a_pair_that_is_removed_go_with_it(self, conn: Connection) -> None:
        keep_answer(conn, stored_pair(conn))

        conn.execute("DELETE FROM discovery.city_source")

        assert conn.execute("SELECT count(*) FROM discovery.kept_answers").fetchone() == (0,)
