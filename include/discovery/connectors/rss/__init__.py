"""RSS and Atom feeds: their items, and the events in those that say when they are."""
