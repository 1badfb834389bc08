"""Fetches what comes next while what has come is being worked on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TypeVar

ItemT = TypeVar("ItemT")


async def one_ahead(
    items: AsyncIterator[ItemT],
    *,
    idle: Callable[[], Awaitable[object]] | None = None,
    patience: float = 0,
) -> AsyncGenerator[ItemT]:
    """Yield items while the next is on its way; a failure surfaces after what came before.

    :param idle: awaited each time that the next item is not there after ``patience`` seconds.
    """
    iterator = aiter(items)
    upcoming = asyncio.ensure_future(anext(iterator))
    try:
        while True:
            if idle is not None and not (await asyncio.wait({upcoming}, timeout=patience))[0]:
                await idle()
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
