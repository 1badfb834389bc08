"""The local runner behind `make run`, `make docs` and `make clean`.

It is a development tool: one command brings up an embedded PostgreSQL, the demo feeds and Airflow
on 127.0.0.1, triggers one real run of `city_discovery`, and takes everything down again. It is
not part of the Docker image and nothing in `dags/`, `plugins/` or `include/` imports it.

    guardian.py      the small process that each component runs under, so that nothing outlives us
    processes.py     starting and stopping such components; sweeping up after a killed run
    postgres.py      the embedded PostgreSQL (the tests use it, too)
    postgres_home.py where it keeps its data, as which user
    roles.py         who may do what in its databases
    feeds.py         the demo feeds on a port of their own
    components.py    the supervisor: restarts what dies, stops everything in the right order
    airflow.py       the environment Airflow runs in, and a client of its REST API
    install.py       the virtual environment and the pinned packages
    preparation.py   the tables and seeds that the databases need before Airflow starts
    run.py           `make run` from start to end
    cleanup.py       `make stop` and `make clean`
    release.py       `make release`
    tables.py        `make docs`: the tables of README and docs, made from the code
    console.py, files.py, lock.py, ports.py, errors.py: small parts of all of these

All but airflow, roles, preparation, run and tables need the standard library only (postgres imports
psycopg where it connects): `make install`, `make stop` and `make clean` have to work before the
virtual environment exists, and after it was broken.
"""
