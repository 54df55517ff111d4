"""Asynchronous iterables: as lists, and as the events of subscriptions.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from asyncio import gather, get_running_loop
from collections.abc import AsyncIterable, Awaitable
from contextlib import suppress
from inspect import iscoroutine
from typing import Any


async def collect(iterable: AsyncIterable[Any]) -> list[Any]:
    """The items of an asynchronous iterable; when it fails it is closed first, as graphql-core does."""
    iterator = iterable.__aiter__()
    items: list[Any] = []
    try:
        async for item in iterator:
            items.append(item)
    except Exception:
        aclose = getattr(iterator, "aclose", None)
        if aclose is not None:
            with suppress(Exception):
                await aclose()
        raise
    return items


def settle(awaitables: list[Awaitable[Any]]) -> None:
    """Lets what nobody waits for any more run to its end in the background; without an event loop coroutines are closed."""
    try:
        get_running_loop()
    except RuntimeError:
        for awaitable in awaitables:
            if iscoroutine(awaitable):
                awaitable.close()
        return
    gather(*awaitables, return_exceptions=True)
