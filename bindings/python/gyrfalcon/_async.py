"""Asynchronous iterables: as lists, and as the events of subscriptions.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from collections.abc import AsyncIterable
from contextlib import suppress
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
