"""Prices as people write them."""
