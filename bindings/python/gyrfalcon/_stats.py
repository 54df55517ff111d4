"""Counters, the callbacks for what fell back to graphql-core, and the switches that turn Gyrfalcon off.

Every operation that graphql-core runs though Gyrfalcon was asked counts here with the reason, and is reported to the callbacks.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger("gyrfalcon")


@dataclass(frozen=True, slots=True)
class Fallback:
    """Something that graphql-core did in Gyrfalcon's place."""

    reason: str
    """In words; the key of `stats()["fallbacks"]`."""
    schema: Any
    """The GraphQLSchema."""
    query: str | None
    """The text of the document, when it is known."""
    operation_name: str | None = None


class Counters:
    """Plain attributes: an increment may be lost between threads, the fallbacks are exact."""

    __slots__ = ("accepted", "bytes", "compiled", "fallbacks", "fast", "lock", "native", "parsed", "replaced")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.native = self.fast = self.bytes = self.compiled = self.parsed = self.accepted = self.replaced = 0
        self.fallbacks: dict[str, int] = {}


counters = Counters()
_callbacks: list[Callable[[Fallback], Any]] = []


def stats() -> dict[str, Any]:
    """What ran where since the start, or since `reset_stats()`.

    native: operations that ran on Gyrfalcon; fast: those of them for which Strawberry's own `Schema.execute` was not needed
    either; json_bytes: those whose data went to an HTTP view as JSON bytes. fallbacks: operations that graphql-core ran, by
    reason. compiled: documents that were compiled; parsed: documents whose graphql-core AST somebody needed; accepted: documents
    that only graphql-core found valid. replaced: operations that found something replaced (a mock, a tracer's wrapper) of what their fields
    bypass, which those fields then run as the framework does.
    """
    with counters.lock:
        fallbacks = dict(counters.fallbacks)
    return {
        "native": counters.native,
        "fast": counters.fast,
        "json_bytes": counters.bytes,
        "compiled": counters.compiled,
        "parsed": counters.parsed,
        "accepted": counters.accepted,
        "replaced": counters.replaced,
        "fallbacks": fallbacks,
    }


def reset_stats() -> None:
    """Sets all counters to zero."""
    with counters.lock:
        counters.clear()


def on_fallback(callback: Callable[[Fallback], Any]) -> Callable[[], None]:
    """Calls `callback` with a `Fallback` each time graphql-core runs an operation in Gyrfalcon's place.

    Returns a function that removes the callback. What the callback raises is logged and goes no further.
    """
    _callbacks.append(callback)

    def remove() -> None:
        if callback in _callbacks:
            _callbacks.remove(callback)

    return remove


def report(reason: str, schema: Any, query: str | None, operation_name: str | None = None) -> None:
    """Counts a fallback and tells the callbacks; what is switched off does not count."""
    if switch.off:
        return
    with counters.lock:
        counters.fallbacks[reason] = counters.fallbacks.get(reason, 0) + 1
    if not _callbacks:
        return
    event = Fallback(reason, schema, query, operation_name)
    for callback in list(_callbacks):
        try:
            callback(event)
        except Exception:
            logger.exception("a callback for fallbacks failed")


def env_off() -> bool:
    """Whether the environment says GYRFALCON=off."""
    return os.environ.get("GYRFALCON", "").strip().lower() in {"off", "0", "no", "false"}


class Switch:
    """`off`: everything runs on graphql-core. Read at each request."""

    __slots__ = ("off",)

    def __init__(self) -> None:
        self.off = env_off()


switch = Switch()
