"""Scrapy with a pipeline that upserts in batches, as its users write one.

python bench/peers/scrapy_spider.py FEED DATABASE
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import scrapy
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.http import TextResponse

BATCH = 200
COLUMNS = (
    "id", "title", "url", "starts_at", "ends_at", "status", "venue_id", "venue", "street",
    "postcode", "town", "country", "latitude", "longitude", "organizer", "categories", "performers",
    "description", "image", "price_min", "price_max", "currency", "language", "updated_at",
)  # fmt: skip
TABLE = """
CREATE TABLE IF NOT EXISTS events (id text PRIMARY KEY, title text, url text, starts_at timestamptz,
    ends_at timestamptz, status text, venue_id text, venue text, street text, postcode text,
    town text, country text, latitude float8, longitude float8, organizer text, categories text[],
    performers text[], description text, image text, price_min numeric, price_max numeric,
    currency text, language text, updated_at timestamptz)
"""
UPSERT = (
    f"INSERT INTO events ({', '.join(COLUMNS)})"
    f" VALUES ({', '.join(f'%({name})s' for name in COLUMNS)})"
    " ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS[1:])
)


class Events(scrapy.Spider):
    """Asks for the first page, and then for all others."""

    name = "events"

    async def start(self) -> AsyncIterator[scrapy.Request]:
        yield scrapy.Request(f"{self.feed}?page=1", self.parse)

    def parse(self, response: TextResponse, **_: object) -> Iterator[object]:
        answer = response.json()
        if response.url.endswith("?page=1"):
            for page in range(2, answer["pages"] + 1):
                yield scrapy.Request(f"{self.feed}?page={page}", self.parse)
        for event in answer["events"]:
            venue = event["venue"]
            yield {
                "id": event["id"], "title": event["title"], "url": event["url"],
                "starts_at": event["start"], "ends_at": event["end"], "status": event["status"],
                "venue_id": venue["id"], "venue": venue["name"], "street": venue["street"],
                "postcode": venue["postcode"], "town": venue["town"], "country": venue["country"],
                "latitude": venue["latitude"], "longitude": venue["longitude"],
                "organizer": event["organizer"], "categories": event["categories"],
                "performers": event["performers"], "description": event["description"],
                "image": event["image"], "price_min": event["price_min"],
                "price_max": event["price_max"], "currency": event["currency"],
                "language": event["language"], "updated_at": event["updated"],
            }  # fmt: skip


class Upserts:
    """Writes items in batches, each a transaction."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._waiting: list[dict[str, Any]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Upserts:
        return cls(crawler.settings["DATABASE"])

    def open_spider(self) -> None:
        self._conn = psycopg.connect(self._database)
        self._conn.execute(TABLE)

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        self._waiting.append(item)
        if len(self._waiting) >= BATCH:
            self._write()
        return item

    def close_spider(self) -> None:
        self._write()
        self._conn.close()

    def _write(self) -> None:
        with self._conn.cursor() as cursor:
            cursor.executemany(UPSERT, self._waiting)
        self._conn.commit()
        self._waiting.clear()


def main(feed: str, database: str) -> None:
    """Crawl the feed."""
    process = CrawlerProcess(
        {
            "DATABASE": database,
            "ITEM_PIPELINES": {Upserts: 1},
            "LOG_LEVEL": "WARNING",
            "ROBOTSTXT_OBEY": False,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    process.crawl(Events, feed=feed)
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
