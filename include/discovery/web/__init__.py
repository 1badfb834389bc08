"""The Discovery page: its JSON API, its security, and the files the browser loads."""
