"""Exception handlers of a schema, where Strawberry has them.

SPDX-License-Identifier: Apache-2.0
"""

from typing import Any

import strawberry

from . import Case, NotHere

if not hasattr(strawberry, "ExceptionHandler"):
    raise NotHere


class Refused(Exception):
    pass


@strawberry.type
class Refusal:
    reason: str


@strawberry.type
class Success:
    value: int


class Handler(strawberry.ExceptionHandler[Refused, Refusal]):
    def handle(self, exception: Refused, *, field: Any, info: Any) -> Refusal | None:
        return None if str(exception) == "pass" else Refusal(reason=f"{exception} at {info.field_name}")


@strawberry.type
class Query:
    @strawberry.field
    def attempt(self, why: str | None = None) -> Success | Refusal:
        if why:
            raise Refused(why)
        return Success(value=1)

    @strawberry.field
    async def slowly(self, why: str | None = None) -> Success | Refusal:
        if why:
            raise Refused(why)
        return Success(value=2)

    @strawberry.field
    def unhandled(self) -> int | None:
        raise Refused("unhandled")


schema = strawberry.Schema(Query, exception_handlers=[Handler()])
_both = "__typename ... on Success { value } ... on Refusal { reason }"
cases = [
    Case('{ attempt { %s } a: attempt(why: "x") { %s } unhandled }' % (_both, _both)),
    Case('{ attempt(why: "pass") { %s } }' % _both),
    Case('{ slowly { %s } a: slowly(why: "y") { %s } }' % (_both, _both), sync=False),
]
