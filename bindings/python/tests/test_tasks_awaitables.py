"""Awaitables other than coroutines of async functions; asynchronous iterables; what may not be awaited.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import types

import pytest
from graphql import GraphQLList
from tasks_support import CORE33, F, S, answered, finish, ours, same, schema_of


class Ready:
    """Never suspends."""

    def __init__(self, value):
        self.value = value

    def __await__(self):
        return self.value
        yield


class Steps:
    """Suspends by a coroutine that it wraps."""

    def __init__(self, log):
        self.log = log

    def __await__(self):
        self.log.append("awaited")
        return asyncio.sleep(0.001, "slept").__await__()


class NoIterator:
    def __await__(self):
        return 1


class FailsToBegin:
    def __await__(self):
        raise ValueError("not today")


@types.coroutine
def old_style():
    yield
    return "generator"


def future(result=None, error=None, done=False):
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def finish():
        if error:
            future.set_exception(error)
        else:
            future.set_result(result)

    if done:
        finish()
    else:
        loop.call_soon(finish)
    return future


def cancelled_future():
    future = asyncio.get_running_loop().create_future()
    future.cancel()
    return future


async def number():
    return 7


MAKERS = {
    "ready": lambda log: Ready("ready"),
    "steps": Steps,
    "no_iterator": lambda log: NoIterator(),
    "fails": lambda log: FailsToBegin(),
    "generator": lambda log: old_style(),
    "done": lambda log: future("x", done=True),
    "later": lambda log: future("x"),
    "failed": lambda log: future(error=ValueError("failed"), done=True),
    "fails_later": lambda log: future(error=ValueError("failed later")),
    "task": lambda log: asyncio.ensure_future(asyncio.sleep(0.001, "task")),
    "gathered": lambda log: asyncio.gather(number(), number()),
    "returns_error": lambda log: future(ValueError("returned")),
    "awaits_null": lambda log: Ready(None),
}


@pytest.mark.parametrize("beside", ["", " also"])
@pytest.mark.parametrize("name", MAKERS)
def test_kinds(name, beside):
    async def scenario(run):
        log = []
        schema = schema_of(
            {
                "x": F(S, resolve=lambda _s, _i: MAKERS[name](log)),
                "also": F(S, resolve=lambda _s, _i: asyncio.sleep(0, "also")),
                "xs": F(GraphQLList(S), resolve=lambda _s, _i: [MAKERS[name](log), "s", MAKERS[name](log)]),
            }
        )
        results = [await answered(run(schema, query)) for query in (f"{{x{beside}}}", f"{{xs{beside}}}")]
        return [(data, sorted(errors, key=str)) for data, errors in results], log

    same(scenario)


def test_a_cancelled_future_cancels_the_request():
    async def scenario(run):
        results = []
        for query in ("{x}", "{x also}"):
            schema = schema_of(
                {
                    "x": F(S, resolve=lambda _s, _i: cancelled_future()),
                    "also": F(S, resolve=lambda _s, _i: asyncio.sleep(0, "also")),
                }
            )
            try:
                results.append(await answered(run(schema, query)))
            except asyncio.CancelledError:
                results.append("cancelled")
        return results

    assert same(scenario) == ["cancelled", "cancelled"]


def test_what_cannot_be_waited_for():
    async def scenario(run):
        @types.coroutine
        def yields(value):
            yield value

        async def bad_yield(_source, _info):
            await yields(42)

        async def yielded_future(_source, _info):
            await yields(asyncio.get_running_loop().create_future())

        async def itself(_source, _info):
            await asyncio.current_task()

        other = asyncio.new_event_loop()

        async def elsewhere(_source, _info):
            await other.create_future()

        schema = schema_of({f.__name__: F(S, resolve=f) for f in (bad_yield, yielded_future, itself, elsewhere)})
        data, errors = await answered(run(schema, "{bad_yield yielded_future itself elsewhere}"))
        other.close()
        return data, sorted((path, message.split("<")[0][:24]) for message, path in errors)

    data, errors = same(scenario)
    assert len(errors) == 4
    assert set(data.values()) == {None}


def test_asynchronous_iterables():
    async def scenario(run):
        log = []

        async def numbers(_source, _info):
            try:
                for i in range(3):
                    await asyncio.sleep(0)
                    yield str(i)
            finally:
                log.append("closed")

        async def fails(_source, _info):
            yield "0"
            raise ValueError("no more")

        async def later(_source, _info):
            await asyncio.sleep(0)
            return numbers(None, None)

        async def of_awaitables(_source, _info):
            yield asyncio.sleep(0, "a")
            yield None
            yield asyncio.sleep(0.001, "b")

        schema = schema_of({f.__name__: F(GraphQLList(S), resolve=f) for f in (numbers, fails, later, of_awaitables)})
        results = [
            await answered(run(schema, query))
            for query in ("{numbers}", "{fails}", "{later}", "{numbers fails later of_awaitables}")
        ]
        return [(data, sorted(errors, key=str)) for data, errors in results], log

    if CORE33:
        same(scenario)
    else:
        assert finish(scenario(ours))[0][0] == ({"numbers": ["0", "1", "2"]}, [])
