"""Alerts by Airflow's notifiers: which channels there are, and what a task hands to them.

The Variable ``discovery_alerts`` lists the channels, as JSON. A notifier is any class that derives
from Airflow's ``BaseNotifier``; its arguments are templates, in which ``alert`` is the message.
Keys and passwords belong into the connections that notifiers name.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from importlib import import_module
from typing import Annotated, Any, Final

from airflow.sdk import BaseNotifier, Variable
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowException
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from include.discovery.errors import InvalidSettings
from include.discovery.monitoring.alerting import Send, send_waiting, tell, tell_late
from include.discovery.monitoring.messages import Places
from include.discovery.monitoring.metrics import of_health
from include.discovery.monitoring.pair_health import verdict_of
from include.discovery.orchestration.connection import open_discovery_db
from include.discovery.orchestration.metrics import emit
from include.discovery.report import close_run
from include.discovery.settings import Settings
from include.discovery.store.connection import Connection, reported
from include.discovery.store.migrate import check_schema
from include.discovery.store.proposals import propose_weekly
from include.discovery.store.queries.pairs import read_pairs

log = logging.getLogger(__name__)

CHANNELS: Final = "discovery_alerts"
"""Name of Airflow's Variable that lists the channels."""

_JSON: Final = {"data": "{{ alert.json }}", "headers": {"Content-Type": "application/json"}}
_ARGUMENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "SmtpNotifier": {"subject": "{{ alert.subject }}", "html_content": "{{ alert.html }}"},
    "SlackNotifier": {"text": "{{ alert.slack }}"},
    "SlackWebhookNotifier": {"text": "{{ alert.slack }}"},
    "HttpNotifier": _JSON,
}
"""What notifiers of these names are given unless the channel says otherwise."""


class AlertsNotSentError(AirflowException):
    """A channel failed; the message waits in the outbox for the next try."""


class Channel(BaseModel):
    """A notifier that gets every message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notifier: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]
    """Dotted path of its class."""
    arguments: dict[str, Any] = Field(default={})
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None

    @property
    def key(self) -> str:
        """The name by which the outbox knows it."""
        return self.name or self.notifier.rpartition(".")[2]

    def build(self) -> BaseNotifier:
        """Make the notifier.

        :raises InvalidSettings: when there is no such class, or it does not take the arguments.
        """
        module, _, name = self.notifier.rpartition(".")
        try:
            found = getattr(import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise InvalidSettings(
                f"{CHANNELS}: there is no {self.notifier}; install its provider ({error})"
            ) from None
        if not (isinstance(found, type) and issubclass(found, BaseNotifier)):
            raise InvalidSettings(f"{CHANNELS}: {self.notifier} is not a notifier")
        try:
            return found(**{**_ARGUMENTS.get(name, {}), **self.arguments})
        except TypeError as error:
            raise InvalidSettings(f"{CHANNELS}: {self.notifier}: {error}") from None


_LIST: Final = TypeAdapter(list[Channel])


def read_channels() -> dict[str, Channel]:
    """Read the channels by name; none where the Variable is not set.

    :raises InvalidSettings: when it is not a list of channels, or two have one name.
    """
    text = Variable.get(CHANNELS, default=None)
    if not text:
        return {}
    try:
        listed = _LIST.validate_python(json.loads(text))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, fault["loc"]))
        raise InvalidSettings(f"{CHANNELS}: {where}: {fault['msg']}") from None
    except ValueError as error:
        raise InvalidSettings(f"{CHANNELS} is not JSON: {error}") from None
    channels = {channel.key: channel for channel in listed}
    if len(channels) < len(listed):
        raise InvalidSettings(f"{CHANNELS}: two channels have the same name; name them")
    return channels


def alert_run(context: Any) -> None:  # noqa: ANN401  Airflow's Context, a mapping
    """Tell what has changed after a run, by every channel.

    :raises AlertsNotSentError: when a channel failed.
    """
    settings = Settings.from_environment(os.environ)
    channels = read_channels()
    run = context["dag_run"]
    with closing(open_discovery_db()) as conn:
        check_schema(conn)
        # As the report does, beside this: attempts that were killed are to be told as such.
        close_run(conn, run.run_id)
        with reported():
            _measure_health(conn, settings)
            proposed = propose_weekly(conn, _now())
            if proposed is not None:
                log.info("%d assertions are proposed: see docs/alerts.md.", proposed)
            if not channels:
                # What nobody can be told of is not noted as told: it will be, by the first channel.
                log.info("Nothing is told: the Variable %s names no channel.", CHANNELS)
                return
            decision = tell(
                conn,
                run.run_id,
                list(channels),
                settings,
                _places(settings),
                _now(),
                is_scheduled=run.run_type == "scheduled",
            )
            log.info(
                "%d to tell, %d recovered, %d muted, %d told before.",
                len(decision.told),
                len(decision.recovered),
                len(decision.muted),
                len(decision.still_open),
            )
            _send_all(conn, channels, context)


def _measure_health(conn: Connection, settings: Settings) -> None:
    """Measure how many pairs are in which state, whether a run has synced them or not."""
    now = _now()
    emit(
        of_health(
            (pair.source, verdict_of(pair, now, time_limit=settings.sync_timeout).state)
            for pair in read_pairs(conn)
        )
    )


def run_is_late(context: Mapping[str, Any]) -> None:
    """Tell that a scheduled run is not over in time: Airflow calls this at its deadline.

    :raises AlertsNotSentError: when a channel failed; the run's own alert task sends it then.
    """
    settings = Settings.from_environment(os.environ)
    channels = read_channels()
    deadline = datetime.fromisoformat(str(context["deadline"]["deadline_time"]))
    with closing(open_discovery_db()) as conn, reported():
        check_schema(conn)
        run_id = context["dag_run"]["dag_run_id"]
        tell_late(conn, run_id, list(channels), _places(settings), deadline, _now())
        _send_all(conn, channels, {**context, "dag": None})


def _send_all(
    conn: Connection, channels: Mapping[str, Channel], context: Mapping[str, Any]
) -> None:
    faults = send_waiting(conn, _sender(channels, context), _now)
    if faults:
        raise AlertsNotSentError(f"not every alert was sent: {'; '.join(faults)}")


def _sender(channels: Mapping[str, Channel], context: Mapping[str, Any]) -> Send:
    def send(name: str, content: Mapping[str, str]) -> None:
        if name not in channels:
            raise InvalidSettings(f"{CHANNELS} has no channel {name} any more")
        # A copy: notifiers add to the context.
        channels[name].build()({**context, "alert": dict(content)})

    return send


def _places(settings: Settings) -> Places:
    return Places(conf.get("api", "base_url", fallback="") or "", settings.runbook_url or "")


def _now() -> datetime:
    return datetime.now(UTC)
