"""Places: countries, coordinates, postal addresses, and events that are at none. Pure."""
