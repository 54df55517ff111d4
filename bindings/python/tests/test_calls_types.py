"""Which object type a value has, beside graphql-core and Strawberry.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import pytest
import strawberry
from calls_support import Ours, both, errors_of
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    execute,
    parse,
)
from strawberry.schema import schema as strawberry_schema

import gyrfalcon

INFO_CLASS = getattr(strawberry_schema, "_OperationContextAwareGraphQLResolveInfo", None)


def make(resolve_type: Any = None, a_is: Any = None, b_is: Any = None) -> GraphQLSchema:
    name = {"name": GraphQLField(GraphQLString, resolve=lambda source, _info: repr(source))}
    pet = GraphQLInterfaceType("Pet", dict(name), resolve_type=resolve_type)
    cat = GraphQLObjectType("Cat", dict(name), interfaces=[pet], is_type_of=a_is)
    dog = GraphQLObjectType("Dog", dict(name), interfaces=[pet], is_type_of=b_is)
    other = GraphQLObjectType("Other", dict(name))
    one = GraphQLUnionType("One", [cat, dog], resolve_type=resolve_type)
    root = lambda source, _info: source  # noqa: E731
    return GraphQLSchema(
        GraphQLObjectType(
            "Query",
            {
                "pet": GraphQLField(pet, resolve=root),
                "must": GraphQLField(GraphQLNonNull(pet), resolve=root),
                "pets": GraphQLField(GraphQLList(pet), resolve=lambda source, _info: [source, source]),
                "one": GraphQLField(one, resolve=root),
                "cat": GraphQLField(cat, resolve=root),
                "cats": GraphQLField(GraphQLList(GraphQLNonNull(cat)), resolve=lambda source, _info: [source, source]),
            },
        ),
        types=[cat, dog, other],
    )


ABSTRACT = "{ pet { __typename name ... on Cat { n: name } } pets { name } one { __typename } }"


class Named:
    def __init__(self, name: Any) -> None:
        self.__typename = name

    def __repr__(self) -> str:
        return "Named"


class Child(Named):
    pass


class Str(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "root",
    [
        {"__typename": "Cat"},
        {"__typename": "Dog"},
        {"__typename": "Other"},
        {"__typename": "Nothing"},
        {"__typename": 1},
        {"__typename": Str("Dog")},
        {},
        Named("Cat"),
        Child("Dog"),
        Named(None),
        Named(3),
        5,
    ],
)
def test_the_default_type_resolver(root: Any) -> None:
    both(make(), ABSTRACT, root=root)
    both(make(), "{ must { name } }", root=root)


@pytest.mark.parametrize("answer", ["Cat", "Dog", Str("Dog"), "Other", "String", "Nothing", None, 1, object, ValueError("no")])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_resolve_type(answer: Any, asynchronous: bool) -> None:
    def resolve(_value: Any, info: Any, type_: Any) -> Any:
        assert info.field_name in ("pet", "pets", "one")
        assert type_.name in ("Pet", "One")
        assert isinstance(info.path[1], str)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def wait(*args: Any) -> Any:
        return resolve(*args)

    both(make(wait if asynchronous else resolve), ABSTRACT, root=1)


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize(
    ("cat", "dog"), [(True, False), (False, True), (True, True), (False, False), (0, 1), (None, ValueError("no"))]
)
def test_is_type_of(cat: Any, dog: Any, asynchronous: bool) -> None:
    def says(answer: Any) -> Any:
        def is_type_of(_value: Any, info: Any) -> Any:
            assert info.field_name in ("pet", "pets", "one", "cat", "cats")
            if isinstance(answer, Exception):
                raise answer
            return answer

        async def wait(*args: Any) -> Any:
            return is_type_of(*args)

        return wait if asynchronous else is_type_of

    both(make(a_is=says(cat), b_is=says(dog)), ABSTRACT, root=1)
    both(make(a_is=says(cat), b_is=says(dog)), "{ cat { name } cats { name } }", root=1)
    both(make(lambda *_: "Cat", a_is=says(cat), b_is=says(dog)), ABSTRACT, root=1)


def test_a_request_has_its_own_type_resolver() -> None:
    both(make(), ABSTRACT, root=1, type_resolver=lambda value, info, type_: "Dog")
    both(make(lambda *_: "Cat"), ABSTRACT, root=1, type_resolver=lambda value, info, type_: "Dog")
    both(make(), ABSTRACT, root={"__typename": "Cat"}, type_resolver=lambda value, info, type_: "Dog")


# ---------------------------------------------------------------------- Strawberry

T = TypeVar("T")


@strawberry.interface
class Animal:
    name: str


@strawberry.type
class Cat(Animal):
    lives: int = 9


@strawberry.type
class Dog(Animal):
    barks: bool = True


class Puppy(Dog):
    pass


@strawberry.type
class Odd:
    name: str

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return getattr(value, "odd", False)


@strawberry.type
class Box(Generic[T]):
    value: T


VALUES: list[Any] = []


@strawberry.type
class Query:
    @strawberry.field
    def animals(self) -> list[Animal]:
        return VALUES

    @strawberry.field
    def unions(self) -> list[Cat | Dog | Odd | None]:
        return VALUES

    @strawberry.field
    def cat(self) -> Cat:
        return VALUES[0]

    @strawberry.field
    def odd(self) -> Odd:
        return VALUES[0]

    @strawberry.field
    def boxes(self) -> list[Box[int] | Box[str]]:
        return VALUES


STRAWBERRY = strawberry.Schema(Query)
PLANS = Ours(STRAWBERRY._schema)
ANIMALS = "{ animals { __typename name ... on Cat { lives } ... on Dog { barks } } }"
UNIONS = "{ unions { __typename ... on Cat { name } ... on Odd { name } } }"
BOXES = "{ boxes { __typename ... on Box { value } } }".replace(
    "... on Box { value }", "... on IntBox { i: value } ... on StrBox { s: value }"
)


class Thing:
    name = "thing"
    lives = 1
    odd = False


ODD = Thing()
ODD.odd = True


@pytest.mark.parametrize(
    "values",
    [
        [Cat(name="a"), Dog(name="b"), Cat(name="c")],
        [Puppy(name="p")],
        [Thing()],
        [ODD],
        [Odd(name="o")],
        [1],
        [None],
        [Box(value=1), Box(value="x")],
        [Box(value=None)],
        [strawberry.cast(Cat, Thing())] if hasattr(strawberry, "cast") else [],
        [strawberry.cast(Odd, Thing())] if hasattr(strawberry, "cast") else [],
    ],
)
def test_strawberrys_types(values: list[Any]) -> None:
    VALUES[:] = values
    for query in (ANIMALS, UNIONS, BOXES, "{ cat { name } }", "{ odd { name } }"):
        mine = PLANS.execute(query, info_factory=INFO_CLASS, root=None)
        stock = STRAWBERRY.execute_sync(query)
        assert mine.data == stock.data, query
        assert [error.message for error in mine.errors or ()] == [error.message for error in stock.errors or ()]
        assert [error.path for error in mine.errors or ()] == [error.path for error in stock.errors or ()]


@pytest.fixture(params=["before", "later"])
def replace(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Replaces an attribute of a type before its first request, or after some."""
    calls: list[Any] = []

    def replacing(query: str, schema: GraphQLSchema, target: Any, name: str, value: Any, root: Any) -> None:
        ours = Ours(schema)
        if request.param == "later":
            both(schema, query, root=root, ours=ours)

        def spy(*args: Any) -> Any:
            calls.append(name)
            return value(*args) if callable(value) else value

        before = gyrfalcon.stats()["replaced"]
        monkeypatch.setattr(target, name, spy)
        calls.clear()
        stock = execute(schema, parse(query), root)
        expected = list(calls)
        calls.clear()
        mine = ours.execute(query, root=root, refuses=True)
        if mine is not None:  # None: graphql-core does it
            assert mine.data == stock.data
            assert errors_of(mine) == errors_of(stock)
            assert calls == expected
            assert gyrfalcon.stats()["replaced"] == before + 1 or request.param == "before"
        assert expected
        monkeypatch.undo()
        stock = execute(schema, parse(query), root)
        mine = ours.execute(query, root=root, refuses=True)
        assert mine is None or mine.data == stock.data

    return replacing


@pytest.mark.parametrize("answer", [True, False])
def test_a_replaced_is_type_of_is_called(replace: Any, answer: bool) -> None:
    schema = make(resolve_type=lambda *_: "Cat", a_is=lambda *_: True)
    cat = schema.get_type("Cat")
    replace(ABSTRACT, schema, cat, "is_type_of", answer, Named("Cat"))
    replace("{ cats { name } }", schema, cat, "is_type_of", answer, Named("Cat"))


@pytest.mark.parametrize("answer", [True, False])
def test_an_is_type_of_that_was_not_there_is_called(replace: Any, answer: bool) -> None:
    schema = make(resolve_type=lambda *_: "Cat")
    cat = schema.get_type("Cat")
    replace(ABSTRACT, schema, cat, "is_type_of", answer, Named("Cat"))
    replace("{ cats { name } }", schema, cat, "is_type_of", answer, Named("Cat"))


def test_a_replaced_resolve_type_is_called(replace: Any) -> None:
    schema = make(resolve_type=lambda *_: "Cat")
    replace(ABSTRACT, schema, schema.get_type("Pet"), "resolve_type", "Dog", Named("Cat"))
    replace("{ one { __typename } }", schema, schema.get_type("One"), "resolve_type", "Dog", Named("Cat"))


@pytest.mark.parametrize("name", ["Cat", "Animal"])
def test_replaced_functions_of_strawberrys_types_are_called(replace: Any, name: str) -> None:
    VALUES[:] = [Cat(name="c"), Dog(name="d")]
    schema = STRAWBERRY._schema
    attribute = "is_type_of" if name == "Cat" else "resolve_type"
    genuine = getattr(schema.get_type(name), attribute)
    replace("{ animals { __typename name } }", schema, schema.get_type(name), attribute, genuine, None)


def test_a_replaced_serialize_is_called(replace: Any) -> None:
    upper = GraphQLScalarType("Upper", serialize=lambda value: str(value).upper())
    color = GraphQLEnumType("Color", {"RED": 1, "BLUE": 2})
    fields = {"upper": GraphQLField(upper), "color": GraphQLField(color), "text": GraphQLField(GraphQLString)}
    schema = GraphQLSchema(GraphQLObjectType("Query", fields))
    root = {"upper": "u", "color": 1, "text": "t"}
    name = "coerce_output_value" if hasattr(upper, "coerce_output_value") else "serialize"
    for type_ in (upper, color, GraphQLString):
        replace("{ upper color text }", schema, type_, name, lambda value: f"replaced {value}", root)
