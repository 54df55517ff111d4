"""Lists: what is walked, how, and what is not.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import collections
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from core_compare import compare, exactly
from graphql import build_schema, execute, execute_sync, parse
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


async def test_awaitable_items_of_a_list_that_failed_are_settled() -> None:
    async def trace(execute_one: Any) -> list[str]:
        seen: list[str] = []

        async def item(name: str) -> str:
            await asyncio.sleep(0)
            seen.append(name)
            return name

        result = execute_one({"sure": [item("first"), None, item("second")]})
        if inspect.isawaitable(result):
            await result
        for _ in range(5):
            await asyncio.sleep(0)
        return seen

    schema = build_schema(SCHEMA)
    expected = await trace(lambda root: execute(schema, parse("{ sure }"), root))
    assert await trace(lambda root: run(schema, "{ sure }", root)) == expected
