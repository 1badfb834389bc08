"""Each kind is recognised by the bare address of a site of its kind, over real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from include.discovery.connectors import kinds
from tests.probe.probing import probed
from tests.sites.every import site_of
from tests.sites.site import served

TODAY = datetime.now(UTC).date()


@pytest.mark.parametrize("kind", [kind for kind in kinds() if site_of(kind).found_by_probe])
def test_each_kind_is_recognised_and_proposed_first(kind: str) -> None:
    with served(site_of(kind), TODAY) as site:
        best, *_ = probed(site.address).proposals

    assert best.kind == kind
    assert best.evidence
    assert {record.title for record in best.sample.records} <= site.titles
    assert best.sample.records or best.sample.problem


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in kinds() if site_of(kind).found_by_probe])
def test_the_proposed_settings_read_the_site_to_its_end(kind: str) -> None:
    with served(site_of(kind), TODAY) as site:
        best, *_ = probed(site.address).proposals

        if best.sample.problem is None:
            assert best.events >= len(best.sample.records) > 0


def test_every_kind_can_be_recognised_by_a_probe() -> None:
    unrecognised = {kind for kind in kinds() if not site_of(kind).found_by_probe}

    assert unrecognised == set()
