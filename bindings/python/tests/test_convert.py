"""The SDL of any GraphQLSchema, and specs by graphql-core's own rules.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import sys

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    build_schema,
    default_field_resolver,
    parse,
    validate_schema,
)

import gyrfalcon
from gyrfalcon._convert import Conversion, SchemaError
from gyrfalcon._spec import How, LeafKind


def query(**fields: GraphQLField) -> Conversion:
    return Conversion(GraphQLSchema(GraphQLObjectType("Query", fields)))


def test_fields_without_resolver_are_read_by_default() -> None:
    conversion = query(a=GraphQLField(GraphQLInt), b=GraphQLField(GraphQLInt, resolve=default_field_resolver))
    for name in "a", "b":
        spec = conversion.field("Query", name)
        assert (spec.how, spec.name, spec.plain, spec.fallback) == (How.DEFAULT, name, True, None)


def test_resolvers_are_called_as_graphql_core_does() -> None:
    def resolve(source: object, info: object, **args: object) -> None: ...

    arg = GraphQLArgument(GraphQLNonNull(GraphQLInt), default_value=3, out_name="n")
    spec = query(a=GraphQLField(GraphQLInt, args={"x": arg}, resolve=resolve)).field("Query", "a")
    assert (spec.how, spec.function, spec.plain) == (How.RESOLVE, resolve, False)
    assert spec.watch == ((spec.graphql_field, "resolve", resolve),)
    (x,) = spec.args
    assert (x.name, x.out_name, x.default, x.has_default, x.shared) == ("x", "n", 3, True, True)


def test_leaves_know_the_specified_scalars_by_object_and_function() -> None:
    schema = build_schema("scalar Odd enum E { A B } type Query { i: Int o: Odd e: E }")
    conversion = Conversion(schema)
    assert conversion.leaf("Int").kind == LeafKind.INT
    assert conversion.leaf("Odd").kind == LeafKind.CUSTOM
    assert conversion.leaf("E").table == {"A": "A", "B": "B"}


def test_enum_tables_are_the_internal_values() -> None:
    enum = GraphQLEnumType("E", {"A": 1, "B": [2], "C": None})
    assert query(e=GraphQLField(enum)).leaf("E").table == {1: "A", "C": "C"}


def test_a_scalar_of_a_specified_name_is_custom() -> None:
    from graphql import GraphQLScalarType

    conversion = query(a=GraphQLField(GraphQLScalarType("Date", serialize=str)), b=GraphQLField(GraphQLString))
    assert conversion.leaf("Date").kind == LeafKind.CUSTOM
    assert conversion.leaf("String").kind == LeafKind.STRING


def test_input_types_of_versions_without_one_of() -> None:
    schema = build_schema("type Query { a(i: I): Int } input I { x: Int }")
    assert validate_schema(schema) == []
    vars(schema.type_map["I"]).pop("is_one_of", None)  # which came with 3.2.7
    assert "input I {" in Conversion(schema).sdl


def test_schemas_that_graphql_core_refuses_are_refused_with_its_words() -> None:
    with pytest.raises(SchemaError, match="Query root type must be provided"):
        Conversion(GraphQLSchema())


def test_without_the_gil_graphql_core_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    schema = build_schema("type Query { a: Int }")
    gyrfalcon.reset_stats()
    assert gyrfalcon.execute_sync(schema, parse("{ a }"), {"a": 1}).data == {"a": 1}
    assert gyrfalcon.stats()["fallbacks"] == {"the GIL was turned off by force": 1}
    assert gyrfalcon.explain(schema, "{ a }").engine == "graphql-core"
