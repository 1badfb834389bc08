"""Fetches what comes next while what has come is being worked on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

ItemT = TypeVar("ItemT")


async def one_ahead(items: AsyncIterator[ItemT]) -> AsyncGenerator[ItemT]:
    """Yield items while the next is on its way; a failure surfaces after what came before."""
    iterator = aiter(items)
    upcoming = asyncio.ensure_future(anext(iterator))
    try:
        while True:
            try:
                item = await upcoming
            except StopAsyncIteration:
                return
            upcoming = asyncio.ensure_future(anext(iterator))
            yield item
    finally:
        upcoming.cancel()
        await asyncio.gather(upcoming, return_exceptions=True)
        if isinstance(iterator, AsyncGenerator):
            await iterator.aclose()
