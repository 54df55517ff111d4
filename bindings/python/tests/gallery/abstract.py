"""Interfaces, unions, generics, casts, enums, lazy types.

SPDX-License-Identifier: Apache-2.0
"""

import enum
from types import SimpleNamespace
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from . import Case

T = TypeVar("T")


@strawberry.enum
class Size(enum.Enum):
    SMALL = "s"
    LARGE = strawberry.enum_value("l", name="HUGE", deprecation_reason="too large")


@strawberry.enum
class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2
    ALSO_LOW = 1


@strawberry.enum
class Word(str, enum.Enum):  # noqa: UP042  hashes as its value does
    A = "a"
    B = "b"


@strawberry.enum(graphql_name_from="value")
class Named(enum.Enum):
    FIRST = "one"
    SECOND = "two"


@strawberry.interface
class Being:
    name: str

    @strawberry.field
    def shout(self) -> str:
        return self.name.upper()


@strawberry.interface
class Legged(Being):
    legs: int = 4


@strawberry.type
class Dog(Legged):
    size: Size = Size.SMALL


@strawberry.type
class Cat(Legged):
    level: Level = Level.LOW


@strawberry.type
class Puppy(Dog):
    age: int = 0


@strawberry.type
class Rock:
    weight: int = 7

    @classmethod
    def is_type_of(cls, obj: Any, info: Any) -> bool:
        return isinstance(obj, Rock) or hasattr(obj, "weight")


@strawberry.interface
class Shape:
    area: float

    @classmethod
    def resolve_type(cls, obj: Any, info: Any, type_: Any) -> str:
        return "Square" if obj.area > 1 else "Dot"


@strawberry.type
class Square(Shape):
    side: float = 2


@strawberry.type
class Dot(Shape):
    pass


@strawberry.type
class Edge(Generic[T]):
    node: T
    cursor: str = "c"


@strawberry.type
class Page(Generic[T]):
    edges: list[Edge[T]]


@strawberry.type
class Text:
    text: str = "t"


Things = Annotated[Dog | Cat | Rock, strawberry.union("Things")]
Edges = Annotated[Edge[int] | Edge[str] | Text, strawberry.union("Edges")]


@strawberry.type
class Query:
    @strawberry.field
    def beings(self) -> list[Being]:
        return [Dog(name="d"), Cat(name="c"), Puppy(name="p")]

    @strawberry.field
    def being(self, what: str) -> Being | None:
        return thing(what)

    @strawberry.field
    def things(self) -> list[Things]:
        return [Dog(name="d"), Cat(name="c", level=Level.HIGH), Rock()]

    @strawberry.field
    def thing(self, what: str) -> Things | None:
        return thing(what)

    @strawberry.field
    def shapes(self) -> list[Shape]:
        return [Square(area=4), Dot(area=0)]

    @strawberry.field
    def edges(self) -> list[Edges]:
        return [Edge(node=1), Edge(node="s"), Text(), Edge[int](node=3)]

    @strawberry.field
    def page(self) -> Page[Dog]:
        return Page(edges=[Edge(node=Dog(name="d")), Edge(node=Puppy(name="p"))])

    @strawberry.field
    def lazy(self) -> Annotated["Text", strawberry.lazy("gallery.abstract")]:
        return Text(text="lazy")

    @strawberry.field
    def sizes(self) -> list[Size | None]:
        return [Size.SMALL, Size.LARGE, "s", None]  # type: ignore[list-item]

    @strawberry.field
    def levels(self) -> list[Level]:
        return [Level.LOW, Level.HIGH, Level.ALSO_LOW, 2]  # type: ignore[list-item]

    @strawberry.field
    def words(self) -> list[Word]:
        return [Word.A, "b", Word("b")]  # type: ignore[list-item]

    @strawberry.field
    def named(self) -> list[Named]:
        return list(Named)

    @strawberry.field
    def wrong(self) -> Size | None:
        return "nothing"  # type: ignore[return-value]

    @strawberry.field
    def unhashable(self) -> Size | None:
        return []  # type: ignore[return-value]


def thing(what: str) -> Any:
    made: dict[str, Any] = {
        "dog": Dog(name="d"),
        "puppy": Puppy(name="p"),
        "rock": Rock(),
        "like a rock": SimpleNamespace(weight=1, name="n"),
        "text": Text(),
        "cast": strawberry.cast(Cat, SimpleNamespace(name="cast", legs=1, level=Level.LOW)),
        "cast dog": strawberry.cast(Cat, Dog(name="no dog")),
        "none": object(),
    }
    return made[what]


schema = strawberry.Schema(Query, types=[Dog, Cat, Puppy, Rock, Square, Dot])
_kinds = "__typename ... on Being { name shout } ... on Legged { legs } ... on Dog { size } ... on Cat { level }"
_what = ["dog", "puppy", "rock", "like a rock", "text", "cast", "cast dog", "none"]
cases = [
    Case("{ beings { %s } things { %s ... on Rock { weight } } }" % (_kinds, _kinds)),
    Case(
        "{ shapes { __typename area ... on Square { side } } lazy { text } page { __typename edges { __typename node { name } } } }"
    ),
    Case("{ edges { __typename ... on IntEdge { cursor n: node } ... on StrEdge { cursor s: node } ... on Text { text } } }"),
    Case("{ sizes levels words named }"),
    Case("{ wrong unhashable }"),
    *(Case("query($w: String!) { being(what: $w) { %s } }" % _kinds, {"w": what}) for what in _what),
    *(Case("query($w: String!) { thing(what: $w) { %s ... on Rock { weight } } }" % _kinds, {"w": what}) for what in _what),
]
