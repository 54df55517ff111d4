"""Scalars: the built-in ones with odd values, Strawberry's, and custom ones.

SPDX-License-Identifier: Apache-2.0
"""

import datetime
import decimal
import uuid
from typing import Any, NewType

import strawberry
from strawberry.scalars import JSON, Base16, Base64

from . import Case

Loud = strawberry.scalar(NewType("Loud", str), name="Loud", serialize=lambda value: value.upper(), parse_value=str)
Picky = strawberry.scalar(NewType("Picky", str), name="Picky", serialize=lambda value: 1 / value, parse_value=str)


class Index:
    def __index__(self) -> int:
        return 5

    def __str__(self) -> str:
        return "index"


VALUES: dict[str, Any] = {
    "one": 1,
    "true": True,
    "half": 0.5,
    "whole": 2.0,
    "text": "text",
    "digits": "12",
    "empty": "",
    "big": 2**31,
    "huge": 2**70,
    "nan": float("nan"),
    "infinite": float("inf"),
    "list": [],
    "dict": {},
    "index": Index(),
    "none": None,
    "decimal": decimal.Decimal("1.5"),
    "bytes": b"b",
}


@strawberry.type
class Box:
    value: strawberry.Private[Any]
    as_int: int | None = strawberry.field(resolver=lambda root: root.value)
    as_float: float | None = strawberry.field(resolver=lambda root: root.value)
    as_str: str | None = strawberry.field(resolver=lambda root: root.value)
    as_bool: bool | None = strawberry.field(resolver=lambda root: root.value)
    as_id: strawberry.ID | None = strawberry.field(resolver=lambda root: root.value)
    as_list: list[int] | None = strawberry.field(resolver=lambda root: root.value)


@strawberry.type
class Query:
    day: datetime.date = datetime.date(2020, 1, 2)
    moment: datetime.datetime = datetime.datetime(2020, 1, 2, 3, 4, 5)
    clock: datetime.time = datetime.time(3, 4)
    number: decimal.Decimal = decimal.Decimal("1.50")
    key: uuid.UUID = uuid.UUID(int=7)
    json: JSON = strawberry.field(resolver=lambda: {"a": [1, None, {"b": 2.5}]})
    base16: Base16 = strawberry.field(resolver=lambda: b"ab")
    base64: Base64 = strawberry.field(resolver=lambda: b"ab")
    loud: Loud = strawberry.field(resolver=lambda: "loud")
    picky: Picky | None = strawberry.field(resolver=lambda: 0)
    wrong_date: datetime.date | None = strawberry.field(resolver=lambda: "2020")
    void: None = None

    @strawberry.field
    def box(self, of: str) -> Box:
        return Box(value=VALUES[of])


schema = strawberry.Schema(Query)
cases = [
    Case("{ day moment clock number key json base16 base64 loud void }", root=lambda: Query()),
    Case("{ picky wrongDate }"),
    *(Case("query($of: String!) { box(of: $of) { asInt asFloat asStr asBool asId asList } }", {"of": name}) for name in VALUES),
]
