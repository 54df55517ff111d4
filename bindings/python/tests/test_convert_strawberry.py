"""What is bypassed is known code and is watched; what was replaced goes the framework's way.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import dataclasses
from typing import Any, Generic, TypeVar

import graphql
import pytest
import strawberry
from strawberry.extensions.field_extension import FieldExtension
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import arguments
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from gyrfalcon import _known
from gyrfalcon._convert import Conversion
from gyrfalcon._known import digest_of_source, variant
from gyrfalcon._spec import How, Param

T = TypeVar("T")


@strawberry.input
class Point:
    x: int


@strawberry.type
class Query:
    name: str = "n"

    @strawberry.field
    def hello(self, to: str = "you", at: Point | None = None) -> str:
        return to


@strawberry.type
class Box(Generic[T]):
    value: T

    @strawberry.field
    def again(self, other: T) -> T:
        return other


def make(query: type = Query, **options: Any) -> tuple[strawberry.Schema, Conversion]:
    schema = strawberry.Schema(query, **options)
    return schema, Conversion(schema._schema)


def holds(watch: Any) -> bool:
    return all(getattr(thing, name) is value for thing, name, value in watch)


def test_all_code_of_the_installed_version_is_known() -> None:
    _, conversion = make()
    assert conversion.reasons == ()
    assert holds(conversion.watch)
    assert (StrawberryField, "get_result", StrawberryField.get_result) in conversion.watch


def test_a_replaced_resolver_is_called_as_graphql_core_does() -> None:
    schema, conversion = make()
    field = schema._schema.query_type.fields["hello"]  # type: ignore[union-attr]
    before = conversion.field("Query", "hello")
    assert holds(before.watch)
    stock = field.resolve

    def traced(source: Any, info: Any, **args: Any) -> Any:
        return stock(source, info, **args)

    field.resolve = traced
    assert not holds(before.watch)
    assert before.fallback is not None
    after = conversion.field("Query", "hello")
    assert (after.how, after.function, after.fallback) == (How.RESOLVE, traced, None)
    assert after.reason == f"resolved by {traced.__qualname__}"


def test_what_calls_rest_on_is_watched() -> None:
    schema, conversion = make()
    spec = conversion.field("Query", "hello")
    for thing, name, value in spec.watch:
        setattr(thing, name, lambda *args, **kwargs: None)
        assert not holds(spec.watch)
        setattr(thing, name, value)
    assert {name for _, name, _ in spec.watch} == {"resolve", "_base_resolver", "wrapped_func"}
    names = {(name, getattr(thing, "__name__", "")) for thing, name, _ in conversion.watch}
    assert {("convert_argument", "strawberry.types.arguments"), ("__call__", "StrawberryResolver")} <= names


@pytest.mark.parametrize(
    ("owner", "name", "fields"),
    [
        (StrawberryField, "get_result", set()),
        (StrawberryResolver, "__call__", {"name"}),
        (arguments, "convert_argument", {"name"}),
        (PermissionExtension, "resolve", {"name", "hello"}),
    ],
)
def test_unknown_code_turns_off_what_rests_on_it(monkeypatch: Any, owner: Any, name: str, fields: set[str]) -> None:
    schema = strawberry.Schema(Query)
    stock = getattr(owner, name)

    def other(*args: Any, **kwargs: Any) -> Any:
        return stock(*args, **kwargs)

    monkeypatch.setattr(owner, name, other)
    conversion = Conversion(schema._schema)
    assert any(reason.endswith(f".{name}") for reason in conversion.reasons)
    direct = {f for f in ("name", "hello") if conversion.field("Query", f).how != How.RESOLVE}
    assert direct == fields


def test_a_function_is_known_by_its_code_not_its_name() -> None:
    def get_result(self: Any, source: Any, info: Any, args: Any, kwargs: Any) -> Any:
        return None

    get_result.__qualname__ = "StrawberryField.get_result"
    get_result.__module__ = "strawberry.types.field"
    assert variant(StrawberryField.get_result) == "known"
    assert variant(get_result) is None
    assert variant(len) is None
    assert variant(None) is None


def test_layout_comments_and_docstrings_do_not_count() -> None:
    one = 'def f(a):\n    """Says."""\n    # why\n    return (a +\n        1)\n'
    two = "    def f( a ):\n\n        return (a + 1)  # because\n"
    assert digest_of_source(one) == digest_of_source(two)
    assert digest_of_source(one) != digest_of_source(two.replace("1", "2"))
    assert digest_of_source("def f():\n    if a:\n        b\n        c") != digest_of_source(
        "def f():\n    if a:\n        b\n    c"
    )


def test_without_sources_nothing_is_known(monkeypatch: Any) -> None:
    monkeypatch.setattr(_known.linecache, "getlines", lambda *_: [])
    monkeypatch.setattr(_known, "_variants", {})
    _, conversion = make()
    assert conversion.field("Query", "name").how == How.RESOLVE


def test_field_classes_that_override_something_stay() -> None:
    class Own(StrawberryField):
        @property
        def is_async(self) -> bool:  # type: ignore[override]
            return False

    class Same(StrawberryField):
        note = 1

    @strawberry.type
    class Root:
        own: int = Own()  # type: ignore[assignment]
        same: int = Same()  # type: ignore[assignment]

    _, conversion = make(Root)
    assert conversion.field("Root", "own").how == How.RESOLVE
    assert conversion.field("Root", "same").how == How.ATTRIBUTE


def test_extensions_without_a_part_in_resolving_do_not_matter() -> None:
    class Renames(FieldExtension):
        def apply(self, field: StrawberryField) -> None:
            field.description = "described"

    @strawberry.type
    class Root:
        @strawberry.field(extensions=[Renames()])
        def a(self) -> int:
            return 1

    _, conversion = make(Root)
    assert conversion.field("Root", "a").how == How.CALL


def test_permissions_are_read_when_they_are_asked() -> None:
    class Yes(BasePermission):
        def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
            return True

    @strawberry.type
    class Root:
        a: int = strawberry.field(default=1, permission_classes=[Yes])

    schema, conversion = make(Root)
    spec = conversion.field("Root", "a")
    (guard,) = spec.guards
    (extension,) = spec.definition.extensions
    assert guard.permissions is extension.permissions


def test_parameters_go_by_position_while_they_are_there() -> None:
    @strawberry.type
    class Root:
        @strawberry.field
        def f(self, a: int, b: int | None, c: int = 1, *, d: int = 2) -> int:
            return 1

        @strawberry.field
        def g(root, info: strawberry.Info, z: int) -> int:  # type: ignore[no-untyped-def]  # noqa: N805
            return 1

    _, conversion = make(Root)
    params = conversion.field("Root", "f").params
    assert [(p.kind, p.keyword, p.name) for p in params] == [
        (Param.SOURCE, None, None),
        (Param.ARGUMENT, None, "a"),
        (Param.ARGUMENT, "b", "b"),
        (Param.ARGUMENT, "c", "c"),
        (Param.ARGUMENT, "d", "d"),
    ]
    params = conversion.field("Root", "g").params
    assert [(p.kind, p.keyword, p.name) for p in params] == [
        (Param.SOURCE, None, "root"),
        (Param.INFO, None, None),
        (Param.ARGUMENT, None, "z"),
    ]


def test_only_arguments_that_need_it_are_converted() -> None:
    _, conversion = make()
    to, at = conversion.field("Query", "hello").args
    assert (to.convert, to.shared) == (None, True)
    assert at.convert is not None
    assert not at.shared
    assert at.convert({"x": 2}) == Point(x=2)
    assert at.convert(None) is None
    assert conversion.field("Query", "hello").fallback.args[1].convert is None  # type: ignore[union-attr]


def test_generics_are_converted_by_their_own_definition() -> None:
    @strawberry.type
    class Root:
        ints: Box[int]
        points: list[Box[str]]

    _, conversion = make(Root)
    spec = conversion.field("IntBox", "again")
    assert spec.how == How.CALL
    assert spec.args[0].shared
    assert conversion.field("StrBox", "value").how == How.ATTRIBUTE
    assert conversion.type("IntBox").classes == ()


def test_sorted_schemas_keep_their_resolvers() -> None:
    options = {f.name for f in dataclasses.fields(StrawberryConfig)}
    if "sort_schema" not in options:
        pytest.skip("this Strawberry does not sort schemas")
    _, conversion = make(config=StrawberryConfig(sort_schema=True))
    assert conversion.field("Query", "hello").how == How.CALL


def test_events_of_subscriptions_are_read_by_a_call() -> None:
    from gallery import asynchronous

    conversion = Conversion(asynchronous.schema._schema)
    assert conversion.field("Subscription", "count").how == How.CALL


def test_what_strawberry_adds_to_introspection_is_its_own_answer() -> None:
    import gyrfalcon

    schema = strawberry.Schema(Query)
    for query in (
        '{ __type(name: "Query") { isOneOf } }',
        '{ __type(name: "Query") { name fields { name } } }',
        "{ __schema { types { name isOneOf } } }",
    ):
        stock = schema.execute_sync(query)
        assert stock.errors is None
        assert gyrfalcon.execute_sync(schema._schema, graphql.parse(query)).data == stock.data
