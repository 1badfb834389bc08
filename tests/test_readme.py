"""What README and docs say of settings, kinds and targets is what there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import ConnectorSettings, ParseContext
from include.discovery.connectors.rss import feed
from include.discovery.formats import html_page
from include.discovery.probe.bounded import Limits
from include.discovery.settings import HELP, Settings
from localdev import tables

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", tables.DOCUMENTS)
def test_no_generated_table_of_the_documents_is_stale(name: str) -> None:
    document = (ROOT / name).read_text("utf-8")

    assert document == tables.renewed(document), f"a table of {name} is stale: run `make docs`"


def test_every_generated_table_stands_in_a_document() -> None:
    documents = "".join((ROOT / name).read_text("utf-8") for name in tables.DOCUMENTS)

    assert sorted(re.findall(r"<!-- table: (.*) -->", documents)) == sorted(tables.TABLES)
    assert documents.count("<!-- table: ") == documents.count("<!-- end -->")


def test_every_setting_has_its_help() -> None:
    assert {field.name for field in fields(Settings)} == HELP.keys()


def test_the_map_of_fields_in_the_guide_works() -> None:
    guide = (ROOT / "docs" / "json-feed.md").read_text("utf-8")
    (answer,) = re.findall(r"^```json\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    (source,) = re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    settings = connector_for("json_feed").validated(
        yaml.safe_load(source)["sources"]["town"]["settings"]
    )
    context = ParseContext(settings, ZoneInfo("Europe/Warsaw"))

    (event,) = connector_for("json_feed").parse(answer.encode(), context).records

    assert (event.title, event.status, event.warnings) == ("Winter market", "scheduled", ())
    assert str(event.starts_at) == "2026-12-05 10:00:00+01:00"
    assert event.venue is not None
    assert event.venue.latitude == 50.06
    assert event.price is not None
    assert (event.price.min, event.price.max) == (0, 5)


def test_every_make_target_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert set(re.findall(r"`make (\w+)", README)) <= targets


def test_every_path_that_the_readme_links_to_exists() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).exists(), path


def test_the_roles_in_the_guide_are_those_of_the_sql_file() -> None:
    guide = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    file = (ROOT / "include" / "discovery" / "store" / "roles.sql").read_text("utf-8")
    shown = re.findall(r"^```sql\n(CREATE ROLE.*?)^```", guide, re.MULTILINE | re.DOTALL)

    assert shown == [file.partition("\n\n")[2]]


def test_the_reader_in_the_guide_is_that_of_the_sql_file() -> None:
    guide = (ROOT / "docs" / "querying.md").read_text("utf-8")
    file = (ROOT / "include" / "discovery" / "store" / "reader.sql").read_text("utf-8")
    shown = re.findall(r"^```sql\n(CREATE ROLE.*?)^```", guide, re.MULTILINE | re.DOTALL)

    assert shown == [file.partition("\n\n")[2]]


def test_the_limits_in_the_guide_are_those_of_the_code() -> None:
    from include.discovery.web import bodies

    guide = " ".join((ROOT / "docs" / "deployment.md").read_text("utf-8").split())
    probe, settings = Limits(), ConnectorSettings()
    minutes = {2: "two minutes"}[probe.wall_seconds // 60]

    assert f"Bodies may be up to {bodies.LIMIT // 1024} KiB" in guide
    assert (
        f"limited to {probe.cpu_seconds} s of CPU time, {probe.memory_bytes // 2**30} GiB of"
        f" address space and {minutes} in total"
    ) in guide
    assert f"at most `max_body_mb` megabytes ({settings.max_body_mb} by default)" in guide
    assert feed.MOST_BYTES == html_page.MOST_BYTES
    assert f"feeds and pages, of which at most {feed.MOST_BYTES // 10**6} MB are read" in guide
