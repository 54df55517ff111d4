"""An application for the tests of `python -m gyrfalcon`.

SPDX-License-Identifier: Apache-2.0
"""

import strawberry
from ways_schema import Query, Ticks

from gyrfalcon.strawberry import Schema


@strawberry.type(name="Query")
class Root(Query):
    @strawberry.field
    def strict(self) -> str:
        raise ValueError("strictly no")


schema = strawberry.Schema(Root, subscription=Ticks)
own = Schema(Root)


def make() -> strawberry.Schema:
    return schema


def fail() -> strawberry.Schema:
    raise RuntimeError("no schema today")
