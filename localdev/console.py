"""What the user sees: plain lines, and one line that is refreshed where there is a terminal."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from localdev.errors import LocalRunError

# Without a terminal a line stays, so there are fewer of them.
PLAIN_INTERVAL_SECONDS = 5.0


class Console:
    """Writes to standard output, and never fails: the terminal may be gone, the stop must go on.

    `closed` says that nobody reads it any more.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        self.closed = False
        self._live = self._stream.isatty()
        self._open_line = False
        self._last_plain = float("-inf")
        self._last_text = ""

    def say(self, text: str = "") -> None:
        """Print a line to stay."""
        self.end_progress()
        self._write(f"{text}\n")

    def progress(self, text: str) -> None:
        """Show how far things are, in place of what was shown before."""
        if self._live:
            width = _terminal_width(self._stream)
            self._write(f"\r\x1b[K{text[: width - 1]}")
            self._open_line = True
            return
        now = time.monotonic()
        if text != self._last_text and now - self._last_plain >= PLAIN_INTERVAL_SECONDS:
            self._last_plain, self._last_text = now, text
            self._write(f"{text}\n")

    def end_progress(self) -> None:
        """Remove the refreshed line; what comes next begins a new one."""
        if self._open_line:
            self._write("\r\x1b[K")
            self._open_line = False

    def guard(self, action: Callable[[], int]) -> int:
        """Run an action and turn the failures that we expect into one message and exit code 1."""
        try:
            code = action()
        except LocalRunError as error:
            code = self._fail(str(error))
        except OSError as error:
            # A full disk or missing rights: the name of the file says which.
            where = f": {error.filename}" if error.filename else ""
            code = self._fail(f"{error.strerror or error}{where}")
        except KeyboardInterrupt:
            self.say("Interrupted")
            code = 130
        return code

    def _fail(self, message: str) -> int:
        self.end_progress()
        with contextlib.suppress(OSError):
            print(f"error: {message}", file=sys.stderr, flush=True)
        return 1

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError as error:
            # A full disk below a redirected output is no reason to stop; a closed terminal or pipe
            # is. Python itself would complain when it flushes the stream once more at the end.
            if error.errno in (errno.EPIPE, errno.EIO):
                self.closed = True
                self._stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
                sys.stdout = self._stream


def _terminal_width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
