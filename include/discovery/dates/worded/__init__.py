"""Dates and times as people write them, in eleven languages: words to instants."""
