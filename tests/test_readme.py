"""What the README says of settings, kinds and targets is what there is."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from include.discovery.configuration import check_settings
from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import ParseContext
from include.discovery.fetch.keys import KeyHost
from include.discovery.settings import HELP, Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def default(name: str) -> str:
    """Write a setting's default as its variable would hold it."""
    value = getattr(Settings(), name)
    if value == ():
        return "none"
    if isinstance(value, tuple):
        return ",".join(f"{delay.total_seconds():g}" for delay in value)
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_every_setting_is_there_with_its_default_and_its_help() -> None:
    assert {field.name for field in fields(Settings)} == HELP.keys()
    for name, help_ in HELP.items():
        row = f"| `DISCOVERY_{name.upper()}` | `{default(name)}` | {help_.allowed} | {help_.text} |"
        assert row in README


def test_every_kind_of_source_is_there() -> None:
    for kind in kinds():
        key = "yes" if connector_for(kind).needs_connection == "required" else "no"
        assert re.search(rf"^\| `{kind}` \| .* \| {key} \|$", README, re.MULTILINE), kind


def test_every_host_that_a_key_goes_to_by_itself_is_there() -> None:
    guide = (ROOT / "docs" / "keys.md").read_text("utf-8")
    for kind in kinds():
        for host in connector_for(kind).api_hosts:
            assert f"| `{kind}` | `{KeyHost.parse(host).host}` |" in guide


def test_the_map_of_fields_in_the_guide_works() -> None:
    guide = (ROOT / "docs" / "json-feed.md").read_text("utf-8")
    (answer,) = re.findall(r"^```json\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    (source,) = re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    settings = check_settings("json_feed", yaml.safe_load(source)["sources"]["town"]["settings"])
    context = ParseContext(settings, ZoneInfo("Europe/Warsaw"))

    (event,) = connector_for("json_feed").parse(answer.encode(), context).records

    assert (event.title, event.status, event.warnings) == ("Winter market", "scheduled", ())
    assert str(event.starts_at) == "2026-12-05 10:00:00+01:00"
    assert event.venue is not None
    assert event.venue.latitude == 50.06
    assert event.price is not None
    assert (event.price.min, event.price.max) == (0, 5)


def test_every_target_that_it_names_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert set(re.findall(r"`make (\w+)", README)) <= targets


def test_every_path_that_it_links_to_exists() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).exists(), path


def test_the_roles_in_the_guide_are_those_of_the_file() -> None:
    guide = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    file = (ROOT / "include" / "discovery" / "store" / "roles.sql").read_text("utf-8")
    shown = re.findall(r"^```sql\n(CREATE ROLE.*?)^```", guide, re.MULTILINE | re.DOTALL)

    assert shown == [file.partition("\n\n")[2]]
