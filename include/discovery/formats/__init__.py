"""Formats that several kinds share: HTML, structured data, sitemaps, JSON. Pure."""
