"""dlt's source of REST APIs, merged by primary key into PostgreSQL.

    DLT_DATA_DIR=FOLDER python bench/peers/dlt_pipeline.py FEED DATABASE

Lists become JSON columns (``max_table_nesting=0``): without that dlt makes a table of each, and
takes longer.
"""

from __future__ import annotations

import os
import sys

import dlt
from dlt.sources.rest_api import rest_api_source


def main(feed: str, database: str) -> None:
    """Extract, normalize and load."""
    base, _, path = feed.rpartition("/")
    source = rest_api_source(
        {
            "client": {"base_url": f"{base}/"},
            "resources": [
                {
                    "name": "events",
                    "primary_key": "id",
                    "write_disposition": "merge",
                    "endpoint": {
                        "path": path,
                        "data_selector": "events",
                        "paginator": {
                            "type": "page_number",
                            "base_page": 1,
                            "page_param": "page",
                            "total_path": "pages",
                        },
                    },
                }
            ],
        },
        max_table_nesting=0,
    )
    pipeline = dlt.pipeline(
        "events",
        pipelines_dir=os.environ["DLT_DATA_DIR"],
        destination=dlt.destinations.postgres(database),
        dataset_name="peers",
    )
    pipeline.run(source)


if __name__ == "__main__":
    main(*sys.argv[1:])
