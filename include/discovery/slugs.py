"""How cities and sources are named everywhere. Apart: the DAG file needs no more than this."""

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
"""Lower-case ASCII words joined by hyphens, as in ``krakow`` or ``demo-tickets``."""

SLUG_LENGTH = 64
"""The longest slug, in characters."""

PAIR_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?$"
"""How a run is asked for a pair: ``krakow/ticketmaster``, or a source's slug alone."""

PAIR_LENGTH = 2 * SLUG_LENGTH + 1

MOST_PAIRS = 1000
"""How many pairs can be asked for, or changed, at once."""
