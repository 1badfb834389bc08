"""What the page and the reports ask of the discovery database, a module per question."""
