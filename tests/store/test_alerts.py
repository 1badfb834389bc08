"""The outbox of alerts: what is sent when, how often, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from include.discovery.errors import InvalidSettings
from include.discovery.monitoring.alerting import send_waiting
from include.discovery.store.alerts import (
    MOST_ATTEMPTS,
    claim_message,
    enqueue,
    lost_messages,
    settle_message,
)
from include.discovery.store.connection import Connection, connect

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
CONTENT = {"subject": "City discovery: 1 failing", "text": "krakow · opera"}


class Channel:
    """Takes messages, or fails with what it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.taken: list[tuple[str, str]] = []

    def __call__(self, name: str, content: Mapping[str, str]) -> None:
        if self.error:
            raise self.error
        self.taken.append((name, content["run_id"]))


def send(conn: Connection, channel: Channel, now: datetime = NOW) -> list[str]:
    return send_waiting(conn, channel, lambda: now)


def states(conn: Connection) -> list[str]:
    query = "SELECT state FROM discovery.alert_messages ORDER BY id"
    return [row[0] for row in conn.execute(query).fetchall()]


def test_each_channel_gets_each_message_in_order(conn: Connection) -> None:
    channel = Channel()
    enqueue(conn, "run 1", "alert", ["mail", "hook"], CONTENT, NOW)
    enqueue(conn, "run 2", "alert", ["mail"], CONTENT, NOW)

    assert send(conn, channel) == []
    assert send(conn, channel) == []

    assert channel.taken == [("mail", "run 1"), ("hook", "run 1"), ("mail", "run 2")]


def test_a_run_has_one_digest_and_is_late_once(conn: Connection) -> None:
    for _ in range(2):
        enqueue(conn, "run 1", "digest", ["mail"], CONTENT, NOW)
        enqueue(conn, "run 1", "late", ["mail"], CONTENT, NOW)

    assert states(conn) == ["pending", "pending"]


def test_a_message_is_given_up_after_some_attempts(conn: Connection) -> None:
    enqueue(conn, "run 1", "alert", ["mail"], CONTENT, NOW)
    full = Channel(ConnectionError("the mailbox is full"))

    faults = [send(conn, full) for _ in range(MOST_ATTEMPTS + 2)]

    assert faults == [
        *[["mail: ConnectionError: the mailbox is full"]] * MOST_ATTEMPTS,
        [],
        [],
    ]
    assert states(conn) == ["failed"]
    assert lost_messages(conn, NOW) == ["City discovery: 1 failing"]
    assert lost_messages(conn, NOW) == [], "it is mentioned once"


def test_a_message_that_is_no_news_any_more_is_not_sent(conn: Connection) -> None:
    enqueue(conn, "run 1", "alert", ["mail"], CONTENT, NOW)
    channel = Channel()

    send(conn, channel, NOW + timedelta(days=3))

    assert channel.taken == []
    assert states(conn) == ["failed"]


def test_a_channel_that_cannot_work_is_tried_once(conn: Connection) -> None:
    enqueue(conn, "run 1", "alert", ["mail"], CONTENT, NOW)
    gone = Channel(InvalidSettings("there is no such notifier"))

    assert send(conn, gone) == ["mail: there is no such notifier"]
    assert send(conn, gone) == []
    assert states(conn) == ["failed"]


def test_a_message_is_taken_by_one_sender_at_a_time(conn: Connection, database_url: str) -> None:
    enqueue(conn, "run 1", "alert", ["mail"], CONTENT, NOW)
    with connect(database_url) as another, conn.transaction():
        first = claim_message(conn, NOW)
        second = claim_message(another, NOW)

    assert first is not None
    assert second is None
    assert claim_message(conn, NOW) is None, "until it is settled"
    settle_message(conn, first.id, NOW, error="refused")
    assert claim_message(conn, NOW) is not None


@pytest.mark.parametrize(("minutes", "state"), [(14, "sending"), (15, "unconfirmed")])
def test_a_sender_that_died_leaves_a_message_that_is_not_sent_again(
    conn: Connection, minutes: int, state: str
) -> None:
    enqueue(conn, "run 1", "alert", ["mail"], CONTENT, NOW)
    claim_message(conn, NOW)
    channel = Channel()

    send(conn, channel, NOW + timedelta(minutes=minutes))

    assert channel.taken == []
    assert states(conn) == [state]


def test_keys_in_the_reason_of_a_failure_are_masked(conn: Connection) -> None:
    enqueue(conn, "run 1", "alert", ["mail"], CONTENT, NOW)
    address = "https://hooks.example/?api_key=0123456789abcdef0123"

    (fault,) = send(conn, Channel(ConnectionError(f"no answer from {address}")))

    assert "0123456789abcdef" not in fault
    row = conn.execute("SELECT error FROM discovery.alert_messages").fetchone()
    assert row is not None
    assert "0123456789abcdef" not in row[0]
