"""schema.org events out of pages: JSON-LD and microdata to records."""
