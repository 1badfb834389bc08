"""PgBouncer in transaction mode before the tests' PostgreSQL, where it is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from localdev.ports import HOST, any_free
from localdev.postgres import EmbeddedPostgres
from tests.support.stack import wait_for

# Debian puts it where the PATH of an ordinary user does not lead.
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


SETTINGS = """
[databases]
* = host={host} port={server_port}

[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {size}
query_wait_timeout = 30
"""


@dataclass(frozen=True)
class Pooler:
    """A running PgBouncer: every database of the server behind it, through few connections."""

    server: str
    address: str
    size: int
    """How many server connections it has for each database and user."""

    def url(self, url: str) -> str:
        """Return the address by which a database of the server is reached through the pooler."""
        return url.replace(self.server, self.address)


@contextmanager
def pooling(
    postgres: EmbeddedPostgres, size: int, passwords: Mapping[str, str] | None = None
) -> Iterator[Pooler]:
    """Run PgBouncer before a server.

    :param passwords: of further roles than the superuser.
    """
    if PROGRAM is None:
        if os.environ.get("CI"):
            pytest.fail("PgBouncer is not installed, and CI has to run these tests")
        pytest.skip("PgBouncer is not installed (Debian: apt-get install pgbouncer)")
    server = urlsplit(postgres.url("postgres"))
    known = {str(server.username): str(server.password), **(passwords or {})}
    pooler = Pooler(f"{HOST}:{server.port}", f"{HOST}:{any_free()}", size)
    with TemporaryDirectory(prefix="pgbouncer-") as name, ExitStack() as cleanup:
        folder = Path(name)
        users, settings, log = (folder / name for name in ("users.txt", "pgbouncer.ini", "log"))
        users.write_text("".join(f'"{name}" "{word}"\n' for name, word in known.items()))
        port = pooler.address.partition(":")[2]
        settings.write_text(
            SETTINGS.format(host=HOST, server_port=server.port, port=port, users=users, size=size)
        )
        process = subprocess.Popen(
            [PROGRAM, str(settings)],
            stdout=cleanup.enter_context(log.open("wb")),
            stderr=subprocess.STDOUT,
            **_account(folder, users, settings),
        )
        cleanup.callback(process.wait, 10)
        cleanup.callback(process.terminate)
        wait_for(
            lambda: process.poll() is not None or _answers(pooler.url(postgres.url("postgres"))),
            "the start of PgBouncer",
            30,
        )
        assert process.poll() is None, log.read_text("utf-8")
        yield pooler


def _account(folder: Path, *files: Path) -> dict[str, Any]:
    """PgBouncer refuses to run as root: then it runs as nobody, who must reach its files."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *files):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
