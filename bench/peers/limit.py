"""The limit: httpx, orjson and COPY into a table without indexes; nothing is checked or cleaned.

python bench/peers/limit.py FEED DATABASE
"""

from __future__ import annotations

import sys

import httpx
import orjson
import psycopg

TABLE = """
CREATE TABLE events (id text, title text, url text, starts_at timestamptz, ends_at timestamptz,
    status text, venue_id text, venue text, street text, postcode text, town text, country text,
    latitude float8, longitude float8, organizer text, categories text[], performers text[],
    description text, image text, price_min numeric, price_max numeric, currency text,
    language text, updated_at timestamptz)
"""


def main(feed: str, database: str) -> None:
    """Read page after page."""
    with psycopg.connect(database) as conn, httpx.Client() as client, conn.cursor() as cursor:
        cursor.execute(TABLE)
        with cursor.copy("COPY events FROM STDIN") as copy:
            page, pages = 1, 1
            while page <= pages:
                answer = orjson.loads(client.get(feed, params={"page": page}).content)
                pages = answer["pages"]
                for event in answer["events"]:
                    venue = event["venue"]
                    copy.write_row((
                        event["id"], event["title"], event["url"], event["start"], event["end"],
                        event["status"], venue["id"], venue["name"], venue["street"],
                        venue["postcode"], venue["town"], venue["country"], venue["latitude"],
                        venue["longitude"], event["organizer"], event["categories"],
                        event["performers"], event["description"], event["image"],
                        event["price_min"], event["price_max"], event["currency"],
                        event["language"], event["updated"],
                    ))  # fmt: skip
                page += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
