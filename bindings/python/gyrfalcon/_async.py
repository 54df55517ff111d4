"""Asynchronous iterables: as lists, and as the events of subscriptions.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from asyncio import gather, get_running_loop
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Iterable, Iterator
from contextlib import suppress
from inspect import isawaitable, iscoroutine
from types import GeneratorType
from typing import Any

from graphql import version_info


async def collect(iterable: AsyncIterable[Any], strict: bool) -> Iterable[Any]:
    """The items of an asynchronous iterable. When it fails graphql-core 3.3 has completed the items that it gave, so its error
    comes behind them, and closes it, as it does at a null item where there must be none (`strict`); 3.2 wants all items first."""
    iterator = iterable.__aiter__()
    items: list[Any] = []
    try:
        async for item in iterator:
            items.append(item)
            if strict and item is None:
                await close(iterator)
                break
    except Exception as error:
        if version_info < (3, 3):
            raise
        await close(iterator)
        return again(items, error)
    return items


async def close(iterator: AsyncIterator[Any]) -> None:
    aclose = getattr(iterator, "aclose", None)
    if aclose is not None:
        with suppress(Exception):
            await aclose()


def again(items: list[Any], error: Exception) -> Iterator[Any]:
    yield from items
    raise error


async def abandon(awaitable: Awaitable[Any]) -> None:
    """Awaits what nobody wants any more, and what is awaitable in the list that it gives, as graphql-core completes it all the same."""
    value = await awaitable
    if isinstance(value, GeneratorType) and value.gi_code is again.__code__:
        given, value = value, []
        with suppress(Exception):
            for item in given:
                value.append(item)
    awaitables = [item for item in value if isawaitable(item)] if isinstance(value, list | tuple) else []
    if awaitables:
        settle(awaitables)


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
