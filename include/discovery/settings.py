"""Every setting of the system: its environment variable, its default, and one line of help.

Settings are read when they are needed, never at import: ``Settings.from_environment(os.environ)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from include.discovery.errors import InvalidSettings
from include.discovery.fetch.addresses import Network, private_host

PREFIX = "DISCOVERY_"

_FOREVER = "forever"


def _duration(text: str) -> timedelta:
    seconds = float(text)
    if not 0 <= seconds <= 86_400:
        raise ValueError(text)
    return timedelta(seconds=seconds)


def _time_limit(text: str) -> timedelta:
    limit = _duration(text)
    if not limit:
        raise ValueError(text)
    return limit


def _delays(text: str) -> tuple[timedelta, ...]:
    delays = tuple(_duration(part) for part in text.split(","))
    if len(delays) != 3:
        raise ValueError(text)
    return delays


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise ValueError(text)
    return share


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError(text)
    return count


def _counts(text: str) -> dict[str, int]:
    entries = (entry.partition("=") for entry in text.replace(",", " ").split())
    return {name: _count(number) for name, _, number in entries}


def _schedule(text: str) -> str:
    from include.discovery.timetable import cron_of  # noqa: PLC0415  not needed for the default

    return cron_of(text)


def _zone(text: str) -> str:
    from include.discovery.timetable import zone_of  # noqa: PLC0415  not needed for the default

    return zone_of(text)


def _hosts(text: str) -> tuple[Network | str, ...]:
    entries = text.replace(",", " ").split()
    if {"true", "false", "yes", "no"} & {entry.lower() for entry in entries}:
        raise ValueError(text)  # a flag is what was meant, and a host of that name is none
    return tuple(map(private_host, entries))


def _days(text: str) -> timedelta | None:
    if text.lower() == _FOREVER:
        return None
    days = int(text)
    if not 1 <= days <= 36_500:
        raise ValueError(text)
    return timedelta(days=days)


def _flag(text: str) -> bool:
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[
        text.lower()
    ]


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError(text)
    return text


@dataclass(frozen=True, slots=True)
class _Help:
    """How one setting is read, and what its user is told."""

    parse: Callable[[str], object]
    allowed: str
    text: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings; field ``contact`` is read from ``DISCOVERY_CONTACT``, and so on."""

    contact: str = "no contact configured"
    schedule: str = "0 0 * * *"
    schedule_timezone: str | None = None
    start_spread: timedelta = timedelta(minutes=5)
    retry_delays: tuple[timedelta, ...] = (
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=8),
    )
    retry_spread: timedelta = timedelta(seconds=5)
    longest_wait: timedelta = timedelta(minutes=10)
    sync_timeout: timedelta = timedelta(hours=2)
    failure_threshold: float = 0.5
    max_pairs: int | None = None
    pairs_per_task: Mapping[str, int] = field(default_factory=dict)
    auto_migrate: bool = False
    choices_file: str | None = None
    statistics_max_days: int = 90
    private_hosts: tuple[Network | str, ...] = ()
    failures_before_alert: int = 3
    alert_digest: bool = False
    late_after: timedelta = timedelta()
    runbook_url: str | None = None
    keep_runs: timedelta | None = timedelta(days=400)
    keep_rejects: timedelta | None = timedelta(days=90)
    keep_answers: timedelta | None = timedelta(days=14)
    keep_audit: timedelta | None = timedelta(days=1_100)
    keep_past_events: timedelta | None = None

    @property
    def task_timeout(self) -> timedelta:
        """How long a mapped task may take that syncs as many pairs as may share one."""
        return self.sync_timeout * max(self.pairs_per_task.values(), default=1)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read all settings; an unset or empty variable leaves the default.

        :raises InvalidSettings: naming the variable, its value and what is allowed; or what has
            taken the place of a variable that is not read any more.
        """
        for variable, advice in _REPLACED.items():
            if environment.get(variable, "").strip():
                raise InvalidSettings(f"{variable} is no longer read: {advice}")
        values: dict[str, Any] = {}
        for setting in fields(cls):
            variable = PREFIX + setting.name.upper()
            text = environment.get(variable, "").strip()
            if not text:
                continue
            try:
                values[setting.name] = HELP[setting.name].parse(text)
            except (ValueError, KeyError, OverflowError):
                raise InvalidSettings(
                    f"{variable}={text!r} is not {HELP[setting.name].allowed}"
                ) from None
        return cls(**values)


_ALLOWED_DAYS = "a whole number of days from 1, or forever"

HELP = {
    "contact": _Help(
        str,
        "a web address or e-mail",
        "Named in the User-Agent, so that sources can reach whoever runs this.",
    ),
    "schedule": _Help(
        _schedule,
        "a cron expression of five fields, or @hourly, @daily, @weekly or @monthly",
        "When the DAG runs; pairs are due by their own frequencies. Set it for all of Airflow's "
        "processes.",
    ),
    "schedule_timezone": _Help(
        _zone,
        "an IANA time zone, such as Europe/Warsaw",
        "The time zone in which the schedule is meant; Airflow's [core] default_timezone, which is "
        "UTC unless you changed it, if not set.",
    ),
    "start_spread": _Help(
        _duration,
        "a number of seconds from 0",
        "A scheduled run begins up to so much later, at random: sources are not asked by everybody "
        "on the stroke of the hour. 0: at once.",
    ),
    "retry_delays": _Help(
        _delays,
        "three numbers of seconds, such as 30,120,480",
        "Waits before the second, third and fourth attempt of a sync.",
    ),
    "retry_spread": _Help(
        _duration,
        "a number of seconds from 0",
        "Up to so much is added to a wait, the same for a pair each time: pairs spread out.",
    ),
    "longest_wait": _Help(
        _duration,
        "a number of seconds from 0",
        "The longest wait that a source may ask a task for; one that asks for more parks its pair.",
    ),
    "sync_timeout": _Help(
        _time_limit,
        "a number of seconds above 0",
        "How long an attempt to sync a pair may take in Airflow; the next one goes on from there.",
    ),
    "failure_threshold": _Help(
        _share,
        "a share from 0 to 1",
        "The run fails when more than this share of its pairs failed, or one for our own database.",
    ),
    "max_pairs": _Help(
        _count,
        "a whole number from 1",
        "Pairs of one run at most. Not set: as many as fit into the tasks that Airflow can map, "
        "[core] max_map_length.",
    ),
    "pairs_per_task": _Help(
        _counts,
        "kinds with whole numbers from 1, as icalendar=50, rss=20",
        "How many pairs of a kind may share a mapped task, which syncs one after the other. Not "
        "set: each pair has a task of its own. Set it for all of Airflow's processes.",
    ),
    "auto_migrate": _Help(
        _flag,
        "true or false",
        "Let the plan task migrate the discovery database, where nobody can run the command.",
    ),
    "choices_file": _Help(
        str,
        "a path that all of Airflow's processes share",
        "Where the cities and sources are kept that the DAG's trigger form offers; not set: it "
        "takes any slug.",
    ),
    "statistics_max_days": _Help(
        _count,
        "a whole number from 1",
        "The longest window of the page's statistics; they read Airflow's metadata database.",
    ),
    "private_hosts": _Help(
        _hosts,
        "a list of hosts and networks, such as 127.0.0.1, feeds.internal, 10.2.0.0/16",
        "Hosts of this machine or an internal network that sources may be read from. Link-local "
        "and metadata addresses never are.",
    ),
    "failures_before_alert": _Help(
        _count,
        "a whole number from 1",
        "Runs in a row that a pair must fail before somebody is alerted; a refused key and a "
        "source that emptied alert at once.",
    ),
    "alert_digest": _Help(
        _flag,
        "true or false",
        "Send a message after every scheduled run, with all that is open, and not only when "
        "something has changed.",
    ),
    "late_after": _Help(
        _duration,
        "a number of seconds from 0",
        "Alert when a scheduled run is not over so long after its time; 0: never.",
    ),
    "runbook_url": _Help(
        _web_address,
        "a web address",
        "Where docs/runbook.md is published, for links in alerts and on the page, which serves it "
        "otherwise.",
    ),
    "keep_runs": _Help(
        _days,
        _ALLOWED_DAYS,
        "How long runs, their plans and closed alerts are kept; the latest 50 attempts of each "
        "pair stay.",
    ),
    "keep_rejects": _Help(
        _days,
        _ALLOWED_DAYS,
        "How long the rejected items of a run are kept in full; the counts by reason stay with it.",
    ),
    "keep_answers": _Help(
        _days,
        _ALLOWED_DAYS,
        "How long the answer of a source that could not be read is kept, for whoever finds out "
        "why.",
    ),
    "keep_audit": _Help(
        _days,
        _ALLOWED_DAYS,
        "How long the audit log is kept.",
    ),
    "keep_past_events": _Help(
        _days,
        _ALLOWED_DAYS,
        "How long events are kept that are over, with their listings, counted from their date.",
    ),
}
"""Setting → how it is read and what it is for; the README's table is made of it."""

_REPLACED = {
    f"{PREFIX}ALLOW_PRIVATE_ADDRESSES": (
        f"unset it, and name the hosts and networks that sources may be read from in "
        f"{PREFIX}PRIVATE_HOSTS, such as 127.0.0.1, feeds.internal, 10.2.0.0/16"
    ),
}
"""Variable of an earlier version → what to do instead: to ignore it would be to surprise."""
