"""What readers of places warn of. Each is one phrase, so that records can be counted by it."""

from __future__ import annotations

from typing import Final

ONLY_A_TOWN: Final = "venue: only the town is known"
LINK_AS_PLACE: Final = "venue: only a web address is given; taken as online"
ONLINE_PLACE: Final = "attendance: said to be on site, but the place is online"
REAL_PLACE: Final = "attendance: said to be online, but a street address is given"
