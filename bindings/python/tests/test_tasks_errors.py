"""Awaitables that fail: which siblings are cancelled, settled, run on; exceptions that are no field errors.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
from typing import Any

import graphql
import pytest
from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, build_schema, parse
from tasks_support import CORE33, SN, Clock, F, S, answered, finish, ours, raw, same, schema_of

import gyrfalcon
from gyrfalcon import _versions


def ok(log, tag="ok", seconds=0.03):
    async def resolve(_source, _info):
        log.append(f"{tag} start")
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            log.append(f"{tag} cancelled")
            raise
        log.append(f"{tag} done")
        return tag

    return resolve


def boom(log, seconds=None, error=ValueError):
    async def resolve(_source, _info):
        if seconds is not None:
            await asyncio.sleep(seconds)
        log.append("boom")
        raise error("boom")

    return resolve


def sync_boom(log):
    def resolve(_source, _info):
        log.append("boom")
        raise ValueError("boom")

    return resolve


async def logged(run, schema, query, log):
    """The result, what had happened before it, and after."""
    try:
        result = await answered(run(schema, query))
    except BaseException as error:
        result = type(error), str(error)
    before = list(log)
    await asyncio.sleep(0.045)
    return result, before, log[len(before) :]


@pytest.mark.parametrize("seconds", [None, 0, 0.003])
@pytest.mark.parametrize("types", [(SN, SN), (S, S), (SN, S), (S, SN)])
@pytest.mark.parametrize("query", ["{a b}", "{b a}", "{b a c d}", "{c b d}"])
def test_an_error_and_its_siblings(seconds, types, query):
    async def scenario(run):
        log = []
        schema = schema_of(
            {
                "a": F(types[0], resolve=ok(log, "a")),
                "b": F(types[1], resolve=boom(log, seconds)),
                "c": F(types[0], resolve=ok(log, "c", 0.02)),
                "d": F(S, resolve=lambda _s, _i: "d"),
            }
        )
        return await logged(run, schema, query, log)

    result, before, after = same(scenario)
    if types[1] is SN:
        assert result == (None, [("boom", ["b"])])
        if CORE33:
            assert "a done" not in before + after
            assert not after


@pytest.mark.parametrize("query", ["{a b}", "{a c b}", "{b a}", "{d {x y z} a}", "{a d {x y}}"])
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_an_error_while_siblings_are_read(query):
    """3.3 lets the siblings that were not started run on in the background; 3.2 never awaits them, and we close them."""

    async def scenario(run):
        log = []
        child = GraphQLObjectType(
            "Child", {"x": F(S, resolve=ok(log, "x")), "y": F(SN, resolve=sync_boom(log)), "z": F(S, resolve=ok(log, "z"))}
        )
        schema = schema_of(
            {
                "a": F(SN, resolve=ok(log, "a")),
                "b": F(SN, resolve=sync_boom(log)),
                "c": F(S, resolve=ok(log, "c")),
                "d": F(child, resolve=lambda _s, _i: {}),
            }
        )
        return await logged(run, schema, query, log)

    if CORE33:
        same(scenario)
    else:
        finish(scenario(ours))


def test_an_error_deep_below_ends_its_own_branch_only():
    async def scenario(run):
        log = []
        leaf = GraphQLObjectType("Leaf", {"bad": F(SN, resolve=boom(log, 0.002)), "slow": F(S, resolve=ok(log, "slow"))})
        middle = GraphQLObjectType("Middle", {"leaf": F(GraphQLNonNull(leaf), resolve=lambda _s, _i: {})})
        schema = schema_of(
            {"m": F(middle, resolve=lambda _s, _i: {}), "other": F(S, resolve=ok(log, "other", 0.04))},
        )
        result, before, after = await logged(run, schema, "{m {leaf {slow bad}} other}", log)
        return result, sorted(before[:2]), before[2:], after

    assert same(scenario)[0] == ({"m": None, "other": "other"}, [("boom", ["m", "leaf", "bad"])])


def test_items_of_lists():
    async def scenario(run):
        log = []

        async def item(i):
            log.append(f"{i} start")
            await asyncio.sleep(0.005 * (5 - i))
            if i == 2:
                raise ValueError(f"item {i}")
            return None if i == 3 else ValueError("returned") if i == 4 else str(i)

        async def late(_source, _info):
            await asyncio.sleep(0)
            return [item(i) for i in range(5)]

        schema = schema_of(
            {
                "nullable": F(GraphQLList(S), resolve=lambda _s, _i: [item(i) for i in range(5)]),
                "strict": F(GraphQLList(SN), resolve=late),
            }
        )
        results = []
        for query in ("{nullable}", "{strict}"):
            result, *_ = await logged(run, schema, query, log)
            results.append((result[0], sorted(result[1], key=str)))
        return results

    results = same(scenario)
    assert results[0][0] == {"nullable": ["0", "1", None, None, None]}
    assert results[1][0] == {"strict": None}


class Odd(BaseException):
    pass


@pytest.mark.parametrize("error", [asyncio.CancelledError, Odd])
@pytest.mark.parametrize("seconds", [None, 0, 0.002])
@pytest.mark.parametrize("query", ["{b}", "{b d}"])
def test_an_exception_that_is_no_error_of_a_field_alone(error, seconds, query):
    async def scenario(run):
        log = []
        schema = schema_of({"b": F(S, resolve=boom(log, seconds, error)), "d": F(S, resolve=lambda _s, _i: "d")})
        return await logged(run, schema, query, log)

    result = same(scenario)[0]
    assert result[0] is error


@pytest.mark.parametrize("error", [asyncio.CancelledError, Odd])
@pytest.mark.parametrize("seconds", [None, 0, 0.002])
def test_an_exception_that_is_no_error_of_a_field_ends_the_request(error, seconds):
    """Siblings are cancelled and settled before it is raised (graphql-core leaves them running)."""

    async def main():
        log = []
        schema = schema_of(
            {"a": F(S, resolve=ok(log, "a")), "b": F(S, resolve=boom(log, seconds, error)), "c": F(S, resolve=ok(log, "c"))}
        )
        return await logged(ours, schema, "{a b c}", log)

    result, before, after = finish(main())
    assert result[0] is error
    assert "a cancelled" in before
    assert after == []
    assert not any("done" in line for line in before)


@pytest.mark.parametrize("seconds", [None, 0, 0.002])
@pytest.mark.parametrize("query", ["{b}", "{a b}"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_interrupts_reach_the_loop(seconds, query, error):
    log = []
    schema = schema_of({"a": F(S, resolve=ok(log, "a")), "b": F(S, resolve=boom(log, seconds, error))})
    loop = Clock()
    task = loop.create_task(answer(schema, query))
    with pytest.raises(error):
        loop.run_until_complete(task)
    if not task.done():
        with pytest.raises(error):
            loop.run_until_complete(settled(task))
    assert isinstance(task.exception(), error)
    assert log[-1] == ("boom" if query == "{b}" else "a cancelled")
    loop.run_until_complete(asyncio.sleep(0))
    assert not asyncio.all_tasks(loop)
    loop.close()


async def answer(schema, query):
    return await raw(schema, query)


async def settled(task):
    await asyncio.wait({task})


def test_a_synchronous_interrupt_below_an_awaitable():
    class Stop(BaseException):
        pass

    def stop(_source, _info):
        raise Stop

    async def scenario(run):
        log = []

        async def parent(_source, _info):
            await asyncio.sleep(0)
            return {}

        child = GraphQLObjectType("Child", {"x": F(S, resolve=stop)})
        schema = schema_of({"p": F(child, resolve=parent), "a": F(S, resolve=ok(log, "a", 0.003))})
        return (await logged(run, schema, "{p {x}}", log))[0]

    assert same(scenario)[0] is Stop


def test_self_cancellation():
    async def scenario(run):
        async def caught(_source, _info):
            asyncio.current_task().cancel("stop")
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError as error:
                task = asyncio.current_task()
                return f"{error} {task.cancelling()} {task.uncancel()}"

        async def uncaught(_source, _info):
            asyncio.current_task().cancel()
            await asyncio.sleep(0.01)

        async def at_the_end(_source, _info):
            asyncio.current_task().cancel()
            return "?"

        schema = schema_of(
            {
                "caught": F(S, resolve=caught),
                "uncaught": F(S, resolve=uncaught),
                "at_the_end": F(S, resolve=at_the_end),
                "d": F(S, resolve=ok([], "d", 0)),
            }
        )
        return [(await logged(run, schema, query, []))[0] for query in ("{caught d}", "{uncaught d}", "{at_the_end d}")]

    results = same(scenario)
    assert results[0] == ({"caught": "stop 1 0", "d": "d"}, [])
    assert results[1][0] is results[2][0] is asyncio.CancelledError


def nests():
    """Fields <when>_<what>: s at once, a0, a1, ... a coroutine with so many turns; ok, bad, fatal (non-null), nest, must (a non-null nest)."""

    def field(kind, value, turns):
        async def late():
            for _ in range(turns):
                await asyncio.sleep(0)
            return value()

        return F(kind, resolve=lambda _s, _i: value() if turns is None else late())

    def fields():
        out = {}
        for turns in (None, 0, 1, 3, 40):
            tag = "s" if turns is None else f"a{turns}"
            out[f"{tag}_ok"] = field(S, str, turns)
            out[f"{tag}_bad"] = field(S, lambda tag=tag: ValueError(tag), turns)
            out[f"{tag}_fatal"] = field(SN, lambda tag=tag: ValueError(f"{tag}!"), turns)
            out[f"{tag}_nest"] = field(nest, lambda: {"a": 1}, turns)
            out[f"{tag}_must"] = field(GraphQLNonNull(nest), lambda: {"a": 1}, turns)
            out[f"{tag}_list"] = F(GraphQLList(GraphQLNonNull(nest)), resolve=lambda _s, _i: [1, 2])
        return out

    nest = GraphQLObjectType("Nest", fields)
    return GraphQLSchema(nest)


@pytest.mark.skipif(not CORE33, reason="graphql-core 3.2 neither cancels nor settles")
@pytest.mark.parametrize(
    "query",
    [
        "{a0_must {s_fatal} a0_nest {s_fatal}}",  # the sibling's error comes first
        "{a0_must {s_fatal} a0_nest {a0_fatal}}",
        "{s_nest {a0_must {s_fatal} a0_nest {s_fatal}}}",
        "{a1_fatal a1_bad}",
        "{a1_fatal a40_bad}",  # too late
        "{a40_fatal a3_bad}",
        "{a1_fatal x: a1_fatal}",  # the first counts
        "{a1_must {a1_must {a1_fatal}} a40_ok}",
        "{a1_must {a1_must {a1_fatal a40_ok} a1_ok} a40_bad}",
        "{a40_nest {a1_ok} a1_must {a1_fatal a1_bad}}",
        "{a1_nest {a1_must {a1_fatal a3_ok} a1_bad} a40_bad}",
        "{s_list {a1_fatal a1_bad} a40_bad}",
        "{s_list {a1_must {a3_fatal a40_bad}} a1_bad}",
        "{a0_nest {s_list {a1_fatal} a40_fatal} a1_bad}",
    ],
)
def test_errors_of_siblings_count_until_null_has_come_up(query):
    async def scenario(run):
        result = await answered(run(nests(), query))
        for _ in range(50):
            await asyncio.sleep(0)
        return result

    same(scenario)


@pytest.mark.skipif(not CORE33, reason="graphql-core 3.2 neither cancels nor settles")
@pytest.mark.parametrize("turns", range(1, 7))
def test_a_sibling_is_cancelled_when_its_turn_has_come(turns):
    """A future that a resolver returned can be resolved as long as graphql-core would not have cancelled it."""

    async def scenario(run):
        boom, side = (asyncio.get_running_loop().create_future() for _ in "12")
        child = GraphQLObjectType(
            "Child", {"boom": F(SN, resolve=lambda _s, _i: boom), "side": F(S, resolve=lambda _s, _i: side)}
        )
        schema = schema_of({"child": F(child, resolve=lambda _s, _i: {"a": 1}), "other": F(S, resolve=lambda _s, _i: "ok")})
        task = asyncio.ensure_future(answered(run(schema, "{child {boom side} other}")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        boom.set_exception(ValueError("boom"))
        for _ in range(turns):
            await asyncio.sleep(0)
        cancelled = side.cancelled()
        if not cancelled:
            side.set_exception(ValueError("side"))
        return await task, cancelled

    result, cancelled = same(scenario)
    assert result[0] == {"child": None, "other": "ok"}
    assert cancelled == (turns > 2)


@pytest.mark.skipif(not CORE33, reason="graphql-core 3.2 neither cancels nor settles")
@pytest.mark.parametrize("how", ["value", "error", "more", "again"])
def test_a_sibling_that_is_cancelled_may_still_answer(how):
    async def scenario(run):
        log = []

        async def sibling(_source, _info):
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                log.append("cancelled")
                await asyncio.sleep(0.01)
                log.append("cleaned up")
                if how == "error":
                    raise ValueError("late") from None
                if how == "again":
                    raise
            return {"a": 1}

        child = GraphQLObjectType("Child", {"x": F(S, resolve=ok(log, "x", 0.01)), "bad": F(S, resolve=boom(log))})
        schema = schema_of(
            {"a": F(child, resolve=sibling), "b": F(SN, resolve=boom(log, 0.001)), "c": F(S, resolve=ok(log, "c"))}
        )
        result = await answered(run(schema, "{a {x bad} b c}" if how == "more" else "{a {x} b c}"))
        return result, log, len(asyncio.all_tasks())

    result, log, _ = same(scenario)
    assert result[0] is None
    assert result[1][-1] == ("boom", ["b"])
    assert "cleaned up" in log


@pytest.mark.skipif(not CORE33, reason="graphql-core 3.2 neither cancels nor settles")
def test_a_request_that_is_cancelled_while_null_comes_up():
    """graphql-core loses the cancellation: asyncio.gather has an error to tell."""

    async def main():
        log = []
        schema = schema_of({"a": F(S, resolve=ok(log, "a")), "b": F(SN, resolve=boom(log, 0)), "c": F(S, resolve=ok(log, "c"))})
        task = asyncio.ensure_future(answered(ours(schema, "{a b c}")))
        while "boom" not in log:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return sorted(log)

    assert finish(main()) == ["a cancelled", "a start", "boom", "c cancelled", "c start"]


@pytest.mark.skipif(not CORE33, reason="graphql-core 3.2 leaves coroutines in its data")
@pytest.mark.parametrize("where", ["list", "stream", "breaks"])
def test_awaitables_in_a_list_that_nobody_wants_any_more_are_awaited(where):
    """The list comes when null has taken the place of what it belongs to."""

    async def scenario(run):
        log = []

        async def item(i):
            log.append(i)

        async def listed(_source, _info):
            await asyncio.sleep(0)
            return [item(0), item(1)]

        async def stream(_source, _info):
            await asyncio.sleep(0)
            yield item(0)
            yield item(1)
            if where == "breaks":
                raise ValueError("broken")

        late = listed if where == "list" else stream
        child = GraphQLObjectType("Child", {"late": F(GraphQLList(S), resolve=late), "bad": F(SN, resolve=sync_boom([]))})

        async def parent(_source, _info):
            return {"a": 1}

        schema = schema_of({"child": F(child, resolve=parent), "now": F(S, resolve=ok(log, "now", 0))})
        result = await answered(run(schema, "{child {late bad} now}"))
        await asyncio.sleep(0.01)
        return result, sorted(line for line in log if isinstance(line, int))

    assert same(scenario)[1] == [0, 1]


class Awaitable:
    def __init__(self, coroutine):
        self.coroutine = coroutine

    def __await__(self):
        return self.coroutine.__await__()


@pytest.mark.parametrize("wrap", [lambda coroutine: coroutine, Awaitable, asyncio.ensure_future], ids=str)
@pytest.mark.parametrize("stubborn", [False, True])
def test_a_list_that_comes_when_nobody_waits_any_more(wrap, stubborn):
    """What is awaitable in it is awaited all the same: the reference completes it in the background."""

    async def scenario(run):
        log = []

        async def item(i):
            log.append(f"item {i}")
            return str(i)

        async def late(_source, _info):
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                log.append("cancelled")
                if not stubborn:
                    raise
            return [["plain", wrap(item(0))], [wrap(item(1))]]

        schema = schema_of({"late": F(GraphQLList(GraphQLList(S)), resolve=late), "bad": F(SN, resolve=boom(log, 0))})
        return await logged(run, schema, "{late bad}", log)

    result, before, after = same(scenario)
    assert result == (None, [("boom", ["bad"])])
    assert ("item 0" in before + after) == (stubborn or not CORE33)


NESTS = """
type Nest { fails: String!, failsLater: String!, nest: Nest, sure: Nest! }
type Query { nest: Nest, sure: Nest! }
"""


@pytest.mark.skipif(not _versions.CollectedErrors, reason="graphql-core 3.2 from 3.2.10 (3.3 settles what is beside)")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("{ sure { fails } nest { fails } }", 2),
        ("{ sure { fails } nest { failsLater } }", 1),
        ("{ nest { sure { fails } nest { fails } } }", 2),
        ("{ nest { sure { fails } nest { nest { nest { failsLater } } } } }", 1),
    ],
)
def test_errors_beside_a_null_that_goes_up_are_heard_as_long_as_in_graphql_core(query: str, count: int) -> None:
    class Nest:
        def fails(self, _info: Any) -> None:
            raise ValueError("at once")

        async def failsLater(self, _info: Any) -> None:
            raise ValueError("later")

        async def nest(self, _info: Any) -> Nest:
            return Nest()

        sure = nest

    async def outcome(execute: Any) -> Any:
        result = await execute(build_schema(NESTS), parse(query), Nest())
        told = [error.formatted for error in result.errors]
        for _ in range(20):
            await asyncio.sleep(0)
        assert told == [error.formatted for error in result.errors]
        return result.data, told

    ours = asyncio.run(outcome(gyrfalcon.execute))
    assert ours == asyncio.run(outcome(graphql.execute))
    assert len(ours[1]) == count
