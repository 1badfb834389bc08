"""The alert task on a real database, with Airflow's own notifiers and one of somebody's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from airflow.providers.smtp.notifications import smtp

from include.discovery.errors import InvalidSettings
from include.discovery.model import Pair
from include.discovery.orchestration.alerting import (
    AlertsNotSentError,
    alert_run,
    read_channels,
    run_is_late,
)
from include.discovery.orchestration.sentry import SentryNotifier
from include.discovery.store.connection import Connection
from tests.orchestration.recording_notifier import TAKEN
from tests.support.builders import stored_pair
from tests.support.mail import MailServer, mail_server
from tests.web.page_support import fail, sync

RECORDING = "tests.orchestration.recording_notifier.RecordingNotifier"
SMTP = f"{smtp.__name__}.SmtpNotifier"


@pytest.fixture(autouse=True)
def settings(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    TAKEN.clear()
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)
    monkeypatch.delenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", raising=False)
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/at")


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as server:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", server.connection)
        yield server


@pytest.fixture
def pair(conn: Connection) -> Pair:
    return stored_pair(conn)


def use(monkeypatch: pytest.MonkeyPatch, *channels: dict[str, Any]) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_DISCOVERY_ALERTS", json.dumps(channels))


def run(run_id: str = "manual__1", run_type: str = "manual") -> dict[str, Any]:
    """Return as much of Airflow's context as the task reads."""
    return {"dag": None, "dag_run": SimpleNamespace(run_id=run_id, run_type=run_type)}


def fail_often(conn: Connection, pair: Pair, message: str = "answered <b>503</b>") -> None:
    for n in range(3):
        fail(conn, pair, f"night-{n}", message)


def states(conn: Connection) -> list[tuple[Any, ...]]:
    query = "SELECT channel, state, attempts FROM discovery.alert_messages ORDER BY id"
    return conn.execute(query).fetchall()


def test_a_pair_that_fails_three_times_is_told_by_mail_once(
    conn: Connection, pair: Pair, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, {"notifier": SMTP, "arguments": {"to": "team@discovery.example"}})
    fail_often(conn, pair)

    alert_run(run())
    alert_run(run())
    alert_run(run("manual__2"))

    (message,) = mail.taken
    assert message["Subject"] == "City discovery: 1 failing"
    assert message["To"] == "team@discovery.example"
    body = message.get_body(("html",))
    assert body is not None
    html = body.get_content()
    assert "3 failed runs in a row; the last: answered &lt;b&gt;503&lt;/b&gt; [server]" in html
    assert (
        'href="https://airflow.example/at/plugin/discovery?view=pair&amp;city=krakow'
        '&amp;source=theatres"'
    ) in html
    assert (
        "https://airflow.example/at/dags/city_discovery/runs/night-2/tasks/sync/mapped/0"
        "?try_number=1"
    ) in html
    assert "docs/runbook.md#server" in html
    assert states(conn) == [("SmtpNotifier", "sent", 1)]


def test_a_recovery_is_told_by_a_notifier_of_ones_own(
    conn: Connection, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = {"title": "{{ alert.subject | upper }}"}
    use(monkeypatch, {"notifier": RECORDING, "arguments": title})
    fail_often(conn, pair)
    alert_run(run("night-2"))
    sync(conn, pair, "night-3", "a")

    alert_run(run("night-3"))

    assert [subject for subject, _ in TAKEN] == [
        "CITY DISCOVERY: 1 FAILING",
        "CITY DISCOVERY: 1 RECOVERED",
    ]
    assert "- krakow · theatres: was failing since " in TAKEN[1][1]


def test_a_channel_that_fails_is_tried_again_alone(
    conn: Connection, pair: Pair, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(
        monkeypatch,
        {"notifier": SMTP, "arguments": {"to": "team@discovery.example"}},
        {"notifier": RECORDING},
    )
    fail_often(conn, pair)
    mail.is_full = True

    with pytest.raises(AlertsNotSentError, match=r"SmtpNotifier: .*the mailbox is full"):
        alert_run(run())
    assert states(conn) == [("SmtpNotifier", "pending", 1), ("RecordingNotifier", "sent", 1)]
    mail.is_full = False
    alert_run(run())

    assert states(conn) == [("SmtpNotifier", "sent", 2), ("RecordingNotifier", "sent", 1)]
    assert len(mail.taken) == len(TAKEN) == 1


def test_a_message_whose_sender_died_is_not_sent_again_but_mentioned(
    conn: Connection, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, {"notifier": RECORDING, "arguments": {"fails": "not now"}})
    fail_often(conn, pair)
    with pytest.raises(AlertsNotSentError):
        alert_run(run())
    conn.execute(
        "UPDATE discovery.alert_messages SET state = 'sending', state_at = now() - interval '1 h'"
    )
    use(monkeypatch, {"notifier": RECORDING})

    alert_run(run())
    assert TAKEN == []
    sync(conn, pair, "night-3", "a")
    alert_run(run("night-3"))
    alert_run(run("night-4"))

    assert [state for _, state, _ in states(conn)] == ["unconfirmed", "sent"]
    ((_, text),) = TAKEN
    assert "An earlier message may not have arrived: City discovery: 1 failing." in text


def test_what_nobody_could_be_told_of_is_told_by_the_first_channel(
    conn: Connection, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch)
    fail_often(conn, pair)

    alert_run(run())
    assert conn.execute("SELECT count(*) FROM discovery.alerts").fetchone() == (0,)
    use(monkeypatch, {"notifier": RECORDING, "arguments": {"title": "{{ alert.subject }}"}})
    alert_run(run("night-3"))

    assert [subject for subject, _ in TAKEN] == ["City discovery: 1 failing"]


def test_a_digest_is_sent_once_after_each_scheduled_run(
    conn: Connection, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCOVERY_ALERT_DIGEST", "true")
    use(monkeypatch, {"notifier": RECORDING, "arguments": {"title": "{{ alert.subject }}"}})
    sync(conn, pair, "night-0", "a")

    alert_run(run("manual__1"))
    alert_run(run("scheduled__1", "scheduled"))
    alert_run(run("scheduled__1", "scheduled"))

    ((subject, text),) = TAKEN
    assert subject == "City discovery: daily digest, 0 open"
    assert "All pairs: 1 warning." in text


def test_a_late_run_is_told_once(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, {"notifier": RECORDING, "arguments": {"title": "{{ alert.subject }}"}})
    missed = {
        "dag_run": {"dag_run_id": "scheduled__1", "dag_id": "city_discovery"},
        "deadline": {"id": "1", "deadline_time": datetime(2026, 6, 1, 6, tzinfo=UTC)},
    }

    run_is_late(missed)
    run_is_late(missed)

    ((subject, text),) = TAKEN
    assert subject == "City discovery: the run is late"
    assert "should have been over at 1 June, 06:00 UTC" in text


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("{", "discovery_alerts is not JSON"),
        ('{"notifier": "a.b"}', "should be a valid list"),
        ('[{"notifier": "os"}]', "0.notifier: "),
        ('[{"notifier": "a.b", "kwargs": {}}]', "0.kwargs: "),
        ('[{"notifier": "a.B"}, {"notifier": "c.B"}]', "two channels have the same name"),
    ],
)
def test_channels_that_cannot_be_meant_are_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, said: str
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_DISCOVERY_ALERTS", variable)

    with pytest.raises(InvalidSettings, match=said):
        read_channels()


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ({"notifier": "nowhere.Notifier"}, "install its provider"),
        ({"notifier": "os.getcwd"}, "is not a notifier"),
        ({"notifier": "subprocess.Popen", "arguments": {"args": "true"}}, "is not a notifier"),
        ({"notifier": RECORDING, "arguments": {"colour": "red"}}, "unexpected keyword argument"),
    ],
)
def test_a_channel_that_cannot_work_is_not_tried_again(
    conn: Connection,
    pair: Pair,
    monkeypatch: pytest.MonkeyPatch,
    channel: dict[str, Any],
    said: str,
) -> None:
    use(monkeypatch, channel)
    fail_often(conn, pair)

    with pytest.raises(AlertsNotSentError, match=said):
        alert_run(run())
    alert_run(run())

    assert [state for _, state, _ in states(conn)] == ["failed"]


def test_sentry_gets_one_event_with_the_key_of_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(
        "AIRFLOW_CONN_DISCOVERY_SENTRY",
        json.dumps(
            {
                "conn_type": "http",
                "host": "o1.sentry.example",
                "password": "public",
                "extra": {"project": 42},
            }
        ),
    )
    sent: list[httpx.Request] = []

    def answer(url: str, **options: Any) -> httpx.Response:
        timeout = options.pop("timeout")
        assert timeout
        sent.append(httpx.Request("POST", url, **options))
        return httpx.Response(200, request=sent[-1])

    monkeypatch.setattr(httpx, "post", answer)
    alert = {"subject": "City discovery: 1 failing", "text": "krakow · theatres", "run_id": "r"}

    SentryNotifier()({"dag": None, "alert": alert})

    (request,) = sent
    assert str(request.url) == "https://o1.sentry.example/api/42/envelope/"
    assert "sentry_key=public" in request.headers["x-sentry-auth"]
    _, _, event = map(json.loads, request.content.decode().splitlines())
    assert event["message"]["formatted"] == "krakow · theatres"
    assert event["fingerprint"] == ["discovery", "City discovery: 1 failing"]


def test_sentry_without_a_project_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_SENTRY", "http://:key@o1.sentry.example")

    with pytest.raises(InvalidSettings, match="of a Sentry DSN"):
        SentryNotifier()({"dag": None, "alert": {"subject": "", "text": "", "run_id": ""}})
