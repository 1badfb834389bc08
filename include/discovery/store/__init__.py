"""PostgreSQL: the only room that reaches the discovery database and writes SQL for it.

Functions take an open connection (autocommit on) and say with ``conn.transaction()`` what belongs
together, so that callers decide where connections come from and tests need no Airflow.
"""
