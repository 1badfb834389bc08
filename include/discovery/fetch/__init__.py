"""Polite HTTP: one client with timeouts, caps and short retries, and no secret in any word it says.

``client`` does the I/O, ``visits`` as a site's robots.txt allows. What can be decided without I/O
stands apart: ``retry`` (when to ask again), ``classify`` (which failure a status is), ``addresses``
(which hosts may be asked), ``robots`` (which pages), ``pace`` (how often), ``body`` (unpacking),
``redact`` (masking secrets in all their ``spellings``; ``scrub`` does it to exceptions and logs).
"""
