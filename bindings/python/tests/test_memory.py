"""Nothing is left behind: neither memory, nor references, by any path.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import gc
import logging
import sys
import weakref
from typing import Any

import graphql
import memory_paths
import pytest
from memory_paths import PATHS, ROOT, SCHEMA, Item, document, grow, make_schema, repeat

import gyrfalcon
from gyrfalcon import _core

logging.getLogger("strawberry").setLevel(logging.CRITICAL)

# What REQUESTS may leave in the caches of the interpreter, which fill up in some rounds (up to 15 of them where graphql-core alone runs,
# too). One thing left by each would be REQUESTS.
REQUESTS = 40
SLACK = 25
debug = hasattr(sys, "gettotalrefcount")


@pytest.fixture(autouse=True, scope="module")
def older_objects_left_alone() -> Any:
    """What was there before is not looked at in each of the many collections."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def blocks() -> int:
    gc.collect()
    return sys.getallocatedblocks()


def references() -> int:
    return sys.gettotalrefcount() if debug else 0  # type: ignore[attr-defined]


# What C code takes for lent most easily, and what many share. Immortal since CPython 3.12.
LASTING = (None, True, False, NotImplemented, 0, 1, 2, "", (), b"")


def lasting() -> list[int]:
    return [sys.getrefcount(value) for value in LASTING]


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
@pytest.mark.parametrize("name", PATHS)
def test_no_path_leaves_objects_behind(name: str) -> None:
    path = PATHS[name]
    repeat(path, REQUESTS // 2)
    for _ in range(40):
        before, references_before, lasting_before = blocks(), references(), lasting()
        repeat(path, REQUESTS)
        growth = blocks() - before, references() - references_before
        lost = max(before - now for before, now in zip(lasting_before, lasting(), strict=True))
        if max(*growth, lost, -growth[1]) < SLACK:
            return
    pytest.fail(f"{REQUESTS} requests leave {growth[0]} blocks of memory, {growth[1]} references; lost: {lost}")


@pytest.mark.skipif(not debug, reason="CPython does not count all references")
def test_references_of_the_extension_are_counted() -> None:
    """It was built with the headers of this CPython, or nothing here is measured."""
    before = references()
    keeps = [_core.Request(ast=before, hooks=before, options=before, middleware=before) for _ in range(100)]
    assert references() - before >= 400
    assert keeps


@pytest.mark.slow
def test_memory_stays_flat() -> None:
    flat(20_000, 4 << 20)


@pytest.mark.soak
def test_memory_stays_flat_over_a_million_requests() -> None:
    flat(1_000_000, 8 << 20)


def flat(requests: int, allowed: int) -> None:
    """The second half may not need more memory than the first, but for fragments of the allocator."""
    sizes = [size for _, size in grow(requests)]
    assert sizes[-1] - sizes[len(sizes) // 2] < allowed, sizes


def test_a_request_keeps_nothing() -> None:
    """Root, context, variables, values: as many references afterwards as before; the objects die with the last one."""

    class Context:
        pass

    context, item = Context(), Item(1)
    variables = {"a": 123456789, "f": {"tags": ["t"]}}
    root = {**ROOT, "item": item}
    told = (root, context, variables, item, variables["f"])
    text = "query ($a: Int, $f: Filter) { item { id next { id } must { id } } argued(a: $a, filter: $f) raises }"

    def one() -> Any:
        return gyrfalcon.execute(SCHEMA, document(text), root, context, variables)

    one()
    gc.collect()
    before = [sys.getrefcount(o) for o in told]
    for _ in range(20):
        one()
    gc.collect()
    assert [sys.getrefcount(o) for o in told] == before


def test_results_die_at_once() -> None:
    """Without errors nothing waits for the garbage collector."""

    class Tag(str):
        __slots__ = ("__weakref__",)

    gc.collect()
    gc.disable()
    try:
        item = Item()
        item.opaque = Tag("x")  # type: ignore[assignment]
        seen = weakref.ref(item.opaque)
        result = gyrfalcon.execute(SCHEMA, document("{ item { id opaque } }"), {"item": item})
        assert result.data == {"item": {"id": "id", "opaque": "x"}}  # type: ignore[union-attr]
        del item, result
        assert seen() is None
    finally:
        gc.enable()


def test_schemas_die() -> None:
    """Plans hang on the schema and go with it."""
    seen = []
    for _ in range(20):
        schema = make_schema()
        gyrfalcon.execute(schema, graphql.parse("{ items { id } argued(a: 1) }"), ROOT)
        seen.append(weakref.ref(schema))
        del schema
    gc.collect()
    assert sum(ref() is not None for ref in seen) <= 1


def test_strawberry_schemas_die() -> None:
    seen = []
    for _ in range(20):
        schema = gyrfalcon.strawberry.Schema(query=memory_paths.ThingQuery)
        schema.execute_sync("{ things { number } }")
        seen.append(weakref.ref(schema))
        del schema
    gc.collect()
    assert sum(ref() is not None for ref in seen) <= 1
