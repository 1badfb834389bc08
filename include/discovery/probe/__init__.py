"""The source doctor: finds out what an address offers, reads a sample of it, and writes nothing."""
