"""A schema of Strawberry, and the ways it can be run: for the tests of ways in.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncGenerator, Callable
from typing import Any

import strawberry
from ways_fake import plain, run

import gyrfalcon
from gyrfalcon.extension import GyrfalconExtension
from gyrfalcon.strawberry import Schema

logging.getLogger("strawberry").setLevel(logging.CRITICAL)


@strawberry.type
class Post:
    id: int
    title: str


@strawberry.input
class Point:
    x: int
    y: int = 0


@strawberry.type
class Query:
    @strawberry.field
    def posts(self, limit: int = 2) -> list[Post]:
        return [Post(id=number, title=f"t{number}") for number in range(limit)]

    @strawberry.field
    async def later(self) -> str:
        await asyncio.sleep(0)
        return "later"

    @strawberry.field
    def fail(self) -> str | None:
        raise ValueError("secret")

    @strawberry.field
    def add(self, point: Point) -> int:
        return point.x + point.y

    @strawberry.field
    def context(self, info: strawberry.Info) -> str:
        context = info.context if isinstance(info.context, str) else type(info.context).__name__
        return f"{context} {info.root_value} {getattr(info, 'operation_extensions', '')}"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def double(self, number: int) -> int:
        return number * 2


@strawberry.type
class Ticks:
    @strawberry.subscription
    async def count(self, to: int = 3) -> AsyncGenerator[int, None]:
        for number in range(to):
            yield number


QUERIES = [
    "{ posts { id title } }",
    "query A($n: Int = 1) { posts(limit: $n) { id } }",
    "query A { __typename } query B { posts { id } }",
    "mutation { double(number: 4) }",
    "{ later posts { id } }",
    "{ fail posts { id } }",
    "{ context }",
    "{ add(point: {x: 1}) }",
    "{ nothing }",
    "{ posts { id ",
    "{ __schema { queryType { name } } }",
]

WAYS = ["install", "class", "extension", "extension installed"]
MAIN_WAYS = WAYS[:3]


def native() -> int:
    return gyrfalcon.stats()["native"]


def make(way: str, **options: Any) -> Any:
    """A schema of a way; "stock" is none."""
    if "install" in way:
        assert gyrfalcon.install()
    if "extension" in way:
        options["extensions"] = [*options.get("extensions", ()), GyrfalconExtension]
    make_schema = Schema if way == "class" else strawberry.Schema
    return make_schema(Query, Mutation, Ticks, **options)


def outcome(function: Callable[[], Any]) -> Any:
    try:
        result = function()
        if inspect.isawaitable(result):
            result = run(result)
    except Exception as error:
        return type(error), str(error)
    return type(result), plain(result) if hasattr(result, "errors") else result


def both(schema: Any, query: Any, **options: Any) -> list[Any]:
    return [
        outcome(lambda: schema.execute(query, **options)),
        outcome(lambda: schema.execute_sync(query, **options)),
    ]


def compare(
    way: str, make_options: Callable[[list[Any]], dict[str, Any]], queries: Any = QUERIES, **options: Any
) -> tuple[Any, int]:
    """Runs queries twice on stock Strawberry and in a way; what hooks put into `log` must be the same too."""
    stock_log: list[Any] = []
    stock = make("stock", **make_options(stock_log))
    want = [both(stock, query, **options) for query in queries for _ in range(2)]
    log: list[Any] = []
    schema = make(way, **make_options(log))
    gyrfalcon.reset_stats()
    got = [both(schema, query, **options) for query in queries for _ in range(2)]
    assert got == want
    assert log == stock_log
    return schema, gyrfalcon.stats()["fast"]
