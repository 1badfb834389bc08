"""The Discovery System: public city events, pulled every night into one PostgreSQL database.

The rooms, from the bottom up; nothing imports from a room above its own:

``model``, ``errors``, ``settings`` (the nouns) · ``text``, ``places``, ``dates``, ``formats`` (pure
parsing) · ``fetch`` (polite HTTP) · ``connectors`` (one folder per kind of source) · ``health``
(how a pair is doing), ``identity`` (what is the same thing) · ``store`` (PostgreSQL) · ``sync``,
``plan``, ``report`` (what a run does) · ``monitoring`` (alerts and metrics) · ``probe`` (what an
address offers) · ``orchestration`` and ``web`` (the only rooms here that know Airflow) · ``cli``.
"""

__version__ = "1.0.0"
