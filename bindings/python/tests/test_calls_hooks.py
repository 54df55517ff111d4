"""Middleware and resolve hooks, in their order, beside graphql-core and Strawberry.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import gc
import sys
from inspect import isawaitable
from typing import Any

import pytest
import strawberry
from calls_support import G33, Ours, both, errors_of
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    parse,
)
from graphql.execution import MiddlewareManager, execute
from strawberry.directive import DirectiveLocation, DirectiveValue
from strawberry.execution import optimized_is_awaitable
from strawberry.extensions.directives import DirectivesExtension, DirectivesExtensionSync
from strawberry.extensions.tracing.apollo import ApolloTracingExtension, ApolloTracingExtensionSync
from strawberry.schema import schema as strawberry_schema
from strawberry.schema._graphql_core import execution_context_class_kwargs

INFO_CLASS = getattr(strawberry_schema, "_OperationContextAwareGraphQLResolveInfo", None)
EVERY, TRACING, DIRECTIVES = 0, 1, 2
log: list[Any] = []

DOUBLE = {"by": GraphQLArgument(GraphQLInt, default_value=2), "A": GraphQLArgument(GraphQLInt, out_name="a")}
Item = GraphQLObjectType(
    "Item",
    lambda: {
        "name": GraphQLField(GraphQLString),
        "double": GraphQLField(GraphQLInt, dict(DOUBLE), resolve=double),
        "item": GraphQLField(Item, resolve=lambda source, _info: source),
    },
)


def double(source: Any, info: Any, by: int = 2, **args: Any) -> int:
    log.append(("double", info.path.as_list(), by, args))
    return source["n"] * by


schema = GraphQLSchema(
    GraphQLObjectType("Query", {"items": GraphQLField(GraphQLList(Item)), "one": GraphQLField(Item, resolve=lambda *_: {"n": 5})})
)
ROOT = {"items": [{"n": 1, "name": "one"}, {"n": 2, "name": lambda info: f"called {info.field_name}"}]}
QUERIES = [
    "{ items { name double } one { __typename name item { double(by: 3) } } }",
    "query ($v: Int) { items { double(by: $v, A: 1) again: double(A: $v) } }",
]


def first(next_: Any, source: Any, info: Any, **args: Any) -> Any:
    log.append(("first", info.field_name, info.path.as_list(), args))
    return next_(source, info, **args)


class Second:
    def resolve(self, next_: Any, source: Any, info: Any, **args: Any) -> Any:
        value = next_(source, info, **args)
        log.append(("second", info.field_name, value if isinstance(value, (str, int)) else type(value)))
        return value.upper() if isinstance(value, str) else value


async def later(next_: Any, source: Any, info: Any, **args: Any) -> Any:
    log.append(("later", info.path.as_list()))
    value = next_(source, info, **args)
    if isawaitable(value):
        value = await value
    await asyncio.sleep(0)
    return value


def fails(next_: Any, source: Any, info: Any, **args: Any) -> Any:
    if info.field_name == "double":
        raise ValueError("fails")
    return next_(source, info, **args)


def logged(run: Any) -> list[Any]:
    log.clear()
    run()
    return list(log)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("hooks", [[first], [Second()], [first, Second()], [Second(), first, Second()], [fails, first], []])
def test_middleware(query: str, hooks: list[Any]) -> None:
    variables = {"v": 4} if "$v" in query else None
    mine = logged(lambda: Ours(schema).execute(query, variables, ROOT, middleware=MiddlewareManager(*hooks)))
    stock = logged(lambda: execute(schema, parse(query), ROOT, None, variables, middleware=hooks))
    assert mine == stock
    both(schema, query, variables, ROOT, middleware=MiddlewareManager(*hooks))


@pytest.mark.parametrize("query", QUERIES)
def test_asynchronous_middleware(query: str) -> None:
    both(schema, query, {"v": 4} if "$v" in query else None, ROOT, middleware=MiddlewareManager(later, first))


def test_the_chain_is_made_once_a_field_and_request() -> None:
    made = []

    class Manager(MiddlewareManager):
        def get_field_resolver(self, field_resolver: Any) -> Any:
            made.append(field_resolver)
            return super().get_field_resolver(field_resolver)

    ours = Ours(schema)
    manager = Manager(first)
    ours.execute("{ items { double } }", None, ROOT, middleware=manager)
    assert len(made) == 2
    ours.execute("{ items { double } }", None, ROOT, middleware=manager)
    assert len(made) == 4
    assert made[1] is double


def test_the_requests_own_field_resolver() -> None:
    def resolver(source: Any, info: Any, **args: Any) -> Any:
        log.append((info.field_name, args))
        return source.get(info.field_name) if isinstance(source, dict) else None

    def run(call: Any, *args: Any, hooks: list[Any]) -> list[Any]:
        options = {"field_resolver": resolver, **({"middleware": MiddlewareManager(*hooks)} if hooks else {})}
        return logged(lambda: call(*args, **options))

    for hooks in ([], [first]):
        mine = run(Ours(schema).execute, QUERIES[0], None, ROOT, hooks=hooks)
        assert mine == run(execute, schema, parse(QUERIES[0]), ROOT, hooks=hooks)
        assert mine


# ---------------------------------------------------------------------- Strawberry


@strawberry.directive(locations=[DirectiveLocation.FIELD])
def upper(value: DirectiveValue[str]) -> str:
    log.append(("upper", value))
    return value.upper()


@strawberry.directive(locations=[DirectiveLocation.FIELD])
def times(value: DirectiveValue[str], by: int = 2) -> str:
    return value * by


@strawberry.type
class Row:
    a: str
    n: int = 1

    @strawberry.field
    def made(self, by: int = 1) -> str:
        return f"made {by}"

    @strawberry.field
    async def slow(self) -> str:
        await asyncio.sleep(0)
        return "slow"


@strawberry.type
class Query:
    @strawberry.field
    def rows(self) -> list[Row]:
        return [Row(a="x"), Row(a="y")]

    @strawberry.field
    def hello(self, info: strawberry.Info) -> str:
        return "hello"


SCHEMA = strawberry.Schema(Query, directives=[upper, times])
OURS = Ours(SCHEMA._schema)
PLAIN = "{ rows { a n made } hello }"
WITH = "query ($v: Int = 3) { rows { a @upper n made(by: 2) @times(by: $v) @upper other: made } hello @include(if: true) @times }"
SLOW = "{ rows { a @upper slow made @upper n } }"


def stock(query: str, hooks: list[Any]) -> Any:
    kwargs = execution_context_class_kwargs(SCHEMA.execution_context_class)
    if G33:
        kwargs["operation_extensions"] = None
    return execute(
        SCHEMA._schema, parse(query), middleware=MiddlewareManager(*hooks), is_awaitable=optimized_is_awaitable, **kwargs
    )


def finished(result: Any) -> Any:
    async def wait() -> Any:
        return await result

    return asyncio.run(wait()) if isawaitable(result) else result


def extension(cls: Any) -> Any:
    try:
        made = cls()
    except TypeError:  # older ones take it
        made = cls(execution_context=None)
    return made


@pytest.mark.parametrize("query", [PLAIN, WITH, SLOW])
@pytest.mark.parametrize(
    ("classes", "modes"),
    [
        ([DirectivesExtension], (DIRECTIVES,)),
        ([DirectivesExtensionSync], (DIRECTIVES,)),
        ([ApolloTracingExtension], (TRACING,)),
        ([ApolloTracingExtensionSync], (TRACING,)),
        ([ApolloTracingExtensionSync, DirectivesExtensionSync], (TRACING, DIRECTIVES)),
        ([DirectivesExtension, ApolloTracingExtension], (DIRECTIVES, TRACING)),
        ([DirectivesExtension, Second, ApolloTracingExtension], (DIRECTIVES, EVERY, TRACING)),
    ],
)
def test_known_extensions(query: str, classes: list[Any], modes: tuple[int, ...]) -> None:
    if query == SLOW and any(cls in (DirectivesExtensionSync, Second) for cls in classes):
        pytest.skip("its hook does not wait")
    results = []
    for mine in (True, False):
        hooks = [extension(cls) for cls in classes]
        log.clear()
        if mine:
            result = finished(OURS.execute(query, info_factory=INFO_CLASS, middleware=MiddlewareManager(*hooks), hooks=modes))
        else:
            result = finished(stock(query, hooks))
        traced = [[(stat.path, stat.field_name) for stat in getattr(hook, "_resolver_stats", ())] for hook in hooks]
        results.append((result.data, errors_of(result), [sorted(stats, key=repr) for stats in traced], sorted(log, key=repr)))
    assert results[0] == results[1]
    assert results[0][0] is not None


def test_a_declared_directive_alone_makes_nothing_asynchronous() -> None:
    manager = MiddlewareManager(extension(DirectivesExtension))
    assert not isawaitable(OURS.execute(PLAIN, info_factory=INFO_CLASS, middleware=manager, hooks=(DIRECTIVES,)))
    result = OURS.execute(WITH, info_factory=INFO_CLASS, middleware=manager, hooks=(DIRECTIVES,))
    assert isawaitable(result)
    result.close() if hasattr(result, "close") else None


def test_no_leaks() -> None:
    probe = {"n": 1, "name": "x"}
    ours = Ours(schema)

    def run() -> None:
        log.clear()
        ours.execute(QUERIES[0], None, {"items": [probe]}, middleware=MiddlewareManager(first, fails))
        finished(ours.execute(QUERIES[0], None, {"items": [probe]}, middleware=MiddlewareManager(later)))
        log.clear()

    run()
    gc.collect()
    before = sys.getrefcount(probe)
    for _ in range(20):
        run()
    gc.collect()
    assert sys.getrefcount(probe) == before
