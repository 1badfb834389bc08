"""The configuration in the database: compared, changed as a whole, and audited."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.discovery.configuration import (
    Configuration,
    Key,
    PairConfiguration,
    load_configuration,
)
from include.discovery.errors import InvalidSettings, PairBusy
from include.discovery.model import City, Scope, Source
from include.discovery.store.audit import Author, Change
from include.discovery.store.configuration import apply_configuration
from include.discovery.store.connection import Connection
from include.discovery.store.entities import read_cities, read_configuration, read_entity
from tests.support.builders import (
    COUNTRIES,
    KRAKOW,
    PARIS,
    event,
    hold_pairs,
    plan_run,
    source,
    stored_events,
    stored_pair,
)

SHIPPED = Path(__file__).parents[2] / "include" / "config" / "discovery.yaml"

LIBRARY = source("library", settings={"url": "https://example.org/a.ics"})
NATIONAL = source("national", scope=Scope.COUNTRY, settings={"url": "https://example.org/b.ics"})


def configuration(
    cities: Iterable[City] = (KRAKOW, PARIS),
    sources: Iterable[Source] = (LIBRARY, NATIONAL),
    pairs: Iterable[PairConfiguration] | None = None,
) -> Configuration:
    wanted = (
        PairConfiguration(city="krakow", source="library"),
        PairConfiguration(city="paris", source="library", priority=70),
        PairConfiguration(source="national", frequency_hours=12),
    )
    return Configuration(
        countries=COUNTRIES,
        cities={city.slug: city for city in cities},
        sources={of.slug: of for of in sources},
        pairs=tuple(wanted if pairs is None else pairs),
    )


def apply(conn: Connection, wanted: Configuration, **options: Any) -> list[str]:
    """Apply and return the line of each change."""
    changes = apply_configuration(conn, wanted, changed_by=Author("tester", "apply"), **options)
    return [str(change) for change in changes]


def audited(conn: Connection) -> int:
    row = conn.execute("SELECT count(*) FROM discovery.config_changes").fetchone()
    assert row is not None
    return int(row[0])


def everything(conn: Connection) -> list[Any]:
    """Return all that configuring could change, times included."""
    return [
        conn.execute(f"SELECT * FROM discovery.{table} ORDER BY 1".encode()).fetchall()
        for table in ("countries", "cities", "sources", "city_source", "config_changes")
    ]


class TestApplying:
    """The database is made to say what the file says."""

    def test_a_configuration_is_applied_to_an_empty_database(self, conn: Connection) -> None:
        said = apply(conn, configuration())

        assert said == [
            "+ country PL", "+ country FR", "+ country FI",
            "+ city krakow", "+ city paris",
            "+ source library", "+ source national",
            "+ pair krakow · library", "+ pair paris · library", "+ pair national",
        ]  # fmt: skip
        assert read_configuration(conn).cities == configuration().cities
        assert read_configuration(conn).sources == configuration().sources

    def test_every_field_of_a_configuration_is_stored(self, conn: Connection) -> None:
        city = KRAKOW.model_copy(
            update={"radius_km": 12.5, "alternate_names": ("Cracow", 'a"b,{c}'), "enabled": False}
        )
        of = Source(
            slug="full", name="Pełna nazwa", kind="icalendar", scope=Scope.CITY, enabled=False,
            trust=7, homepage="https://example.org/", licence="CC0", attribution="Somebody",
            settings={"url": "https://example.org/%s.ics", "horizon_days": 9, "timezone": None},
            connection="discovery_shared",
        )  # fmt: skip
        pair = PairConfiguration(city="krakow", source="full", enabled=False, frequency_hours=744,
                                 max_frequency_hours=168, priority=100,
                                 settings={"max_body_mb": 1})  # fmt: skip

        apply(conn, configuration([city], [of], [pair]))

        stored = read_configuration(conn)
        assert stored.cities == {"krakow": city}
        assert stored.sources == {"full": of}
        assert stored.pairs == (pair,)
        assert read_cities(conn)["krakow"][0] == city

    def test_the_connection_that_a_source_names_reaches_its_syncs(self, conn: Connection) -> None:
        of = LIBRARY.model_copy(update={"connection": "discovery_shared"})
        pair = PairConfiguration(city="krakow", source="library")

        apply(conn, configuration([KRAKOW], [of], [pair]))

        (planned,) = plan_run(conn, "run").pairs
        found = read_entity(conn, Key("source", slug="library"))
        assert planned.source.connection_id == "discovery_shared"
        assert found is not None
        assert found.entity == of

    def test_a_configuration_that_is_applied_again_changes_nothing(self, conn: Connection) -> None:
        apply(conn, configuration())
        before = everything(conn)

        assert apply(conn, configuration()) == []
        assert everything(conn) == before

    def test_only_the_fields_that_differ_are_changed(self, conn: Connection) -> None:
        apply(conn, configuration())
        renamed = KRAKOW.model_copy(update={"name": "Cracow", "radius_km": 40})

        said = apply(conn, configuration(cities=[renamed, PARIS]))

        assert said == ['~ city krakow: name "Kraków" → "Cracow", radius_km 30.0 → 40.0']
        assert read_configuration(conn).cities["krakow"] == renamed

    def test_a_changed_pair_keeps_its_schedule(self, conn: Connection) -> None:
        apply(conn, configuration())
        schedule = "SELECT period_start, period_zone FROM discovery.city_source"
        conn.execute("UPDATE discovery.city_source SET period_start = now(), period_zone = 'UTC'")
        before = conn.execute(schedule).fetchall()

        apply(conn, configuration(pairs=[
            PairConfiguration(city="krakow", source="library", frequency_hours=6),
        ]))  # fmt: skip

        assert conn.execute(schedule).fetchall() == before

    def test_an_object_that_the_file_does_not_mention_stays(self, conn: Connection) -> None:
        apply(conn, configuration())

        assert apply(conn, configuration([KRAKOW], [LIBRARY], [])) == []
        assert len(read_configuration(conn).pairs) == 3

    def test_a_dry_run_reports_the_same_changes_and_writes_nothing(self, conn: Connection) -> None:
        before = everything(conn)

        said = apply(conn, configuration(), dry_run=True)

        assert everything(conn) == before
        assert said == apply(conn, configuration())

    def test_a_failed_apply_leaves_nothing_behind(self, conn: Connection) -> None:
        # Not possible through a file, which is checked: a pair of a source that does not exist.
        impossible = configuration().model_copy(
            update={"cities": {"krakow": KRAKOW.model_copy(update={"radius_km": -1})}}
        )
        before = everything(conn)

        with pytest.raises(psycopg.errors.CheckViolation):
            apply(conn, impossible)

        assert everything(conn) == before


class TestPruning:
    """An object that the file does not mention is deleted only when pruning is asked for."""

    def test_pruning_deletes_an_object_that_nothing_refers_to(self, conn: Connection) -> None:
        apply(conn, configuration())

        said = apply(conn, configuration([KRAKOW], [LIBRARY],
                     [PairConfiguration(city="krakow", source="library")]), prune=True)  # fmt: skip

        assert said == [
            "- pair paris · library", "- pair national", "- source national", "- city paris",
        ]  # fmt: skip
        left = read_configuration(conn)
        assert (set(left.cities), set(left.sources)) == ({"krakow"}, {"library"})
        assert [pair.label for pair in left.pairs] == ["krakow · library"]

    @pytest.fixture
    def holding(self, conn: Connection) -> None:
        """Configure, and let Paris and its source hold an event."""
        stored_events(conn, stored_pair(conn, PARIS, source("theatres")), [event("1")])

    @pytest.mark.usefixtures("holding")
    @pytest.mark.parametrize("dry_run", [True, False])
    def test_pruning_an_object_that_holds_data_reports_how_much_goes_with_it(
        self, conn: Connection, dry_run: bool
    ) -> None:
        said = apply(conn, configuration([], [], []), prune=True, dry_run=dry_run)

        assert said == [
            "- pair paris · theatres (1 listing and 1 event)",
            "- source theatres",
            "- city paris",
        ]
        left = 1 if dry_run else 0
        for table in ("listings", "events", "city_source", "sources", "cities"):
            counted = conn.execute(f"SELECT count(*) FROM discovery.{table}".encode()).fetchone()
            assert counted == (left,)

    @pytest.mark.usefixtures("holding")
    def test_a_configuration_that_is_pruned_again_has_nothing_left_to_prune(
        self, conn: Connection
    ) -> None:
        apply(conn, configuration([], [], []), prune=True)

        assert apply(conn, configuration([], [], []), prune=True) == []

    @pytest.mark.usefixtures("holding")
    def test_pruning_a_pair_keeps_its_runs(self, conn: Connection) -> None:
        apply(conn, configuration([], [], []), prune=True)

        runs = conn.execute(
            "SELECT city_source_id, city_slug, source_slug FROM discovery.sync_runs"
        )
        assert runs.fetchall() == [(None, "paris", "theatres")]

    @pytest.mark.usefixtures("holding")
    def test_pruning_is_refused_while_a_run_holds_the_pair(self, conn: Connection) -> None:
        hold_pairs(conn)
        before = everything(conn)

        with pytest.raises(PairBusy, match=r"pair paris · theatres cannot be removed.*run tonight"):
            apply(conn, configuration([], [], []), prune=True)
        assert everything(conn) == before

    def test_a_dry_run_of_pruning_deletes_nothing(self, conn: Connection) -> None:
        apply(conn, configuration())
        before = everything(conn)

        said = apply(conn, configuration([], [], []), prune=True, dry_run=True)

        assert len([line for line in said if line.startswith("- ")]) == 7
        assert everything(conn) == before


class TestTheAuditLog:
    """Who changed what, when, from what to what."""

    def test_the_audit_log_has_each_change(self, conn: Connection) -> None:
        apply(conn, configuration([KRAKOW], [], []))
        apply(conn, configuration([KRAKOW.model_copy(update={"radius_km": 5})], [], []))
        apply(conn, configuration([], [], []), prune=True)

        log = conn.execute(
            "SELECT changed_by, action, before->'radius_km', after->'radius_km'"
            " FROM discovery.config_changes WHERE entity_type = 'city' ORDER BY id"
        ).fetchall()
        assert log == [
            ("tester", "create", None, 30),
            ("tester", "update", 30, 5),
            ("tester", "delete", 5, None),
        ]

    def test_the_audit_log_has_no_entry_when_nothing_changed(self, conn: Connection) -> None:
        apply(conn, configuration())
        before = audited(conn)

        apply(conn, configuration())

        assert audited(conn) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change("create", "country", "PL", after={"name": "Poland"}), "+ country PL"),
        (Change("delete", "pair", "krakow · x", before={"city": "krakow"}), "- pair krakow · x"),
        (Change("update", "pair", "krakow · x",
                {"enabled": False, "a": 1}, {"enabled": True, "a": 1}),
         "~ pair krakow · x: enabled false → true"),
        (Change("update", "source", "x", {"licence": None, "settings": {"a": "ł"}},
                {"licence": "CC0", "settings": {}}),
         '~ source x: licence null → "CC0", settings {"a": "ł"} → {}'),
    ],
)  # fmt: skip
def test_a_change_is_described_in_one_line(change: Change, said: str) -> None:
    assert str(change) == said


def test_the_shipped_configuration_is_applied_once(conn: Connection) -> None:
    shipped = load_configuration(SHIPPED, {})

    assert len(apply(conn, shipped)) == (
        len(shipped.countries) + len(shipped.cities) + len(shipped.sources) + len(shipped.pairs)
    )
    assert apply(conn, shipped, prune=True) == []


words = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20)
json_values = st.recursive(
    # Floats that are whole numbers beyond 2**53 would come back as integers next to them.
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(-1e9, 1e9) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=words.filter(bool), values=st.dictionaries(words, json_values, max_size=4))
def test_any_stored_configuration_is_read_back_unchanged(
    conn: Connection, name: str, values: dict[str, Any]
) -> None:
    """Else each apply would find something to change."""
    of = source("any", name=name, settings=values)
    wanted = Configuration.model_construct(countries={}, cities={}, sources={"any": of}, pairs=())
    apply(conn, wanted)

    assert apply(conn, wanted) == []
    assert read_configuration(conn).sources["any"].settings == values


class TestAnotherScope:
    """A source that covers a country no longer runs once for each city."""

    def widened(self) -> Configuration:
        wide = LIBRARY.model_copy(update={"scope": Scope.COUNTRY})
        return configuration(sources=[wide], pairs=[PairConfiguration(source="library")])

    def test_a_source_that_covers_a_country_now_is_refused_while_its_pairs_of_cities_remain(
        self, conn: Connection
    ) -> None:
        apply(conn, configuration())
        before = everything(conn)

        with pytest.raises(InvalidSettings, match=r"krakow · library: remove that pair first"):
            apply(conn, self.widened())
        assert everything(conn) == before

    def test_a_source_that_covers_a_country_now_is_accepted_when_its_pairs_of_cities_are_pruned(
        self, conn: Connection
    ) -> None:
        apply(conn, configuration())

        apply(conn, self.widened(), prune=True)

        assert [pair.label for pair in read_configuration(conn).pairs] == ["library"]
