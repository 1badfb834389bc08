"""Answers that are kept for some seconds, and renewed without letting anybody wait."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock, Thread
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

THREAD = "renews a kept answer"


class Kept(Generic[T]):
    """An answer that is kept.

    :param seconds: so long it is good.
    :param renewed_seconds: so long it is still given, while a fresh one is read beside; after that
        whoever asks waits for the fresh one.
    """

    def __init__(self, seconds: float, renewed_seconds: float = 0) -> None:
        self._seconds = seconds
        self._renewed_seconds = renewed_seconds
        self._kept: tuple[float, T] | None = None
        self._renewing = Lock()

    def get(self, read: Callable[[], T]) -> T:
        """Return the kept answer, or read a fresh one."""
        kept = self._kept
        age = time.monotonic() - kept[0] if kept else None
        if kept is None or age is None or age >= max(self._seconds, self._renewed_seconds):
            return self._read(read)
        if age >= self._seconds and self._renewing.acquire(blocking=False):
            Thread(target=self._renew, args=[kept, read], name=THREAD, daemon=True).start()
        return kept[1]

    def forget(self) -> None:
        """Forget the kept answer, because what it says has changed."""
        self._kept = None

    def _read(self, read: Callable[[], T]) -> T:
        began = time.monotonic()
        answer = read()
        self._kept = began, answer
        return answer

    def _renew(self, kept: tuple[float, T], read: Callable[[], T]) -> None:
        try:
            began, answer = time.monotonic(), read()
            # What was forgotten meanwhile must not come back.
            if self._kept is kept:
                self._kept = began, answer
        except Exception:
            log.exception("A kept answer could not be renewed; the next one to ask reads it.")
        finally:
            self._renewing.release()
