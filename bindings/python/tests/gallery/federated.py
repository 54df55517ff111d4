"""Federation: _service and _entities.

SPDX-License-Identifier: Apache-2.0
"""

from typing import Any

import strawberry

from . import Case


@strawberry.federation.type(keys=["upc"])
class Product:
    upc: str
    price: int = strawberry.federation.field(default=3, shareable=True)

    @classmethod
    def resolve_reference(cls, upc: str, info: Any) -> "Product":
        if upc == "wrong":
            raise ValueError("no such product")
        return Product(upc=upc)


@strawberry.federation.type(keys=["id"])
class Plain:
    id: strawberry.ID


@strawberry.federation.type
class Query:
    @strawberry.federation.field
    def top(self, first: int = 2) -> list[Product]:
        return [Product(upc=str(i)) for i in range(first)]


schema = strawberry.federation.Schema(Query, types=[Plain])
_entities = (
    "query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Product { upc price } ... on Plain { id } } }"
)
cases = [
    Case("{ top { upc price } _service { sdl } }"),
    Case(_entities, {"r": [{"__typename": "Product", "upc": "1"}, {"__typename": "Plain", "id": "x"}]}),
    Case(_entities, {"r": [{"__typename": "Product", "upc": "wrong"}]}),
]
