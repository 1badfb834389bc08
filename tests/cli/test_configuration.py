"""``apply`` and ``export``: configuration as code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from include.discovery.store.connection import Connection
from tests.cli.command_support import SHIPPED, Done, Run


class TestApplyAndExport:
    """Configuration as code, in and out."""

    def test_apply_prints_the_changes_once(self, run_db: Run) -> None:
        first, second = run_db("apply", SHIPPED), run_db("apply", SHIPPED)

        assert "+ pair krakow · ticketmaster" in first.out.splitlines()
        assert second == Done(0, "Nothing to change.\n", "")

    def test_apply_warns_of_frequencies_that_the_schedule_cannot_keep(
        self, run_db: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "often.yaml"
        often = "{city: krakow, source: ticketmaster, frequency_hours: 6, "
        shipped = SHIPPED.read_text("utf-8")
        file.write_text(shipped.replace("{city: krakow, source: ticketmaster, ", often), "utf-8")

        nightly = run_db("apply", str(file), "--dry-run")
        monkeypatch.setenv("DISCOVERY_SCHEDULE", "0 */6 * * *")
        six_hourly = run_db("apply", str(file), "--dry-run")

        assert nightly.err.startswith(
            "warning: krakow · ticketmaster: the schedule (0 0 * * *) cannot"
        )
        assert nightly.status == 0
        assert six_hourly.err == ""

    def test_a_dry_run_of_apply_changes_nothing(self, run_db: Run) -> None:
        dry = run_db("apply", SHIPPED, "--dry-run")

        assert dry.out == run_db("apply", SHIPPED).out

    def test_an_exported_configuration_can_be_applied(
        self, run_db: Run, tmp_path: Path, conn: Connection
    ) -> None:
        run_db("apply", SHIPPED)
        conn.execute("INSERT INTO discovery.countries VALUES ('NO', 'Norge: „Noreg” #1')")
        exported = run_db("export").out
        file = tmp_path / "exported.yaml"
        file.write_text(exported, "utf-8")

        assert run_db("apply", file, "--prune").out == "Nothing to change.\n"

    def test_an_exported_configuration_can_be_applied_to_an_empty_database(
        self, run_db: Run, tmp_path: Path, conn: Connection
    ) -> None:
        run_db("apply", SHIPPED)
        exported = run_db("export").out
        file = tmp_path / "exported.yaml"
        file.write_text(exported, "utf-8")
        conn.execute("TRUNCATE discovery.countries, discovery.cities, discovery.sources CASCADE")

        run_db("apply", file)

        assert run_db("export").out == exported

    def test_an_empty_database_exports_as_an_empty_file(self, run_db: Run) -> None:
        assert yaml.safe_load(run_db("export").out) == {}

    def test_prune_removes_what_is_not_mentioned(self, run_db: Run, tmp_path: Path) -> None:
        run_db("apply", SHIPPED)
        file = tmp_path / "less.yaml"
        file.write_text("countries: {PL: Poland}", "utf-8")

        done = run_db("apply", file, "--prune")

        assert "- city krakow" in done.out.splitlines()
        assert set(yaml.safe_load(run_db("export").out)) == {"countries"}

    def test_a_fault_of_a_configuration_file_is_located(self, run_db: Run, tmp_path: Path) -> None:
        file = tmp_path / "bad.yaml"
        file.write_text("countries:\n  PL: Poland\ncities:\n  krakow: {}\n", "utf-8")

        done = run_db("apply", file)

        assert (done.status, done.out) == (2, "")
        assert done.err.startswith(f"error: {file}:4: cities.krakow.name: Field required")

    def test_the_change_log_names_the_user_who_applied(self, run_db: Run, conn: Connection) -> None:
        run_db("apply", SHIPPED)

        rows = conn.execute("SELECT DISTINCT changed_by, origin FROM discovery.config_changes")
        ((name, origin),) = rows.fetchall()
        assert (name.partition(" (")[2], origin) == ("apply discovery.yaml)", "apply")

    def test_a_user_without_a_name_may_apply(
        self, run_db: Run, conn: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A container may run as a number that its passwd does not know."""

        def nameless() -> str:
            raise KeyError("getpwuid(): uid not found: 50000")

        monkeypatch.setattr("getpass.getuser", nameless)

        assert run_db("apply", SHIPPED).status == 0
        rows = conn.execute("SELECT DISTINCT changed_by FROM discovery.config_changes").fetchall()
        assert rows[0][0].startswith("user ")
