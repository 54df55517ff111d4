"""Whole requests: `schema.execute` in process, and POSTs through Strawberry's ASGI view.

SPDX-License-Identifier: Apache-2.0
"""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any

import blog
import strawberry
from engines import data_of, native_only
from measure import Engine, Table
from strawberry.asgi import GraphQL
from strawberry.extensions import (
    MaxAliasesLimiter,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    ValidationCache,
)
from targets import CACHED

import gyrfalcon.strawberry

CACHES = [ParserCache, ValidationCache]
LIMITERS = [
    lambda: QueryDepthLimiter(max_depth=10),
    lambda: MaxAliasesLimiter(max_alias_count=15),
    lambda: MaxTokensLimiter(max_token_count=1000),
]


def schemas(extensions: Any = ()) -> tuple[Any, Any]:
    return (
        strawberry.Schema(blog.Query, extensions=extensions),
        gyrfalcon.strawberry.Schema(blog.Query, extensions=extensions),
    )


async def in_process(table: Table) -> None:
    plain, fast = schemas()
    cached, fast_cached = schemas(CACHES)
    limited, fast_limited = schemas(LIMITERS)
    query = blog.SMALL
    engines = [
        Engine("Strawberry", lambda: plain.execute(query)),
        Engine(CACHED, lambda: cached.execute(query)),
        Engine("Gyrfalcon", lambda: fast.execute(query), runs="native"),
        installed(Engine("Gyrfalcon, installed", lambda: plain.execute(query), runs="native")),
        Engine("Gyrfalcon, both caches", lambda: fast_cached.execute(query), runs="native"),
    ]
    await compare(table, "7 fields, seen before", engines)
    engines = [
        Engine("Strawberry", lambda: limited.execute(query)),
        Engine("Gyrfalcon", lambda: fast_limited.execute(query), runs="native"),
    ]
    await compare(table, "7 fields, three limiters", engines)
    new = itertools.count()
    text = "{ posts(limit: 3) { id t%d: title } }"
    engines = [
        Engine("Strawberry", lambda: plain.execute(text % next(new)), result=values),
        Engine("Gyrfalcon", lambda: fast.execute(text % next(new)), result=values, runs="native"),
    ]
    await table.compare("7 fields, each document new", engines)
    full = blog.QUERIES["full"]
    engines = [
        Engine("Strawberry", lambda: plain.execute(full)),
        Engine(CACHED, lambda: cached.execute(full)),
        Engine("Gyrfalcon", lambda: fast.execute(full), runs="native"),
    ]
    await compare(table, "full, seen before", engines)


def values(result: Any) -> list[list[str]]:
    """Of posts whose fields have other names each time."""
    return [list(post.values()) for post in data_of(result)["posts"]]


async def compare(table: Table, workload: str, engines: list[Engine]) -> None:
    for engine in engines:
        engine.result = data_of
    await table.compare(workload, engines)


class ForcedDicts(GraphQL):
    """A view that looks at the response before it is written: no JSON bytes for it."""

    async def process_result(self, request: Any, result: Any) -> Any:
        response = await super().process_result(request, result)
        assert "data" in response
        return response


def post(app: Any, query: str) -> Callable[[], Awaitable[Any]]:
    """One POST to an ASGI application; the response's data."""
    body = json.dumps({"query": query}).encode()
    headers = [(b"content-type", b"application/json"), (b"host", b"bench"), (b"content-length", b"%d" % len(body))]
    base = {"type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql", "query_string": b""}
    base |= {"headers": headers, "scheme": "http", "server": ("bench", 80), "client": ("client", 1), "root_path": ""}
    base |= {"http_version": "1.1", "asgi": {"version": "3.0"}}

    async def request() -> bytes:
        chunks: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            chunks.append(message.get("body", b""))

        await app(dict(base), receive, send)
        return b"".join(chunks)

    return request


def installed(engine: Engine) -> Engine:
    """The same schemas and views with `gyrfalcon.install()`, which is taken back after each turn."""
    engine.enter, engine.leave = gyrfalcon.install, gyrfalcon.uninstall
    return engine


async def posts(table: Table) -> None:
    plain, _ = schemas()
    cached, _ = schemas(CACHES)
    for name, query in [
        ("POST, 7 fields", blog.SMALL),
        ("POST, full", blog.QUERIES["full"]),
        ("POST, flat", blog.FLAT),
    ]:
        engines = [
            Engine("Strawberry", post(GraphQL(plain), query)),
            Engine(CACHED, post(GraphQL(cached), query)),
            installed(Engine("Gyrfalcon, bytes", post(GraphQL(plain), query), runs="json_bytes")),
            installed(Engine("Gyrfalcon, both caches", post(GraphQL(cached), query), runs="json_bytes")),
            installed(Engine("Gyrfalcon, dicts by a hook", post(ForcedDicts(plain), query), runs="native")),
        ]
        await compare(table, name, engines)


async def main() -> None:
    table = Table("whole requests")
    table.headline()
    with native_only():
        await in_process(table)
        await posts(table)


asyncio.run(main())
