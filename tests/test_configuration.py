"""Configuration as code: what the file may say, and where it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from include.discovery.configuration import Configuration, load_configuration
from include.discovery.errors import InvalidSettings

INCLUDE = Path(__file__).parents[1] / "include"
SHIPPED = INCLUDE / "config" / "discovery.yaml"
DEMO = INCLUDE / "demo" / "discovery.yaml"

GOOD = """\
countries:
  PL: Poland
cities:
  krakow:
    name: Kraków
    country: PL
    timezone: Europe/Warsaw
    latitude: 50.06
    longitude: 19.94
sources:
  archive:
    name: Library
    kind: icalendar
    settings:
      horizon_days: 90
  national:
    name: National
    kind: icalendar
    scope: country
pairs:
  - city: krakow
    source: archive
    settings:
      url: https://example.org/a.ics
  - source: national
    settings:
      url: https://example.org/b.ics
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "discovery.yaml"


def load(file: Path, text: str, environment: Mapping[str, str] | None = None) -> Configuration:
    file.write_text(text, "utf-8")
    return load_configuration(file, environment or {})


def complaint(file: Path, text: str, environment: Mapping[str, str] | None = None) -> str:
    """Return the message about a bad file, without its folder."""
    with pytest.raises(InvalidSettings) as error:
        load(file, text, environment)
    return str(error.value).replace(f"{file.parent}/", "")


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


class TestReading:
    """What a good file becomes."""

    def test_slugs_are_the_keys_of_a_configuration_file(self, file: Path) -> None:
        loaded = load(file, GOOD)

        assert loaded.cities["krakow"].slug == "krakow"
        assert loaded.sources["national"].slug == "national"
        assert [pair.label for pair in loaded.pairs] == ["krakow · archive", "national"]

    def test_a_field_that_is_left_out_has_its_default(self, file: Path) -> None:
        pair = load(file, GOOD).pairs[0]

        assert (pair.enabled, pair.frequency_hours, pair.priority) == (True, 24, 50)

    @pytest.mark.parametrize("text", ["", "# nothing\n", "{}", "pairs: []"])
    def test_an_empty_file_configures_nothing(self, file: Path, text: str) -> None:
        assert load(file, text) == Configuration()

    def test_a_byte_order_mark_is_no_part_of_a_configuration_file(self, file: Path) -> None:
        assert load(file, f"\ufeff{GOOD}") == load(file, GOOD)

    def test_anchors_in_a_configuration_file_are_followed(self, file: Path) -> None:
        text = GOOD.replace("url: https://example.org/a.ics", "url: &x https://example.org/a.ics")

        loaded = load(file, text.replace("https://example.org/b.ics", "*x"))

        assert loaded.pairs[1].settings == {"url": "https://example.org/a.ics"}

    def test_the_country_no_is_norway_and_not_false(self, file: Path) -> None:
        """YAML 1.1 takes NO for false."""
        loaded = load(
            file, GOOD.replace("PL: Poland", "NO: Norway").replace("country: PL", "country: NO")
        )

        assert loaded.countries == {"NO": "Norway"}
        assert loaded.cities["krakow"].country == "NO"

    @pytest.mark.parametrize(
        ("word", "value"),
        [("true", True), ("False", False), ("yes", True), ("off", False), ("NO", False)],
    )
    def test_all_words_of_yaml_for_yes_and_no_are_read(
        self, file: Path, word: str, *, value: bool
    ) -> None:
        loaded = load(file, changed("scope: country", f"scope: country\n    enabled: {word}"))

        assert loaded.sources["national"].enabled is value

    def test_the_shipped_configuration_runs_nothing_before_a_source_is_enabled(self) -> None:
        shipped = load_configuration(SHIPPED, {})

        assert {pair.city for pair in shipped.pairs} == {"helsinki", "krakow", "paris"}
        assert [slug for slug, source in shipped.sources.items() if source.enabled] == []
        assert "demo" not in SHIPPED.read_text("utf-8").lower()

    def test_the_demo_has_the_shipped_cities_and_sources_of_its_own(self) -> None:
        shipped, demo = load_configuration(SHIPPED, {}), load_configuration(DEMO, {})

        assert (demo.countries, demo.cities) == (shipped.countries, shipped.cities)
        assert not demo.sources.keys() & shipped.sources.keys()
        assert all(slug.startswith("demo-") for slug in demo.sources)


class TestEnvironment:
    """``${NAME}`` and ``${NAME:-default}`` come from the environment."""

    @pytest.mark.parametrize(
        ("written", "environment", "value"),
        [
            ("${DISCOVERY_X}", {"DISCOVERY_X": "a.example"}, "a.example"),
            ("${DISCOVERY_X:-b.example}", {"DISCOVERY_X": "a.example"}, "a.example"),
            ("${DISCOVERY_X:-b.example}", {}, "b.example"),
            ("${DISCOVERY_X:-b.example}", {"DISCOVERY_X": ""}, "b.example"),
            ("x${DISCOVERY_EMPTY:-}y", {}, "xy"),
            ("${DISCOVERY_A}${DISCOVERY_B}", {"DISCOVERY_A": "a.", "DISCOVERY_B": "b"}, "a.b"),
            ("$HOST {HOST}", {"DISCOVERY_X": "a"}, "$HOST {HOST}"),
            (
                "${DISCOVERY_A}",
                {"DISCOVERY_A": "${DISCOVERY_B}", "DISCOVERY_B": "x"},
                "${DISCOVERY_B}",
            ),
        ],
    )
    def test_an_environment_variable_is_filled_in(
        self, file: Path, written: str, environment: dict[str, str], value: str
    ) -> None:
        loaded = load(file, changed("Library", f'"{written}"'), environment)

        assert loaded.sources["archive"].name == value

    def test_a_filled_in_number_is_a_number(self, file: Path) -> None:
        text = changed("scope: country", "scope: country\n    trust: ${DISCOVERY_TRUST:-70}")

        assert load(file, text).sources["national"].trust == 70

    @pytest.mark.parametrize(
        ("kind", "role"),
        [
            ("icalendar", "organizer"),
            ("ticketmaster", "ticket_shop"),
            ("libcal", "official_venue"),
            ("opendatasoft", "aggregator"),
            ("json_feed", "aggregator"),
        ],
    )
    def test_a_source_that_does_not_say_its_role_has_the_usual_one_of_its_kind(
        self, file: Path, kind: str, role: str
    ) -> None:
        source = f"  other:\n    name: Other\n    kind: {kind}\npairs:"

        assert load(file, changed("pairs:", source)).sources["other"].role == role

    def test_a_source_has_the_role_that_it_says(self, file: Path) -> None:
        text = changed("scope: country", "scope: country\n    role: official_venue")

        assert load(file, text).sources["national"].role == "official_venue"

    @pytest.mark.parametrize("environment", [{}, {"DISCOVERY_X": ""}])
    def test_an_environment_variable_that_is_not_set_is_named_with_its_place(
        self, file: Path, environment: dict[str, str]
    ) -> None:
        text = changed("https://example.org/b.ics", "https://${DISCOVERY_X}/b.ics")

        assert complaint(file, text, environment) == (
            "discovery.yaml:27: pairs.1.settings.url:"
            " the environment variable DISCOVERY_X is not set"
        )


FAULTS = [
    # The old text, the new one in its place, and the message about it.
    ("kind: icalendar\n    settings", "kind: lib\n    settings",
     "13: sources.archive.kind: there is no kind 'lib'; did you mean libcal?"),
    ("kind: icalendar\n    settings", "kind: gopher\n    settings",
     "13: sources.archive.kind: there is no kind 'gopher'; there are: bandsintown, "),
    ("horizon_days: 90", "horizon: 90",
     ("15: sources.archive.settings.horizon: unknown setting; icalendar has: "
     "horizon_days, key, max_body_mb, ")),
    ("horizon_days: 90", "horizon_days: 0",
     ("15: sources.archive.settings.horizon_days: Input should be greater than or equal to 1 "
     "(found 0)")),
    ("url: https://example.org/a.ics", "link: https://example.org/a.ics",
     "24: pairs.0.settings.link: unknown setting; icalendar has: horizon_days, "),
    ("url: https://example.org/a.ics", ("url: https://example.org/a.ics\n      # a comment\n"
     "      timezone: Europe/Cracow"),
     ("26: pairs.0.settings.timezone: 'Europe/Cracow' is not an IANA time zone such as "
     "Europe/Warsaw (found 'Europe/Cracow')")),
    ("url: https://example.org/b.ics", "url: example.org/b.ics", "27: pairs.1.settings.url: "),
    ("url: https://example.org/b.ics", "request_retries: 1",
     "26: pairs.1.settings.url: Field required"),
    ("  - source: national\n    settings:\n      url: https://example.org/b.ics\n",
     "  - source: national\n", "25: pairs.1.settings.url: Field required"),
    ("city: krakow", "city: krakau",
     "21: pairs.0.city: there is no city 'krakau' in this file; did you mean krakow?"),
    ("city: krakow", "city: paris",
     "21: pairs.0.city: there is no city 'paris' in this file; there are: krakow"),
    ("source: national", "source: nationwide",
     "25: pairs.1.source: there is no source 'nationwide' in this file; did you mean national?"),
    ("source: national", "source: national\n    city: krakow",
     "26: pairs.1.city: national has scope country: one pair without a city covers it"),
    ("city: krakow\n    source: archive", "source: archive",
     "21: pairs.0: archive has scope city: name a city"),
    ("source: national", "city: krakow\n    source: archive",
     "25: pairs.1: krakow · archive is configured twice"),
    ("country: PL", "country: FR", "6: cities.krakow.country: FR is not among the countries: PL"),
    ("latitude: 50.06", "latitude: 500.6",
     "8: cities.krakow.latitude: Input should be less than or equal to 90 (found 500.6)"),
    ("    timezone: Europe/Warsaw\n", "", "4: cities.krakow.timezone: Field required"),
    ("timezone: Europe/Warsaw", "timezone: Warsaw",
     "7: cities.krakow.timezone: 'Warsaw' is not an IANA time zone"),
    ("scope: country", "scope: world",
     "19: sources.national.scope: Input should be 'city', 'country' or 'regional' (found 'world')"),
    ("scope: country", "scope: country\n    colour: red",
     "20: sources.national.colour: Extra inputs are not permitted"),
    ("  krakow:\n", "  Kraków:\n",
     ("4: cities.Kraków: must be lower-case letters from a to z, digits and single hyphens, "
     "such as new-york (found 'Kraków')")),
    ("  PL: Poland", "  POL: Poland",
     ("2: countries.POL: must be a code of two capital letters (ISO 3166-1), such as PL "
      "(found 'POL')")),
    ("scope: country", "scope: country\n    connection: opera",
     ("20: sources.national.connection: must begin with discovery_, and go on in lower-case "
     "letters from a to z, digits, underscores and hyphens, such as discovery_opera "
     "(found 'opera')")),
    ("city: krakow", "city: krakow\n    frequency_hours: 1000",
     "22: pairs.0.frequency_hours: Input should be less than or equal to 744 (found 1000)"),
    ("city: krakow", "city: krakow\n    priority: high", "22: pairs.0.priority: "),
    ("name: Library", "name: 7",
     "12: sources.archive.name: Input should be a valid string (found 7)"),
    ("  PL: Poland", "  PL: Poland\n  PL: Polska", "3: not valid YAML: 'PL' stands here twice"),
    ("name: Library", "name: Library\n    name: Biblioteka",
     "13: not valid YAML: 'name' stands here twice"),
    ("name: Library", "name: 2026-02-30", "12: not valid YAML: day is out of range for month"),
    ("name: Library", "name: !!int seven", "12: not valid YAML: invalid literal for int()"),
    ("name: Library", "name: [Library", "13: not valid YAML: "),
    ("name: Library", "name: !!python/name:os.system x",
     "12: not valid YAML: could not determine a constructor for the tag"),
    ("name: Library", "? [a, b]\n    : Library", "12: not valid YAML: keys must be plain names"),
    ("name: Library", "name: *nowhere", "12: not valid YAML: found undefined alias 'nowhere'"),
    ("url: https://example.org/a.ics", "url: 2026-01-01",
     "24: pairs.0.settings.url: input was not a valid JSON value"),
]  # fmt: skip


class TestFaults:
    """Every fault is reported with file, line, path, value and what is allowed."""

    @pytest.mark.parametrize(("old", "new", "said"), FAULTS)
    def test_a_fault_of_a_configuration_file_is_located_and_explained(
        self, file: Path, old: str, new: str, said: str
    ) -> None:
        assert complaint(file, changed(old, new)).startswith(f"discovery.yaml:{said}")

    def test_a_fault_of_a_sources_settings_is_located_at_the_source(self, file: Path) -> None:
        """Not at each pair that inherits it."""
        text = changed("horizon_days: 90", "horizon_days: many")

        assert complaint(file, text).startswith(
            "discovery.yaml:15: sources.archive.settings.horizon_days: "
        )

    def test_a_fault_of_a_pairs_settings_is_located_at_the_pair(self, file: Path) -> None:
        text = changed("url: https://example.org/a.ics",
                       "url: https://example.org/a.ics\n      horizon_days: many")  # fmt: skip

        assert complaint(file, text).startswith("discovery.yaml:25: pairs.0.settings.horizon_days")

    def test_a_section_of_the_wrong_type_is_refused(self, file: Path) -> None:
        assert complaint(file, "cities: [krakow]").startswith("discovery.yaml:1: cities: ")
        assert complaint(file, "\n\npairs: 7").startswith("discovery.yaml:3: pairs: ")
        assert complaint(file, "- krakow").startswith("discovery.yaml:1: ")
        assert complaint(file, "cities: {krakow: 7}").startswith(
            "discovery.yaml:1: cities.krakow: "
        )

    def test_several_faults_are_all_reported(self, file: Path) -> None:
        text = changed("latitude: 50.06", "latitude: 99").replace(
            "longitude: 19.94", "longitude: x"
        )

        said = complaint(file, text)

        assert "discovery.yaml:8: cities.krakow.latitude: " in said
        assert "discovery.yaml:9: cities.krakow.longitude: " in said

    def test_an_unknown_section_is_named(self, file: Path) -> None:
        assert complaint(file, "towns: {}") == (
            "discovery.yaml:1: towns: Extra inputs are not permitted"
        )

    def test_control_characters_are_refused(self, file: Path) -> None:
        assert "not valid YAML" in complaint(file, "countries: {PL: \x01}")

    def test_a_missing_configuration_file_is_named(self, file: Path) -> None:
        with pytest.raises(InvalidSettings, match=r"cannot read .*: No such file or directory"):
            load_configuration(file, {})

    def test_a_folder_is_no_configuration_file(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidSettings, match=r"cannot read .*: Is a directory"):
            load_configuration(tmp_path, {})

    def test_a_configuration_file_in_another_encoding_is_refused(self, file: Path) -> None:
        file.write_bytes(GOOD.encode("iso8859-2"))

        with pytest.raises(InvalidSettings, match="is not UTF-8 text"):
            load_configuration(file, {})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (r'"a\0b"', "settings: url: contains a NUL character"),
        (".nan", "settings: url: is not a finite number"),
        ("-.inf", "settings: url: is not a finite number"),
        ("99999999999999999999", "settings: url: is beyond 64 bits"),
        ("[" * 40 + "]" * 40, "nested"),
    ],
)
def test_settings_that_no_database_can_store_are_refused_in_words(
    tmp_path: Path, value: str, said: str
) -> None:
    file = tmp_path / "discovery.yaml"
    file.write_text(
        f"sources:\n  a:\n    name: A\n    kind: icalendar\n    settings: {{url: {value}}}\n",
        "utf-8",
    )

    with pytest.raises(InvalidSettings, match=said):
        load_configuration(file, {})
