"""Probes an address in a process of its own, with bounds: no site can stop the process that asked.

What an address sends is hostile until it is read. A parser that it keeps busy holds the
interpreter, and with it every other request of an API server; so a fresh interpreter reads it,
which may use so much processor time, memory and patience and no more. (A fork would copy the locks
of a server's threads.)
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Timer
from typing import IO, Any
from zoneinfo import ZoneInfo

from include.discovery import errors
from include.discovery.errors import DiscoveryError, LimitExceeded
from include.discovery.model import City
from include.discovery.settings import Settings

_ROOT = Path(__file__).parents[3]
_WORKER = f"{__package__}.worker"
_PASSED_ON = frozenset({
    "PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ", "TMPDIR",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
})  # fmt: skip
"""Variables that lead to the network and to the libraries; no other reaches the process, and so no
key and no address of a database does."""

_LARGEST_ANSWER = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one probe may take: seconds of processor time, bytes of address space, seconds of all.

    An ordinary probe takes about a second of processor time and 200 MB.
    """

    cpu_seconds: int = 20
    memory_bytes: int = 1024 * 1024 * 1024
    wall_seconds: int = 120


@dataclass(frozen=True, slots=True)
class Report:
    """What a probe found, as plain data (``rendering.as_data``) and in words for a terminal."""

    data: dict[str, Any]
    text: str


def probe_bounded(
    url: str,
    settings: Settings,
    *,
    city: City | None = None,
    timezone: ZoneInfo | None = None,
    limits: Limits = Limits(),
) -> Report:
    """Probe an address in a process of its own, and wait for it.

    :param city: whose events are wanted, if that is known.
    :param timezone: for times that name none.
    :raises LimitExceeded: when the process took more than it may, and was ended.
    :raises DiscoveryError: if the address itself cannot be read.
    """
    question = {
        "url": url,
        "city": city.model_dump(mode="json") if city else None,
        "timezone": timezone.key if timezone else None,
        "contact": settings.contact,
        "private_hosts": [str(host) for host in settings.private_hosts],
        "limits": asdict(limits),
    }
    process = subprocess.Popen(  # noqa: S603  our own module; what comes from outside is piped
        [sys.executable, "-m", _WORKER],
        cwd=_ROOT,
        env=_environment(os.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    is_late = Event()

    def end() -> None:
        is_late.set()
        process.kill()

    timer = Timer(limits.wall_seconds, end)
    timer.start()
    try:
        answer = _ask(process, json.dumps(question).encode())
    finally:
        timer.cancel()
        process.kill()  # whatever happened here, as Ctrl-C: it ends with its question
        process.wait()
    return _read(answer, process.returncode, limits, is_late=is_late.is_set())


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    passed = {name: value for name, value in environment.items() if name.upper() in _PASSED_ON}
    # An arena per thread would count as memory that is taken.
    return {**passed, "MALLOC_ARENA_MAX": "2", "PYTHONDONTWRITEBYTECODE": "1"}


def _ask(process: subprocess.Popen[bytes], question: bytes) -> bytes:
    """Return what the process answers, cut off where it says too much; then wait for its end."""
    stdin, stdout = _pipes(process)
    try:
        with stdin:
            stdin.write(question)
    except BrokenPipeError:  # it has ended: its status says more
        pass
    with stdout:
        answer = stdout.read(_LARGEST_ANSWER + 1)
    if len(answer) <= _LARGEST_ANSWER:
        process.wait()
    return answer


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the probing process was started without pipes")
    return process.stdin, process.stdout


def _read(answer: bytes, status: int, limits: Limits, *, is_late: bool) -> Report:
    if is_late:
        raise LimitExceeded(f"Reading this address takes more than {limits.wall_seconds} s.")
    if status == -signal.SIGXCPU:
        raise LimitExceeded(
            f"Reading this address takes more than {limits.cpu_seconds} s of processing time: "
            "ask for a smaller page of the site, or for the address of its feed."
        )
    if len(answer) > _LARGEST_ANSWER:
        raise LimitExceeded("What was found at this address is too much to show.")
    if status != 0:
        raise LimitExceeded(
            "Reading this address ended the process that read it "
            f"({_ending(status)}): it may need more than {limits.memory_bytes >> 20} MB of memory."
        )
    found = json.loads(answer)
    if "failure" in found:
        raise _error_of(found["failure"])
    return Report(found["data"], found["text"])


def _ending(status: int) -> str:
    return f"exit status {status}" if status > 0 else f"signal {-status}"


def _error_of(failure: Mapping[str, Any]) -> DiscoveryError:
    known: type[DiscoveryError] = getattr(errors, failure["class"])
    return known(str(failure["message"]), address=failure["address"])
