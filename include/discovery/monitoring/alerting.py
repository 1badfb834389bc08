"""Tells what has changed after a run: decides, puts the message into the outbox, and sends it.

Deciding and the outbox are one transaction, so that a message is made once however often a task is
repeated. Sending comes after it, and can be repeated on its own.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from include.discovery.errors import InvalidSettings
from include.discovery.failures import one_line
from include.discovery.health.alerts import Decision, decide
from include.discovery.monitoring.messages import Places, late_message, message
from include.discovery.monitoring.pair_health import standing_of
from include.discovery.redaction.masking import redact
from include.discovery.settings import Settings
from include.discovery.store import alerts as stored
from include.discovery.store.connection import Connection
from include.discovery.store.queries.pairs import read_pairs
from include.discovery.store.queries.withdrawals import waiting_by_pair

log = logging.getLogger(__name__)

Send = Callable[[str, Mapping[str, str]], None]
"""Hands a message to a channel; raises what went wrong."""


def tell(
    conn: Connection,
    dag_run_id: str,
    channels: Sequence[str],
    settings: Settings,
    places: Places,
    now: datetime,
    *,
    is_scheduled: bool,
) -> Decision:
    """Decide what there is to tell after a run, and put it into the outbox.

    :param channels: names of the channels, each of which gets the message.
    :param is_scheduled: the run is one that a daily digest may follow.
    """
    with conn.transaction():
        stored.lock_alerts(conn)
        awaiting = waiting_by_pair(conn)
        standings = [
            standing_of(pair, now, settings.sync_timeout, awaiting=awaiting.get(pair.id, 0))
            for pair in read_pairs(conn)
        ]
        decision = decide(
            standings,
            stored.open_alerts(conn),
            failures_before_alert=settings.failures_before_alert,
        )
        stored.note_decision(conn, decision, dag_run_id, now)
        is_digest = settings.alert_digest and is_scheduled
        if channels and (decision.is_news or is_digest):
            content = message(
                decision,
                dag_run_id,
                now,
                places,
                states=Counter(each.verdict.state for each in standings) if is_digest else None,
                unconfirmed=stored.lost_messages(conn, now),
            )
            kind: stored.Kind = "digest" if is_digest else "alert"
            stored.enqueue(conn, dag_run_id, kind, channels, content, now)
    return decision


def tell_late(
    conn: Connection,
    dag_run_id: str,
    channels: Sequence[str],
    places: Places,
    deadline: datetime,
    now: datetime,
) -> None:
    """Put into the outbox that a run is not over when it should be; once for each run."""
    content = late_message(dag_run_id, deadline, now, places)
    with conn.transaction():
        stored.enqueue(conn, dag_run_id, "late", channels, content, now)


def send_waiting(conn: Connection, send: Send, now: Callable[[], datetime]) -> list[str]:
    """Send what waits in the outbox, each message by its channel; return what went wrong.

    What failed waits for the next time. A channel that cannot work as it is configured is not
    tried again.
    """
    stored.give_up(conn, now())
    tried: list[int] = []
    faults: list[str] = []
    while outgoing := stored.claim_message(conn, now(), tried):
        tried.append(outgoing.id)
        try:
            send(outgoing.channel, {**outgoing.content, "run_id": outgoing.dag_run_id})
        except Exception as error:  # noqa: BLE001  a notifier may raise anything
            fault = redact(one_line(error))
            is_final = isinstance(error, InvalidSettings)
            stored.settle_message(conn, outgoing.id, now(), error=fault, final=is_final)
            faults.append(f"{outgoing.channel}: {fault}")
            log.warning("Message %d was not sent by %s: %s", outgoing.id, outgoing.channel, fault)
        else:
            stored.settle_message(conn, outgoing.id, now())
            log.info("Message %d was sent by %s.", outgoing.id, outgoing.channel)
    return faults
