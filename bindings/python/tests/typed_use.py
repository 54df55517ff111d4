"""A user's program, for mypy --strict: test_types.py. It is not run.

SPDX-License-Identifier: Apache-2.0
"""

from collections.abc import Awaitable, Callable
from typing import Any, assert_type

import strawberry
from graphql import ExecutionResult, build_schema, parse

import gyrfalcon
from gyrfalcon.extension import GyrfalconExtension
from gyrfalcon.strawberry import Schema


@strawberry.type
class Query:
    @strawberry.field
    def one(self) -> int:
        return 1


assert_type(gyrfalcon.install(strawberry=True, graphql_core=True, json=False), bool)
schema = Schema(Query, extensions=[GyrfalconExtension])
library = build_schema("type Query { one: Int }")
document = parse("{ one }")

assert_type(gyrfalcon.execute(library, document, {"one": 1}), Awaitable[ExecutionResult] | ExecutionResult)
assert_type(gyrfalcon.execute_sync(library, document, root_value=None), ExecutionResult)
assert_type(gyrfalcon.execute_json(library, document), bytes | Awaitable[bytes])
assert_type(gyrfalcon.stats(), dict[str, Any])


def told(event: gyrfalcon.Fallback) -> None:
    print(event.reason.upper(), event.query, event.operation_name or "")


assert_type(gyrfalcon.on_fallback(told), Callable[[], None])
explanation = gyrfalcon.explain(schema, "{ one }")
assert_type([field.how for field in explanation.fields], list[str])
gyrfalcon.disable(schema)
gyrfalcon.enable(library)
gyrfalcon.uninstall()


async def main() -> dict[str, Any] | None:
    return (await schema.execute("{ one }")).data
