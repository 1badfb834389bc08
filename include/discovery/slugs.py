"""How cities and sources are named everywhere. Apart: the DAG file needs no more than this."""

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
"""Lower-case ASCII words joined by hyphens, as in ``krakow`` or ``demo-tickets``."""

SLUG_LENGTH = 64
"""The longest slug, in characters."""
