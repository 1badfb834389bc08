"""The environment that Airflow runs in here."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from include.demo.tickets_api import DEMO_KEY
from localdev.errors import LocalRunError
from localdev.files import Layout, Memory, write_private
from localdev.ports import HOST, UNUSED_PORT

USER = "admin"

# Tunables: a value from the user's environment wins.
DEFAULTS = {
    "AIRFLOW__CORE__PARALLELISM": "8",
    # A task whose process was killed is noticed after that long (default 300 s) …
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
    # … and the tasks of a scheduler that was killed within the sum of these (default 30 s, 300 s).
    # On a busy machine a scheduler may beat half a minute late: it must not take itself for dead,
    # and start its running tasks once more.
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "60",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
    # Edits of DAG files show up soon (default 300 s).
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
    "AIRFLOW__LOGGING__UVICORN_LOGGING_LEVEL": "WARNING",
    # The failures of the demo recover within seconds instead of after 30 s, 2 min and 8 min.
    "DISCOVERY_RETRY_DELAYS": "2,4,8",
    # The only demo source that requires a key, and the host that may receive it.
    "AIRFLOW_CONN_DISCOVERY_DEMO_TICKETS": json.dumps(
        {"conn_type": "http", "host": HOST, "password": DEMO_KEY}
    ),
}


@dataclass(frozen=True)
class Addresses:
    """Where everything listens."""

    port: int
    demo_port: int

    @property
    def ui(self) -> str:
        """The URL of the Airflow UI and of its API."""
        return f"http://{HOST}:{self.port}"

    @property
    def demo(self) -> str:
        """The URL of the demo feeds."""
        return f"http://{HOST}:{self.demo_port}"


@dataclass(frozen=True)
class Secrets:
    """Secrets shared by Airflow's processes, and the user's password; kept between runs."""

    jwt: str
    session: str
    fernet: str

    @classmethod
    def kept_in(cls, memory: Memory) -> Secrets:
        """Read them, or make them up at the first start."""
        kept = memory.get("secrets")
        if not isinstance(kept, dict):
            kept = {
                # Airflow warns at each request about a JWT secret of less than 64 bytes.
                "jwt": secrets.token_hex(64),
                "session": secrets.token_hex(32),
                "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii"),
            }
            memory.put("secrets", kept)
        return cls(**kept)


def password_file(layout: Layout) -> Path:
    """Return the file in which Airflow's SimpleAuthManager looks for passwords."""
    return layout.airflow / "passwords.json"


def password(layout: Layout) -> str:
    """Return the password of the UI's user, made up at the first start.

    Airflow would make one up itself, and keep it in a file that everybody may read.
    """
    path = password_file(layout)
    try:
        known = json.loads(path.read_text(encoding="utf-8"))[USER]
    except (OSError, ValueError, KeyError, TypeError):
        known = None
    if not isinstance(known, str):
        known = secrets.token_urlsafe(12)
        write_private(path, json.dumps({USER: known}))
    return known


def environment(
    layout: Layout,
    addresses: Addresses,
    keys: Secrets,
    *,
    metadata_url: str,
    discovery_url: str,
) -> dict[str, str]:
    """Return the environment of Airflow and of the discovery tools.

    :param metadata_url: `postgresql://` URL of Airflow's own database.
    :param discovery_url: `postgresql://` URL of the discovery database.
    """
    user = {**read_env_file(layout.root / ".env"), **os.environ}
    # The user's own virtual environment or Airflow must not affect this one.
    for name in ("PYTHONHOME", "AIRFLOW_CONFIG", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS",
                 "AIRFLOW_CONN_DISCOVERY_DB_OWNER"):  # fmt: skip
        user.pop(name, None)
    fixed = {
        "AIRFLOW_HOME": str(layout.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(layout.root / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(layout.root / "plugins"),
        "PYTHONPATH": str(layout.root),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata_url.replace(
            "postgresql://", "postgresql+psycopg2://", 1
        ),
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(addresses.port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__BASE_URL": addresses.ui,
        # Without it tasks report to port 8080, whatever the port of the API is.
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{addresses.ui}/execution/",
        # No log server runs (see run.py), yet the api-server asks it for the log of a task that
        # is running: let it be refused at once, without DNS, and by no other program.
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "localdev.ports.host_name",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(UNUSED_PORT),
        "AIRFLOW__API_AUTH__JWT_SECRET": keys.jwt,
        "AIRFLOW__API__SECRET_KEY": keys.session,
        "AIRFLOW__CORE__FERNET_KEY": keys.fernet,
        "AIRFLOW__CORE__AUTH_MANAGER": (
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
        ),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(password_file(layout)),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW_CONN_DISCOVERY_DB": discovery_url,
        "DISCOVERY_DEMO_URL": addresses.demo,
        "DISCOVERY_CHOICES_FILE": str(layout.airflow / "choices.json"),
        # The demo feeds are served on this machine.
        "DISCOVERY_PRIVATE_HOSTS": ",".join(
            [*filter(None, [user.get("DISCOVERY_PRIVATE_HOSTS")]), HOST]
        ),
        # Tasks talk to the API by HTTP; a proxy of the user's must stay out of that.
        "NO_PROXY": _without_proxy(user),
        "no_proxy": _without_proxy(user),
    }
    if sys.platform == "darwin":
        # macOS kills a forked process that touches its Objective-C runtime; Airflow forks a lot.
        fixed["OBJC_DISABLE_INITIALIZE_FORK_SAFETY"] = "YES"
    return {**DEFAULTS, **user, **fixed}


def shell_script(environment: Mapping[str, str]) -> str:
    """Return what a shell has to source so that commands find what runs here.

    It contains the passwords of this machine's databases: only its owner may read it.
    """
    lines = [
        "# Source it: . .local/activate",
        # The environment that runs this, wherever VENV put it.
        f"export PATH={shlex.quote(f'{sys.prefix}/bin')}:$PATH",
    ]
    lines += [
        f"export {name}={shlex.quote(value)}"
        for name, value in sorted(environment.items())
        # The path too: plugins and DAGs import this checkout from wherever the command is run.
        if name.startswith(("AIRFLOW", "DISCOVERY", "PYTHONPATH"))
    ]
    return "\n".join(lines) + "\n"


def _without_proxy(user: Mapping[str, str]) -> str:
    known = user.get("NO_PROXY") or user.get("no_proxy") or ""
    return ",".join([*filter(None, [known]), HOST, "localhost"])


def read_env_file(path: Path) -> dict[str, str]:
    """Return the NAME=value lines of a `.env` file, where users keep the keys of their sources."""
    found: dict[str, str] = {}
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return found
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip().removeprefix("export ").strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, value = stripped.partition("=")
        if not equals or not name.strip().isidentifier():
            # The line itself is not shown: it may hold a secret.
            raise LocalRunError(f"{path}, line {number}: expected NAME=value")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        found[name.strip()] = value
    return found
