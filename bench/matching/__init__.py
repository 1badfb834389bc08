"""How well listings of one event are found, and what that costs: ``python -m bench.matching``."""
