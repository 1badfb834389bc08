"""Polite HTTP: one client with timeouts, caps and short retries, and no secret in any word it says.

``protocol`` is what others ask by; ``client`` asks, over the ``network``, and ``transfer`` reads
what comes back; ``crawler`` asks as a site's robots.txt allows. What can be decided without I/O
stands apart: ``waiting`` (for how long), ``classify`` and ``obstacles`` (which failure an answer
is), ``addresses`` (which hosts may be asked), ``keys`` (which of them with a key), ``redirects``
(where an answer may lead), ``robots`` (which pages), ``body`` (unpacking).
"""
