"""One sync of one pair: what it needs, its steps, what it concludes, and how it ends."""
