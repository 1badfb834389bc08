"""A site of every kind of source, for tests over real HTTP: ``tests/sites/<kind>.py`` has one.

Each module defines a class ``Site``, a subclass of :class:`tests.sites.site.FakeSite`. Tests find
it by :func:`tests.sites.every.site_of`; ``docs/adding-a-source.md`` says how a kind gets one.
"""
