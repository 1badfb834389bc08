"""Pages with events in structured data: which are visited, and how they are read."""
