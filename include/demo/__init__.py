"""A demo of the outside world: a small HTTP server of realistic, messy event feeds.

With it a first run works with no key and no network, and tests have something lifelike to talk
to. Nothing here is real: venues, people and events are invented, hosts end in ``.example``.

Data flows one way: ``cities`` (what exists) -> ``generator`` (what happens on which day) -> the
renderers ``ical``, ``tribe``, ``tickets``, ``clubs``, ``agenda`` and ``messy`` (how a source would
put it) -> ``site`` (which path answers what) -> ``server``. The package knows nothing of
``include.discovery``.
"""

from __future__ import annotations
