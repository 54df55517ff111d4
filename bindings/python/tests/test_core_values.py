"""Leaves: every kind of value for every kind of scalar, as graphql-core completes it.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import decimal
import enum
import fractions
from typing import Any

import pytest
from core_compare import compare
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
)


class Text(str):
    pass


class Number(int):
    pass


class Real(float):
    pass


class Level(enum.IntEnum):
    LOW = 1


class Speaks:
    def __str__(self) -> str:
        return "spoken"


class Silent:
    def __str__(self) -> str:
        raise RuntimeError("no words")


class Index:
    def __index__(self) -> int:
        return 7


VALUES: dict[str, Any] = {
    "none": None,
    "undefined": Undefined,
    "true": True,
    "false": False,
    "zero": 0,
    "minus": -1,
    "largest": 2**31 - 1,
    "smallest": -(2**31),
    "too large": 2**31,
    "too small": -(2**31) - 1,
    "long": 2**63,
    "huge": 10**40,
    "hugest": 10**400,
    "half": 0.5,
    "whole": 3.0,
    "minus zero": -0.0,
    "tiny": 5e-324,
    "big": 1e22,
    "bigger": 1.7976931348623157e308,
    "nan": float("nan"),
    "inf": float("inf"),
    "empty": "",
    "word": "word",
    "digits": "123",
    "decimal digits": "12.5",
    "escapes": 'a"b\\c\n\t\x00\x1f\x7f/',
    "latin": "é\xff",
    "wide": "日本語",
    "astral": "😀",
    "surrogate": "a\ud800b",
    "separators": "\u2028\u2029",
    "bytes": b"bytes",
    "list": [1],
    "empty list": [],
    "tuple": (1,),
    "dict": {"a": 1},
    "set": {1},
    "str subclass": Text("text"),
    "int subclass": Number(5),
    "large int subclass": Number(2**40),
    "float subclass": Real(2.5),
    "whole float subclass": Real(2.0),
    "int enum": Level.LOW,
    "decimal": decimal.Decimal("1.5"),
    "whole decimal": decimal.Decimal(4),
    "fraction": fractions.Fraction(1, 3),
    "complex": 1j,
    "object": Speaks(),
    "silent": Silent(),
    "index": Index(),
    "type": int,
    "generator": (item for item in "ab"),
    "exception": ValueError("a value"),
    "graphql error": GraphQLError("its own words", extensions={"code": 7}),
}


@pytest.mark.parametrize("scalar", ["Int", "Float", "String", "Boolean", "ID"])
@pytest.mark.parametrize("name", VALUES)
def test_every_value_of_every_scalar(scalar: str, name: str) -> None:
    value = VALUES[name]
    if callable(value):
        value = {"a": None}  # default resolvers would call it: see the tests of resolvers
    schema = f"type Query {{ a: {scalar} b: {scalar}! inner: Query list: [{scalar}] sure: [{scalar}!] }}"
    compare(schema, "{ a }", {"a": value})
    compare(schema, "{ inner { b } }", {"inner": {"b": value}})
    compare(schema, "{ list sure a: __typename }", {"list": [value, None, value], "sure": (value,)})


def scalar_schema(scalar: GraphQLScalarType) -> GraphQLSchema:
    fields = {"a": GraphQLField(scalar), "b": GraphQLField(GraphQLNonNull(scalar))}
    return GraphQLSchema(GraphQLObjectType("Query", fields))


@pytest.mark.parametrize("name", [name for name in VALUES if name not in ("type", "silent", "nan")])
def test_custom_scalar_as_it_is(name: str) -> None:
    def serialize(value: Any) -> Any:
        return value if isinstance(value, (str, int, float, list, dict)) or value is None else repr(value)

    compare(scalar_schema(GraphQLScalarType("Any", serialize)), "{ a }", {"a": VALUES[name]})


@pytest.mark.parametrize("gives", [None, Undefined])
def test_serialize_gives_nothing(gives: Any) -> None:
    schema = scalar_schema(GraphQLScalarType("Any", lambda value: gives))
    expected = compare(schema, "{ a }", {"a": "x"})
    assert "non-nullable value" in expected.errors[0].message
    compare(schema, "{ b }", {"b": "x"})


def test_serialize_raises() -> None:
    def serialize(value: Any) -> Any:
        raise GraphQLError("no such value", extensions={"value": value})

    schema = scalar_schema(GraphQLScalarType("Any", serialize))
    assert compare(schema, "{ a }", {"a": "x"}).errors[0].extensions == {"value": "x"}
    compare(schema, "{ b }", {"b": "x"})


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


@pytest.mark.parametrize("value", [Color.RED, Color.BLUE, "r", "RED", 1, None, [], {}, Undefined, ValueError("x")])
@pytest.mark.parametrize("values", [Color, {"RED": "r", "BLUE": 1}, {"RED": [], "BLUE": None}])
def test_enums(value: Any, values: Any) -> None:
    color = GraphQLEnumType("Color", values, **({"names_as_values": None} if values is Color else {}))
    schema = GraphQLSchema(GraphQLObjectType("Query", {"a": GraphQLField(color)}))
    compare(schema, "{ a }", {"a": value})


def test_large_numbers_of_lists() -> None:
    schema = GraphQLSchema(GraphQLObjectType("Query", {"a": GraphQLField(GraphQLInt)}))
    compare(schema, "{ " + " ".join(f"a{i}: a" for i in range(200)) + " }", {"a": 1})
