"""An HTTP answer as connectors and errors see it. Apart: errors carry it and know no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers by lower-case name, the body unpacked; keys are masked in the URL."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str
