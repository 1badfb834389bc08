"""Runs a target on damaged payloads, and tells what is wrong with how it took them.

Wrong is: an exception that is no refusal of the parser's own, a naive datetime, an item that was
set aside as an "unexpected shape" (an exception that was caught at the last line of defence), and
an input that takes more than ``SLOWEST`` seconds of processor time.
"""

from __future__ import annotations

import hashlib
import signal
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from pydantic import BaseModel

from include.discovery.parsed import Parsed
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import Target

SLOWEST = 5.0
"""Seconds of processor time that one input may take."""

_TRIES = 400  # to make a failing input smaller


class TooSlow(Exception):
    """An input took longer than any honest one."""


class _Hang(BaseException):
    """Raised into a parser that does not come to an end; no parser catches it."""


class Unsound(Exception):
    """A parser returned what it must not."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that a target did not survive."""

    target: str
    seed: int
    number: int
    body: bytes
    error: Exception

    def __str__(self) -> str:
        """Say all that is needed to see it again."""
        digest = hashlib.sha256(self.body).hexdigest()[:12]
        file = Path(tempfile.gettempdir()) / f"fuzz-{self.target}-{digest}.bin"
        file.write_bytes(self.body)
        trace = "".join(traceback.format_exception(self.error)[-4:])
        return (
            f"{self.target}, seed {self.seed}, input {self.number}: {_kind_of(self.error)}\n{trace}"
            f"smallest input ({len(self.body)} bytes): {self.body[:300]!r}\n"
            f"see it again: python -m tests.fuzz {self.target} --input {file}"
        )


def payloads(target: Target, seed: int) -> Iterator[bytes]:
    """Yield damaged payloads without end, the same ones for the same seed."""
    number = 0
    while True:
        yield mutated(Random(f"{target.name} {seed} {number}"), target.seeds, target.tokens)
        number += 1


def first_failure(
    target: Target, seed: int, *, inputs: int | None, seconds: float, patience: int = 0
) -> Failure | int:
    """Try a number of inputs, or for some seconds; return how many went well, or the failure.

    :param patience: seconds after which an input is given up; 0 waits without end, and leaves the
        process's alarm to others (pytest-timeout).
    """
    deadline = time.monotonic() + seconds
    for number, body in enumerate(payloads(target, seed)):
        if number == inputs or (inputs is None and time.monotonic() > deadline):
            return number
        error = trial(target, body, patience)
        if error is not None:
            return Failure(target.name, seed, number, smaller(target, body, error), error)
    raise AssertionError("payloads never end")


def trial(target: Target, body: bytes, patience: int = 0) -> Exception | None:
    """Read one input; return what went wrong."""
    began = time.process_time()
    if patience:
        signal.signal(signal.SIGALRM, _hang)
        signal.alarm(patience)
    try:
        check(target.read(body))
    except target.refusals:
        pass
    except Exception as error:  # noqa: BLE001  whatever it is, it is what we are looking for
        return error
    except _Hang:
        return TooSlow(f"did not end in {patience} s")
    finally:
        if patience:
            signal.alarm(0)
    taken = time.process_time() - began
    return TooSlow(f"took {taken:.1f} s") if taken > SLOWEST else None


def _hang(*_: object) -> None:
    raise _Hang


def check(result: object) -> None:
    """Look at what a parser returned.

    :raises Unsound: if it holds a naive datetime, or hides an exception.
    """
    for moment in _moments(result):
        if moment.utcoffset() is None:
            raise Unsound(f"naive datetime {moment}")
    if not isinstance(result, Parsed):
        return
    for record in result.records:
        type(record).model_validate(record.model_dump())
    for reject in result.rejects:
        if reject.reason == "unexpected shape":
            raise Unsound(f"hidden exception: {reject.detail}")


def _moments(value: object) -> Iterator[datetime]:
    """Yield the datetimes in a value, however deep."""
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _moments(part)
    elif isinstance(value, BaseModel):
        yield from _moments([part for _, part in value])
    elif is_dataclass(value):
        yield from _moments([getattr(value, item.name) for item in fields(value)])


def smaller(target: Target, body: bytes, error: Exception) -> bytes:
    """Cut away what is not needed to fail in the same way."""
    if isinstance(error, TooSlow):
        return body
    kind, size, tries = _kind_of(error), len(body) // 2, 0
    while size and tries < _TRIES:
        start = 0
        while start < len(body) and tries < _TRIES:
            shorter = body[:start] + body[start + size :]
            other = trial(target, shorter)
            tries += 1
            if other is not None and _kind_of(other) == kind:
                body = shorter
            else:
                start += size
        size //= 2
    return body


def _kind_of(error: Exception) -> str:
    """Tell failures apart: by class and place, and by the hidden exception's class."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    said = " ".join(str(error).split()[:3]) if isinstance(error, Unsound) else ""
    return f"{type(error).__name__} {said} at {place}"
