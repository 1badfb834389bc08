"""Any JSON API, read as its settings say."""
