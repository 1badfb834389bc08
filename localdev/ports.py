"""Finding out which TCP ports of 127.0.0.1 are free, and remembering those that were chosen."""

from __future__ import annotations

import errno
import socket

from localdev.errors import LocalRunError
from localdev.files import Memory

HOST = "127.0.0.1"
# A port that no program uses.
UNUSED_PORT = 1


def host_name() -> str:
    """Return the name under which Airflow's processes know this machine.

    By default they ask the DNS for the host's full name: slow or failing on many a laptop.
    """
    return HOST


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do it: connections of an earlier run that are still fading away don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            # On Linux two sockets may share an address through SO_REUSEADDR until one listens.
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EACCES:
                raise LocalRunError(
                    f"port {port} needs administrator rights; choose one above 1023"
                ) from None
            return False
    return True


def any_free() -> int:
    """Return a free port, as the operating system gives them."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def parse_port(text: str) -> int:
    """Return a port number as the user gives it."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise LocalRunError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def choose(memory: Memory, name: str, preferred: int | None = None) -> int:
    """Return the port that the last run had if it is free, else the preferred one, else any.

    Remembered, so that URLs stay the same from run to run.
    """
    last = memory.get(name)
    for port in (last, preferred):
        if isinstance(port, int) and is_free(port):
            break
    else:
        port = any_free()
    if port != last:
        memory.put(name, port)
    return port
