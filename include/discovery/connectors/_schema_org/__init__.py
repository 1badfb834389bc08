"""What `schema_org` is made of: its settings, which pages it visits, and how it reads them."""
