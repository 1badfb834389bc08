"""A demo of the outside world: a small HTTP server of realistic, messy event feeds.

It lets a first run work without a key or a network, and gives tests realistic sources. Nothing here
is real: venues, people and events are invented, hosts end in ``.example``.

Data flows one way: ``cities`` (what exists) -> ``generator`` (what happens on which day) -> the
renderers ``ical``, ``tribe``, ``tickets``, ``clubs``, ``agenda`` and ``messy`` (how a source would
present it) -> ``site`` (which path returns what) -> ``server``. The package knows nothing of
``include.discovery``.
"""

from __future__ import annotations
