"""Coroutines, data loaders, mutations, subscriptions.

SPDX-License-Identifier: Apache-2.0
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from . import Case


async def load(keys: list[int]) -> list[str]:
    await asyncio.sleep(0)
    return [f"loaded {key} of {len(keys)}" for key in keys]


def context() -> Any:
    from types import SimpleNamespace

    return SimpleNamespace(user="ann", log=[], loader=DataLoader(load_fn=load))


@strawberry.type
class Node:
    key: int

    @strawberry.field
    async def loaded(self, info: Info) -> str:
        return await info.context.loader.load(self.key)

    @strawberry.field
    async def children(self, count: int = 2) -> list["Node"]:
        await asyncio.sleep(0)
        return [Node(key=self.key * 10 + i) for i in range(count)]

    @strawberry.field
    async def fails(self) -> str | None:
        await asyncio.sleep(0)
        raise ValueError(f"no {self.key}")

    @strawberry.field
    async def ready(self) -> int:
        return self.key


@strawberry.type
class Query:
    @strawberry.field
    async def node(self, key: int = 1) -> Node:
        return Node(key=key)

    @strawberry.field
    def nodes(self) -> list[Node]:
        return [Node(key=i) for i in range(3)]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def first(self, info: Info) -> int:
        await asyncio.sleep(0)
        info.context.log.append("first")
        return len(info.context.log)

    @strawberry.mutation
    def second(self, info: Info, fail: bool = False) -> int | None:
        if fail:
            raise RuntimeError("second")
        info.context.log.append("second")
        return len(info.context.log)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3) -> AsyncGenerator[int, None]:
        for i in range(to):
            yield i

    @strawberry.subscription
    async def nodes(self, info: Info) -> AsyncGenerator[Node, None]:
        for i in range(2):
            info.context.log.append(i)
            yield Node(key=i)


schema = strawberry.Schema(Query, Mutation, Subscription)
cases = [
    Case("{ node { key loaded ready children { key loaded children(count: 1) { loaded } } } }", context=context, sync=False),
    Case("{ nodes { loaded ready fails children { fails ready } } }", context=context, sync=False),
    Case("mutation { first a: second b: first c: second(fail: true) d: second }", context=context, sync=False),
    Case("subscription { count(to: 4) }", context=context, sync=False),
    Case("subscription { nodes { key loaded fails } }", context=context, sync=False),
]
