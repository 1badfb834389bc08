"""One runner per checkout. The kernel drops the lock when its holder ends, however it ends."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from localdev import guardian
from localdev.files import write_private


@dataclass(frozen=True)
class Holder:
    """Who holds the lock. All empty while that process is just starting."""

    pid: int = 0
    mark: str | None = None
    url: str = ""


class RunLock:
    """The lock of a checkout, and word of who holds it."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "lock"
        self._about = directory / "runner.json"
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        """Take the lock; false if another process has it."""
        lock = self._path.open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._about.unlink(missing_ok=True)
        self._file = lock
        return True

    def introduce(self, url: str) -> None:
        """Tell others who we are."""
        about = {"pid": os.getpid(), "mark": guardian.start_mark(os.getpid()), "url": url}
        write_private(self._about, json.dumps(about))

    def holder(self) -> Holder:
        """Who has the lock that we could not take."""
        try:
            return Holder(**json.loads(self._about.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Holder()

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._about.unlink(missing_ok=True)
            self._file.close()
            self._file = None
