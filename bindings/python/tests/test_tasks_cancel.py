"""Requests that are cancelled, closed or dropped: everything settles, nothing is left.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest
from graphql import GraphQLObjectType
from tasks_support import CORE33, SN, Clock, F, S, finish, ours, raw, same, schema_of


def sleeper(log, tag, seconds=0.03, cleanup=None, stubborn=False):
    async def resolve(_source, _info):
        log.append(f"{tag} start")
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError as error:
            log.append(f"{tag} cancelled {error}".strip())
            if cleanup is not None:
                await asyncio.sleep(cleanup)
                log.append(f"{tag} cleaned up")
            if not stubborn:
                raise
        log.append(f"{tag} done")
        return tag

    return resolve


def three(log, **options):
    child = GraphQLObjectType("Child", {"c": F(S, resolve=sleeper(log, "c", **options))})

    async def parent(_source, _info):
        await asyncio.sleep(0)
        return {}

    return schema_of(
        {
            "a": F(S, resolve=sleeper(log, "a", **options)),
            "b": F(S, resolve=sleeper(log, "b", **options)),
            "p": F(child, resolve=parent),
        }
    )


async def awaiting(result):
    return await result


@pytest.mark.parametrize("query", ["{a}", "{a b}", "{a p {c} b}", "{p {c}}"])
@pytest.mark.parametrize("options", [{}, {"cleanup": 0}, {"cleanup": 0.003}, {"stubborn": True}])
def test_cancelled_from_outside(query, options):
    async def scenario(run):
        log = []
        task = asyncio.ensure_future(awaiting(run(three(log, **options), query)))
        await asyncio.sleep(0.003)
        task.cancel("why")
        try:
            result = await task
        except asyncio.CancelledError:
            result = "cancelled"
        done = len(log)
        await asyncio.sleep(0.005)
        # with one awaitable alone the message arrives, with several graphql-core's gather drops it
        return result, sorted(line.replace(" why", "") for line in log), len(log) == done

    assert same(scenario)[2]


@pytest.mark.parametrize("query", ["{a}", "{a b}", "{a p {c} b}"])
def test_a_timeout_round_the_request(query):
    async def scenario(run):
        log = []
        try:
            async with asyncio.timeout(0.005):
                return await run(three(log), query), sorted(log)
        except TimeoutError:
            return "timeout", sorted(log), asyncio.current_task().cancelling()

    assert same(scenario)[0] == "timeout"


def test_cancelled_again_while_it_settles():
    async def scenario(run):
        log = []
        task = asyncio.ensure_future(awaiting(run(three(log, cleanup=0.01), "{a b}")))
        await asyncio.sleep(0.002)
        task.cancel()
        await asyncio.sleep(0.002)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return log

    assert same(scenario) == ["a start", "b start", "a cancelled", "b cancelled"]


@pytest.mark.parametrize("query", ["{a}", "{a b}"])
def test_cancelled_before_it_begins(query):
    async def main():
        log = []
        task = asyncio.ensure_future(ours(three(log), query))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        direct = asyncio.ensure_future(raw(three(log), query))
        direct.cancel()
        with pytest.raises(asyncio.CancelledError):
            await direct
        return log

    assert finish(main()) == []


@pytest.mark.parametrize("query", ["{a}", "{a b}"])
def test_never_awaited(query):
    log = []
    schema = three(log)

    async def main():
        raw(schema, query)
        kept = raw(schema, query)
        kept.close()
        kept.close()
        gc.collect()

    finish(main())
    assert log == []


@pytest.mark.parametrize("query", ["{a}", "{a b}", "{a p {c} b}"])
def test_closed_while_it_waits(query):
    async def main():
        log = []
        awaited = raw(three(log), query)
        awaited.send(None)
        awaited.close()
        for _ in range(5):
            await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="cannot reuse"):
            awaited.send(None)
        return log

    log = finish(main())
    started = [line[0] for line in log if line.endswith("start")]
    assert started
    assert [line[0] for line in log if line.endswith("cancelled")] == ([] if query == "{a}" and CORE33 else started)


def test_dropped_with_its_loop():
    """A loop that ends while requests wait: the coroutines are closed with it."""
    log = []
    alive = []

    class Mark:
        pass

    async def resolve(_source, _info):
        mark = Mark()
        alive.append(weakref.ref(mark))
        try:
            await asyncio.sleep(10)
        finally:
            log.append("closed")

    async def main():
        task = asyncio.ensure_future(awaiting(raw(schema_of({n: F(S, resolve=resolve) for n in "ab"}), "{a b}")))
        await asyncio.sleep(0.001)
        return task

    with asyncio.Runner(loop_factory=Clock) as runner:
        runner.run(main())
    gc.collect()
    assert log == ["closed", "closed"]
    assert [ref() for ref in alive] == [None, None]


def test_synchronous_requests_may_not_wait():
    log = []
    with pytest.raises(RuntimeError, match="failed to complete synchronously"):
        raw(three(log), "{a b}", sync=True)
    gc.collect()
    assert log == []


def test_a_request_within_a_request():
    async def scenario(run):
        log = []
        inner = three(log, seconds=0.002)

        async def nested(_source, _info):
            before = asyncio.current_task()
            data, _ = await run(inner, "{a p {c} b}")
            assert asyncio.current_task() is before
            return ",".join(data)

        outer = schema_of({"x": F(S, resolve=nested), "y": F(S, resolve=nested)})
        return await run(outer, "{x y}"), sorted(log)

    assert same(scenario)[0] == ({"x": "a,p,b", "y": "a,p,b"}, [])


class Uncancellable(asyncio.Future):
    def cancel(self, msg=None):
        raise MemoryError("no memory to cancel")


class Stop(BaseException):
    pass


@pytest.mark.parametrize(
    "error", [Stop, pytest.param(ValueError, marks=pytest.mark.skipif(not CORE33, reason="siblings run on"))]
)
def test_a_future_that_cannot_be_cancelled_keeps_nobody_waiting(error, monkeypatch):
    """Who waits for it is cancelled all the same."""
    log, unraisable = [], []
    monkeypatch.setattr("sys.unraisablehook", unraisable.append)

    async def waits(_source, _info):
        try:
            await Uncancellable()
        except asyncio.CancelledError:
            log.append("cancelled")
            raise

    async def fails(_source, _info):
        await asyncio.sleep(0)
        raise error

    async def main():
        schema = schema_of({"waits": F(S, resolve=waits), "fails": F(SN, resolve=fails)})
        task = asyncio.ensure_future(awaiting(ours(schema, "{waits fails}")))
        for _ in range(20):
            await asyncio.sleep(0)
        return task.exception() if task.done() else "it still waits"

    assert type(asyncio.run(main())) is (Stop if error is Stop else type(None))
    assert log == ["cancelled"]
    assert [type(told.exc_value) for told in unraisable] == [MemoryError]
