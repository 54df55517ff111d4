"""Running the same scenario on graphql-core and on Gyrfalcon.

A scenario is `async def scenario(run)`; `run(schema, query)` gives ExecutionResult-like (data, [(message, path)]), or an awaitable of it, or
raises. What it returns is compared. Scenarios run by a clock of their own: how long anything really takes decides nothing.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import selectors
import sys
import warnings
from typing import Any

from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString, execute, parse, version_info

from gyrfalcon import _core
from gyrfalcon._convert import Conversion

CORE33 = version_info[:2] >= (3, 3)
S, SN = GraphQLString, GraphQLNonNull(GraphQLString)
F = GraphQLField


def schema_of(fields: dict[str, Any], mutation: dict[str, Any] | None = None) -> GraphQLSchema:
    return GraphQLSchema(GraphQLObjectType("Query", fields), GraphQLObjectType("Mutation", mutation) if mutation else None)


def told(data: Any, errors: Any) -> tuple[Any, list[tuple[str, Any]]]:
    return data, [(error.message, error.path) for error in errors or []]


def stock(schema: GraphQLSchema, query: str, root: Any = None, context: Any = None) -> Any:
    result = execute(schema, parse(query), root, context)
    if not inspect.isawaitable(result):
        return told(result.data, result.errors)

    async def wait() -> Any:
        done = await result
        return told(done.data, done.errors)

    return wait()


def raw(schema: GraphQLSchema, query: str, root: Any = None, context: Any = None, **options: Any) -> Any:
    """The core's own answer: (data, errors, json), or an awaitable of it."""
    plan = _core.Schema(Conversion(schema)).document(query).plan(None)
    return plan.execute(root, context, None, _core.Request(ast=lambda: parse(query), **options))


def ours(schema: GraphQLSchema, query: str, root: Any = None, context: Any = None) -> Any:
    result = raw(schema, query, root, context)
    if isinstance(result, tuple):
        return told(*result[:2])

    async def wait() -> Any:
        return told(*(await result)[:2])

    return wait()


class Selector(selectors.DefaultSelector):
    """Does not wait for a time to come: it has come."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self.passed += timeout
        return ready


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time passes only when there is nothing else to do, and by a moment whenever somebody looks at it: timers are due in the order
    of their times, equal ones in the order in which they were set."""

    def __init__(self) -> None:
        self.clock = Selector()
        super().__init__(self.clock)

    def time(self) -> float:
        self.clock.passed += 1e-8
        return self.clock.passed

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Waits for threads however long they take: by this clock the limit that CPython 3.12 has would be over at once."""
        await super().shutdown_default_executor()


def finish(coroutine: Any, loop_factory: Any = Clock) -> Any:
    """Runs a coroutine in a loop of its own; nothing may be left: no tasks, no warnings, nothing that the loop complains about."""
    complaints: list[Any] = []

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: complaints.append(context))
        result = await coroutine
        for _ in range(3):
            await asyncio.sleep(0)
        loop.set_task_factory(None)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, left
        return result

    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        unraisable: list[Any] = []
        hook, sys.unraisablehook = sys.unraisablehook, unraisable.append
        try:
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                result = runner.run(main())
            gc.collect(1)
        finally:
            sys.unraisablehook = hook
    assert not complaints, complaints
    assert not unraisable, unraisable
    return result


def same(scenario: Any, loop_factory: Any = Clock) -> Any:
    """Runs the scenario on both; they must agree. Returns what they said."""
    expected = finish(scenario(stock), loop_factory)
    got = finish(scenario(ours), loop_factory)
    assert got == expected
    return got


async def answered(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result
