"""Alerts as they leave a running Airflow: by mail and by a web hook, once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from include.discovery.store.connection import Connection
from tests.support.hook import HookServer, hook_server
from tests.support.mail import MailServer, mail_server
from tests.support.stack import Stack

pytestmark = pytest.mark.airflow

PAIR = {"cities": ["helsinki"], "sources": ["demo-gone"], "force": True}
CHANNELS = [
    {
        "notifier": "airflow.providers.smtp.notifications.smtp.SmtpNotifier",
        "arguments": {"to": "team@discovery.example"},
    },
    {
        "notifier": "airflow.providers.http.notifications.HttpNotifier",
        "arguments": {"http_conn_id": "alerts_hook", "endpoint": "alerts"},
    },
]


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as server:
        yield server


@pytest.fixture(autouse=True)
def channels(stack: Stack, mail: MailServer, hook: HookServer) -> Iterator[None]:
    """Configure the channels as a person does, in Airflow's Variables and connections."""
    entries: list[tuple[str, str, dict[str, Any]]] = [
        ("connections", "smtp_default", {
            "connection_id": "smtp_default", "conn_type": "smtp", "host": "127.0.0.1",
            "port": mail.port,
            "extra": json.dumps({
                "disable_ssl": True, "disable_tls": True, "timeout": 10,
                "from_email": "alerts@discovery.example",
            }),
        }),
        ("connections", "alerts_hook", {
            "connection_id": "alerts_hook", "conn_type": "http", "host": "127.0.0.1",
            "port": hook.port,
        }),
        ("variables", "discovery_alerts", {
            "key": "discovery_alerts", "value": json.dumps(CHANNELS),
        }),
    ]  # fmt: skip
    for kind, _, body in entries:
        answer = stack.client.post(f"/api/v2/{kind}", json=body)
        assert answer.status_code == 201, answer.text
    yield
    for kind, name, _ in entries:
        stack.client.delete(f"/api/v2/{kind}/{name}")


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def test_a_pair_that_keeps_failing_is_told_once_by_every_channel(
    stack: Stack, db: Connection, mail: MailServer, hook: HookServer
) -> None:
    runs = [stack.run(**PAIR)[0] for _ in range(4)]

    mails = [message for message in mail.taken if "demo-gone" in html_of(message)]
    posts = [post for post in hook.taken if "demo-gone" in json.dumps(post)]
    assert len(mails) == len(posts) == 1, stack.task_log(runs[-1], "alert")
    assert "1 failing" in mails[0]["Subject"]
    (told,) = [pair for pair in posts[0]["pairs"] if pair["source"] == "demo-gone"]
    assert told["pair"] == "helsinki · demo-gone"
    assert told["category"] == "not_found"
    assert told["links"]["log"].startswith(str(stack.client.base_url).rstrip("/"))
    assert stack.client.get(told["links"]["page"]).status_code == 200
    assert {state for (state,) in db.execute(
        "SELECT state FROM discovery.alert_messages"
    ).fetchall()} == {"sent"}  # fmt: skip
