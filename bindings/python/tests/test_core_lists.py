"""Lists: what is walked, how, and what is not.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import collections
import gc
import inspect
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from core_compare import compare, exactly
from graphql import build_schema, execute, execute_sync, parse, version_info
from plain_conversion import run

SCHEMA = """
type Query { items: [Item] names: [String] sure: [String!] surest: [String!]! grid: [[Int]!] inner: Query }
type Item { name: String  must: String!  parent: Query }
"""


class Sequence:
    """Iterable by __getitem__ alone: no Iterable for graphql-core."""

    def __getitem__(self, index: int) -> str:
        if index > 2:
            raise IndexError
        return str(index)


class Own:
    def __init__(self, items: list[Any], fails: Exception | None = None) -> None:
        self.items, self.fails = items, fails

    def __iter__(self) -> Iterator[Any]:
        yield from self.items
        if self.fails:
            raise self.fails


class BadLength(Own):
    def __len__(self) -> int:
        raise RuntimeError("no length")


class NotIterable:
    def __iter__(self) -> Any:
        raise RuntimeError("cannot iterate")


class SomeMapping(collections.abc.Mapping):
    def __getitem__(self, key: Any) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0


class ListOfOwn(list):
    def __iter__(self) -> Iterator[Any]:
        return iter(["own", *list(super().__iter__())])


@pytest.mark.parametrize(
    "make",
    [
        lambda: ["a", "b"],
        lambda: ("a", "b"),
        list,
        lambda: (),
        lambda: ["a", None, "b"],
        lambda: {"a"},
        lambda: frozenset({"a"}),
        lambda: (letter for letter in "abc"),
        lambda: iter(["a"]),
        lambda: range(3),
        lambda: map(str, range(3)),
        lambda: collections.deque(["a", "b"]),
        lambda: {"a": 1}.keys(),
        lambda: {"a": "x"}.values(),
        lambda: {"a": 1},
        lambda: SomeMapping(),
        lambda: collections.OrderedDict(a=1),
        lambda: "text",
        lambda: b"bytes",
        lambda: bytearray(b"bytes"),
        lambda: memoryview(b"bytes"),
        lambda: 1,
        lambda: 1.5,
        lambda: object(),
        lambda: Sequence(),
        lambda: Own(["a", "b"]),
        lambda: Own(["a", "b"], ValueError("in the middle")),
        lambda: Own([], ValueError("at once")),
        lambda: BadLength(["a"]),
        lambda: NotIterable(),
        lambda: ListOfOwn(["a"]),
        lambda: collections.UserList(["a"]),
        lambda: ValueError("a list that failed"),
        lambda: ["a", ValueError("an item that failed"), "b"],
        lambda: [["a"]],
        lambda: None,
    ],
)
@pytest.mark.parametrize("field", ["names", "sure", "surest", "grid", "items { name }"])
def test_what_is_a_list(make: Any, field: str) -> None:
    compare(SCHEMA, f"{{ inner {{ {field} }} }}", make_root=lambda: {"inner": {field.split()[0]: make()}})


def test_lists_of_lists() -> None:
    for grid in ([[1, 2], [3]], [[1, None], None], [None], [[1], 2], ((1,), [2]), [[2**31], []]):
        compare(SCHEMA, "{ grid }", {"grid": grid})


def test_errors_of_items() -> None:
    items = [{"name": "a"}, ValueError("b"), {"must": None}, None, {"must": "m", "name": 1j}]
    compare(SCHEMA, "{ items { name must } }", {"items": items})
    compare(SCHEMA, "{ items { name } }", {"items": items})


@pytest.mark.parametrize(
    "change",
    [
        lambda items: items.clear(),
        lambda items: items.pop(),
        lambda items: items.pop(0),
        lambda items: items.insert(0, items[0]) if len(items) < 12 else None,
        lambda items: items.extend(items[4:]) if len(items) < 12 else None,
        lambda items: items.reverse(),
    ],
)
def test_lists_that_change_while_they_are_walked(change: Any) -> None:
    def make() -> Any:
        class Item:
            def __init__(self, number: int) -> None:
                self.number = number

            @property
            def name(self) -> str:
                if self.number == 2:
                    change(items)
                return f"item {self.number}"

        items = [Item(number) for number in range(6)]
        return {"items": items}

    compare(SCHEMA, "{ items { name again: name } }", make_root=make)


def test_a_generator_is_read_between_its_items() -> None:
    """Items are completed as they come, not after all have come."""

    def trace(execute: Any) -> list[str]:
        seen: list[str] = []

        class Item:
            @property
            def name(self) -> str:
                seen.append("read")
                return "x"

        def items() -> Iterator[Item]:
            for _ in range(3):
                seen.append("made")
                yield Item()

        execute({"items": items()})
        return seen

    schema = build_schema(SCHEMA)
    text = "{ items { name } }"
    expected = trace(lambda root: execute_sync(schema, parse(text), root))
    assert trace(lambda root: run(schema, text, root)) == expected
    assert trace(lambda root: run(schema, text, root, json=True)) == expected


def test_long_lists() -> None:
    schema = build_schema(SCHEMA)
    root = {"items": [{"name": str(number)} for number in range(20000)]}
    data, errors, _ = run(schema, "{ items { name } }", root)
    assert errors is None
    assert exactly(data) == exactly(root)


@pytest.mark.parametrize("text", ["{ sure }", "{ surest }", "{ names }", "{ items { must } }"])
def test_a_list_that_failed_is_drained_where_graphql_core_does_it(text: str) -> None:
    field = text.split()[1]

    def trace(execute_one: Any) -> list[Any]:
        seen: list[Any] = []

        def items() -> Iterator[Any]:
            for item in ("a", None, "b", "c"):
                seen.append(item)
                yield item
            raise ValueError("at the end")

        execute_one({field: items()})
        execute_one({field: [1j, "a", None]})
        return seen

    schema = build_schema(SCHEMA)
    expected = trace(lambda root: execute_sync(schema, parse(text), root))
    assert trace(lambda root: run(schema, text, root)) == expected
    assert trace(lambda root: run(schema, text, root, json=True)) == expected


class Throws:
    """An iterator whose nth step fails, and that goes on after it."""

    def __init__(self, seen: list[Any], items: list[Any]) -> None:
        self.seen, self.items = seen, iter(items)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self.seen.append("next")
        item = next(self.items)
        if isinstance(item, BaseException):
            raise item
        return item


@pytest.mark.parametrize(
    "items",
    [
        ["a", None, ValueError("left"), "b"],
        ["a", ValueError("first"), "b", ValueError("second"), "c"],
        ["a", None, MemoryError(), "b"],
        ["a", MemoryError(), "b"],
        [None, StopIteration(), "b"],
        ["a", None, "b", "c"],
    ],
)
@pytest.mark.parametrize("text", ["{ sure }", "{ inner { surest } }", "{ names }"])
def test_iterators_that_throw(items: list[Any], text: str) -> None:
    def trace(execute_one: Any) -> tuple[list[Any], Any]:
        seen: list[Any] = []
        root = {"inner": {"surest": Throws(seen, items)}, "sure": Throws(seen, items), "names": Throws(seen, items)}
        result = execute_one(root)
        data, errors = (result.data, result.errors) if hasattr(result, "data") else result[:2]
        return seen, exactly([data, [error.formatted for error in errors or ()]])

    schema = build_schema(SCHEMA)
    expected = trace(lambda root: execute_sync(schema, parse(text), root))
    assert trace(lambda root: run(schema, text, root)) == expected


@pytest.mark.skipif(version_info < (3, 3), reason="graphql-core 3.2 drains nothing")
def test_what_ends_the_process_ends_draining() -> None:
    schema = build_schema(SCHEMA)
    seen: list[Any] = []
    for json in (False, True):
        with pytest.raises(KeyboardInterrupt):
            run(schema, "{ sure names }", {"sure": Throws(seen, ["a", None, KeyboardInterrupt(), "b"])}, json=json)
    assert seen == ["next"] * 6


def telling(seen: list[str]) -> Callable[[str], Coroutine[Any, Any, str]]:
    """A coroutine function that tells of its start and its end, a turn of the loop later."""

    async def item(name: str) -> str:
        seen.append(f"{name} starts")
        await asyncio.sleep(0)
        seen.append(name)
        return name

    return item


@pytest.mark.skipif(version_info < (3, 3), reason="graphql-core 3.2 leaves them")
@pytest.mark.parametrize(
    "text", ["{ sure }", "{ nested }", "{ inner { must2 surest } }", "{ inner { must2 inner { must2 surest } } }"]
)
async def test_awaitable_items_of_a_list_that_failed_are_settled(text: str) -> None:
    async def trace(execute_one: Any) -> list[str]:
        seen: list[str] = []
        item = telling(seen)

        def items(of: str) -> list[Any]:
            return [item(f"{of} first"), None, item(f"{of} second")]

        root: dict[str, Any] = {
            "sure": lambda info: items("sure"),
            "surest": lambda info: items("surest"),
            "nested": lambda info: [item("before"), items("within"), item("behind")],
            "must2": lambda info: item("must"),
            "inner": lambda info: root,
        }
        result = execute_one(root)
        if inspect.isawaitable(result):
            await result
        for _ in range(5):
            await asyncio.sleep(0)
        return seen

    schema = build_schema(SCHEMA.replace("grid:", "must2: String! nested: [[String!]!] grid:"))
    expected = await trace(lambda root: execute(schema, parse(text), root))
    assert expected
    assert await trace(lambda root: run(schema, text, root)) == expected
    assert await trace(lambda root: run(schema, text, root, json=True)) == expected


class Asynchronous:
    """Gives its items asynchronously and fails behind them, as a list's iterator that is read too far."""

    def __init__(self, items: list[Any]) -> None:
        self.items, self.closed = iter(items), 0

    def __aiter__(self) -> Asynchronous:
        return self

    async def __anext__(self) -> Any:
        try:
            return next(self.items)
        except StopIteration:
            raise IndexError("behind the end") from None

    async def aclose(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("items", [[], ["a"], ["a", None], ["a", ValueError("an item")], [None, None], [1j, "a", None]])
@pytest.mark.parametrize("text", ["{ sure }", "{ surest }", "{ names }", "{ inner { surest } }"])
async def test_errors_of_items_come_before_that_of_their_asynchronous_iterable(items: list[Any], text: str) -> None:
    async def trace(execute_one: Any) -> Any:
        made = Asynchronous(items)
        result = execute_one({"sure": made, "names": made, "surest": made, "inner": {"surest": made}})
        if inspect.isawaitable(result):
            result = await result
        data, errors = (result.data, result.errors) if hasattr(result, "data") else result[:2]
        return exactly([data, [error.formatted for error in errors or ()], made.closed])

    schema = build_schema(SCHEMA)
    expected = await trace(lambda root: execute(schema, parse(text), root))
    assert await trace(lambda root: run(schema, text, root)) == expected


@pytest.mark.skipif(version_info < (3, 3), reason="graphql-core 3.2 reads them to their end")
async def test_an_endless_asynchronous_iterable_ends_at_a_null() -> None:
    async def trace(execute_one: Any) -> Any:
        seen: list[Any] = []

        async def endless(*_: Any) -> Any:
            try:
                for i in range(100):
                    await asyncio.sleep(0)
                    seen.append(i)
                    yield None if i == 3 else "x"
            finally:
                seen.append("closed")

        result = execute_one({"q": endless})
        if inspect.isawaitable(result):
            result = await result
        data, errors = (result.data, result.errors) if hasattr(result, "data") else result[:2]
        return seen, data, [error.formatted for error in errors]

    schema = build_schema("type Query { q: [String!] }")
    expected = await trace(lambda root: execute(schema, parse("{ q }"), root))
    assert await trace(lambda root: run(schema, "{ q }", root)) == expected
    assert expected[0] == [0, 1, 2, 3, "closed"]


@pytest.mark.filterwarnings("error::RuntimeWarning", "error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("stubborn", [False, True])
async def test_coroutines_in_a_list_that_comes_too_late_run(stubborn: bool) -> None:
    async def trace(execute_one: Any) -> list[str]:
        seen: list[str] = []
        item = telling(seen)

        async def names(_info: Any) -> list[Any]:
            for _ in range(4):
                try:
                    await asyncio.sleep(0)
                except asyncio.CancelledError:
                    if not stubborn:
                        raise
                    seen.append("cancelled")
            return [item("a"), item("b"), None, item("c")]

        async def fails(_info: Any) -> None:
            await asyncio.sleep(0)
            raise ValueError("the request is over")

        result = execute_one({"names": names, "must2": fails})
        if inspect.isawaitable(result):
            await result
        for _ in range(12):
            await asyncio.sleep(0)
        gc.collect()
        return seen

    schema = build_schema(SCHEMA.replace("grid:", "must2: String! grid:"))
    expected = await trace(lambda root: execute(schema, parse("{ names must2 }"), root))
    assert await trace(lambda root: run(schema, "{ names must2 }", root)) == expected
    assert ("c" in expected) == (stubborn or version_info < (3, 3))


@pytest.mark.skipif(version_info < (3, 3), reason="graphql-core 3.2 leaves them behind")
async def test_what_an_abandoned_asynchronous_iterable_yields_is_awaited() -> None:
    """A list breaks while an asynchronous iterable in it waits to be read."""

    async def trace(execute_one: Any) -> list[str]:
        seen = []

        async def item(name: str) -> str:
            seen.append(name)
            return name

        async def stream() -> Any:
            for name in "abc":
                await asyncio.sleep(0)
                yield item(name)

        def lists(*_: Any) -> Any:
            yield ["x"]
            yield stream()
            raise ValueError("it breaks")

        result = execute_one({"q": lists})
        if inspect.isawaitable(result):
            await result
        for _ in range(12):
            await asyncio.sleep(0)
        return seen

    schema = build_schema("type Query { q: [[String!]] }")
    expected = await trace(lambda root: execute(schema, parse("{ q }"), root))
    assert await trace(lambda root: run(schema, "{ q }", root)) == expected
    assert expected == ["a", "b", "c"]
