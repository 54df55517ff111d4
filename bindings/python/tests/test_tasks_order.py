"""Awaitables: in which order they start, under which identity and in which context, and when the loop is not touched.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect

import pytest
from graphql import GraphQLInterfaceType, GraphQLList, GraphQLObjectType, GraphQLSchema
from strawberry.dataloader import DataLoader
from tasks_support import CORE33, F, S, answered, finish, ours, raw, same, schema_of, stock

v: contextvars.ContextVar[str] = contextvars.ContextVar("v", default="unset")


class Thing:
    def __init__(self, **members):
        self.__dict__.update(members)


def waiting(log, tag, seconds=None):
    async def resolve(_source, _info):
        log.append(f"{tag} start")
        if seconds is not None:
            await asyncio.sleep(seconds)
        log.append(f"{tag} done")
        return tag

    return resolve


def logged(log, tag):
    def resolve(_source, _info):
        log.append(tag)
        return tag

    return resolve


@pytest.mark.parametrize("seconds", [None, 0, 0.002])
def test_all_start_in_order_before_any_is_awaited(seconds):
    async def scenario(run):
        log = []
        schema = schema_of(
            {
                "a": F(S, resolve=waiting(log, "a", seconds)),
                "b": F(S, resolve=logged(log, "b")),
                "c": F(S, resolve=waiting(log, "c", seconds)),
                "d": F(S, resolve=waiting(log, "d", seconds)),
            }
        )
        return await answered(run(schema, "{a b c d}")), log

    result, log = same(scenario)
    assert result == ({"a": "a", "b": "b", "c": "c", "d": "d"}, [])
    assert log[0] == "b"
    if seconds is not None:
        assert log[1:4] == ["a start", "c start", "d start"]


@pytest.mark.skipif(not CORE33, reason="graphql-core 3.2 reads synchronous root fields of a mutation too early")
def test_mutations_run_one_after_another():
    async def scenario(run):
        log = []
        child = GraphQLObjectType("Child", {"x": F(S, resolve=waiting(log, "x", 0)), "y": F(S, resolve=waiting(log, "y", 0))})

        async def parent(_source, _info):
            log.append("parent")
            await asyncio.sleep(0)
            return {}

        schema = schema_of(
            {"q": F(S)},
            {
                "a": F(S, resolve=waiting(log, "a", 0.002)),
                "b": F(S, resolve=logged(log, "b")),
                "p": F(child, resolve=parent),
                "c": F(S, resolve=waiting(log, "c", 0)),
            },
        )
        return await answered(run(schema, "mutation {a b p {x y} c}")), log

    assert same(scenario)[1] == [
        *["a start", "a done", "b", "parent", "x start", "y start", "x done", "y done", "c start", "c done"]
    ]


@pytest.mark.parametrize(
    "query", ["mutation {a}", "mutation {a b}", "mutation {a p {x y} b}", "mutation {many a}", "mutation {sync {x} a}"]
)
def test_mutations_run_in_the_task_of_the_caller(query):
    async def scenario(run):
        caller = asyncio.current_task()
        v.set("outside")

        def where(tag, value=None):
            async def resolve(_source, _info):
                await asyncio.sleep(0)
                before = v.get()
                v.set(tag)
                return value or f"{before} {asyncio.current_task() is caller}"

            return resolve

        child = GraphQLObjectType("Child", {"x": F(S, resolve=where("x")), "y": F(S, resolve=where("y"))})
        mutation = {
            "a": F(S, resolve=where("a")),
            "b": F(S, resolve=where("b")),
            "p": F(child, resolve=where("p", {"some": "thing"})),
            "sync": F(child, resolve=lambda _s, _i: {"some": "thing"}),
            "many": F(GraphQLList(S), resolve=lambda _s, _i: [where("m")(None, None), "n"]),
        }
        return await answered(run(schema_of({"q": F(S)}, mutation), query)), v.get()

    same(scenario)


def nested(log, suspend):
    """{items {left {leaf} right}}: three levels, all asynchronous."""

    def resolver(tag, value):
        async def resolve(source, _info):
            log.append((tag, source.n))
            if suspend:
                await asyncio.sleep(0)
            return value(source)

        return resolve

    left = GraphQLObjectType("Left", {"leaf": F(S, resolve=resolver("leaf", lambda s: f"leaf {s.n}"))})
    item = GraphQLObjectType(
        "Item",
        {
            "left": F(left, resolve=resolver("left", lambda s: s)),
            "right": F(S, resolve=resolver("right", lambda s: f"right {s.n}")),
        },
    )

    async def items(_source, _info):
        return [Thing(n=i) for i in range(3)]

    return schema_of({"items": F(GraphQLList(item), resolve=items)})


@pytest.mark.parametrize("suspend", [False, True])
def test_levels(suspend):
    async def scenario(run):
        log = []
        return await answered(run(nested(log, suspend), "{items {left {leaf} right}}")), log

    if CORE33:
        same(scenario)
    else:  # 3.2 gathers again on each level, and so interleaves otherwise
        (expected, before), (got, log) = finish(scenario(stock)), finish(scenario(ours))
        assert expected == got
        assert sorted(before) == sorted(log)


def test_dataloaders_get_one_batch_a_level():
    async def scenario(run):
        calls = []

        async def load(keys):
            calls.append(len(keys))
            await asyncio.sleep(0.001)
            return keys

        first, second = DataLoader(load), DataLoader(load)

        async def child(source, _info):
            return Thing(k=await first.load(source.k))

        async def sub(source, _info):
            return str(await second.load(source.k))

        def direct(source, _info):
            return first.load(source.k)

        children = GraphQLObjectType("Child", {"sub": F(S, resolve=sub)})
        parents = GraphQLObjectType("Parent", {"child": F(children, resolve=child), "direct": F(S, resolve=direct)})
        schema = schema_of({"ps": F(GraphQLList(parents), resolve=lambda _s, _i: [Thing(k=str(i)) for i in range(20)])})
        return await answered(run(schema, "{ps {child {sub} direct}}")), calls

    assert same(scenario)[1] == [20, 20]


def test_a_context_variable_is_seen_below_and_not_beside():
    async def scenario(run):
        async def parent(_source, _info):
            v.set("of the parent")
            await asyncio.sleep(0)
            return {}

        async def read(_source, _info):
            before = v.get()
            v.set("of a child")
            await asyncio.sleep(0)
            return before

        child = GraphQLObjectType("Child", {n: F(S, resolve=read) for n in "ab"} | {"s": F(S, resolve=lambda _s, _i: v.get())})
        schema = schema_of({"p": F(child, resolve=parent), "q": F(S, resolve=read), "r": F(S, resolve=read)})
        v.set("outside")
        results = [await answered(run(schema, query)) for query in ("{p {a b s} q r}", "{p {a s} q}", "{p {s} q}", "{q r p {b}}")]
        return results, v.get()

    assert same(scenario)[1] == "outside"


@pytest.mark.parametrize("seconds", [None, 0, 0.001])
def test_one_awaitable_alone_runs_as_in_the_reference(seconds):
    """3.3 awaits it in the caller's own task and context, 3.2 in a task of its own."""

    async def scenario(run):
        seen = []
        me = asyncio.current_task()

        async def alone(_source, _info):
            seen.append(asyncio.current_task() is me)
            v.set("of the resolver")
            if seconds is not None:
                await asyncio.sleep(seconds)
            seen.append(asyncio.current_task() is me)
            return {}

        child = GraphQLObjectType(
            "Child", {"a": F(S, resolve=waiting([], "a", seconds)), "x": F(S, resolve=lambda _s, _i: v.get())}
        )
        v.set("outside")
        result = await answered(run(schema_of({"p": F(child, resolve=alone)}), "{p {a x}}"))
        return result, seen, v.get()

    same(scenario)


def test_one_identity_for_all_steps():
    async def scenario(run):
        tasks = {}

        def resolver(tag):
            async def resolve(_source, _info):
                first = asyncio.current_task()
                tasks[tag] = first
                for wait in (0, 0.001, 0):
                    await asyncio.sleep(wait)
                    assert asyncio.current_task() is first
                    assert first in asyncio.all_tasks()
                    assert not first.done()
                return tag

            return resolve

        schema = schema_of({n: F(S, resolve=resolver(n)) for n in "abc"})
        me = asyncio.current_task()
        result = await answered(run(schema, "{a b c}"))
        assert asyncio.current_task() is me
        return result, len(set(tasks.values())), me in tasks.values(), [t.done() for t in tasks.values()]

    assert same(scenario)[1:] == (3, False, [True, True, True])


@pytest.mark.parametrize(
    "query",
    ["{one {where}}", "{one {where late}}", "{stream {where}}", "{items {where late}}", "{sync {where}}", "{one {one {where}}}"],
)
@pytest.mark.parametrize("suspend", [False, True])
@pytest.mark.parametrize("beside", [False, True])
def test_what_completes_a_value_runs_where_that_was_awaited(query, suspend, beside):
    """The type of an object, an asynchronous iterable's items: under the identity and in the context of the coroutine that gave them."""

    if query.startswith("{stream") and not CORE33:
        pytest.skip("graphql-core 3.2 leaves coroutines in its data")

    async def scenario(run):
        tasks = {}

        def enter(tag):
            v.set(tag)
            tasks[tag] = asyncio.current_task()

        def where(source, _info):
            return f"{source.tag}: {v.get()} {tasks.get(source.tag) is asyncio.current_task()}"

        async def late(source, info):
            return f"late {v.get()} {asyncio.current_task() is tasks.get(source.tag)}"

        async def kind(_source, _info, _type):
            if suspend:
                await asyncio.sleep(0)
            return "A"

        async def make(tag):
            if suspend:
                await asyncio.sleep(0)
            enter(tag)
            return Thing(tag=tag)

        async def stream(_source, _info):
            yield Thing(tag="stream")
            enter("stream")
            yield Thing(tag="stream")

        async def items(_source, _info):
            enter("items")
            return [Thing(tag="items"), make("item 1"), Thing(tag="items")]

        fields = {"where": F(S, resolve=where), "late": F(S, resolve=late)}
        thing = GraphQLInterfaceType("Thing", lambda: {**fields, "one": F(thing)}, resolve_type=kind)
        one = F(thing, resolve=lambda _s, _i: make("one"))
        a = GraphQLObjectType("A", lambda: {**fields, "one": one}, interfaces=[thing])
        query_type = GraphQLObjectType(
            "Query",
            {
                "one": one,
                "sync": F(thing, resolve=lambda _s, _i: Thing(tag="sync")),
                "stream": F(GraphQLList(thing), resolve=stream),
                "items": F(GraphQLList(thing), resolve=items),
                "other": F(S, resolve=waiting([], "other", 0)),
            },
        )
        return await answered(run(GraphQLSchema(query_type, types=[a]), query.replace("{", "{other ", 1) if beside else query))

    data, errors = same(scenario)
    assert errors == []
    if query == "{one {where}}":
        assert data["one"] == {"where": "one: one True"}


def test_what_never_suspends_needs_no_loop():
    log = []
    awaited = raw(nested(log, False), "{items {left {leaf} right} more: items {right}}")
    with pytest.raises(StopIteration) as stop:
        awaited.send(None)
    data, errors, _ = stop.value.value
    assert errors is None
    assert data["items"][2] == {"left": {"leaf": "leaf 2"}, "right": "right 2"}
    with pytest.raises(RuntimeError, match="cannot reuse"):
        awaited.send(None)


def test_without_a_loop_awaitables_wait_one_after_another():
    class Turn:
        def __await__(self):
            return (yield "turn")

    async def resolve(_source, _info):
        return await Turn()

    awaited = raw(schema_of({n: F(S, resolve=resolve) for n in "ab"}), "{a b}")
    assert [awaited.send(None), awaited.send("1")] == ["turn", "turn"]
    with pytest.raises(StopIteration) as stop:
        awaited.send("2")
    assert stop.value.value[0] == {"a": "1", "b": "2"}


def test_the_loop_is_not_touched_when_nothing_suspends():
    async def main():
        loop = asyncio.get_running_loop()
        calls = []
        genuine = loop.call_soon
        loop.call_soon = lambda *args, **kwargs: calls.append(args) or genuine(*args, **kwargs)
        result = await raw(nested([], False), "{items {left {leaf} right} more: items {right}}")
        del loop.call_soon
        return result[1], calls

    assert finish(main()) == (None, [])


def test_yielding_costs_one_turn_of_the_loop_for_all():
    async def turns(run, query):
        count = 0

        async def counting():
            nonlocal count
            while True:
                count += 1
                await asyncio.sleep(0)

        counter = asyncio.ensure_future(counting())
        await asyncio.sleep(0)
        before = count
        result = await answered(run(nested([], True), query))
        spent = count - before
        counter.cancel()
        return result, spent

    query = "{items {left {leaf} right} more: items {right}}"
    expected, reference = finish(turns(stock, query))
    got, spent = finish(turns(ours, query))
    assert got == expected
    assert spent <= 2 <= reference


def test_it_is_accepted_as_a_coroutine():
    async def main():
        loop_only = nested([], True)
        assert inspect.isawaitable(raw(loop_only, "{items {right}}"))
        assert asyncio.iscoroutine(raw(loop_only, "{items {right}}"))
        task = asyncio.create_task(raw(loop_only, "{items {right}}"))
        gathered = await asyncio.gather(
            raw(loop_only, "{items {right}}"), asyncio.ensure_future(raw(loop_only, "{items {right}}"))
        )
        return [r[0]["items"][0] for r in (*gathered, await task)]

    assert finish(main()) == [{"right": "right 0"}] * 3
