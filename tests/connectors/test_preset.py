"""Presets: files that are kinds. What they may hold, how a source overrides it, what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors import preset as presets
from include.discovery.connectors.base import read_data_sheet
from include.discovery.connectors.preset import connector_of
from include.discovery.errors import InvalidSettings
from include.discovery.model import SourceRole
from tests.support.reading import LookedAt, detections, parse

SHEET = """Village board: what the village tells.

Provides: events.

Endpoint: one.
"""
PRESET = {
    "data_sheet": SHEET,
    "parameters": {
        "board_url": {"type": "url", "description": "Address of the board."},
        "street": {"description": "Street wanted.", "default": None},
        "most": {"type": "integer", "description": "How many.", "default": 5},
    },
    "settings": {
        "url": "{board_url}/api",
        "query": {"n": "{most}", "street": "{street}", "sort": "date"},
        "items": "notes",
        "fields": {"external_id": "no", "title": "head", "starts_at": "on", "price": "fee"},
    },
}
FOLDER = Path(presets.__file__).parent / "presets"
KINDS = sorted(file.stem for file in FOLDER.glob("*.yaml"))


@pytest.fixture
def preset(tmp_path: Path) -> Callable[..., Any]:
    def write(**changes):
        content = {**PRESET, **changes}
        file = tmp_path / "village_board.yaml"
        file.write_text(yaml.safe_dump(content, sort_keys=False))
        return connector_of(file)

    return write


def with_setting(name: Any, value: Any) -> Any:
    return {"settings": {**PRESET["settings"], name: value}}


def settings(connector: Any, **given: Any) -> Any:
    return connector.settings_model.model_validate({"board_url": "https://v.example/", **given})


class TestAKindFromAFile:
    def test_a_preset_is_named_after_its_file(self, preset: Callable[..., Any]) -> None:
        connector = preset()

        assert (connector.kind, connector.needs_connection) == ("village_board", "no")
        assert connector.data_sheet == SHEET

    def test_a_preset_may_need_a_connection(self, preset: Callable[..., Any]) -> None:
        assert preset(needs_connection="required").needs_connection == "required"

    def test_a_preset_is_an_aggregator_unless_it_says_otherwise(
        self, preset: Callable[..., Any]
    ) -> None:
        assert preset().usual_role is SourceRole.AGGREGATOR
        assert preset(usual_role="ticket_shop").usual_role is SourceRole.TICKET_SHOP

    def test_the_parameters_of_a_preset_come_first_in_the_form(
        self, preset: Callable[..., Any]
    ) -> None:
        schema = preset().settings_model.model_json_schema()

        assert list(schema["properties"])[:3] == ["board_url", "street", "most"]
        assert schema["required"] == ["board_url"]
        assert schema["properties"]["board_url"]["description"] == "Address of the board."
        assert schema["properties"]["items"]["default"] == "notes"

    def test_the_settings_of_a_preset_are_those_of_json_feed_filled_in(
        self, preset: Callable[..., Any]
    ) -> None:
        checked = settings(preset())

        assert (checked.board_url, checked.street, checked.most) == ("https://v.example", None, 5)
        assert (checked.items, checked.fields.title.path) == ("notes", "head")
        assert checked.horizon_days == 365

    def test_a_source_may_override_any_setting_of_its_preset(
        self, preset: Callable[..., Any]
    ) -> None:
        checked = settings(preset(), items="data", horizon_days=30, most=7, paging={"by": "offset"})

        assert (checked.items, checked.horizon_days, checked.most) == ("data", 30, 7)
        assert checked.paging.by == "offset"

    def test_fields_and_queries_are_merged_by_name(self, preset: Callable[..., Any]) -> None:
        checked = settings(
            preset(), fields={"price": None, "title": {"path": "h"}, "organizer": "who"},
            query={"sort": None, "x": 1},
        )  # fmt: skip

        assert checked.fields.title.path == "h"
        assert checked.fields.starts_at.path == "on"
        assert (checked.fields.price, checked.fields.organizer.path) == (None, "who")
        assert checked.query == {"n": "{most}", "street": "{street}", "sort": None, "x": 1}

    def test_presets_do_not_share_their_parameters(self, preset: Callable[..., Any]) -> None:
        preset()

        assert connector_for("json_feed").settings_model.parameters == frozenset()

    @pytest.mark.parametrize(
        "address", ["https://v.example/", "https://v.example/?a=b", "https://v.example/#x"]
    )
    def test_addresses_are_taken_as_they_are_pasted(
        self, preset: Callable[..., Any], address: str
    ) -> None:
        assert settings(preset(), board_url=address).board_url == "https://v.example"

    def test_a_file_is_parsed_by_the_map_of_the_preset(self, preset: Callable[..., Any]) -> None:
        body = json.dumps({"notes": [{"no": 1, "head": "Fair", "on": "2026-05-08"}]}).encode()

        parsed = parse(preset(), {"board_url": "https://v.example"}, body)

        assert [record.title for record in parsed.records] == ["Fair"]

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({}, "board_url"),
            ({"board_url": "v.example"}, "must be an absolute http or https URL"),
            ({"query": {"x": "{strete}"}}, r"no placeholder \{strete\}; there are: \{board_url\}"),
            ({"url": "{street}/api"}, "must begin with https"),
            ({"most": "many"}, "most"),
            ({"boards": 1}, "boards"),
            ({"fields": "all"}, "fields"),
        ],
    )
    def test_invalid_settings_of_a_preset_are_refused(
        self, preset: Callable[..., Any], given: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(ValidationError, match=said):
            preset().settings_model.model_validate(
                given if not given else {"board_url": "https://v.example", **given}
            )


class TestABrokenFile:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            (with_setting("items", "a["), r"settings.items: 'a\[' is not a JMESPath"),
            (with_setting("itmes", "a"), "settings.itmes: json_feed has no such setting"),
            (with_setting("url", "{bord_url}"), "settings.url: must begin"),
            (with_setting("query", {"x": "{bord_url}"}), r"settings.query: .*\{bord_url\}"),
            (with_setting("fields", {"titel": "x"}), "settings.fields: there is no field 'titel'"),
            (with_setting("paging", {"by": "x"}), "settings.paging: "),
            ({"parameters": {"url": {"description": "x"}}}, "parameters.url: the name is taken"),
            ({"parameters": {"city": {"description": "x"}}}, "parameters.city: the name is taken"),
            ({"parameters": {"a": {"type": "date", "description": "x"}}}, "parameters.a.type: "),
            ({"parameters": {"a": {}}}, "parameters.a.description: "),
            ({"detect": [{"evidence": "x", "address": "("}]}, "detect.0.address: .* not a regular"),
            ({"detect": [{"evidence": "x", "holds": "("}]}, "detect.0.holds: .* not a JMESPath"),
            ({"detect": [{"evidence": "x", "settings": {"b": "y"}}]}, "detect.0.settings.b: there"),
            ({"needs_connection": "maybe"}, "needs_connection: "),
            ({"extra": 1}, "extra: "),
        ],
    )  # fmt: skip
    def test_a_fault_of_a_preset_is_named_with_file_and_place(
        self, preset: Callable[..., Any], changes: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(InvalidSettings, match=rf"village_board\.yaml: {said}"):
            preset(**changes)

    @pytest.mark.parametrize(
        ("content", "said"),
        [(b"a: [", "is not valid YAML: .*line 1"), (b"\xff\xfe\xfa", "cannot read the preset"),
         (b"", "village_board.yaml: "), (b"- 1", "village_board.yaml: ")],
    )  # fmt: skip
    def test_a_preset_that_is_no_mapping_is_refused(
        self, tmp_path: Path, content: bytes, said: str
    ) -> None:
        file = tmp_path / "village_board.yaml"
        file.write_bytes(content)

        with pytest.raises(InvalidSettings, match=said):
            connector_of(file)

    def test_a_setting_that_only_a_source_can_give_may_be_missing(
        self, preset: Callable[..., Any]
    ) -> None:
        connector = preset(settings={"url": "{board_url}/table"})

        with pytest.raises(ValidationError, match="fields"):
            settings(connector)
        fields = {"title": "t", "starts_at": "s"}
        assert settings(connector, fields=fields).fields.title.path == "t"

    def test_yes_and_no_in_a_preset_are_words(self, tmp_path: Path) -> None:
        file = tmp_path / "village_board.yaml"
        text = yaml.safe_dump(PRESET).replace(
            "price: fee", "is_free: {path: fee, yes: [no], no: [yes, off]}"
        )
        file.write_text(text)

        flag = settings(connector_of(file)).fields.is_free

        assert (flag.yes, flag.no) == (("no",), ("yes", "off"))


class TestDetection:
    def found(self, preset: Callable[..., Any], site: LookedAt, **rule: Any) -> list[Any]:
        return detections(preset(detect=[{"evidence": "Seen at {root}", **rule}]), site)

    def test_a_preset_is_recognised_by_the_answer_of_the_address(
        self, preset: Callable[..., Any]
    ) -> None:
        site = LookedAt("https://v.example/api?x=1", '{"notes": [{"on": 1}]}', is_html=False)
        rule = {"holds": "notes[0].on", "settings": {"board_url": "{root}"}}

        assert self.found(preset, site, **rule) == [
            ({"board_url": "https://v.example"}, ("Seen at https://v.example",))
        ]
        assert self.found(preset, site, holds="rows") == []
        assert site.looks == []

    def test_a_preset_is_recognised_by_parts_of_the_address_and_the_page(
        self, preset: Callable[..., Any]
    ) -> None:
        site = LookedAt("https://v.example/board/7", "<a data-street='Hop'>")
        rule = {
            "address": "board/(?P<number>[0-9]+)", "page": "street='(?P<name>[^']+)",
            "settings": {"street": "{name} {number} {unknown}"},
        }  # fmt: skip

        assert self.found(preset, site, **rule)[0][0] == {"street": "Hop 7 {unknown}"}
        assert self.found(preset, site, **{**rule, "page": "avenue"}) == []
        assert self.found(preset, site, **{**rule, "address": "x/y"}) == []

    def test_a_preset_is_recognised_by_another_address_of_the_site(
        self, preset: Callable[..., Any]
    ) -> None:
        answers = {"/api?n=1": '{"notes": [], "site": {"zone": "Europe/Paris"}}'}
        site = LookedAt("https://v.example/", "<title>Village", answers=answers)
        rule = {
            "look": "/api?n=1", "holds": "type(notes) == 'array'",
            "settings": {"board_url": "{root}", "timezone": {"path": "site.zone"},
                         "language": {"path": "site.lang"}, "most": 9},
        }  # fmt: skip

        assert self.found(preset, site, **rule)[0][0] == {
            "board_url": "https://v.example", "timezone": "Europe/Paris", "most": 9,
        }  # fmt: skip

    def test_no_address_is_asked_where_the_page_does_not_match(
        self, preset: Callable[..., Any]
    ) -> None:
        site = LookedAt("https://v.example/", "<title>City")

        assert self.found(preset, site, page="Village", look="/api", holds="notes") == []
        assert site.looks == []

    @pytest.mark.parametrize("answer", ["<html>", "", "[1", '"x"'])
    def test_an_answer_of_another_form_is_not_recognised(
        self, preset: Callable[..., Any], answer: str
    ) -> None:
        site = LookedAt("https://v.example/", answer, is_html=False)

        assert self.found(preset, site, holds="notes") == []
        assert self.found(preset, site, holds="join('', notes)") == []

    def test_the_first_matching_rule_of_detection_counts(self, preset: Callable[..., Any]) -> None:
        rules = [
            {"evidence": "first", "holds": "nothing"},
            {"evidence": "second", "page": "Village"},
            {"evidence": "third"},
        ]

        found = detections(preset(detect=rules), LookedAt("https://v.example/", "Village"))

        assert [evidence for _, evidence in found] == [("second",)]


@pytest.mark.parametrize("kind", KINDS)
class TestEachPreset:
    """What holds of every preset that comes with the package."""

    def test_each_preset_is_a_kind(self, kind: str) -> None:
        assert kind in kinds()
        assert connector_for(kind).kind == kind

    def test_the_data_sheet_of_each_preset_has_all_headings(self, kind: str) -> None:
        summary, sections = read_data_sheet(connector_for(kind).data_sheet)

        assert summary.endswith(".")
        assert [section.title for section in sections] == [
            "Provides", "Endpoint", "Auth", "Rate limit", "External id", "Time zone",
            "Known quirks",
        ]  # fmt: skip
        assert all(section.text for section in sections)

    def test_each_preset_needs_a_key_where_its_api_asks_for_one(self, kind: str) -> None:
        connector = connector_for(kind)
        key = connector.settings_model.model_fields["key"].default
        is_required = isinstance(key, dict) and key.get("required", True)

        assert (connector.needs_connection == "required") is bool(is_required)

    def test_each_preset_has_rules_of_detection(self, kind: str) -> None:
        rules = connector_for(kind).preset.detect

        assert rules
        assert len({rule.look for rule in rules if rule.look}) <= 2

    def test_each_preset_is_short(self, kind: str) -> None:
        lines = (FOLDER / f"{kind}.yaml").read_text().splitlines()

        assert len(lines) <= 130
        assert not [line for line in lines if re.search(r"\t| $", line)]


def test_settings_of_a_preset_are_checked_as_those_of_other_kinds() -> None:
    [fault] = connector_for("localist").settings_faults(
        {"site_url": "https://e.example", "query": {"x": "{y}"}}
    )

    assert fault.path == ("query",)
    with pytest.raises(InvalidSettings, match="settings of kind localist: site_url: "):
        connector_for("localist").validated({})
