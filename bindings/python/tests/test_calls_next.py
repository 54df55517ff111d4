"""What a hook calls to go on, beside Strawberry's own resolvers.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import weakref
from typing import Any

import pytest
import strawberry
from calls_support import Ours, errors_of
from graphql import MiddlewareManager, parse
from graphql.execution import execute
from strawberry.permission import BasePermission
from strawberry.types.info import Info

seen: list[Any] = []


class Yes(BasePermission):
    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        seen.append(("permission", kwargs))
        return True


@strawberry.input
class Point:
    x: int
    y: int = 2


@strawberry.type
class Row:
    name: str = "row"
    guarded: str = strawberry.field(permission_classes=[Yes], default="guarded")

    @strawberry.field
    def computed(self) -> str:
        return f"computed {self.name}"

    @strawberry.field
    def asked(
        self, info: strawberry.Info, by: int = 3, point: Point | None = None, some_thing: str | None = strawberry.UNSET
    ) -> str:
        seen.append((type(info) is Info, info.field_name, info.path.as_list(), some_thing is strawberry.UNSET))
        return f"{by} {point} {some_thing!r} {info._field.python_name}"

    @strawberry.field
    async def later(self, parent: strawberry.Parent[Any], by: int) -> str:
        await asyncio.sleep(0)
        return f"later {by} {type(parent).__name__}"

    @strawberry.field
    def fails(self) -> str:
        raise ValueError("fails")

    @strawberry.field
    def keywords(self, root: strawberry.Parent[Any], info: strawberry.Info) -> str:
        return f"{type(root).__name__}"


@strawberry.type
class Query:
    @strawberry.field
    def row(self) -> Row:
        return Row()


def passes(next_: Any, source: Any, info: Any, **args: Any) -> Any:
    seen.append((info.field_name, args))
    return next_(source, info, **args)


async def awaits(next_: Any, source: Any, info: Any, **args: Any) -> Any:
    result = next_(source, info, **args)
    return await result if inspect.isawaitable(result) else result


def asks(next_: Any, source: Any, info: Any, **args: Any) -> Any:
    bare = inspect.unwrap(next_)
    seen.append((info.field_name, inspect.iscoroutinefunction(next_), callable(next_), next_.__name__ == bare.__name__))
    return next_(source, info, **args)


def changes(next_: Any, source: Any, info: Any, **args: Any) -> Any:
    if "by" in args:
        args["by"] += 10
    if "someThing" in args or "some_thing" in args:
        args.pop("someThing", args.pop("some_thing", None))
    return next_(Row(name="other") if isinstance(source, Row) else source, info, **args)


def drops(next_: Any, source: Any, info: Any, **_args: Any) -> Any:
    return next_(source, info)


def adds(next_: Any, source: Any, info: Any, **args: Any) -> Any:
    return next_(source, info, **args, unheard_of=1)


def by_keyword(next_: Any, source: Any, info: Any, **args: Any) -> Any:
    return next_(_source=source, info=info, **args)


def more(next_: Any, source: Any, info: Any, **args: Any) -> Any:
    return next_(source, info, 1, **args)


def nothing(next_: Any, _source: Any, _info: Any, **_args: Any) -> Any:
    return next_()


SCHEMA = strawberry.Schema(Query)._schema
QUERIES = [
    "{ row { name computed asked } }",
    '{ row { asked(by: 4, point: {x: 1}, someThing: "t") other: asked(point: null) } }',
    "query ($by: Int!) { row { asked(by: $by) later(by: $by) } }",
    "{ row { guarded fails } }",
    "{ row { keywords } }",
]
HOOKS: list[list[Any]] = [
    [passes],
    [awaits],
    [asks],
    [changes],
    [drops],
    [adds],
    [by_keyword],
    [more],
    [nothing],
    [passes, changes],
    [awaits, passes],
]


def finished(result: Any) -> Any:
    async def wait() -> Any:
        return await result

    return asyncio.run(wait()) if inspect.isawaitable(result) else result


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize("hooks", HOOKS, ids=lambda hooks: "+".join(hook.__name__ for hook in hooks))
@pytest.mark.parametrize("query", QUERIES)
def test_hooks(query: str, hooks: list[Any]) -> None:
    ours, outcomes = Ours(SCHEMA), []
    variables = {"by": 5} if "$by" in query else None
    for run in (
        lambda: execute(SCHEMA, parse(query), variable_values=variables, middleware=MiddlewareManager(*hooks)),
        lambda: ours.execute(query, variables, middleware=MiddlewareManager(*hooks)),
    ):
        seen.clear()
        result = finished(run())
        outcomes.append((result.data, sorted(map(repr, errors_of(result))), sorted(map(repr, seen))))
    assert outcomes[0] == outcomes[1]


def test_a_replaced_function_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Ours(SCHEMA)
    query = "{ row { computed } }"
    manager = MiddlewareManager(passes)
    assert ours.execute(query, middleware=manager).data == {"row": {"computed": "computed row"}}
    field = SCHEMA.get_type("Row").fields["computed"]
    monkeypatch.setattr(field, "resolve", lambda _source, _info: "replaced")
    assert ours.execute(query, middleware=manager).data == {"row": {"computed": "replaced"}}


def test_a_manager_of_another_class_is_asked() -> None:
    class Other(MiddlewareManager):
        def get_field_resolver(self, resolver: Any) -> Any:
            seen.append(resolver)
            return super().get_field_resolver(resolver)

    seen.clear()
    query = "{ row { computed } }"
    assert Ours(SCHEMA).execute(query, middleware=Other(passes)).data == {"row": {"computed": "computed row"}}
    assert SCHEMA.get_type("Row").fields["computed"].resolve in seen


def test_a_manager_keeps_nothing_of_a_request() -> None:
    manager = MiddlewareManager(passes)
    ours = Ours(SCHEMA)
    ours.execute("{ row { computed name } }", middleware=manager)
    core = weakref.ref(ours.conversion)
    seen.clear()
    del ours
    gc.collect()
    assert core() is None
