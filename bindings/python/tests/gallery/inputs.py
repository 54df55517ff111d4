"""Arguments of all types.

SPDX-License-Identifier: Apache-2.0
"""

import datetime
import decimal
import enum
import uuid
from typing import Any, NewType, Optional

import strawberry
from strawberry.relay import GlobalID
from strawberry.scalars import JSON

from . import Case


@strawberry.enum
class Color(enum.Enum):
    RED = "r"
    GREEN = strawberry.enum_value("g", name="VERT")
    BLUE = 3


@strawberry.input
class Point:
    x: int
    y: int = 2
    label_text: str | None = strawberry.UNSET
    color: Color = Color.RED
    inner: Optional["Point"] = None
    points: list["Point"] | None = None
    names: list[str] = strawberry.field(default_factory=list)


@strawberry.input
class Change:
    title: strawberry.Maybe[str]
    size: strawberry.Maybe[int | None]
    tags: strawberry.Maybe[list[str]]
    at: strawberry.Maybe[Point]


@strawberry.input
class Sparse:
    a: int | None
    b: str | None = strawberry.field(default="b")


@strawberry.input(one_of=True)
class Either:
    number: int | None = strawberry.UNSET
    text: str | None = strawberry.UNSET


Even = strawberry.scalar(
    NewType("Even", int), name="Even", serialize=lambda value: value, parse_value=lambda value: int(value) // 2 * 2
)


def show(value: Any) -> str:
    if isinstance(value, Point):
        text = ", ".join(f"{key}={show(item)}" for key, item in vars(value).items())
        return f"Point({text})"
    if isinstance(value, list):
        return "[" + ", ".join(show(item) for item in value) + "]"
    return repr(value)


@strawberry.type
class Query:
    @strawberry.field
    def scalars(self, i: int, f: float, s: str, b: bool, d: strawberry.ID) -> str:
        return repr((i, f, s, b, d))

    @strawberry.field
    def optional(self, i: int | None, s: str | None = None, u: str | None = strawberry.UNSET) -> str:
        return repr((i, s, u))

    @strawberry.field
    def dates(self, d: datetime.date, t: datetime.datetime | None = None, u: uuid.UUID | None = None) -> str:
        return repr((d, t, u))

    @strawberry.field
    def decimals(self, d: decimal.Decimal, j: JSON | None = None, e: Even | None = None) -> str:
        return repr((d, j, e))

    @strawberry.field
    def enums(self, c: Color, cs: list[Color] | None = None, d: Color = Color.BLUE) -> str:
        return repr((c, cs, d))

    @strawberry.field
    def lists(self, a: list[int], b: list[int | None] | None = None, c: list[list[int]] | None = None) -> str:
        text = repr((a, b, c))
        a.append(9)
        return text

    @strawberry.field
    def defaults(self, a: list[int] = [1, 2], c: Color = Color.GREEN, n: int | None = None) -> str:  # noqa: B006
        return repr((a, c, n))

    @strawberry.field
    def point(self, at: Point) -> str:
        return show(at)

    @strawberry.field
    def points(self, at: list[Point], more: list[list[Point] | None] | None = None) -> str:
        return show(at) + show(more)

    @strawberry.field
    def change(self, to: Change) -> str:
        return repr([(name, getattr(to, name)) for name in ("title", "size", "tags")])

    @strawberry.field
    def sparse(self, of: Sparse) -> str:
        return repr((of.a, of.b))

    @strawberry.field
    def maybe(self, n: strawberry.Maybe[int], o: strawberry.Maybe[int | None] = None) -> str:
        return repr((n, o))

    @strawberry.field
    def either(self, which: Either) -> str:
        return repr((which.number, which.text))

    @strawberry.field
    def gid(self, key: GlobalID, keys: list[GlobalID] | None = None) -> str:
        return repr((key, keys))


schema = strawberry.Schema(Query)
_id = "VXNlcjox"
cases = [
    Case('{ scalars(i: 1, f: 2, s: "s", b: true, d: 5) optional(i: 1) a: optional(i: null, s: "x", u: null) b: optional }'),
    Case('{ dates(d: "2024-01-02", t: "2024-01-02T03:04:05") decimals(d: "1.50", j: {a: [1, {b: null}]}, e: 7) }'),
    Case('{ dates(d: "2024-01-02", u: "00000000-0000-0000-0000-000000000001") }'),
    Case('{ dates(d: "nonsense") }'),
    Case("query($d: Date!) { dates(d: $d) }", {"d": "nonsense"}),
    Case("query($d: Date!, $j: JSON) { dates(d: $d) decimals(d: 3, j: $j) }", {"d": "2020-02-03", "j": [{"k": 1}]}),
    Case("{ enums(c: RED) a: enums(c: VERT, cs: [BLUE, RED], d: RED) }"),
    Case("query($c: Color!, $cs: [Color!]) { enums(c: $c, cs: $cs) }", {"c": "VERT", "cs": ["RED"]}),
    Case("{ lists(a: [1]) a: lists(a: 1, b: [null, 2], c: [[1], [2]]) b: lists(a: [1]) }"),
    Case("query($a: [Int!]!) { lists(a: $a) again: lists(a: $a) }", {"a": [1, 2]}),
    Case("{ defaults a: defaults(a: [], c: RED, n: null) b: defaults }"),
    Case('{ point(at: {x: 1}) a: point(at: {x: 1, y: 3, labelText: null, color: VERT, names: ["n"]}) }'),
    Case('{ point(at: {x: 1, inner: {x: 2, inner: {x: 3}}, points: [{x: 4}, {x: 5, labelText: "t"}]}) }'),
    Case("query($p: Point!) { point(at: $p) a: point(at: $p) }", {"p": {"x": 1, "points": [{"x": 2}], "color": "BLUE"}}),
    Case('query($x: Int!) { point(at: {x: $x, names: ["a"]}) points(at: [{x: $x}], more: [[{x: $x}], null]) }', {"x": 5}),
    Case('{ change(to: {}) a: change(to: {title: "t", size: null, tags: ["a"]}) b: change(to: {size: 3}) }'),
    Case("{ maybe(n: 1) a: maybe b: maybe(n: 2, o: null) c: maybe(o: 3) }"),
    Case("{ sparse(of: {}) }"),
    Case("{ sparse(of: {a: 1}) a: sparse(of: {a: null, b: null}) }"),
    Case("query($t: String) { change(to: {title: $t}) }", {"t": None}),
    Case('{ either(which: {number: 1}) a: either(which: {text: "t"}) }'),
    Case("query($e: Either!) { either(which: $e) }", {"e": {"number": 1, "text": "t"}}),
    Case('{ gid(key: "%s") a: gid(key: "%s", keys: ["%s"]) }' % (_id, _id, _id)),
    Case('{ gid(key: "nonsense") }'),
]
