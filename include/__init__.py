"""Code that DAGs and plugins import; the Astro layout keeps it in ``include/``."""
