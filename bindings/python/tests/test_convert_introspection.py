"""Introspection by the engine is introspection by the installed graphql-core: types, order, texts, defaults.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import enum
import os
from pathlib import Path
from typing import Any

import gallery
import graphql
import pytest
from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    build_schema,
    graphql_sync,
    specified_directives,
)

from gyrfalcon import _core
from gyrfalcon._convert import Conversion

SHARED = Path(os.environ.get("GYR_SHARED", Path(__file__).parents[4] / "shared"))
CORE_3_3 = graphql.version_info >= (3, 3)
QUERY = """{ __schema {
  description queryType { name } mutationType { name } subscriptionType { name }
  types {
    kind name description specifiedByURL ONE_OF
    fields(includeDeprecated: true) { ...Field args(includeDeprecated: true) { ...Input } }
    open: fields { name args { name } }
    inputFields(includeDeprecated: true) { ...Input } openInputs: inputFields { name }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } openValues: enumValues { name }
    interfaces { ...Type } possibleTypes { ...Type }
  }
  directives { name description isRepeatable locations args(includeDeprecated: true) { ...Input } }
} }
fragment Field on __Field { name description isDeprecated deprecationReason type { ...Type } }
fragment Input on __InputValue { name description isDeprecated deprecationReason defaultValue type { ...Type } }
fragment Type on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }"""


def engine(conversion: Conversion, query: str) -> Any:
    plan = _core.Schema(conversion).document(query).plan(None)
    data, errors, _ = plan.execute(None, None, None, _core.Request())
    assert not errors
    return data


def check(schema: GraphQLSchema) -> Conversion:
    conversion = Conversion(schema)
    assert conversion.introspection == ""
    assert set(conversion.introspection_fields) <= {"isOneOf"}
    query = QUERY.replace("ONE_OF", "" if conversion.introspection_fields else "isOneOf")
    stock = graphql_sync(schema, query)
    assert not stock.errors
    assert engine(conversion, query) == stock.data
    assert conversion.sdl.isascii() or conversion.sdl.encode()
    return conversion


@pytest.mark.parametrize("module", list(gallery.modules()), ids=lambda module: module.__name__)
def test_the_gallery(module: Any) -> None:
    check(module.schema._schema)


_names = "github-2026", "shopify-storefront", "swapi"
SCHEMAS = [path for path in SHARED.glob("conformance/schemas/*.graphql") if path.stem in _names]


@pytest.mark.slow
@pytest.mark.skipif(not SCHEMAS, reason=f"no schemas in {SHARED}")
@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_real_schemas(path: Path) -> None:
    schema = build_schema(path.read_text(), assume_valid=True, assume_valid_sdl=True)
    # graphql-core 3.3 wants @defer to be its own one.
    known = [d for d in schema.directives if d.name not in ("defer", "stream")]
    schema = GraphQLSchema(**{**schema.to_kwargs(), "directives": known})
    check(schema)


def query_type(**fields: Any) -> GraphQLObjectType:
    return GraphQLObjectType("Query", {"f": GraphQLField(GraphQLInt, args=fields)})


TEXTS = [
    "",
    " ",
    '"',
    '"""',
    '\\"""',
    "\\",
    "a\\",
    'ends with "',
    "two\nlines",
    "  indented\n    more\n\n",
    "\r\n",
    "\t\0\x01\x7f\x9f",
    "é \u2028 \ufeff 😀",
    "#{}[]&|!$@:=()...",
    "\\u0041 \\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text(text: str) -> None:
    color = GraphQLEnumType("Color", {"RED": GraphQLEnumValue(1, description=text, deprecation_reason=text)})
    size = GraphQLInputObjectType("Size", {"n": GraphQLInputField(GraphQLInt, description=text, deprecation_reason=text)})
    scalar = GraphQLScalarType("Odd", description=text, specified_by_url=text or None)
    args = {
        "a": GraphQLArgument(color, description=text, deprecation_reason=text),
        "b": GraphQLArgument(size),
        "c": GraphQLArgument(scalar),
        "d": GraphQLArgument(GraphQLString, default_value=text),
    }
    field = GraphQLField(GraphQLInt, args=args, description=text, deprecation_reason=text)
    directive = GraphQLDirective("d", [DirectiveLocation.FIELD], {"x": args["a"]}, description=text)
    schema = GraphQLSchema(GraphQLObjectType("Query", {"f": field}, description=text), directives=[directive], description=text)
    check(schema)


class Number(enum.Enum):
    ONE = 1
    TWO = [2]


_number = GraphQLEnumType("Number", Number)
_point = GraphQLInputObjectType(
    "Point",
    lambda: {
        "x": GraphQLInputField(GraphQLNonNull(GraphQLInt)),
        "y": GraphQLInputField(GraphQLFloat, default_value=1.5),
        "n": GraphQLInputField(_number, default_value=1),
        "next": GraphQLInputField(_point),
    },
)
_any = GraphQLScalarType("Any", serialize=lambda value: value)
_list = GraphQLList(GraphQLNonNull(GraphQLInt))
DEFAULTS = [
    (GraphQLInt, 0),
    (GraphQLInt, -5),
    (GraphQLInt, None),
    (GraphQLNonNull(GraphQLInt), 7),
    (GraphQLFloat, 1e300),
    (GraphQLFloat, -0.0),
    (GraphQLFloat, 3),
    (GraphQLString, 'a "b" \\ \n \0 é 😀'),
    (GraphQLBoolean, False),
    (GraphQLID, "12"),
    (GraphQLID, "abc"),
    (GraphQLID, 12),
    (_number, 1),
    (_number, [2]),
    (_list, []),
    (_list, [1, 2]),
    (_list, 3),
    (GraphQLList(_list), [[1], None, []]),
    (_point, {"x": 1}),
    (_point, {"x": 1, "y": 2, "n": 1, "next": {"x": 3}}),
    (GraphQLList(_point), [{"x": 1}]),
    (_any, "text"),
    (_any, 1.25),
    (_any, True),
]


@pytest.mark.parametrize(("type_", "value"), DEFAULTS, ids=[f"{t}={v!r}" for t, v in DEFAULTS])
def test_defaults(type_: Any, value: Any) -> None:
    check(GraphQLSchema(query_type(x=GraphQLArgument(type_, default_value=value))))
    if _point is not type_:
        holder = GraphQLInputObjectType("Holder", {"x": GraphQLInputField(type_, default_value=value)})
        check(GraphQLSchema(query_type(h=GraphQLArgument(holder))))


def test_defaults_that_cannot_be_written_are_left_to_graphql_core() -> None:
    class Opaque:
        pass

    for type_, value in ((_any, Opaque()), (_any, {"a": 1}), (GraphQLNonNull(GraphQLInt), None), (GraphQLInt, "x")):
        conversion = Conversion(GraphQLSchema(query_type(x=GraphQLArgument(type_, default_value=value))))
        assert conversion.introspection == "the default value of Query.f.x"
        assert engine(conversion, "{ __typename }") == {"__typename": "Query"}
        assert conversion.field("Query", "f").args[0].default is value


@pytest.mark.skipif(not CORE_3_3, reason="graphql-core 3.3")
def test_external_defaults() -> None:
    from graphql import GraphQLDefaultInput, parse_value

    for default in GraphQLDefaultInput(value={"x": 1}), GraphQLDefaultInput(literal=parse_value("{x: 2, y: 3}")):
        conversion = check(GraphQLSchema(query_type(x=GraphQLArgument(_point, default=default))))
        (arg,) = conversion.field("Query", "f").args
        assert arg.default["y"] in (1.5, 3.0)
        assert arg.default["n"] == 1


def test_names_and_shapes() -> None:
    node = GraphQLInterfaceType("_Node", {"type": GraphQLField(GraphQLID)})
    named = GraphQLInterfaceType("input", {"type": GraphQLField(GraphQLID)}, interfaces=[node])
    fields = {"type": GraphQLField(GraphQLID), "query": GraphQLField(GraphQLInt), "on": GraphQLField(named)}
    lonely = GraphQLObjectType("type", fields, interfaces=[node, named])
    hidden = GraphQLEnumType("enum", {"on": 1, "schema": 2, "_": 3})
    one_of = GraphQLInputObjectType("OneOf", {"a": GraphQLInputField(GraphQLInt)}, is_one_of=True)
    directive = GraphQLDirective("type", list(DirectiveLocation)[:7], {"input": GraphQLArgument(one_of)}, is_repeatable=True)
    roots = [GraphQLObjectType(name, {"f": GraphQLField(GraphQLInt)}) for name in ("Mutation", "Subscription", "Query")]
    check(GraphQLSchema(*roots, types=[lonely, hidden], directives=[*specified_directives, directive]))
    check(GraphQLSchema(roots[2], directives=[]))
    check(GraphQLSchema(roots[0], types=[roots[1]], directives=[directive, *specified_directives[:2]]))
    if not CORE_3_3:  # which wants different ones
        check(GraphQLSchema(roots[0], roots[0]))


@pytest.mark.skipif(not CORE_3_3, reason="graphql-core 3.3")
def test_deprecated_directives() -> None:
    old = GraphQLDirective("old", [DirectiveLocation.FIELD], deprecation_reason="no more")
    schema = GraphQLSchema(query_type(), directives=[*specified_directives, old])
    check(schema)
    query = "{ __schema { directives(includeDeprecated: true) { name isDeprecated deprecationReason } } }"
    assert engine(Conversion(schema), query) == graphql_sync(schema, query).data


def test_a_changed_introspection_type_is_told() -> None:
    schema = build_schema("type Query { a: Int }")
    fields = schema.type_map["__EnumValue"].fields  # type: ignore[attr-defined]
    kept = dict(fields)
    try:
        fields["rank"] = GraphQLField(GraphQLInt, resolve=lambda value, info: 1)
        conversion = Conversion(schema)
        assert "rank" in conversion.introspection_fields
        assert engine(conversion, "{ __typename }") == {"__typename": "Query"}
    finally:
        fields.clear()
        fields.update(kept)
