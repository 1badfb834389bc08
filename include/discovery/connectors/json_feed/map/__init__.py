"""Maps the items of any JSON API to event records, as a configured map of fields says."""
