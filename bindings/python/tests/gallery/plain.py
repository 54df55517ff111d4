"""Fields in all the ways in which they can be written: attributes, and functions with all kinds of parameters.

SPDX-License-Identifier: Apache-2.0
"""

import functools
from typing import Annotated, Any, Optional

import strawberry
from strawberry.types import Info

from . import Case


def free(root: "Animal", suffix: str = "!") -> str:
    return root.name + suffix


def logged(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


class Shouter:
    __module__ = __name__
    __name__ = "shouter"

    def __call__(self, root: Any) -> str:
        return root.name.upper()


def prefixed(prefix: str, root: Any, info: Info) -> str:
    return prefix + root.name + info.field_name


@strawberry.type
class Animal:
    name: str
    age: int = 3
    weight: float | None = None
    tags: list[str] = strawberry.field(default_factory=lambda: ["a", "b"])
    secret: strawberry.Private[str] = "hidden"
    renamed: str = strawberry.field(name="otherName", default="x", description="renamed", deprecation_reason="old")
    mother: Optional["Animal"] = None

    with_free: str = strawberry.field(resolver=free)
    with_lambda: int = strawberry.field(resolver=lambda root: root.age + 1)
    constant: int = strawberry.field(resolver=lambda: 42)
    with_object: str = strawberry.field(resolver=Shouter())

    @strawberry.field
    def me(self) -> "Animal":
        return self

    @strawberry.field
    def no_self() -> str:  # type: ignore[misc]
        return "none"

    @strawberry.field
    def with_root(root) -> str:  # type: ignore[no-untyped-def]  # noqa: N805
        return root.name

    @strawberry.field
    def with_parent(parent: strawberry.Parent["Animal"]) -> str:  # type: ignore[misc]  # noqa: N805
        return parent.name

    @strawberry.field
    def with_info(self, info: Info) -> str:
        return f"{info.field_name} {info.python_name} {info.context.user} {info.path.key}"

    @strawberry.field
    def other_info(self, i: strawberry.Info) -> str:
        return i.field_name

    @strawberry.field
    def info_first(info: Info, self_: int = 1) -> str:  # type: ignore[misc]  # noqa: N805
        return f"{info.field_name}{self_}"

    @strawberry.field
    def keywords(self, *, b: int, a: int = 1) -> str:
        return f"{a} {b}"

    @strawberry.field
    def gaps(self, a: int | None = strawberry.UNSET, b: int = 2, c: str | None = "c") -> str:
        return f"{a!r} {b} {c!r}"

    @strawberry.field
    def annotated(self, value: Annotated[int, strawberry.argument(name="theValue", description="d")]) -> int:
        return value * 2

    @strawberry.field
    @staticmethod
    def static(root: "Animal") -> str:
        return "static " + root.name

    @strawberry.field
    @logged
    def wrapped(self, suffix: str) -> str:
        return self.name + suffix

    @strawberry.field
    async def slow(self, times: int = 2) -> str:
        return self.name * times

    @strawberry.field
    def raises(self) -> str:
        raise ValueError("no " + self.name)

    @strawberry.field
    def returns_error(self) -> str | None:
        return ValueError("returned")  # type: ignore[return-value]

    @strawberry.field
    def later(self) -> str:
        async def answer() -> str:
            return "later " + self.name

        return answer()  # type: ignore[return-value]

    @property
    def attribute(self) -> str:
        return "property"


@strawberry.type
class Query:
    @strawberry.field
    def animal(self, name: str = "rex") -> Animal:
        return Animal(name=name, mother=Animal(name="mum", age=9, weight=1.5))

    @strawberry.field
    def animals(self, count: int = 3) -> list[Animal]:
        return [Animal(name=f"a{i}", age=i) for i in range(count)]

    @strawberry.field
    def broken(self) -> Animal:
        return object()  # type: ignore[return-value]

    @strawberry.field
    def nothing(self) -> None:
        return None


schema = strawberry.Schema(Query)
_all = """name age weight tags otherName mother { name age weight } withFree withLambda constant withObject me { name }
  noSelf withRoot withParent withInfo otherInfo infoFirst keywords(b: 5) gaps annotated(theValue: 4) static
  wrapped(suffix: "?") returnsError"""
cases = [
    Case("{ animal { %s } }" % _all),
    Case("{ animals(count: 4) { %s } }" % _all),
    Case("{ animal { slow(times: 3) later } animals { slow later } }", sync=False),
    Case('{ animal(name: "a") { a: gaps(a: null) b: gaps(b: 3, c: null) c: gaps(a: 1, c: "x") withFree(suffix: "?") } }'),
    Case("query($a: Int, $b: Int = 7) { animal { gaps(a: $a) keywords(a: $b, b: $b) } }", {}),
    Case("query($a: Int) { animal { gaps(a: $a) } }", {"a": None}),
    Case("{ animal { raises } }"),
    Case("{ broken { name } }"),
    Case("{ nothing animal { __typename infoFirst(self_: 2) } }"),
]
