"""Requests that between them take every path through the binding, for the tests of memory: each is a function that runs one request.

    python memory_paths.py [REQUESTS]

runs so many of them (a million), and prints the resident memory after each tenth.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import gc
import inspect
import logging
import resource
import sys
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import graphql
import strawberry
from graphql import GraphQLError
from strawberry.permission import BasePermission

import gyrfalcon
import gyrfalcon.strawberry

SDL = """
interface Node { id: ID! }
union Any = Item | Other
enum Color { RED GREEN }
scalar Opaque
input Filter { first: Int = 3, tags: [String!], inner: Filter }
type Item implements Node {
  id: ID!, name: String, price: Float, color: Color, opaque: Opaque, tags: [String]
  next: Item, later: Item, must: Item!, fails: Item!
}
type Other { other: Int }
type Query {
  items: [Item]  item: Item  node: Node  any: [Any]  nested: [[Int]]
  argued(a: Int, filter: Filter, color: Color, opaque: Opaque): String
  raises: Int  returns: Int  wrong: Int  must: Int!  breaks: [Int]
  slow: Int  slowItems: [Item]  slowFails: Int!  forever: Int  stream: [Int]  future: Item
}
type Mutation { one: Int  two: Item }
type Subscription { ticks: Int  items: Item }
"""


class Item:
    def __init__(self, depth: int = 0) -> None:
        self.id, self.name, self.price, self.color = "id", "a name", 1.5, "RED"
        self.opaque, self.tags = {"a": [1]}, ["x", None, "yy"]
        self.next = Item(depth - 1) if depth else None

    def later(self, _info: Any) -> Any:
        async def later() -> Any:
            await asyncio.sleep(0)
            return self

        return later()

    def must(self, _info: Any) -> Any:
        return self

    def fails(self, _info: Any) -> Any:
        raise ValueError("an item fails")


class Other:
    other = 7


async def ticks(*_: Any) -> AsyncIterator[Any]:
    for i in range(3):
        await asyncio.sleep(0)
        yield {"ticks": i, "items": Item(1)}


async def soon(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


async def fail_later() -> Any:
    await asyncio.sleep(0)
    raise GraphQLError("fails later", extensions={"code": 1})


async def forever() -> Any:
    await asyncio.get_running_loop().create_future()


async def numbers() -> AsyncIterator[int]:
    for i in range(3):
        yield i


def breaking() -> Any:
    yield 1
    raise KeyError("breaks")


def future_of(value: Any) -> Any:
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, value)
    return future


def raising(*_: Any, **__: Any) -> Any:
    raise ValueError("raised")


ROOT: dict[str, Any] = {
    "items": [Item(1) for _ in range(5)],
    "item": Item(2),
    "node": Item(),
    "any": [Item(), Other()],
    "nested": [[1, 2], (3,), None],
    "argued": lambda _info, **arguments: repr(arguments),
    "raises": raising,
    "returns": lambda _info: ValueError("returned"),
    "wrong": "no number",
    "must": None,
    "breaks": lambda _info: breaking(),
    "slow": lambda _info: soon(4),
    "slowItems": lambda _info: [soon(Item(1)), Item(), soon(None)],
    "slowFails": lambda _info: fail_later(),
    "forever": lambda _info: forever(),
    "stream": lambda _info: numbers(),
    "future": lambda _info: future_of(Item(1)),
    "one": 1,
    "two": lambda _info: soon(Item()),
}


def make_schema() -> Any:
    schema = graphql.build_schema(SDL)
    resolve = lambda value, *_: type(value).__name__  # noqa: E731
    schema.type_map["Node"].resolve_type = resolve  # type: ignore[attr-defined]
    schema.type_map["Any"].resolve_type = resolve  # type: ignore[attr-defined]
    for field in schema.subscription_type.fields.values():  # type: ignore[union-attr]
        field.subscribe = ticks
    return schema


SCHEMA = make_schema()
DOCUMENTS: dict[str, Any] = {}


def document(text: str) -> Any:
    return DOCUMENTS.setdefault(text, graphql.parse(text))


def run(text: str, **arguments: Any) -> Any:
    return gyrfalcon.execute(SCHEMA, document(text), ROOT, **arguments)


ITEM = "id name price color opaque tags next { id } __typename"
SYNC: dict[str, tuple[str, dict[str, Any]]] = {
    "items": (f"{{ items {{ {ITEM} must {{ id }} }} }}", {}),
    "abstract": ("{ node { id ... on Item { name } } any { __typename ... on Other { other } } nested }", {}),
    "literals": ('{ a: argued(a: 3, color: RED) b: argued(filter: {tags: ["x"], inner: {}}) c: argued(opaque: [{k: 1}]) }', {}),
    "variables": (
        "query ($a: Int, $f: Filter, $o: Opaque) { argued(a: $a, filter: $f, opaque: $o) x: argued(filter: {inner: $f}) }",
        {"a": 5, "f": {"tags": ["y"], "first": 2}, "o": {"z": [1, 2]}},
    ),
    "bad variables": ("query ($a: Int!) { argued(a: $a) }", {"a": "x"}),
    "errors": ("{ raises returns wrong breaks items { fails { id } } }", {}),
    "null": ("{ item { id must { must { fails { id } } } } must }", {}),
    "mutation": ("mutation { one }", {}),
    "introspection": (
        '{ __schema { types { name fields { name type { name ofType { name } } } } } __type(name: "Item") { name } }',
        {},
    ),
}
ASYNC: dict[str, str] = {
    "waiting": "{ slow slowItems { id later { name later { id } } } stream }",
    "future": "{ future { id later { id } } }",
    "failing": "{ slow slowFails slowItems { id } }",
    "failing items": "{ slowItems { id fails { id } later { fails { id } } } slow }",
    "serial": "mutation { one two { id later { id } } a: one }",
}


def synchronous(name: str) -> Callable[[], Any]:
    text, variables = SYNC[name]
    return lambda: run(text, variable_values=variables)


async def cancelled() -> None:
    task = asyncio.ensure_future(run("{ slow forever slowItems { id } a: forever }"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def timed_out() -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0):
            await run("{ slow forever }")


async def never_awaited() -> None:
    """The application throws an awaitable away."""
    run("{ slow slowItems { id } }").close()


async def subscribed(events: int) -> None:
    stream = gyrfalcon.subscribe(SCHEMA, document("subscription { ticks items { id later { id } } }".replace("ticks ", "")), ROOT)
    stream = await stream if inspect.isawaitable(stream) else stream
    for _ in range(events):
        await anext(stream)
    await stream.aclose()


def schema_life() -> None:
    schema = make_schema()
    gyrfalcon.execute(schema, graphql.parse("{ items { id } }"), ROOT)


def new_document() -> None:
    run_new = graphql.parse("{ items { id next { id } } }")
    gyrfalcon.execute(SCHEMA, run_new, ROOT)


def with_hooks() -> None:
    def around(following: Any, source: Any, info: Any, **arguments: Any) -> Any:
        return following(source, info, **arguments)

    resolver: Any = lambda source, info, **arguments: graphql.default_field_resolver(source, info, **arguments)  # noqa: E731
    run("{ items { id name } raises }", middleware=graphql.MiddlewareManager(around), field_resolver=resolver)


class Waiting:
    """Every other field waits for a turn of the loop."""

    async def resolve(self, following: Any, source: Any, info: Any, **arguments: Any) -> Any:
        if len(info.field_name) % 2:
            await asyncio.sleep(0)
        value = following(source, info, **arguments)
        return await value if inspect.isawaitable(value) else value


WAITING = graphql.MiddlewareManager(Waiting())


async def asynchronous_hooks(text: str) -> Any:
    return await run(text, middleware=WAITING)


async def asynchronous_hooks_cancelled(turns: int) -> None:
    task = asyncio.ensure_future(run("{ items { id name later { name } } slow }", middleware=WAITING))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@strawberry.enum
class Shade(enum.Enum):
    DARK = "dark"


class Allowed(BasePermission):
    message = "no"

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        return getattr(source, "number", 0) != 3


@strawberry.input
class Wanted:
    tags: list[str] = strawberry.field(default_factory=list)
    shade: Shade = Shade.DARK


@strawberry.type
class Thing:
    number: int
    shade: Shade = Shade.DARK
    text: str = "text"

    @strawberry.field
    def argued(self, a: int, wanted: Wanted | None = None) -> str:
        return f"{a} {wanted}"

    @strawberry.field
    def informed(self, info: strawberry.Info) -> str:
        return info.field_name

    @strawberry.field(permission_classes=[Allowed])
    def guarded(self) -> int | None:
        return self.number

    @strawberry.field
    async def later(self) -> Thing:
        await asyncio.sleep(0)
        return self

    @strawberry.field
    def fails(self) -> int:
        raise ValueError("fails")


@strawberry.type
class ThingQuery:
    @strawberry.field
    def things(self) -> list[Thing]:
        return [Thing(number=i) for i in range(5)]

    @strawberry.field
    async def slow(self, n: int = 3) -> list[Thing | None]:
        await asyncio.sleep(0)
        return [Thing(number=i) for i in range(n)]


STRAWBERRY = gyrfalcon.strawberry.Schema(query=ThingQuery)
STRAWBERRY_SYNC = {
    "strawberry": '{ things { number shade text argued(a: 2, wanted: {tags: ["x"]}) informed guarded } }',
    "strawberry variables": "query ($w: Wanted) { things { argued(a: 1, wanted: $w) } }",
    "strawberry errors": "{ things { fails } }",
    "strawberry invalid": "{ things { nothing } }",
    "strawberry unparsable": "{ things {",
}


def strawberry_sync(text: str) -> Callable[[], Any]:
    variables = {"w": {"tags": ["t"], "shade": "DARK"}} if "$w" in text else None
    return lambda: STRAWBERRY.execute_sync(text, variable_values=variables)


async def strawberry_async() -> Any:
    return await STRAWBERRY.execute("{ slow { number later { later { text } guarded } } things { later { number } } }")


async def strawberry_failing() -> Any:
    return await STRAWBERRY.execute("{ slow { later { fails } } things { later { number } } }")


PATHS: dict[str, Callable[[], Any]] = {name: synchronous(name) for name in SYNC}
PATHS.update({name: (lambda text=text: run(text)) for name, text in ASYNC.items()})
PATHS.update({name: strawberry_sync(text) for name, text in STRAWBERRY_SYNC.items()})
PATHS.update(
    {
        "cancelled": cancelled,
        "timed out": timed_out,
        "never awaited": never_awaited,
        "subscribed": lambda: subscribed(3),
        "subscribed for one event": lambda: subscribed(1),
        "schema life": schema_life,
        "new document": new_document,
        "hooks": with_hooks,
        "asynchronous hooks": lambda: asynchronous_hooks(f"{{ items {{ {ITEM} later {{ id }} }} argued(a: 3) }}"),
        "asynchronous hooks failing": lambda: asynchronous_hooks("{ items { id later { must { fails { id } name } } } breaks }"),
        "asynchronous hooks cancelled": lambda: asynchronous_hooks_cancelled(2),
        "asynchronous hooks cancelled early": lambda: asynchronous_hooks_cancelled(0),
        "strawberry async": strawberry_async,
        "strawberry failing": strawberry_failing,
    }
)


def repeat(path: Callable[[], Any], times: int) -> None:
    """Runs the request so many times, one after the other, in one event loop."""

    async def main() -> None:
        for _ in range(times):
            result = path()
            if inspect.isawaitable(result):
                await result
            del result

    asyncio.run(main())


def resident() -> int:
    """Bytes of memory in use, allocators of C included."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def grow(requests: int) -> Iterator[tuple[int, int]]:
    """All paths in turn, ten times: after each turn, how many requests have been run, and the resident memory."""
    rare = ("schema life", "strawberry invalid")
    each = max(requests * 10 // (10 * len(PATHS) - 9 * len(rare)) // 10, 1)
    times = {name: max(each // 10, 1) if name in rare else each for name in PATHS}
    repeat_all(dict.fromkeys(PATHS, 1))
    for turn in range(11):
        yield sum(times.values()) * turn, resident()
        repeat_all(times if turn < 10 else {})


def repeat_all(times: dict[str, int]) -> None:
    for name, n in times.items():
        repeat(PATHS[name], n)
    gc.collect()


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    logging.getLogger("strawberry").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", "coroutine .* was never awaited")
    start = time.monotonic()
    for done, size in grow(requests):
        print(f"{done:9} requests  {size / 1e6:6.1f} MB  {time.monotonic() - start:5.0f} s", flush=True)


if __name__ == "__main__":
    main()
