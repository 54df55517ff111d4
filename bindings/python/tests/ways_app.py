"""An application for the tests of `python -m gyrfalcon`.

SPDX-License-Identifier: Apache-2.0
"""

import strawberry
from ways_schema import Query

schema = strawberry.Schema(Query)


def make() -> strawberry.Schema:
    return schema


def fail() -> strawberry.Schema:
    raise RuntimeError("no schema today")
