"""Infos, attribute by attribute beside those of graphql-core and Strawberry.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import gc
import sys
import weakref
from typing import Any

import pytest
import strawberry
from calls_support import G33, Ours, both, errors_of
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLString,
    parse,
)
from graphql.execution import execute
from graphql.execution.execute import assume_not_awaitable
from graphql.pyutils import Path
from strawberry.schema import schema as strawberry_schema
from strawberry.schema.config import StrawberryConfig

INFO_CLASS = getattr(strawberry_schema, "_OperationContextAwareGraphQLResolveInfo", None)
infos: list[Any] = []


def keep(_source: Any, info: Any, **_args: Any) -> Any:
    infos.append(info)
    return "x"


Item = GraphQLObjectType(
    "Item",
    lambda: {
        "name": GraphQLField(GraphQLString, resolve=keep),
        "items": GraphQLField(
            GraphQLList(GraphQLNonNull(GraphQLList(Item))),
            {"n": GraphQLArgument(GraphQLInt)},
            resolve=lambda *_, **__: [[1, 2], [3]],
        ),
    },
)
schema = GraphQLSchema(
    GraphQLObjectType(
        "Query",
        {
            "a": GraphQLField(GraphQLNonNull(GraphQLString), {"n": GraphQLArgument(GraphQLInt)}, resolve=keep),
            "item": GraphQLField(Item, resolve=lambda *_: 1),
            "items": GraphQLField(GraphQLList(Item), resolve=lambda *_: [1, 2, 3]),
        },
    )
)
QUERY = """
query One($v: Int, $w: Int = 5) { a(n: $v) é: a ...F item { name items(n: $w) { name again: name } } items { name items { items { name } } } }
fragment F on Query { b: a, item { name } a(n: $v) }
query Two { a }
"""
# é is no name: the offsets behind it are what is tested, so it stands in a comment
QUERY = QUERY.replace("é:", "# é ü 漢\n e:")


def nodes(infos: list[Any]) -> list[Any]:
    return [[(node.loc.start, node.loc.end) for node in info.field_nodes] for info in infos]


def taken(run: Any) -> list[Any]:
    infos.clear()
    result = run()
    assert not result.errors, result.errors
    return list(infos)


@pytest.mark.parametrize("variables", [None, {}, {"v": 1}, {"v": None, "w": 7}, {"v": 1.0}])
def test_every_attribute(variables: Any) -> None:
    root, context = object(), object()
    document = parse(QUERY)
    arguments = {"root_value": root, "context_value": context, "variable_values": variables, "operation_name": "One"}
    stock = taken(lambda: execute(schema, document, **arguments))
    mine = taken(lambda: Ours(schema).execute(QUERY, variables, root, context, "One"))
    assert len(mine) == len(stock) > 20
    for one, other in zip(mine, stock, strict=True):
        assert type(one) is type(other) is GraphQLResolveInfo
        for name in GraphQLResolveInfo._fields:
            if name != "async_helpers":  # of another executor
                assert getattr(one, name) == getattr(other, name), name
        assert type(one.path) is Path
        assert one.path.as_list() == other.path.as_list()
        assert one.schema is other.schema
        assert one.parent_type is other.parent_type
        assert one.return_type is other.return_type
        assert one.context is context
        assert one.root_value is root
        assert type(one.variable_values) is type(other.variable_values)
        assert one.is_awaitable is other.is_awaitable
    assert nodes(mine) == nodes(stock)
    assert mine[0].operation is mine[1].operation
    assert mine[0].fragments.keys() == {"F"}


def test_nodes_are_of_the_requests_document() -> None:
    ours = Ours(schema)
    (info,) = taken(lambda: ours.execute("{ a }"))
    _plan, document = ours.plan("{ a }")
    assert info.field_nodes[0] is document.definitions[0].selection_set.selections[0]
    assert info.operation is document.definitions[0]


def test_lists_and_dicts_of_infos_belong_to_one_request() -> None:
    ours = Ours(schema)
    first, second = (
        taken(lambda: ours.execute("{ items { name } } fragment F on Item { name }".split(" fragment")[0])) for _ in range(2)
    )
    first[0].field_nodes.append(None)
    first[0].fragments["X"] = None
    third = taken(lambda: ours.execute("{ items { name } }"))
    assert len(second[0].field_nodes) == len(third[0].field_nodes) == 1
    assert not third[0].fragments


@pytest.mark.skipif(INFO_CLASS is None, reason="this Strawberry has no info class of its own")
def test_strawberrys_raw_info() -> None:
    taken_infos = taken(
        lambda: Ours(schema).execute(
            "query ($v: Int) { a(n: $v) }",
            {"v": 3},
            info_factory=INFO_CLASS,
            operation_extensions={"e": 1},
            options={"is_awaitable": len},
        )
    )
    (info,) = taken_infos
    assert type(info) is INFO_CLASS
    assert type(info.variable_values) is dict
    assert info.variable_values == {"v": 3}
    assert info.is_awaitable is len
    if "operation_extensions" in INFO_CLASS._fields:
        assert info.operation_extensions == {"e": 1}


@pytest.mark.skipif(not G33, reason="of graphql-core 3.3")
def test_options_and_async_helpers() -> None:
    signal = object()
    (info,) = taken(lambda: Ours(schema).execute("{ a }", options={"abort_signal": signal}))
    assert info.abort_signal is signal

    async def value(number: int) -> int:
        await asyncio.sleep(0)
        return number

    async def use() -> Any:
        ran = []

        async def tracked() -> None:
            ran.append(1)

        info.async_helpers.track([tracked(), 1])
        result = await info.async_helpers.gather([value(1), value(2)])
        await asyncio.sleep(0.01)
        return result, ran

    assert asyncio.run(use()) == ([1, 2], [1])


def test_is_awaitable() -> None:
    (info,) = taken(lambda: Ours(schema).execute("{ a }", is_awaitable=False))
    assert info.is_awaitable is assume_not_awaitable
    (info,) = taken(lambda: Ours(schema).execute("{ a }", is_awaitable=callable))
    assert info.is_awaitable is callable


def test_deep_paths() -> None:
    query = "{ item { " + "items { " * 30 + "name" + " }" * 32
    deep = GraphQLObjectType(
        "Deep",
        lambda: {
            "name": GraphQLField(GraphQLString, resolve=keep),
            "items": GraphQLField(GraphQLList(deep), resolve=lambda *_: [0]),
            "item": GraphQLField(deep, resolve=lambda *_: 1),
        },
    )
    of = GraphQLSchema(deep)
    (mine,) = taken(lambda: Ours(of).execute(query))
    (stock,) = taken(lambda: execute(of, parse(query)))
    assert mine.path == stock.path
    assert len(mine.path.as_list()) == 62


def test_an_info_outlives_its_request() -> None:
    taken_infos = taken(lambda: Ours(schema).execute(QUERY, {"v": 1}, operation_name="One"))
    gc.collect()
    assert taken_infos[-1].path.as_list() == ["items", 2, "items", 1, 0, "items", 1, 0, "name"]
    assert taken_infos[-1].operation.name.value == "One"


def test_infos_do_not_keep_the_context() -> None:
    class Context:
        pass

    context = Context()
    gone = weakref.ref(context)
    ours = Ours(schema)
    assert not ours.execute("{ items { name } }", context=context).errors
    infos.clear()
    del context
    gc.collect()
    assert gone() is None


def test_no_leaks() -> None:
    ours = Ours(schema)
    context = object()

    def run() -> None:
        ours.execute(QUERY, {"v": 1}, context=context, operation_name="One")
        infos.clear()

    run()
    gc.collect()
    before = sys.getrefcount(context), len(gc.get_objects())
    for _ in range(40):
        run()
    gc.collect()
    assert sys.getrefcount(context) == before[0]
    assert len(gc.get_objects()) < before[1] + 40


# ---------------------------------------------------------------------- Strawberry's info


@strawberry.type
class Row:
    index: int

    @strawberry.field
    def me(self, info: strawberry.Info, by: int = 1) -> str:
        infos.append(info)
        return f"{info.context}{info.path.as_list()}{info.field_name}{info.python_name}{info.variable_values}{info.root_value}"


@strawberry.type
class Query:
    @strawberry.field
    def rows(self, info: strawberry.Info) -> list[Row]:
        infos.append(info)
        return [Row(index=i) for i in range(3)]


def test_info_of_strawberry() -> None:
    stock_schema = strawberry.Schema(Query)
    query = "query ($v: Int!) { rows { me(by: $v) other: me } }"
    stock = taken(lambda: stock_schema.execute_sync(query, {"v": 1}, context_value="c", root_value="r"))
    ours = Ours(stock_schema._schema)
    mine = taken(lambda: ours.execute(query, {"v": 1}, "r", "c", info_factory=INFO_CLASS))
    assert len(mine) == len(stock) == 7
    for one, other in zip(mine, stock, strict=True):
        assert type(one) is type(other)
        assert one._field is other._field
        assert one.path == other.path
        assert one.schema is other.schema
        assert one.selected_fields == other.selected_fields
        assert one.variable_values == other.variable_values
        assert one.context == other.context
        assert one.return_type == other.return_type
        assert one.get_argument_definition("by") is other.get_argument_definition("by")


class MyInfo(strawberry.Info):
    @property
    def answer(self) -> int:
        return 42


@strawberry.type
class Answers:
    @strawberry.field
    def answer(self, info: MyInfo) -> int:
        return info.answer


def test_a_custom_info_class() -> None:
    of = strawberry.Schema(Answers, config=StrawberryConfig(info_class=MyInfo))
    result = Ours(of._schema).execute("{ answer }", info_factory=INFO_CLASS)
    assert result.data == {"answer": 42}


def test_errors_have_places() -> None:
    def fail(_source: Any, info: Any) -> Any:
        raise ValueError(str(info.path.as_list()))

    of = GraphQLSchema(GraphQLObjectType("Query", {"fail": GraphQLField(GraphQLString, resolve=fail)}))
    result = both(of, "{ fail other: fail }")
    assert len(errors_of(result)) == 2
