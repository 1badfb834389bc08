"""A site of every kind of source, for tests over real HTTP: ``tests/sites/<kind>.py`` has one.

Each module defines a class ``Site``, a subclass of :class:`tests.sites.site.FakeSite`. What goes
through all kinds (adding, dry run, sync, probe) is tested by ``tests/sites/test_every_kind.py``.
"""
