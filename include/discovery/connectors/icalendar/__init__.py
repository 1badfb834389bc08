"""iCalendar (RFC 5545): files to events, their recurrences, times, places and records."""
