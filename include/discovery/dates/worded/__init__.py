"""Dates and times as people write them, in twenty languages: words to instants."""
