"""Imports what sync tasks need before workers are forked, so that a task pays for none of it.

Airflow forks each task from a worker that was forked from the scheduler (LocalExecutor) or from the
Celery worker's main process. What these have imported, tasks have for nothing; imported in the task
itself, the same modules cost it several times what an empty task costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from zoneinfo import ZoneInfo

FORKING_COMMANDS = frozenset({"scheduler", "standalone", "celery"})

_CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//preload//EN
BEGIN:VEVENT
UID:1
SUMMARY:Cancelled: Concert
STATUS:CONFIRMED
DTSTART;TZID=Europe/Warsaw:20300101T190000
LOCATION:Hall\\, Main Street 1\\, 31-147 Krakow
DESCRIPTION:Doors open at 6 pm. Tickets: 10-20 EUR
CATEGORIES:Music
END:VEVENT
END:VCALENDAR
"""


def preload_where_tasks_are_forked(arguments: Sequence[str]) -> None:
    """Import the task modules if this process is one that forks workers.

    :param arguments: the process's command line (``sys.argv``): ``airflow scheduler`` and the like.
    """
    if FORKING_COMMANDS.isdisjoint(arguments[1:2]):
        return
    connectors = import_module("include.discovery.connectors")
    for kind in connectors.kinds():
        connectors.connector_for(kind)
    import_module("airflow.providers.postgres.hooks.postgres")
    import_module("include.discovery.orchestration.retry")
    import_module("include.discovery.orchestration.tasks")
    import_module("include.discovery.sync.versions").version_of_code()
    # What the first request of a process costs: httpx finds this module by its name only then, and
    # the certificates that are trusted are 15 ms to read.
    import_module("anyio._backends._asyncio")
    import_module("include.discovery.fetch.network").tls_context()
    _parse_a_dag()
    _parse_a_calendar()


def _parse_a_dag() -> None:
    """Build a DAG of the kind that every task parses: Airflow imports half of its SDK only then.

    That half (cron, timetables, decorators, JSON schemas of params) is 30 ms of CPU in every task.
    """
    from airflow.sdk import DAG, Asset, Param, task  # noqa: PLC0415  heavy, and only needed here

    @task(outlets=[Asset(name="preload")])
    def mapped(item: int) -> None:
        """Do nothing."""

    with DAG("preload", schedule="0 0 * * *", params={"p": Param([], type="array")}):
        mapped.expand(item=[1])


def _parse_a_calendar() -> None:
    """Read an event: what texts are read by is made when the first one comes.

    The patterns of words for a status alone are 20 ms of CPU in every task.
    """
    calendars = import_module("include.discovery.connectors").connector_for("icalendar")
    context = import_module("include.discovery.connectors.base").ParseContext(
        settings=calendars.parse_settings({}), timezone=ZoneInfo("UTC")
    )
    calendars.parse(_CALENDAR.replace("\n", "\r\n").encode(), context)
