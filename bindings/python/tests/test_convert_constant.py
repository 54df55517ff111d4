"""Introspection: natively, from a copy of what it always is, or asked of graphql-core once; and never shared or stale.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from typing import Any

import graphql
import pytest
import strawberry
from graphql import GraphQLField, GraphQLInt, GraphQLSchema, build_schema, get_introspection_query, parse

import gyrfalcon
from gyrfalcon import _documents
from gyrfalcon._constant import MOST
from gyrfalcon._convert import Conversion
from gyrfalcon._execute import stock_execute_sync


@strawberry.input(one_of=True)
class Choice:
    a: strawberry.Maybe[int]
    b: strawberry.Maybe[int]


@strawberry.type
class Query:
    @strawberry.field
    def f(self, choice: Choice | None = None) -> int:
        return 1


def both(schema: GraphQLSchema, query: str, variables: Any = None, times: int = 3) -> dict[str, int]:
    """Ours and graphql-core's answers are equal, each time; what fell back."""
    stock = stock_execute_sync(schema, parse(query), variable_values=variables)
    gyrfalcon.reset_stats()
    for _ in range(times):
        ours = gyrfalcon.execute_sync(schema, parse(query), variable_values=variables)
        assert (ours.data, ours.errors) == (stock.data, stock.errors)
    return gyrfalcon.stats()["fallbacks"]


def core_schema() -> GraphQLSchema:
    return build_schema('"s" type Query { a(x: Int = 1 @deprecated): [Int!] @deprecated b: Int } input In @oneOf { a: Int }')


@pytest.mark.parametrize("make", [core_schema, lambda: strawberry.Schema(Query)._schema], ids=["core", "strawberry"])
def test_the_introspection_query_is_native(make: Any) -> None:
    assert both(make(), get_introspection_query()) == {}
    assert both(make(), '{ a: __schema { queryType { name } } b: __type(name: "Query") { name } __typename }') == {}


def change(value: Any) -> None:
    """All that a caller may do to a result."""
    inner = list(value.values()) if isinstance(value, dict) else list(value)
    for item in inner:
        if isinstance(item, dict | list):
            change(item)
    value.clear()


@pytest.mark.parametrize("extra", ["", "isOneOf"])
def test_results_are_the_callers_own(extra: str) -> None:
    schema = strawberry.Schema(Query)._schema
    query = (
        f"{{ __schema {{ types {{ name {extra} fields {{ name args {{ name type {{ name }} }} }} interfaces {{ name }} }} }} }}"
    )
    first = gyrfalcon.execute_sync(schema, parse(query)).data
    for _ in range(4):
        again = gyrfalcon.execute_sync(schema, parse(query)).data
        assert again == first
        change(again)


def test_two_introspections_in_one_operation() -> None:
    query = '{ a: __type(name: "Query") { name } b: __type(name: "In") { name } c: __type(name: "No") { name } }'
    assert both(core_schema(), query, times=5) == {}


@pytest.mark.parametrize(
    ("query", "variables", "native"),
    [
        ("query ($n: String!) { __type(name: $n) { name kind } }", {"n": "In"}, True),
        ("query ($n: String!) { __type(name: $n) { name kind } }", {"n": "é\U0001f600"}, True),
        ("query ($n: String!) { __type(name: $n) { name kind } }", {"n": "\ud800"}, False),
        ("query ($n: String!) { __type(name: $n) { name kind } }", {"n": 1}, True),
        ("query ($n: String!) { __type(name: $n) { name kind } }", {}, True),
        ("query ($n: String!) { __type(name: $n) { name kind } }", {"n": "In", "other": object()}, False),
        ('query ($n: String = "In") { __type(name: $n) { name kind } }', None, True),
        ('query ($n: String = "In") { __type(name: $n) { name kind } }', {"n": None}, False),
        ('query ($d: Boolean!) { __type(name: "Query") { fields(includeDeprecated: $d) { name } } }', {"d": True}, True),
        ('query ($d: Boolean = false) { __type(name: "Query") { fields(includeDeprecated: $d) { name } } }', {}, True),
        ('query ($d: Boolean) { __type(name: "Query") { fields(includeDeprecated: $d) { name } } }', {}, False),
        ('query ($s: Boolean!) { __type(name: "Query") { name @skip(if: $s) kind } }', {"s": True}, True),
        ('query ($s: Boolean!) { __type(name: "Query") { name @skip(if: $s) kind } }', {"s": False}, True),
    ],
)
def test_variables(query: str, variables: Any, native: bool) -> None:
    fallbacks = both(core_schema(), query, variables)
    assert fallbacks == ({} if native else {"the engine left the request to graphql-core": 3})


def test_variables_do_not_get_each_others_answers() -> None:
    schema, document = core_schema(), parse("query ($n: String!) { __type(name: $n) { name } }")
    for name in ("Query", "In", "Query", "Int"):
        assert gyrfalcon.execute_sync(schema, document, variable_values={"n": name}).data == {"__type": {"name": name}}


# ---- what only graphql-core can answer

ONE_OF = "introspection: isOneOf can only be answered by graphql-core"


def test_strawberrys_is_one_of_is_asked_once(monkeypatch: Any) -> None:
    schema = strawberry.Schema(Query)._schema
    asked: list[Any] = []
    stock = gyrfalcon._constant.Constants.ask
    monkeypatch.setattr(gyrfalcon._constant.Constants, "ask", lambda self, plan: asked.append(1) or stock(self, plan))
    assert both(schema, "{ __schema { types { name isOneOf } } }") == {}
    assert len(asked) == 1
    assert both(schema, '{ x: __type(name: "Choice") { ...F } __typename } fragment F on __Type { isOneOf }') == {}
    assert both(schema, 'query A { __type(name: "Choice") { isOneOf } }') == {}
    assert len(asked) == 3


def test_so_it_is_with_the_bytes() -> None:
    schema = strawberry.Schema(Query)._schema
    document = parse('{ __type(name: "Choice") { isOneOf kind } }')
    for _ in range(3):
        assert gyrfalcon.execute_json(schema, document) == b'{"data":{"__type":{"isOneOf":true,"kind":"INPUT_OBJECT"}}}'


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ('{ f __type(name: "Choice") { isOneOf } }', None),
        ("query ($n: String!) { __type(name: $n) { isOneOf } }", {"n": "Choice"}),
        ("{ __schema { types { fields { type { isOneOf } } } } }", None),  # an error: a list has no definition
    ],
)
def test_what_may_be_another_answer_is_left_to_graphql_core(query: str, variables: Any) -> None:
    assert both(strawberry.Schema(Query)._schema, query, variables) == {ONE_OF: 3}


def test_few_answers_are_kept() -> None:
    schema = strawberry.Schema(Query)._schema
    names = [f"a{i}" for i in range(2 * MOST)]
    for name in names * 2:
        data = gyrfalcon.execute_sync(schema, parse(f'{{ {name}: __type(name: "Choice") {{ isOneOf }} }}')).data
        assert data == {name: {"isOneOf": True}}
    state = _documents.state_of(schema)
    plans = [document.plan(None).core for document in state.documents.values()]  # type: ignore[union-attr]
    assert len(plans) == len(names)
    assert sum(plan.known is not None for plan in plans) == MOST


def test_few_introspections_are_kept() -> None:
    schema = core_schema()
    for i in range(2 * _documents.MAX_INTROSPECTIONS):
        gyrfalcon.execute_sync(schema, parse(f"{{ a{i}: __schema {{ description }} }}"))
        gyrfalcon.execute_sync(schema, parse(f"{{ b{i}: b }}"))
    documents = _documents.state_of(schema).documents  # type: ignore[union-attr]
    assert sum(document.introspects for document in documents.values()) == _documents.MAX_INTROSPECTIONS
    assert len(documents) == 3 * _documents.MAX_INTROSPECTIONS


# ---- nothing stale


def test_resolvers_that_are_replaced_later_are_noticed() -> None:
    schema = core_schema()
    fields = schema.type_map["__EnumValue"].fields  # type: ignore[attr-defined]
    query = '{ __type(name: "__TypeKind") { enumValues { name isDeprecated } } }'
    assert both(schema, query) == {}
    stock = fields["isDeprecated"].resolve
    try:
        fields["isDeprecated"].resolve = lambda value, info: True
        reason = "introspection: isDeprecated can only be answered by graphql-core"
        assert both(schema, query) == {reason: 3}
        assert both(schema, query + "# new") == {reason: 3}
        assert both(schema, "{ b }") == {}
    finally:
        fields["isDeprecated"].resolve = stock
    assert both(schema, query) == {}


def test_another_resolver_of_a_meta_field_is_noticed(monkeypatch: Any) -> None:
    from graphql import TypeMetaFieldDef

    schema = core_schema()
    query = '{ __type(name: "Query") { name } }'
    assert both(schema, query) == {}
    monkeypatch.setattr(TypeMetaFieldDef, "resolve", lambda source, info, name: info.schema.type_map["In"])
    assert gyrfalcon.execute_sync(schema, parse(query)).data == {"__type": {"name": "In"}}
    monkeypatch.undo()
    assert both(schema, query) == {}


def test_a_new_strawberry_schema_changes_introspection_for_all() -> None:
    schema = core_schema()
    fields = schema.type_map["__Type"].fields  # type: ignore[attr-defined]
    strawberrys, own = fields["isOneOf"], GraphQLField(graphql.GraphQLBoolean, resolve=lambda type_, info: None)
    query = '{ __type(name: "Query") { isOneOf } }'
    try:
        fields["isOneOf"] = own
        assert len(both(schema, query)) == 1
        strawberry.Schema(Query)
        assert fields["isOneOf"] is not own
        assert both(schema, query) == {}
        assert gyrfalcon.execute_sync(schema, parse(query)).data == {"__type": {"isOneOf": False}}
        state = _documents.state_of(schema)
        core = state.core  # type: ignore[union-attr]
        strawberry.Schema(Query)  # whose resolver is the same code
        assert both(schema, query) == {}
        assert state.core is core  # type: ignore[union-attr]
    finally:
        fields["isOneOf"] = strawberrys


def test_a_middleware_sees_introspection() -> None:
    seen: list[str] = []

    def note(next_: Any, source: Any, info: Any, **args: Any) -> Any:
        seen.append(info.field_name)
        return next_(source, info, **args)

    schema = strawberry.Schema(Query)._schema
    document = parse('{ __type(name: "Query") { name isOneOf } }')
    for times in range(1, 4):
        gyrfalcon.execute_sync(schema, document, middleware=[note])
        assert seen == ["__type", "name", "isOneOf"] * times


def test_defaults_that_no_sdl_can_say() -> None:
    args = {"x": graphql.GraphQLArgument(graphql.GraphQLNonNull(GraphQLInt), default_value=None)}
    schema = GraphQLSchema(graphql.GraphQLObjectType("Query", {"f": GraphQLField(GraphQLInt, args=args)}))
    reason = "the default value of Query.f.x"
    assert Conversion(schema).introspection == reason
    # graphql-core 3.3 has an error here
    expected = {f"introspection: {reason}": 3} if graphql.version_info >= (3, 3) else {}
    assert both(schema, '{ __type(name: "Query") { fields { args { name defaultValue } } } }') == expected
