"""Fields with extensions and classes of their own.

SPDX-License-Identifier: Apache-2.0
"""

from typing import Any

import strawberry
from strawberry.extensions.field_extension import FieldExtension
from strawberry.field_extensions import InputMutationExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from . import Case


class Double(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        return next_(source, info, **kwargs) * 2


class Later(FieldExtension):
    async def resolve_async(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        return "later " + str(await next_(source, info, **kwargs))


class Both(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        return ["sync", next_(source, info, **kwargs)][1]

    async def resolve_async(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        return await next_(source, info, **kwargs)


class Describes(FieldExtension):
    """Changes the schema only."""

    def apply(self, field: StrawberryField) -> None:
        field.description = "described"

    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        return next_(source, info, **kwargs)


class UpperField(StrawberryField):
    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:
        return super().get_result(source, info, args, kwargs).upper()


class OwnResolver(StrawberryResolver):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return "own " + super().__call__(*args, **kwargs)


class MyInfo(Info):
    @property
    def who(self) -> str:
        return "me " + self.context.user


def own(root: Any) -> str:
    return root["name"]


def read(source: Any, name: str) -> Any:
    return source[name]


@strawberry.type
class Item:
    name: str
    upper: str = UpperField()  # type: ignore[assignment]
    doubled: str = strawberry.field(extensions=[Double()])
    described: str = strawberry.field(extensions=[Describes()])

    @strawberry.field(extensions=[Double(), Both()])
    def twice(self, text: str = "t") -> str:
        return text

    @strawberry.field(extensions=[Later()])
    def later(self, number: int = 3) -> str:
        return str(number)

    @strawberry.field(extensions=[Both()])
    async def coroutine(self) -> str:
        return "co"

    @strawberry.field
    def who(self, info: MyInfo) -> str:
        return info.who

    own: str = strawberry.field(resolver=OwnResolver(own))


@strawberry.type
class Query:
    @strawberry.field
    def item(self) -> Item:
        return {"name": "n", "upper": "u", "doubled": "d", "described": "s"}  # type: ignore[return-value]


@strawberry.type
class Mutation:
    @strawberry.mutation(extensions=[InputMutationExtension()])
    def create(self, name: str, size: int = 2) -> str:
        return name * size


schema = strawberry.Schema(Query, Mutation, config=StrawberryConfig(default_resolver=read, info_class=MyInfo))
cases = [
    Case('{ item { name upper doubled described twice a: twice(text: "x") who own } }'),
    Case("{ item { name later coroutine } }", sync=False),
    Case('mutation { create(input: {name: "ab"}) a: create(input: {name: "c", size: 5}) }'),
    Case("mutation($i: CreateInput!) { create(input: $i) }", {"i": {"name": "z", "size": 3}}),
]
