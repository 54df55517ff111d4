"""Hooks: what tracing, a declared directive, permissions, info and arguments cost; execution, or whole requests where the hook is an
extension of the schema (both sides with Strawberry's caches, so that execution is what counts).

SPDX-License-Identifier: Apache-2.0
"""

import asyncio
from typing import Any

import blog
import strawberry
from engines import data_of, gyrfalcon_dict, native_only, strawberry_execution
from graphql import parse
from measure import Engine, Table
from strawberry.directive import DirectiveLocation
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache
from strawberry.extensions.tracing import ApolloTracingExtension
from strawberry.permission import BasePermission
from strawberry.utils.await_maybe import await_maybe

import gyrfalcon.strawberry

CACHES = [ParserCache, ValidationCache]
ROWS = 2000


class PassOn(SchemaExtension):
    """A resolve hook that nobody knows."""

    async def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
        return await await_maybe(_next(root, info, *args, **kwargs))


@strawberry.directive(locations=[DirectiveLocation.FIELD])
def upper(value: str) -> str:
    return value.upper()


class Known(BasePermission):
    message = "unknown"

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        return info.context["user"] is not None


@strawberry.type
class Row:
    number: int
    text: str
    secret: str = strawberry.field(permission_classes=[Known])

    @strawberry.field
    def computed(self) -> str:
        return self.text

    @strawberry.field
    def user(self, info: strawberry.Info) -> str:
        return info.context["user"]

    @strawberry.field
    def scaled(self, by: int = 2) -> int:
        return self.number


ALL_ROWS = [Row(number=i, text=str(i), secret="secret") for i in range(ROWS)]


@strawberry.type
class Query:
    @strawberry.field
    def rows(self) -> list[Row]:
        return ALL_ROWS


async def extensions(table: Table) -> None:
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("flat, Apollo tracing", blog.FLAT, {"extensions": [*CACHES, ApolloTracingExtension]}),
        ("flat, a directive declared", blog.FLAT, {"extensions": CACHES, "directives": [upper]}),
        ("full, unknown resolve hook", blog.QUERIES["full"], {"extensions": [*CACHES, PassOn]}),
        ("flat, unknown resolve hook", blog.FLAT, {"extensions": [*CACHES, PassOn]}),
    ]
    for name, query, options in rows:
        stock = strawberry.Schema(blog.Query, **options)
        ours = gyrfalcon.strawberry.Schema(blog.Query, **options)
        await table.compare(
            name,
            [
                Engine("Strawberry", lambda s=stock, q=query: s.execute(q), result=data_of),
                Engine("Gyrfalcon", lambda s=ours, q=query: s.execute(q), result=data_of, runs="native"),
            ],
        )


async def per_item(table: Table) -> None:
    schema, context = strawberry.Schema(Query), {"user": "Ann"}
    for name, field in [
        ("attribute", "text"),
        ("function", "computed"),
        ("permission class", "secret"),
        ("info", "user"),
        ("one argument", "scaled"),
        ("one argument, given", "scaled(by: 3)"),
    ]:
        document = parse("{ rows { %s } }" % field)
        await table.compare(
            f"{name}, per item",
            [
                Engine("Strawberry", strawberry_execution(schema, document, context), result=data_of),
                Engine("Gyrfalcon", gyrfalcon_dict(schema._schema, document, context), result=data_of, runs="native"),
            ],
            per=ROWS,
        )


async def main() -> None:
    table = Table("hooks")
    table.headline()
    with native_only():
        await extensions(table)
        await per_item(table)


asyncio.run(main())
