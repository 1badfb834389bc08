"""What dlt takes to merge records that are there already into PostgreSQL.

    DLT_DATA_DIR=FOLDER python bench/peers/dlt_load.py RECORDS DATABASE

RECORDS is a file of JSON lines. It prints the processor time in seconds, without that of its start
and of reading the file.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import dlt


def main(file: str, database: str) -> None:
    """Normalize and merge; lists become JSON columns, as in ``dlt_pipeline.py``."""
    with Path(file).open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    pipeline = dlt.pipeline(
        "records",
        pipelines_dir=os.environ["DLT_DATA_DIR"],
        destination=dlt.destinations.postgres(database),
        dataset_name="by_dlt",
    )
    resource = dlt.resource(
        records, name="events", primary_key="external_id", write_disposition="merge",
        max_table_nesting=0,
    )  # fmt: skip
    began = time.process_time()
    pipeline.run(resource)
    print(time.process_time() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
