"""What a run is asked to do, and the error when it cannot."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.due import RunTime
from include.discovery.errors import DatabaseUnavailable, InvalidSettings
from include.discovery.model import Scope
from include.discovery.plan import RunParams, plan
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt, begin
from tests.support.builders import KRAKOW, PARIS, lapse, source, stored_pair


class TestRunParams:
    """Parameters come from a form, an API call or a command line."""

    def test_empty_parameters_mean_everything_that_is_due(self) -> None:
        assert RunParams.read({}) == RunParams(
            cities=(), sources=(), limit=None, force=False, dry_run=False, withdraw_missing=False
        )

    def test_a_list_that_was_emptied_in_the_form_means_all(self) -> None:
        assert RunParams.read({"cities": None, "sources": None}) == RunParams()

    def test_lists_in_parameters_become_tuples(self) -> None:
        params = RunParams.read({"cities": ["krakow"], "sources": ["demo-tickets"], "limit": 5})

        assert (params.cities, params.sources, params.limit) == (("krakow",), ("demo-tickets",), 5)

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"cities": "krakow"}, "parameter cities = 'krakow': "),
            ({"cities": ["krakow", "Kraków"]}, "parameter cities.1 = 'Kraków': "),
            ({"sources": [7]}, "parameter sources.0 = 7: "),
            ({"sources": ["a" * 65]}, "parameter sources.0 = 'aaa"),
            ({"pairs": ["krakow·theatres"]}, "parameter pairs.0 = 'krakow·theatres': "),
            ({"pairs": ["krakow/theatres/x"]}, "parameter pairs.0 = 'krakow/theatres/x': "),
            ({"pairs": ["a/b"] * 1001}, "parameter pairs = ["),
            ({"pairs": ["a/b"], "cities": ["a"]}, "name pairs, or cities and sources, but not"),
            ({"limit": 0}, "parameter limit = 0: Input should be greater than or equal to 1"),
            ({"limit": 10**12}, "parameter limit = 1000000000000: Input should be less than"),
            ({"limit": "few"}, "parameter limit = 'few': "),
            ({"force": "perhaps"}, "parameter force = 'perhaps': "),
        ],
    )
    def test_an_invalid_parameter_is_named(self, params: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidSettings) as error:
            RunParams.read(params)

        assert str(error.value).startswith(message)

    def test_an_unknown_parameter_is_answered_with_the_known_ones(self) -> None:
        with pytest.raises(InvalidSettings) as error:
            RunParams.read({"city": "krakow"})

        assert str(error.value) == (
            "there is no parameter 'city'; allowed: cities, sources, pairs, limit, force, dry_run,"
            " withdraw_missing"
        )

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({}, "name those that you looked at"),
            ({"cities": ["krakow"]}, "name those that you looked at"),
            ({"sources": ["theatres"], "limit": 5}, "leave out limit and dry_run"),
            ({"sources": ["theatres"], "dry_run": True}, "leave out limit and dry_run"),
        ],
    )
    def test_withdrawing_missing_listings_needs_named_sources_without_limit_or_dry_run(
        self, params: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(InvalidSettings, match=rf"^withdraw_missing needs .*{message}$"):
            RunParams.read({"withdraw_missing": True, **params})


def night(number: int = 0) -> RunTime:
    at = datetime(2026, 6, 1 + number, tzinfo=ZoneInfo("UTC"))
    return RunTime(at, at)


TRIGGERED = RunTime(datetime(2026, 6, 1, 15, tzinfo=UTC))


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]


class TestPlan:
    """Planning checks the names first."""

    def test_an_unknown_city_is_answered_with_those_that_exist(self, conn: Connection) -> None:
        stored_pair(conn, KRAKOW)
        stored_pair(conn, PARIS)

        with pytest.raises(InvalidSettings) as error:
            plan(conn, "run", RunParams(cities=("krakau",)), TRIGGERED, capacity=9)

        assert str(error.value) == (
            "no city is configured as 'krakau'; there are: krakow, paris. Did you mean krakow?"
        )

    def test_a_plan_of_single_pairs_takes_those_and_no_other_of_their_cities_and_sources(
        self, conn: Connection
    ) -> None:
        theatres = stored_pair(conn, KRAKOW)
        stored_pair(conn, PARIS)
        stored_pair(conn, KRAKOW, source("cinemas"))
        guide = stored_pair(conn, None, source("guide", scope=Scope.COUNTRY))
        params = RunParams(pairs=("krakow/theatres", "guide"), force=True)

        planned = plan(conn, "run", params, TRIGGERED, capacity=9)

        assert {pair.label for pair in planned.pairs} == {theatres.label, guide.label}

    def test_an_unknown_pair_is_answered_with_the_nearest(self, conn: Connection) -> None:
        stored_pair(conn, KRAKOW)
        params = RunParams(pairs=("krakow/theatre",))

        with pytest.raises(InvalidSettings, match=r"Did you mean krakow/theatres\?$"):
            plan(conn, "run", params, TRIGGERED, capacity=9)

    def test_a_pair_that_is_disabled_is_left_out_of_the_plan_with_a_warning(
        self, conn: Connection, caplog: pytest.LogCaptureFixture
    ) -> None:
        stored_pair(conn, KRAKOW)
        stored_pair(conn, PARIS, enabled=False)
        params = RunParams(pairs=("krakow/theatres", "paris/theatres"), force=True)

        planned = plan(conn, "run", params, TRIGGERED, capacity=9)

        assert [pair.label for pair in planned.pairs] == ["krakow · theatres"]
        assert any("paris · theatres (the pair is disabled)" in text for text in warnings(caplog))

    def test_an_unknown_source_is_refused_when_there_are_none(self, conn: Connection) -> None:
        with pytest.raises(InvalidSettings) as error:
            plan(conn, "run", RunParams(sources=("theatres", "cinemas")), TRIGGERED, capacity=9)

        assert str(error.value) == (
            "no source is configured as 'theatres', 'cinemas'; there are: none."
        )

    def test_a_plan_without_due_pairs_is_empty_and_says_how_to_force_a_sync(
        self, conn: Connection, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        stored_pair(conn, period_start=night().scheduled_for)

        planned = plan(conn, "run", RunParams(), night(), capacity=9)

        assert (planned.pairs, planned.not_due) == ((), 1)
        assert "force" in caplog.messages[-1]

    def test_pairs_beyond_the_capacity_are_named(
        self, conn: Connection, caplog: pytest.LogCaptureFixture
    ) -> None:
        for n in range(14):
            stored_pair(conn, source=source(f"s{n:02}"))

        planned = plan(conn, "run", RunParams(), night(), capacity=2)

        assert len(planned.deferred) == 12
        (warning,) = warnings(caplog)
        assert "krakow · s02" in warning
        assert "and 2 more stay due" in warning

    def test_attempts_of_other_runs_that_died_are_closed(self, conn: Connection) -> None:
        dead, alive = (stored_pair(conn, source=source(slug)) for slug in ("dead", "alive"))
        for pair in (dead, alive):
            begin(conn, pair, Attempt("killed"))
        lapse(conn, dead)

        planned = plan(conn, "night", RunParams(), night(), capacity=9)

        rows = conn.execute("SELECT source_slug, state, error_category FROM discovery.sync_runs")
        assert rows.fetchall() == [
            ("alive", "running", None), ("dead", "failed", "interrupted"),
        ]  # fmt: skip
        assert len(planned.pairs) == 2

    def test_a_pair_that_another_run_is_syncing_is_planned(self, conn: Connection) -> None:
        """A command that runs over midnight must not cost the night: its task will wait."""
        begin(conn, stored_pair(conn), Attempt("cli__1"))

        assert len(plan(conn, "night", RunParams(), night(), capacity=9).pairs) == 1

    def test_a_database_without_the_schema_says_what_to_run(self, conn: Connection) -> None:
        conn.execute("DROP SCHEMA discovery CASCADE")

        with pytest.raises(DatabaseUnavailable, match=r"run: python -m include\.discovery migrate"):
            plan(conn, "run", RunParams(), TRIGGERED, capacity=9)


class TestAskedForWhatIsNot:
    """Cities and sources that exist, but do nothing together."""

    @pytest.fixture(autouse=True)
    def pairs(self, conn: Connection) -> None:
        stored_pair(conn, KRAKOW, source("theatres"))
        stored_pair(conn, PARIS, source("museums"))
        stored_pair(conn, None, source("national", scope=Scope.COUNTRY))
        stored_pair(conn, KRAKOW, source("off"), enabled=False)

    def refusal(self, conn: Connection, cities: str, sources: str) -> str:
        params = RunParams(cities=tuple(cities.split()), sources=tuple(sources.split()))
        with pytest.raises(InvalidSettings) as error:
            plan(conn, "run", params, TRIGGERED, capacity=9)
        return str(error.value)

    @pytest.mark.parametrize(
        ("cities", "sources", "said"),
        [
            ("krakow", "museums", ("there is no pair of krakow with museums: "
             "krakow has pairs with off, theatres; museums has pairs with paris")),
            ("krakow", "national", ("there is no pair of krakow with national: "
             "krakow has pairs with off, theatres; "
             "national has one pair for all its cities: ask for it without a city")),
            ("krakow", "off",
             "nothing that was asked for is enabled: krakow · off (the pair is disabled)"),
        ],
    )  # fmt: skip
    def test_a_run_for_which_there_is_nothing_to_do_fails_with_what_there_is(
        self, conn: Connection, cities: str, sources: str, said: str
    ) -> None:
        assert self.refusal(conn, cities, sources) == said

    @pytest.mark.parametrize(
        ("table", "reason"),
        [("cities", "its city is disabled"), ("sources", "its source is disabled")],
    )
    def test_a_disabled_city_or_source_is_named(
        self, conn: Connection, table: str, reason: str
    ) -> None:
        conn.execute(f"UPDATE discovery.{table} SET enabled = false".encode())

        assert reason in self.refusal(conn, "krakow", "theatres")

    def test_a_city_and_a_source_without_any_pair_are_named(self, conn: Connection) -> None:
        conn.execute("DELETE FROM discovery.city_source")

        assert self.refusal(conn, "krakow", "museums") == (
            "there is no pair of krakow with museums: "
            "krakow has pairs with no source; museums has no pairs"
        )

    def test_a_name_without_an_enabled_pair_next_to_others_is_a_warning(
        self, conn: Connection, caplog: pytest.LogCaptureFixture
    ) -> None:
        params = RunParams(cities=("krakow", "paris"), sources=("theatres", "off"))

        planned = plan(conn, "run", params, TRIGGERED, capacity=9)

        assert [pair.label for pair in planned.pairs] == ["krakow · theatres"]
        assert warnings(caplog) == [
            "No enabled pair among those that were asked for has paris, off."
        ]
