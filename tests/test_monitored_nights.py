"""Nights of a source of which a person has said what to expect: what is concluded, and told."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from include.discovery.configuration import Key, PairConfiguration
from include.discovery.expectations import Monitoring
from include.discovery.model import Pair, Source
from include.discovery.store import edits
from include.discovery.store.audit import Author
from include.discovery.store.configuration import apply_configuration
from include.discovery.store.connection import Connection
from include.discovery.store.entities import read_configuration, read_entity
from include.discovery.store.plans import planned_pairs
from include.discovery.store.queries.pairs import read_pairs
from include.discovery.store.runs import Attempt, begin, finish
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import plan_run, source, stored_pair
from tests.test_nights import SETTINGS, Answer, answering, outside_of, shows

FEBRUARY = {"expected_empty": [{"first": "02-01", "last": "02-28"}]}


def monitored(conn: Connection, monitoring: dict[str, Any]) -> Pair:
    pair = stored_pair(conn, source=source(kind="json_feed"), settings=SETTINGS)
    conn.execute("UPDATE discovery.sources SET monitoring = %s", [Jsonb(monitoring)])
    plan_run(conn, "any")
    (planned,) = planned_pairs(conn, "any", 0)
    assert planned.pair.id == pair.id
    return planned.pair


def night(conn: Connection, pair: Pair, n: int, answer: Answer, **options: Any) -> SyncResult:
    return sync_pair(conn, pair, Attempt(f"night {n}"), outside_of(n, answer), **options)


def test_a_run_below_an_assertion_withdraws_nothing_and_says_why(conn: Connection) -> None:
    pair = monitored(conn, {"assertions": {"events": {"least": 18}}})
    fewer = answering(shows(17))

    results = [night(conn, pair, n, fewer if n else answering(shows(20))) for n in range(4)]

    assert [result.stats.withdrawn for result in results] == [0, 0, 0, 0]
    assert results[0].warnings == ()
    assert results[2].warnings == (
        "events is 17, asserted is at least 18",
        "3 of 20 listings are missing, but an assertion is not met: all are kept",
    )
    assert (
        results[3]
        .warnings[1]
        .endswith("3 missing listings await approval: say under Withdrawals whether they are gone")
    )
    rows = conn.execute("SELECT failed_assertions, measures FROM discovery.sync_runs ORDER BY id")
    assert [(failed, measures["events"]) for failed, measures in rows.fetchall()] == [
        ([], 20), (["events"], 17), (["events"], 17), (["events"], 17),
    ]  # fmt: skip


def test_a_person_who_has_looked_overrules_an_assertion(conn: Connection) -> None:
    pair = monitored(conn, {"assertions": {"events": {"least": 18}}})
    night(conn, pair, 0, answering(shows(20)))

    result = night(conn, pair, 1, answering(shows(17)), withdraw_missing=True)

    assert result.stats.withdrawn == 3


def test_a_run_above_an_assertion_warns_and_concludes_as_usual(conn: Connection) -> None:
    pair = monitored(conn, {"assertions": {"events": {"most": 15}}})

    results = [night(conn, pair, n, answering(shows(19 if n else 20))) for n in range(3)]

    assert [result.stats.withdrawn for result in results] == [0, 0, 1]
    assert results[1].warnings == ("events is 19, asserted is at most 15",)


def test_a_trial_is_not_held_to_assertions(conn: Connection) -> None:
    pair = monitored(conn, {"assertions": {"events": {"least": 18}}})

    assert night(conn, pair, 0, answering(shows(20)), limit=5).warnings == ()
    assert night(conn, pair, 1, answering(shows(5)), dry_run=True).warnings == ()


def test_an_empty_answer_in_its_season_neither_warns_nor_withdraws(conn: Connection) -> None:
    pair = monitored(conn, FEBRUARY | {"assertions": {"events": {"least": 18}}})

    results = [night(conn, pair, n, answering(shows(0 if n else 20))) for n in range(4)]

    assert [result.stats.withdrawn for result in results] == [0, 0, 0, 0]
    assert [result.warnings for result in results] == [()] * 4
    fewer = night(conn, pair, 5, answering(shows(3)))
    assert fewer.warnings, "the season excuses nothing but an empty answer"


def test_trials_do_not_push_the_runs_that_tell_out_of_sight(conn: Connection) -> None:
    pair = stored_pair(conn)
    finish(conn, begin(conn, pair, Attempt("whole")).id, complete=True)
    for n in range(30):
        finish(conn, begin(conn, pair, Attempt(f"trial {n}"), limit=1).id, complete=False)

    (state,) = read_pairs(conn)

    assert [run.dag_run_id for run in state.runs if not run.is_trial] == ["whole"]
    assert len(state.runs) == 15


def test_a_form_and_a_file_that_know_nothing_of_monitoring_leave_it(conn: Connection) -> None:
    monitored(conn, FEBRUARY)
    found = read_entity(conn, Key("source", slug="theatres"))
    assert found is not None
    assert isinstance(found.entity, Source)
    form = Source(slug="theatres", name="Renamed", kind="json_feed")

    edits.change(conn, form, version=found.version, changed_by=Author("form", "page"))
    configured = read_configuration(conn)
    file = configured.model_copy(update={"sources": {"theatres": form}})
    changes = apply_configuration(conn, file, changed_by=Author("file", "apply"))

    assert changes == []
    assert read_configuration(conn).sources["theatres"].monitoring == (
        Monitoring.model_validate(FEBRUARY)
    )
    emptied = form.model_copy(update={"monitoring": Monitoring()})
    told = Source(**{**emptied.model_dump(), "monitoring": {}})
    file = configured.model_copy(update={"sources": {"theatres": told}})
    (change,) = apply_configuration(conn, file, changed_by=Author("file", "apply"))
    assert str(change).startswith("~ source theatres: monitoring ")
    assert read_configuration(conn).sources["theatres"].monitoring == Monitoring()


def test_the_monitoring_of_a_pair_is_saved_and_noted_like_its_settings(conn: Connection) -> None:
    stored_pair(conn)
    mute = {"mute": {"issue": "https://issues.example/1", "until": "2026-12-24"}}
    pair = PairConfiguration.model_validate(
        {"city": "krakow", "source": "theatres", "monitoring": mute}
    )

    edits.change(conn, pair, version=1, changed_by=Author("op", "page"))

    (state,) = read_pairs(conn)
    assert state.monitoring.mute is not None
    noted = conn.execute("SELECT changed_by, after->'monitoring' FROM discovery.config_changes")
    by, after = noted.fetchall()[0]
    assert by == "op"
    assert after["mute"]["issue"] == "https://issues.example/1"
