"""Reads what the Discovery API of Ticketmaster answers."""
