"""The same work by this project and by others: a paged API read into PostgreSQL."""
