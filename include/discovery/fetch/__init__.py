"""Polite HTTP: one client with timeouts, caps and short retries, and no secret in any word it says.

``client`` does the I/O. What can be decided without it stands apart: ``retry`` (when to ask again),
``classify`` (which failure a status is), ``body`` (unpacking within bounds), ``redact`` (masking).
"""
