"""A backup as the guide tells to make it, and its restoration, by the owner of the schema."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from include.discovery.store.connection import connect
from include.discovery.store.migrate import check_schema
from localdev.postgres_home import installed_package
from tests.support.builders import stored_pair
from tests.support.roles import RoleUrls

GUIDE = (Path(__file__).parents[2] / "docs" / "deployment.md").read_text("utf-8")

EMPTIED = "TRUNCATE discovery.countries, discovery.sources CASCADE"


def run_as_told(program: str, database: str, folder: Path) -> None:
    """Run the guide's line that begins with a program, on another database and in a folder."""
    (line,) = re.findall(rf"^    {program} (.*)$", GUIDE, re.MULTILINE)
    arguments: Sequence[str] = [
        {"discovery": database, "--dbname=discovery": f"--dbname={database}"}.get(word, word)
        for word in line.split()
    ]
    done = subprocess.run(
        [str(installed_package() / "pginstall" / "bin" / program), *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["DROP SCHEMA discovery CASCADE", EMPTIED])
def test_a_restored_backup_has_its_rows_and_the_rights_of_the_runtime_role(
    role_urls: RoleUrls, tmp_path: Path, lost: str
) -> None:
    with connect(role_urls.owner) as owner:
        owner.execute(EMPTIED.encode())
        stored_pair(owner)
    run_as_told("pg_dump", role_urls.owner, tmp_path)
    with connect(role_urls.owner) as owner:
        owner.execute(lost.encode())

    run_as_told("pg_restore", role_urls.owner, tmp_path)

    with connect(role_urls.runtime) as runtime:
        check_schema(runtime)
        assert runtime.execute("SELECT slug FROM discovery.sources").fetchall() == [("theatres",)]
        runtime.execute("DELETE FROM discovery.city_source")
    with connect(role_urls.owner) as owner, owner.transaction(force_rollback=True):
        owner.execute("CREATE TABLE discovery.later (id int)")
        covered = owner.execute(
            "SELECT has_table_privilege('discovery', 'discovery.later', 'INSERT')"
        ).fetchone()
    assert covered == (True,)
