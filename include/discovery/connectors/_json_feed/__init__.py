"""What `json_feed` is made of: its settings, its requests, its way through pages, its clues."""
