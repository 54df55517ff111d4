"""python -m gyrfalcon explain|bench SCHEMA QUERY: what runs how of one's own schema, and how fast.

SCHEMA is module:attribute, a schema of Strawberry or graphql-core, or a function that makes one. QUERY is a document, or the name of a
file with one ("-": standard input). Exit status 2: something of these, or an option, cannot be used.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import importlib
import inspect
import json
import logging
import os
import platform
import statistics
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import gyrfalcon
from gyrfalcon._stats import switch


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m gyrfalcon",
        description="What runs how of a schema, and how fast.",
        formatter_class=argparse.RawDescriptionHelpFormatter,  # versions stay on their line
    )
    parser.add_argument("--version", action="version", version=versions(), help="print the versions of all that takes part")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("explain", "say how each field of an operation is read"),
        ("bench", "time an operation beside graphql-core"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("schema", help="module:attribute, a schema or a function that makes one")
        command.add_argument("query", help="a document, a file with one, or - for standard input")
        command.add_argument("--operation", help="its name, where the document has several", metavar="NAME")
        command.add_argument("--json", action="store_true", help="print JSON" + ("; times in us" if name == "bench" else ""))
        if name == "bench":
            command.add_argument("--variables", type=variables, help="their values, a JSON object", metavar="JSON")
            command.add_argument("--seconds", default=2.0, type=seconds, help="of CPU time for each side (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        schema = load(options.schema)
        query = read(options.query)
        if options.command == "explain":
            explanation = gyrfalcon.explain(schema, query, options.operation)
            print(json.dumps(dataclasses.asdict(explanation), indent=2) if options.json else explanation)
        else:
            bench(schema, query, options)
    except Unusable as error:
        print(f"gyrfalcon: {error}", file=sys.stderr)
        return 2
    return 0


class Unusable(Exception):
    """What the command line says cannot be used; the words for it."""


def versions() -> str:
    found = [f"gyrfalcon {gyrfalcon.__version__}"]
    for name in ("graphql-core", "strawberry-graphql"):
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return ", ".join([*found, f"{platform.python_implementation()} {platform.python_version()}"])


def variables(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError(f"no JSON object: {text}")
    return found


def seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not found > 0:  # NaN neither
        raise argparse.ArgumentTypeError(f"no time to measure in: {text}")
    return found


def load(name: str) -> Any:
    """The schema of module:attribute."""
    module_name, _, attribute = name.partition(":")
    if not (module_name and attribute):
        raise Unusable(f"{name}: say where the schema is as module:attribute, for instance app.main:schema")
    sys.path.insert(0, os.getcwd())
    try:
        found: Any = importlib.import_module(module_name)
    except Exception as error:
        if not (isinstance(error, ModuleNotFoundError) and error.name and (module_name + ".").startswith(error.name + ".")):
            traceback.print_exc()
        raise Unusable(f"cannot import {module_name}: {error}") from None
    where, between = module_name, ":"
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise Unusable(f"{where} has no attribute {part}")
        found = getattr(found, part)
        where, between = f"{where}{between}{part}", "."
    if inspect.isfunction(found):
        try:
            found = found()
        except Exception as error:
            traceback.print_exc()
            raise Unusable(f"{name}() failed: {error}") from None
    if not hasattr(getattr(found, "_schema", found), "type_map"):
        raise Unusable(f"{name} is no schema of Strawberry or graphql-core but a {type(found).__name__}")
    return found


def read(query: str) -> str:
    try:
        if query == "-":
            return sys.stdin.read()
        if "{" not in query or os.path.exists(query):
            with open(query, encoding="utf-8") as file:
                return file.read()
    except (OSError, ValueError) as error:
        raise Unusable(f"neither a document nor a file with one: {error}") from None
    return query


# ---------------------------------------------------------------------- bench


def bench(schema: Any, query: str, options: argparse.Namespace) -> None:
    """Times whole requests on both sides, in turns."""
    arguments = {"variable_values": options.variables, "operation_name": options.operation}

    def request() -> Any:
        if hasattr(schema, "_schema"):
            return schema.execute(query, **arguments)
        import graphql

        return graphql.graphql(schema, query, **arguments)

    explanation = gyrfalcon.explain(schema, query, options.operation)
    if not gyrfalcon.install():
        raise Unusable(f"nothing to compare with: {explanation.reason}")
    if explanation.operation == "subscription":
        raise Unusable("the operation cannot be timed: it is a subscription")
    logging.getLogger("strawberry").setLevel(logging.CRITICAL + 1)  # it logs the errors of resolvers, each time
    use_graphql_core()
    stock, ours, got = [], [], None
    try:
        want = one(request)
        if want.data is None:
            raise Unusable("the operation cannot be timed: " + ("; ".join(map(told, want.errors or ())) or "it has no data"))
        for turn in range(5):
            use_graphql_core()
            stock.append(clock(request, options.seconds / 5))
            gyrfalcon.install()
            if turn == 0:
                got = one(request)
                gyrfalcon.reset_stats()
            ours.append(clock(request, options.seconds / 5))
        counts = gyrfalcon.stats()
    finally:
        gyrfalcon.uninstall()
        switch.off = False
    equal = (want.data, str(want.errors)) == (got.data, str(got.errors))
    before, after = statistics.median(stock), statistics.median(ours)
    report = {"graphql-core": before * 1e6, "gyrfalcon": after * 1e6, "times": before / after, "equal": equal}
    tell({**report, "fallbacks": counts["fallbacks"]}, options.json)


def use_graphql_core() -> None:
    """Off until it is installed again: what is installed, and a schema's own extension or class."""
    gyrfalcon.uninstall()
    switch.off = True


def told(error: Any) -> str:
    """An error in a line: where, and what."""
    return ".".join(map(str, error.path or ())) + (": " if error.path else "") + error.message


def tell(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(report, indent=2))
        return
    print(f"graphql-core {report['graphql-core']:10.1f} us")
    print(f"gyrfalcon    {report['gyrfalcon']:10.1f} us   {report['times']:.1f} times as fast")
    if not report["equal"]:
        print("note: the two results differ: does the operation give another result each time?")
    for reason, count in report["fallbacks"].items():
        print(f"on graphql-core: {count} times, {reason}")


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
