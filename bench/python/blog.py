"""The schema and data of the benches: a blog with nested lists and asynchronous resolvers, a flat list, a nested one; once for
Strawberry, once for graphql-core alone, over the same objects.

`set_mode` decides what each asynchronous resolver does before it returns: nothing, `asyncio.sleep(0)`, awaiting a future that the
event loop resolves, or sleeping for 5 ms.

SPDX-License-Identifier: Apache-2.0
"""

import asyncio
from typing import Any

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLFloat,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
)
from targets import SIX_LEVELS as SIX_LEVELS

SLEEP = 0.005


async def a_future() -> None:
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_soon(future.set_result, None)
    await future


MODES: dict[str, Any] = {
    "no suspension": None,
    "sleep(0)": lambda: asyncio.sleep(0),
    "futures": a_future,
    "sleep(5 ms)": lambda: asyncio.sleep(SLEEP),
}
pause: Any = None


def set_mode(name: str) -> None:
    global pause
    pause = MODES[name]


# ---- for Strawberry


@strawberry.type
class Author:
    id: str
    name: str
    email: str
    bio: str

    @strawberry.field
    async def posts_count(self) -> int:
        if pause:
            await pause()
        return 42


@strawberry.type
class Comment:
    id: str
    text: str
    likes: int
    written_by: strawberry.Private[Author]

    @strawberry.field
    async def author(self) -> Author:
        if pause:
            await pause()
        return self.written_by


@strawberry.type
class Post:
    id: str
    title: str
    content: str
    written_by: strawberry.Private[Author]
    comment_list: strawberry.Private[list[Comment]]

    @strawberry.field
    async def author(self) -> Author:
        if pause:
            await pause()
        return self.written_by

    @strawberry.field
    async def comments(self, limit: int = 5) -> list[Comment]:
        if pause:
            await pause()
        return self.comment_list[:limit]

    @strawberry.field
    async def view_count(self) -> int:
        if pause:
            await pause()
        return 7

    @strawberry.field
    def word_count(self) -> int:
        return 30


@strawberry.type
class Item:
    id: str
    name: str
    qty: int
    price: float
    active: bool


@strawberry.type
class Line:
    id: str
    sku: str


@strawberry.type
class Order:
    id: str
    name: str
    lines: list[Line]


def make_post(i: int) -> Post:
    comments = [
        Comment(id=f"comment-{i}-{j}", text=f"Well said, {j}.", likes=j, written_by=AUTHORS[(i + j) % 10]) for j in range(5)
    ]
    author = AUTHORS[i % 3]
    return Post(id=f"post-{i}", title=f"Post {i}", content="some words " * 10, written_by=author, comment_list=comments)


AUTHORS = [Author(id=f"author-{i}", name=f"Author {i}", email=f"author-{i}@example.com", bio="Writes.") for i in range(10)]
POSTS = [make_post(i) for i in range(100)]
ITEMS = [Item(id=str(i), name=f"item {i}", qty=i, price=i * 0.25, active=bool(i & 1)) for i in range(10_000)]
ORDERS = [Order(id=str(i), name=f"order {i}", lines=[Line(id=f"{i}-{j}", sku=f"sku{j}") for j in range(10)]) for i in range(1000)]


@strawberry.type
class Query:
    @strawberry.field
    async def posts(self, limit: int = 10, offset: int = 0) -> list[Post]:
        if pause:
            await pause()
        return POSTS[offset : offset + limit]

    @strawberry.field
    async def featured_post(self) -> Post:
        if pause:
            await pause()
        return POSTS[0]

    @strawberry.field
    def items(self) -> list[Item]:
        return ITEMS

    @strawberry.field
    def orders(self) -> list[Order]:
        return ORDERS


# ---- for graphql-core alone


async def resolve_posts(_source: Any, _info: Any, limit: int, offset: int) -> list[Post]:
    if pause:
        await pause()
    return POSTS[offset : offset + limit]


async def resolve_featured(_source: Any, _info: Any) -> Post:
    if pause:
        await pause()
    return POSTS[0]


async def resolve_author(source: Any, _info: Any) -> Author:
    if pause:
        await pause()
    return source.written_by


async def resolve_comments(source: Any, _info: Any, limit: int) -> list[Comment]:
    if pause:
        await pause()
    return source.comment_list[:limit]


async def resolve_posts_count(_source: Any, _info: Any) -> int:
    if pause:
        await pause()
    return 42


async def resolve_view_count(_source: Any, _info: Any) -> int:
    if pause:
        await pause()
    return 7


def graphql_core_schema() -> GraphQLSchema:
    def field(type_: Any, resolve: Any = None, **args: int) -> GraphQLField:
        arguments = {name: GraphQLArgument(integer, default_value=value) for name, value in args.items()}
        return GraphQLField(type_, args=arguments or None, resolve=resolve)

    def many(type_: Any) -> Any:
        return GraphQLNonNull(GraphQLList(GraphQLNonNull(type_)))

    def leaves(*names: str) -> dict[str, GraphQLField]:
        return {name: field(text) for name in names}

    text, integer = GraphQLNonNull(GraphQLString), GraphQLNonNull(GraphQLInt)
    author = GraphQLObjectType(
        "Author", {**leaves("id", "name", "email", "bio"), "postsCount": field(integer, resolve_posts_count)}
    )
    written_by = field(GraphQLNonNull(author), resolve_author)
    comment = GraphQLObjectType("Comment", {**leaves("id", "text"), "likes": field(integer), "author": written_by})
    post = GraphQLObjectType(
        "Post",
        {
            **leaves("id", "title", "content"),
            "author": written_by,
            "comments": field(many(comment), resolve_comments, limit=5),
            "viewCount": field(integer, resolve_view_count),
            "wordCount": field(integer, lambda _source, _info: 30),
        },
    )
    rest = {
        "qty": field(integer),
        "price": field(GraphQLNonNull(GraphQLFloat)),
        "active": field(GraphQLNonNull(GraphQLBoolean)),
    }
    item = GraphQLObjectType("Item", {**leaves("id", "name"), **rest})
    line = GraphQLObjectType("Line", leaves("id", "sku"))
    order = GraphQLObjectType("Order", {**leaves("id", "name"), "lines": field(many(line))})
    query = {
        "posts": field(many(post), resolve_posts, limit=10, offset=0),
        "featuredPost": field(GraphQLNonNull(post), resolve_featured),
        "items": field(many(item), lambda _source, _info: ITEMS),
        "orders": field(many(order), lambda _source, _info: ORDERS),
    }
    return GraphQLSchema(GraphQLObjectType("Query", query))


# ---- the queries

FULL = (
    "{ posts(limit: %d) { id title author { name email bio postsCount } "
    "comments(limit: 5) { id text likes author { name } } } featuredPost { id title viewCount } }"
)
SMALL = "{ posts(limit: 3) { id title } }"
FLAT = "{ items { id name qty price active } }"
QUERIES = {
    "simple": SMALL,
    "author": "{ posts(limit: 3) { id title author { name } } }",
    "posts count": "{ posts(limit: 3) { id title author { name email postsCount } } }",
    "comments": "{ posts(limit: 3) { id title author { name postsCount } comments(limit: 2) { id text } } }",
    "comment authors": "{ posts(limit: 3) { id title author { name postsCount } comments(limit: 2) { id text author { name } } } }",
    "full": FULL % 10,
    "full x10": FULL % 100,
    "flat 10k x 5": FLAT,
    "nested 1k x 10": "{ orders { id name lines { id sku } } }",
}
LISTS = ("flat 10k x 5", "nested 1k x 10")
