"""Keeping secrets out of all that leaves the process, and out of what is stored.

``masking`` masks secrets in texts, by name and by value, in all their ``spellings``;
``errors_and_logs`` does so to exceptions and log lines, ``requests`` to what is said of one
request, ``records`` to what a source sent. ``typed_secrets`` finds those that somebody typed into
a configuration.
"""
