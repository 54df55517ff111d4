"""python -m gyrfalcon explain|bench SCHEMA QUERY: what runs how of one's own schema, and how fast.

SCHEMA is module:attribute, a schema of Strawberry or graphql-core, or a function that makes one. QUERY is a document, or the name of a
file with one ("-": standard input).

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import inspect
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import gyrfalcon


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m gyrfalcon", description="What runs how of a schema, and how fast.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("explain", "say how each field of an operation is read"),
        ("bench", "time an operation beside graphql-core"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("schema", help="module:attribute")
        command.add_argument("query", help="a document, a file with one, or -")
        command.add_argument("--operation", help="the operation's name")
        if name == "bench":
            command.add_argument("--variables", default="null", type=json.loads, help="as JSON")
            command.add_argument("--seconds", default=2.0, type=float, help="for each side")
    options = parser.parse_args(arguments)
    try:
        schema = load(options.schema)
        query = read(options.query)
    except (ImportError, AttributeError, TypeError, OSError) as error:
        print(f"gyrfalcon: {error}", file=sys.stderr)
        return 2
    if options.command == "explain":
        print(gyrfalcon.explain(schema, query, options.operation))
        return 0
    return bench(schema, query, options.variables, options.operation, options.seconds)


def load(name: str) -> Any:
    """The schema of module:attribute."""
    module_name, _, attribute = name.partition(":")
    if not attribute:
        raise TypeError(f"{name}: not module:attribute")
    sys.path.insert(0, os.getcwd())
    found: Any = importlib.import_module(module_name)
    for part in attribute.split("."):
        found = getattr(found, part)
    if inspect.isfunction(found):
        found = found()
    if not hasattr(getattr(found, "_schema", found), "type_map"):
        raise TypeError(f"{name} is no schema of Strawberry or graphql-core but a {type(found).__name__}")
    return found


def read(query: str) -> str:
    if query == "-":
        return sys.stdin.read()
    if "{" not in query or os.path.exists(query):
        with open(query, encoding="utf-8") as file:
            return file.read()
    return query


# ---------------------------------------------------------------------- bench


def bench(schema: Any, query: str, variables: Any, operation: str | None, seconds: float) -> int:
    """Times whole requests on both sides, in turns."""

    def request() -> Any:
        if hasattr(schema, "_schema"):
            return schema.execute(query, variables, operation_name=operation)
        import graphql

        return graphql.graphql(schema, query, variable_values=variables, operation_name=operation)

    gyrfalcon.uninstall()
    stock, want = [], one(request)
    ours, got = [], None
    try:
        for turn in range(5):
            gyrfalcon.uninstall()
            stock.append(clock(request, seconds / 5))
            gyrfalcon.install()
            if turn == 0:
                got = one(request)
                gyrfalcon.reset_stats()
            ours.append(clock(request, seconds / 5))
        counts = gyrfalcon.stats()
    finally:
        gyrfalcon.uninstall()
    if (want.data, str(want.errors)) != (got.data, str(got.errors)):
        print("the results differ: not a document whose timings can be compared", file=sys.stderr)
        print(gyrfalcon.explain(schema, query, operation), file=sys.stderr)
    before, after = statistics.median(stock), statistics.median(ours)
    print(f"graphql-core {before * 1e6:10.1f} us\ngyrfalcon    {after * 1e6:10.1f} us   {before / after:.1f} times as fast")
    for reason, count in counts["fallbacks"].items():
        print(f"on graphql-core: {count} times, {reason}")
    return 0


def one(request: Callable[[], Any]) -> Any:
    async def run() -> Any:
        return await request()

    return asyncio.run(run())


def clock(request: Callable[[], Any], seconds: float) -> float:
    """The median CPU time of a request."""

    async def run() -> float:
        times: list[float] = []
        await request()
        while sum(times) < seconds and len(times) < 100_000:
            start = time.process_time()
            await request()
            times.append(time.process_time() - start)
        return statistics.median(times)

    return asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
