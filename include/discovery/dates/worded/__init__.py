"""Dates and times as people write them, in nine languages: words to instants."""
