"""Finds the fake sites of all kinds: ``tests/sites/<kind>.py`` holds that of its kind."""

from __future__ import annotations

from importlib import import_module

from tests.sites.site import FakeSite


def site_of(kind: str) -> type[FakeSite]:
    """Return the fake site of a kind; without one, a kind cannot pass what every kind has to."""
    found: type[FakeSite] = import_module(f"tests.sites.{kind}").Site
    assert found.kind == kind
    return found
