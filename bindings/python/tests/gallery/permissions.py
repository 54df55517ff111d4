"""Permissions, alone and together with other things.

SPDX-License-Identifier: Apache-2.0
"""

from typing import Any

import strawberry
from strawberry.extensions.field_extension import FieldExtension
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.types import Info

from . import Case


class Base(BasePermission):
    message = "not allowed"

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> Any:
        info.context.log.append((type(self).__name__, info.field_name, sorted(kwargs)))
        return self.answer(source, info, **kwargs)


class Yes(Base):
    def answer(self, source: Any, info: Any, **kwargs: Any) -> Any:
        return True


class No(Base):
    message = "never"
    error_extensions = {"code": "NO"}

    def answer(self, source: Any, info: Any, **kwargs: Any) -> Any:
        return False


class IsAnn(Base):
    def answer(self, source: Any, info: Any, **kwargs: Any) -> Any:
        return info.context.user == "ann"


class Positive(Base):
    def answer(self, source: Any, info: Any, number: int = 0, **kwargs: Any) -> Any:
        return number > 0


class Slow(BasePermission):
    message = "too slow"

    async def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        info.context.log.append(("Slow", info.field_name, sorted(kwargs)))
        return info.context.user == "ann"


class Truthy(Base):
    def answer(self, source: Any, info: Any, **kwargs: Any) -> Any:
        return "yes"


class Coroutine(Base):
    def answer(self, source: Any, info: Any, **kwargs: Any) -> Any:
        async def later() -> bool:
            return False

        return later()


class Raises(Base):
    def answer(self, source: Any, info: Any, **kwargs: Any) -> Any:
        raise KeyError("broken")


class Own(Base):
    def answer(self, source: Any, info: Any, **kwargs: Any) -> Any:
        return False

    def on_unauthorized(self) -> Any:
        raise RuntimeError("own words")


class Softly(Base):
    def answer(self, source: Any, info: Any, **kwargs: Any) -> Any:
        return False

    def on_unauthorized(self) -> Any:
        return "instead"


class Upper(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        return next_(source, info, **kwargs).upper()


def silent(*classes: type) -> PermissionExtension:
    return PermissionExtension([cls() for cls in classes], fail_silently=True)


@strawberry.type
class Thing:
    name: str = "thing"
    yes: str = strawberry.field(default="yes", permission_classes=[Yes])
    no: str | None = strawberry.field(default="no", permission_classes=[No])
    both: str | None = strawberry.field(default="both", permission_classes=[IsAnn, Yes])
    slow_attribute: str | None = strawberry.field(default="slow", permission_classes=[Slow])
    hidden: str | None = strawberry.field(default="x", extensions=[silent(No)])
    hidden_list: list[str] = strawberry.field(default_factory=lambda: ["x"], extensions=[silent(Yes, No)])
    hidden_optional_list: list[str] | None = strawberry.field(default=None, extensions=[silent(No)])
    shown_list: list[str] = strawberry.field(default_factory=lambda: ["x"], extensions=[silent(Yes)])
    instead: str = strawberry.field(default="x", permission_classes=[Softly])
    own: str | None = strawberry.field(default="x", permission_classes=[Own])
    raises: str | None = strawberry.field(default="x", permission_classes=[Raises])
    truthy: str | None = strawberry.field(default="x", permission_classes=[Truthy])

    @strawberry.field(permission_classes=[Coroutine])
    def coroutine(self) -> str | None:
        return "x"

    @strawberry.field(permission_classes=[Yes])
    def method(self, info: Info, first: int = 1) -> str:
        return f"{info.field_name} {first}"

    @strawberry.field(permission_classes=[Positive])
    def checked(self, number: int, other: str | None = None) -> str | None:
        return f"{number} {other}"

    @strawberry.field(permission_classes=[Yes])
    def with_root(root, i: strawberry.Info) -> str:  # type: ignore[no-untyped-def]  # noqa: N805
        return root.name + i.field_name

    @strawberry.field(permission_classes=[Slow, IsAnn])
    def slow_method(self, number: int = 3) -> str | None:
        return f"slow {number}"

    @strawberry.field(permission_classes=[Yes])
    async def asynchronous(self, number: int = 4) -> str:
        return f"async {number}"

    @strawberry.field(permission_classes=[Slow, Truthy])
    async def slow_asynchronous(self) -> str | None:
        return "async"

    @strawberry.field(extensions=[PermissionExtension([Yes()]), PermissionExtension([IsAnn(), Slow()])])
    def two(self) -> str | None:
        return "two"

    @strawberry.field(extensions=[Upper(), PermissionExtension([IsAnn()])])
    def upper(self) -> str | None:
        return "upper"


@strawberry.type
class Query:
    @strawberry.field(permission_classes=[IsAnn])
    def thing(self) -> Thing | None:
        return Thing()

    @strawberry.field
    def things(self) -> list[Thing]:
        return [Thing(), Thing()]


def stranger() -> Any:
    from types import SimpleNamespace

    return SimpleNamespace(user="bob", log=[])


schema = strawberry.Schema(Query)
_sync = """name yes no both hidden hiddenList hiddenOptionalList shownList instead own raises truthy coroutine method(first: 2)
  checked(number: 3) unchecked: checked(number: 0, other: "o") withRoot upper"""
_async = "slowAttribute slowMethod(number: 5) asynchronous slowAsynchronous two"
cases = [
    Case("{ thing { %s } }" % _sync),
    Case("{ thing { name } things { %s } }" % _sync, context=stranger),
    Case("{ thing { %s } }" % _async, sync=False),
    Case("{ things { name %s } }" % _async, context=stranger, sync=False),
    Case("{ things { %s %s } }" % (_sync, _async), sync=False),
]
