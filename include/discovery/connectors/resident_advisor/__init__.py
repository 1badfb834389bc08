"""Resident Advisor."""
