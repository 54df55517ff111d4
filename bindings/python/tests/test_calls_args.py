"""Arguments and variables, beside graphql-core's.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import gc
import sys
from enum import Enum
from typing import Any

import pytest
from calls_support import G33, Ours, both
from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    value_from_ast_untyped,
)


class Color(Enum):
    RED = 1
    BLUE = 2


Upload = GraphQLScalarType("Upload", parse_value=lambda value: value)
Json = GraphQLScalarType(
    "Json", parse_value=lambda value: value, parse_literal=lambda node, variables=None: value_from_ast_untyped(node, variables)
)


def refuse(value: Any) -> Any:
    raise ValueError(f"not {value!r}")


Never = GraphQLScalarType("Never", parse_value=refuse, parse_literal=lambda node, _variables=None: refuse(node))
ColorType = GraphQLEnumType("Color", Color)
PlainEnum = GraphQLEnumType("Plain", {"ONE": 1, "LIST": [1, 2], "NONE": None})
Point = GraphQLInputObjectType(
    "Point",
    lambda: {
        "x": GraphQLInputField(GraphQLNonNull(GraphQLInt)),
        "y": GraphQLInputField(GraphQLInt, default_value=7),
        "camelCase": GraphQLInputField(GraphQLString, out_name="camel_case"),
        "color": GraphQLInputField(ColorType),
        "next": GraphQLInputField(Point),
    },
)


class Out:
    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def __repr__(self) -> str:
        return f"Out({self.values!r})"


Made = GraphQLInputObjectType("Made", {"a": GraphQLInputField(GraphQLInt)}, out_type=Out)

DEFAULT_LIST = [1, 2]
ARGS = {
    "i": GraphQLArgument(GraphQLInt),
    "f": GraphQLArgument(GraphQLFloat),
    "s": GraphQLArgument(GraphQLString),
    "b": GraphQLArgument(GraphQLBoolean),
    "id": GraphQLArgument(GraphQLID),
    "color": GraphQLArgument(ColorType),
    "plain": GraphQLArgument(PlainEnum),
    "is_": GraphQLArgument(GraphQLList(GraphQLInt)),
    "iss": GraphQLArgument(GraphQLList(GraphQLNonNull(GraphQLList(GraphQLInt)))),
    "colors": GraphQLArgument(GraphQLList(ColorType)),
    "point": GraphQLArgument(Point),
    "points": GraphQLArgument(GraphQLList(Point)),
    "made": GraphQLArgument(Made),
    "json": GraphQLArgument(Json),
    "upload": GraphQLArgument(Upload),
    "never": GraphQLArgument(Never),
    "camelCase": GraphQLArgument(GraphQLInt, out_name="camel_case"),
}
DEFAULTS = {
    "i": GraphQLArgument(GraphQLInt, default_value=3),
    "n": GraphQLArgument(GraphQLNonNull(GraphQLInt), default_value=4),
    "none": GraphQLArgument(GraphQLInt, default_value=None),
    "list": GraphQLArgument(GraphQLList(GraphQLInt), default_value=DEFAULT_LIST),
    "point": GraphQLArgument(Point, default_value={"x": 1, "camelCase": "c"}),
    "color": GraphQLArgument(ColorType, default_value=Color.RED),
    "camelCase": GraphQLArgument(GraphQLInt, default_value=1, out_name="camel_case"),
}
seen: list[dict[str, Any]] = []


def tell(_source: Any, _info: Any, **args: Any) -> str:
    seen.append(args)
    return repr({name: (type(value).__name__, value) for name, value in args.items()})


Item = GraphQLObjectType("Item", {"tell": GraphQLField(GraphQLString, ARGS, resolve=tell)})
schema = GraphQLSchema(
    GraphQLObjectType(
        "Query",
        lambda: {
            "tell": GraphQLField(GraphQLString, ARGS, resolve=tell),
            "defaults": GraphQLField(GraphQLString, DEFAULTS, resolve=tell),
            "need": GraphQLField(GraphQLString, {"i": GraphQLArgument(GraphQLNonNull(GraphQLInt))}, resolve=tell),
            "many": GraphQLField(GraphQLList(Item), resolve=lambda *_: [1, 2, 3]),
            "method": GraphQLField(
                GraphQLString, {"a": GraphQLArgument(GraphQLInt), "B": GraphQLArgument(GraphQLInt, out_name="b")}
            ),
        },
    ),
    types=[Upload, Json],
)

LITERALS = [
    "i: 1", "i: -5", "i: null", "f: 1", "f: 1.5", "f: 1e300", "f: -0.0", 's: ""', 's: "a\\u0000\\"\\n\\u00e9"', 's: """\n  block\n   text\n"""',
    "b: true", "b: false", 'id: "x"', "id: 12", "id: 123456789012345678901234567890", "color: RED", "plain: LIST", "plain: NONE", "is_: [1, 2]",
    "is_: 1", "is_: [null]", "is_: []", "is_: null", "iss: [[1], [2, 3], []]", "iss: 5", "iss: [1]", "colors: [RED, BLUE, null]", "point: {x: 1}",
    'point: {x: 1, y: null, camelCase: "c", color: BLUE, next: {x: 2}}', "points: [{x: 1}, null]", "points: {x: 3}", "made: {a: 1}", "made: {}",
    'json: {a: [1, "x", {b: null}], c: 1.5, d: E}', "json: 1", "json: null", "camelCase: 4", "i: 1, s: null, f: 2",
]  # fmt: skip


@pytest.mark.parametrize("args", LITERALS)
def test_literals(args: str) -> None:
    both(schema, "{ tell(%s) again: tell(%s) }" % (args, args))


VARIABLES = [
    ("$v: Int", "i: $v", [{}, {"v": 1}, {"v": None}, {"v": 2.0}, {"v": "1"}, {"v": True}, {"v": 2**31}, {"v": 2**70}, {"v": 1.5}, {"other": 1}]),
    ("$v: Int = 5", "i: $v", [{}, {"v": 1}, {"v": None}]),
    ("$v: Int!", "i: $v", [{}, {"v": 1}, {"v": None}, None]),
    ("$v: Int! = 6", "i: $v", [{}, {"v": 1}, {"v": None}]),
    ("$v: Float", "f: $v", [{"v": 1}, {"v": 1.5}, {"v": "x"}, {"v": float("nan")}, {"v": float("inf")}, {"v": True}, {"v": 2**80}, {"v": 2**62 + 1}]),
    ("$v: String", "s: $v", [{"v": "x"}, {"v": 1}, {"v": b"x"}]),
    ("$v: Boolean", "b: $v", [{"v": True}, {"v": 1}, {"v": "true"}]),
    ("$v: ID", "id: $v", [{"v": "x"}, {"v": 12}, {"v": 1.5}, {"v": True}]),
    ("$v: Color", "color: $v", [{"v": "RED"}, {"v": "GREEN"}, {"v": Color.RED}, {"v": 1}, {}]),
    ("$v: Color = BLUE", "color: $v", [{"v": "RED"}, {}]),
    ("$v: Plain", "plain: $v", [{"v": "LIST"}, {"v": "NONE"}]),
    ("$v: [Int]", "is_: $v", [{"v": [1, None]}, {"v": 1}, {"v": (1, 2)}, {"v": [1, "x"]}, {"v": {1}}, {"v": range(3)}, {"v": "12"}, {"v": {}}]),
    ("$v: [Int!]! = [1, 2]", "is_: $v", [{}, {"v": [None]}, {"v": []}]),
    ("$v: [[Int]!]", "iss: $v", [{"v": [[1], []]}, {"v": [None]}, {"v": [1]}, {"v": 1}]),
    ("$v: [Color]", "colors: $v", [{"v": ["RED", None]}, {"v": "BLUE"}, {"v": ["X"]}]),
    ("$v: Point", "point: $v", [{"v": {"x": 1}}, {"v": {"x": 1, "z": 2}}, {"v": {}}, {"v": {"x": 1, "next": {"x": "a"}}}, {"v": 1},
        {"v": {"camelCase": "c", "x": 2}},
    ]),
    ("$v: Made", "made: $v", [{"v": {"a": 1}}, {"v": {}}]),
    ("$v: Json", "json: $v", [{"v": {"a": [1]}}, {"v": None}]),
    ("$v: Never", "never: $v", [{"v": 1}, {}]),
    ("$v: Int", "point: {x: 1, y: $v}", [{}, {"v": 2}, {"v": None}]),
    ("$v: Int", "is_: [1, $v]", [{}, {"v": 2}, {"v": None}]),
    ("$v: Int!", "point: {x: $v}", [{"v": 2}]),
    ("$v: Int", "json: {a: $v, b: [$v]}", [{}, {"v": 2}]),
    ("$v: Int, $w: String = \"w\", $x: [Point]", "i: $v, s: $w, points: $x", [{}, {"v": 1}, {"x": [{"x": 1}]}, {"v": "a", "w": 1, "x": 5}]),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "args", "values"), VARIABLES)
def test_variables(declared: str, args: str, values: list[Any]) -> None:
    ours = Ours(schema)
    for variables in values:
        both(schema, "query (%s) { tell(%s) many { tell(%s) } }" % (declared, args, args), variables, ours=ours)


def test_defaults() -> None:
    ours = Ours(schema)
    for query in (
        "{ defaults }",
        "{ defaults(i: null, n: 1) }",
        "query ($v: Int, $l: [Int], $p: Point) { defaults(i: $v, list: $l, point: $p) }",
    ):
        for _ in range(2):
            both(schema, query, ours=ours)
    both(schema, "query ($v: Int) { defaults(n: $v) }", {"v": 3}, ours=ours)
    both(schema, "query ($v: Int) { defaults(n: $v) }", {}, ours=ours)
    both(schema, "query ($v: Int) { defaults(n: $v) }", {"v": None}, ours=ours)
    both(schema, "query ($v: Int = 9) { need(i: $v) }", {"v": None}, ours=ours)
    both(schema, "query ($v: Int = 9) { need(i: $v) }", {}, ours=ours)


def test_max_errors() -> None:
    query = "query ($a: [Int]) { tell(is_: $a) }"
    variables = {"a": ["x"] * 60}
    result = Ours(schema).execute(query, variables)
    assert len(result.errors) == 51
    both(schema, query, variables)
    assert len(Ours(schema).execute(query, variables, options={"max_coercion_errors": 3}).errors) == 4


def test_methods_of_plain_objects_get_arguments() -> None:
    class Root:
        def method(self, info: Any, **args: Any) -> str:
            return f"{info.field_name} {args}"

    both(schema, "{ method(a: 1, B: 2) }", root=Root())
    both(schema, "query ($b: Int) { method(B: $b) }", root=Root())
    both(schema, "{ method(a: 1) }", root={"method": lambda _info, a: a * 2})


def values_of(query: str, variables: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    seen.clear()
    assert not Ours(schema).execute(query, variables).errors
    return list(seen)


@pytest.mark.parametrize("literal", ["is_: [1]", "iss: [[1]]", "json: {a: 1}", "json: []", "point: {x: 1}", "colors: [RED]"])
def test_mutable_literals_are_made_anew(literal: str) -> None:
    (name,) = literal.split(":")[:1]
    values = [args[name] for args in values_of("{ many { tell(%s) } }" % literal)]
    assert len(values) == 3
    assert len({id(value) for value in values}) == 3
    assert values[0] == values[1] == values[2]


def test_a_variable_is_one_object() -> None:
    file = object()
    values = [args["upload"] for args in values_of("query ($f: Upload) { many { tell(upload: $f) } }", {"f": file})]
    assert values == [file] * 3
    points = [args["point"] for args in values_of("query ($f: Point) { many { tell(point: $f) } }", {"f": {"x": 1}})]
    assert points[0] is points[1] is points[2]


def test_defaults_are_what_the_reference_shares() -> None:
    values = [args["list"] for args in values_of("{ defaults a: defaults }")]
    assert values[0] is values[1] is DEFAULT_LIST


def test_a_changed_list_variable_is_not_the_callers() -> None:
    given = [1, 2]
    (args,) = values_of("query ($v: [Int]) { tell(is_: $v) }", {"v": given})
    assert args["is_"] == given
    assert args["is_"] is not given


def test_defaults_of_variables_are_made_for_each_request() -> None:
    ours = Ours(schema)
    query = "query ($v: [Int] = [1], $i: Int = 1, $p: Point = {x: 1}) { tell(is_: $v, i: $i, point: $p) }"
    seen.clear()
    for _ in range(3):
        assert not ours.execute(query).errors
    first, second, third = seen
    assert first["is_"] is not second["is_"]
    assert second["point"] is not third["point"]
    assert first == second == third


def test_conditions() -> None:
    query = "query ($a: Boolean!, $b: Boolean = true) { x: tell @skip(if: $a) y: tell @include(if: $b) }"
    ours = Ours(schema)
    for variables in ({"a": True}, {"a": False, "b": False}, {"a": False}, {}, {"a": None}, {"a": "x"}):
        both(schema, query, variables, ours=ours)


def test_nothing_leaks() -> None:
    ours = Ours(schema)
    probe = object()
    cases = [
        ("query ($u: Upload, $p: Point, $l: [Int]) { many { tell(upload: $u, point: $p, is_: $l, json: {a: $l}) } }", {"u": probe, "p": {"x": 1}, "l": [1]}),
        ("query ($u: Upload, $i: Int) { tell(upload: $u, i: $i) }", {"u": probe, "i": "wrong"}),
        ("query ($u: Upload, $n: Int = 1) { need(i: $n) tell(upload: $u) }", {"u": probe, "n": None}),
    ]  # fmt: skip
    for _ in range(2):
        for query, variables in cases:
            ours.execute(query, variables)
    seen.clear()
    gc.collect()
    before = sys.getrefcount(probe)
    for _ in range(50):
        for query, variables in cases:
            ours.execute(query, variables)
        seen.clear()
    gc.collect()
    assert sys.getrefcount(probe) == before


@pytest.mark.skipif(not G33, reason="defaults as external values are of graphql-core 3.3")
@pytest.mark.parametrize("wrong", ["x", {"x": 1, "z": 2}, 5])
def test_defaults_as_external_values(wrong: Any) -> None:
    from graphql import GraphQLDefaultInput

    args = {
        "good": GraphQLArgument(GraphQLList(GraphQLInt), default=GraphQLDefaultInput(value=[1, 2])),
        "point": GraphQLArgument(Point, default=GraphQLDefaultInput(value={"x": 1})),
        "wrong": GraphQLArgument(Point, default=GraphQLDefaultInput(value=wrong)),
    }
    fields = {"tell": GraphQLField(GraphQLString, {name: args[name] for name in ("good", "point")}, resolve=tell)}
    fields["wrong"] = GraphQLField(GraphQLString, args, resolve=tell)
    of = GraphQLSchema(GraphQLObjectType("Query", fields), assume_valid=True)
    ours = Ours(of)
    both(of, "{ tell a: tell }", ours=ours)
    both(of, "{ wrong tell ok: wrong(wrong: null) }", ours=ours)
    both(of, "query ($w: Point) { wrong(wrong: $w) }", ours=ours)
