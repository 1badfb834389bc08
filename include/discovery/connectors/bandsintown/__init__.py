"""Events of Bandsintown: as its public API gives them by artist, and as its city pages do."""
