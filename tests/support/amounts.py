"""How many random inputs a test tries: fewer in `make check`, which is for while one works."""

from __future__ import annotations

import hypothesis


def amount(full: int, check: int) -> int:
    """Return how many there are to be in the chosen profile of Hypothesis (see conftest)."""
    return check if hypothesis.settings.get_current_profile_name() == "check" else full
