"""Relay: nodes, connections, global ids.

SPDX-License-Identifier: Apache-2.0
"""

from collections.abc import Iterable
from typing import Any

import strawberry
from strawberry import relay

from . import Case


@strawberry.type
class Fruit(relay.Node):
    code: relay.NodeID[int]
    name: str

    @classmethod
    def resolve_nodes(cls, *, info: Any, node_ids: Iterable[str], required: bool = False) -> list["Fruit | None"]:
        return [FRUITS.get(int(key)) for key in node_ids]


@strawberry.type
class Async(relay.Node):
    code: relay.NodeID[int]

    @classmethod
    async def resolve_nodes(cls, *, info: Any, node_ids: Iterable[str], required: bool = False) -> list["Async"]:
        return [Async(code=int(key)) for key in node_ids]


FRUITS = {i: Fruit(code=i, name=f"fruit {i}") for i in range(5)}


@strawberry.type
class Query:
    node: relay.Node | None = relay.node()
    nodes: list[relay.Node] = relay.node()

    @relay.connection(relay.ListConnection[Fruit])
    def fruits(self, start: int = 0) -> list[Fruit]:
        return [fruit for i, fruit in FRUITS.items() if i >= start]


def _id(name: str, key: int) -> str:
    return relay.to_base64(name, key)


schema = strawberry.Schema(Query, types=[Fruit, Async])
cases = [
    Case('{ node(id: "%s") { __typename id ... on Fruit { name } } }' % _id("Fruit", 2)),
    Case('{ nodes(ids: ["%s", "%s"]) { id ... on Fruit { name } } }' % (_id("Fruit", 1), _id("Fruit", 3))),
    Case('{ node(id: "%s") { __typename id } }' % _id("Async", 2), sync=False),
    Case('{ node(id: "%s") { id } }' % _id("Nothing", 2)),
    Case('{ node(id: "nonsense") { id } }'),
    Case("{ fruits(first: 2, start: 1) { edges { cursor node { id name } } pageInfo { hasNextPage endCursor } } }"),
    Case("{ fruits { edges { node { id __typename } } } }"),
]
