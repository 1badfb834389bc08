"""The fixed list of what reading a date may warn of."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from include.discovery.dates.date_warnings import DateWarning


@pytest.mark.parametrize("kind", DateWarning)
def test_each_warning_can_be_told_from_all_others_by_its_text(kind: DateWarning) -> None:
    parts = {name: "7" for _, name, _, _ in Formatter().parse(kind) if name}
    text = kind.said(**parts)

    assert [other for other in DateWarning if _pattern(other).fullmatch(text)] == [kind]


def _pattern(kind: DateWarning) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", kind)
    return re.compile(".+".join(map(re.escape, parts)))
