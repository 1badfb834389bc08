"""Time zones, timestamps, recurrence, and dates in words. Pure."""
