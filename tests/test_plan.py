"""What a run is asked to do, and what is said when it cannot."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from include.discovery.errors import DatabaseUnavailable, InvalidSettings
from include.discovery.plan import RunParams, plan
from include.discovery.store.claims import release
from include.discovery.store.connection import Connection
from tests.support.builders import KRAKOW, PARIS, source, stored_pair


class TestRunParams:
    """Parameters come from a form, an API call or a command line."""

    def test_nothing_asked_means_everything_that_is_due(self) -> None:
        assert RunParams.read({}) == RunParams(
            cities=(), sources=(), limit=None, force=False, dry_run=False
        )

    def test_lists_become_tuples(self) -> None:
        params = RunParams.read({"cities": ["krakow"], "sources": ["demo-tickets"], "limit": 5})

        assert (params.cities, params.sources, params.limit) == (("krakow",), ("demo-tickets",), 5)

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"cities": "krakow"}, "parameter cities = 'krakow': "),
            ({"cities": None}, "parameter cities = None: "),
            ({"cities": ["krakow", "Kraków"]}, "parameter cities.1 = 'Kraków': "),
            ({"sources": [7]}, "parameter sources.0 = 7: "),
            ({"sources": ["a" * 65]}, "parameter sources.0 = 'aaa"),
            ({"limit": 0}, "parameter limit = 0: Input should be greater than or equal to 1"),
            ({"limit": 10**12}, "parameter limit = 1000000000000: Input should be less than"),
            ({"limit": "few"}, "parameter limit = 'few': "),
            ({"force": "perhaps"}, "parameter force = 'perhaps': "),
        ],
    )
    def test_a_bad_value_is_named(self, params: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidSettings) as error:
            RunParams.read(params)

        assert str(error.value).startswith(message)

    def test_an_unknown_parameter_is_answered_with_the_known_ones(self) -> None:
        with pytest.raises(InvalidSettings) as error:
            RunParams.read({"city": "krakow"})

        assert str(error.value) == (
            "there is no parameter 'city'; allowed: cities, sources, limit, force, dry_run"
        )


class TestPlan:
    """Planning checks the names first, and then claims."""

    def test_an_unknown_city_is_answered_with_those_that_exist(self, conn: Connection) -> None:
        stored_pair(conn, KRAKOW)
        stored_pair(conn, PARIS)

        with pytest.raises(InvalidSettings) as error:
            plan(conn, "run", RunParams(cities=("krakau",)), capacity=9)

        assert str(error.value) == (
            "no city is configured as 'krakau'; there are: krakow, paris. Did you mean krakow?"
        )

    def test_an_unknown_source_is_refused_when_there_are_none(self, conn: Connection) -> None:
        with pytest.raises(InvalidSettings) as error:
            plan(conn, "run", RunParams(sources=("theatres", "cinemas")), capacity=9)

        assert str(error.value) == (
            "no source is configured as 'theatres', 'cinemas'; there are: none."
        )

    def test_without_due_pairs_it_takes_none_and_says_how_to_sync_all_the_same(
        self, conn: Connection, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        stored_pair(conn)
        plan(conn, "first", RunParams(), capacity=9)

        second = plan(conn, "second", RunParams(), capacity=9)

        assert (second.pairs, second.not_due) == ((), 1)
        assert "force" in caplog.messages[-1]

    def test_a_dry_run_leaves_the_schedule(self, conn: Connection) -> None:
        stored_pair(conn)

        plan(conn, "dry", RunParams(dry_run=True), capacity=9)

        assert conn.execute("SELECT next_run_at FROM discovery.city_source").fetchall() == [(None,)]

    def test_a_trial_with_a_limit_does_not_stand_for_the_night_s_sync(
        self, conn: Connection
    ) -> None:
        stored_pair(conn)
        plan(conn, "a trial", RunParams(limit=5), capacity=10)
        release(conn, "a trial")

        assert len(plan(conn, "the night", RunParams(), capacity=10).pairs) == 1

    def test_pairs_beyond_the_capacity_are_named(
        self, conn: Connection, caplog: pytest.LogCaptureFixture
    ) -> None:
        for n in range(14):
            stored_pair(conn, source=source(f"s{n:02}"))

        claim = plan(conn, "run", RunParams(), capacity=2)

        assert len(claim.deferred) == 12
        (warning,) = [record for record in caplog.records if record.levelno == logging.WARNING]
        assert "krakow · s02" in warning.getMessage()
        assert "and 2 more stay due" in warning.getMessage()

    def test_a_database_without_the_schema_says_what_to_run(self, conn: Connection) -> None:
        conn.execute("DROP SCHEMA discovery CASCADE")

        with pytest.raises(DatabaseUnavailable, match=r"run: python -m include\.discovery migrate"):
            plan(conn, "run", RunParams(), capacity=9)
