"""What is the same thing: venues, events and cities under their many names. Pure functions."""
