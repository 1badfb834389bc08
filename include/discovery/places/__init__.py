"""Countries and coordinates. Pure."""
