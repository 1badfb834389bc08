"""Reads what sites with the WordPress plugin The Events Calendar publish."""
