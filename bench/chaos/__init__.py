"""Nights in which everything fails that can."""
