"""The process that probes one address: reads a question from its input, and answers as JSON.

Started by ``bounded``. It takes its own limits before it reads anything of the address, and knows
no secrets: neither connections nor Airflow's settings are in its environment.
"""

from __future__ import annotations

import json
import logging
import resource
import signal
import sys
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery import errors
from include.discovery.errors import DiscoveryError, LimitExceeded
from include.discovery.failures import failure_of
from include.discovery.fetch.addresses import private_host
from include.discovery.model import City
from include.discovery.probe.doctor import Circumstances, probe_now
from include.discovery.probe.rendering import as_data, as_text
from include.discovery.redaction.masking import redact
from include.discovery.settings import Settings
from include.discovery.sync.environment import SyncEnvironment

log = logging.getLogger(__name__)


def main() -> None:
    """Answer the one question on standard input."""
    question = json.load(sys.stdin)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    # What was asked for twice in vain stands in the findings, or is the error that ends the probe.
    logging.getLogger("include.discovery.fetch").setLevel(logging.ERROR)
    _limit(**question["limits"])
    try:
        answer = _answer(question)
    except DiscoveryError as error:
        answer = _failure(error)
    except MemoryError:
        answer = _failure(LimitExceeded("What this address sends needs too much memory to read."))
    except Exception as error:
        log.exception("A probe failed.")
        failure = failure_of(error)
        failure.reword(redact)
        answer = _failure(failure)
    json.dump(answer, sys.stdout)


def _limit(cpu_seconds: int, memory_bytes: int, wall_seconds: int) -> None:
    _set(resource.RLIMIT_CORE, 0, 0)
    # Beyond the first bound the system sends SIGXCPU, which ends the process; then SIGKILL.
    _set(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 2)
    _set(resource.RLIMIT_AS, memory_bytes, memory_bytes)
    # Should the parent be gone by then, nobody else ends this process.
    signal.alarm(wall_seconds + 5)


def _set(kind: int, soft: int, hard: int) -> None:
    with suppress(ValueError, OSError):  # not every system knows every limit, as macOS RLIMIT_AS
        resource.setrlimit(kind, (soft, hard))


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    environment = SyncEnvironment.live(
        lambda _connection: None,
        Settings(
            contact=question["contact"],
            private_hosts=tuple(map(private_host, question["private_hosts"])),
        ),
    )
    circumstances = Circumstances(
        environment.now,
        City.model_validate(question["city"]) if question["city"] else None,
        ZoneInfo(question["timezone"]) if question["timezone"] else None,
    )
    findings = probe_now(question["url"], circumstances, environment)
    return {"data": as_data(findings), "text": as_text(findings)}


def _failure(error: DiscoveryError) -> dict[str, Any]:
    # The reader knows the classes of the one table; others extend one of these.
    known = next(cls for cls in type(error).__mro__ if cls.__module__ == errors.__name__)
    return {
        "failure": {
            "class": known.__name__,
            "message": error.message,
            "address": error.address,
        }
    }


if __name__ == "__main__":
    main()
