"""Permissions, watch lists and fallbacks, beside Strawberry.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from inspect import isawaitable
from typing import Any
from unittest import mock

import pytest
import strawberry
from calls_support import G33, Ours, errors_of
from graphql import parse
from graphql.execution import execute
from strawberry.execution import optimized_is_awaitable
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.schema import schema as strawberry_schema
from strawberry.schema._graphql_core import execution_context_class_kwargs

INFO_CLASS = getattr(strawberry_schema, "_OperationContextAwareGraphQLResolveInfo", None)
calls: list[Any] = []


class Says(BasePermission):
    message = "says no"
    error_extensions = {"code": "NO"}  # noqa: RUF012

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> Any:
        calls.append((type(self).__name__, type(source).__name__, info.path.as_list(), kwargs))
        answer = info.context["answer"]
        if isinstance(answer, Exception):
            raise answer
        return answer(self, source, info, kwargs) if callable(answer) else answer


class Also(Says):
    message = "also says no"


class Awaits(BasePermission):
    message = "awaits and says no"

    async def has_permission(self, source: Any, info: Any, **kwargs: Any) -> Any:
        calls.append(("Awaits", info.path.as_list(), kwargs))
        await asyncio.sleep(0)
        answer = info.context["answer"]
        return True if callable(answer) else answer


class Shout(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        return str(next_(source, info, **kwargs)).upper()


async def _text() -> str:
    return "text"


@strawberry.input
class Point:
    x: int
    y: int = 2


@strawberry.type
class Row:
    name: str = strawberry.field(permission_classes=[Says], default="n")
    two: str = strawberry.field(permission_classes=[Says, Also], default="t")
    twice: str = strawberry.field(extensions=[PermissionExtension([Says()]), PermissionExtension([Also()])], default="w")
    silent: str | None = strawberry.field(extensions=[PermissionExtension([Says()], fail_silently=True)], default="s")
    silent_list: list[str] = strawberry.field(
        extensions=[PermissionExtension([Says()], fail_silently=True)], default_factory=lambda: ["l"]
    )
    waits: str = strawberry.field(permission_classes=[Awaits], default="a")

    @strawberry.field(permission_classes=[Says])
    def method(self, info: strawberry.Info, by: int = 3, point: Point | None = None) -> str:
        calls.append(("method", info.path.as_list(), by, point))
        return f"{self.name}{by}{point}"

    @strawberry.field(permission_classes=[Says, Awaits])
    async def later(self, by: int | None = None) -> str | None:
        calls.append(("later", by))
        await asyncio.sleep(0)
        return f"later {by}"

    @strawberry.field(permission_classes=[Awaits])
    def mixed(self, parent: strawberry.Parent[Any], info: strawberry.Info) -> str:
        return f"{type(parent).__name__}{info.field_name}"

    @strawberry.field(permission_classes=[Awaits])
    def gives_a_coroutine(self) -> str | None:
        return _text()  # type: ignore[return-value]

    @strawberry.field(permission_classes=[Awaits])
    async def gives_a_coroutine_later(self) -> str | None:
        return _text()  # type: ignore[return-value]

    @strawberry.field
    async def unguarded_coroutine(self) -> str | None:
        return _text()  # type: ignore[return-value]

    @strawberry.field(extensions=[PermissionExtension([Says()]), PermissionExtension([Awaits()])])
    def first_says(self) -> str | None:
        return "first says"

    @strawberry.field(extensions=[PermissionExtension([Awaits()]), PermissionExtension([Says()])])
    def first_awaits(self) -> str | None:
        return "first awaits"

    @strawberry.field(extensions=[Shout(), PermissionExtension([Says()])])
    def shout(self) -> str:
        return "shout"

    @strawberry.field
    def plain(self, info: strawberry.Info, by: int = 1) -> str:
        return f"plain {by} {info.field_name}"


def root_resolver(root: Any, info: strawberry.Info, n: int = 2) -> list[Row]:
    calls.append(("rows", n, root))
    return [Row() for _ in range(n)]


@strawberry.type
class Query:
    rows: list[Row] = strawberry.field(resolver=root_resolver, permission_classes=[Says])
    row: Row = strawberry.field(resolver=lambda: Row())

    @strawberry.field
    def maybe(self) -> Row | None:
        return Row()


SCHEMA = strawberry.Schema(Query)
OURS = Ours(SCHEMA._schema)
SYNC = [
    "{ row { name two twice } }",
    "{ row { silent silentList } }",
    "{ maybe { name } row { two } }",
    "{ rows { name } }",
    "{ rows(n: 1) { method(by: 7, point: {x: 1}) other: method } }",
    "query ($v: Int, $w: Int = 4) { row { method(by: $v) b: method(by: $w) } }".replace("$v: Int,", "$v: Int! = 1,").replace(
        "$w: Int =", "$w: Int! ="
    ),
    "{ row { shout plain(by: 3) } }",
]
ASYNC = [
    "{ row { waits } }",
    "{ maybe { waits name mixed } other: maybe { later } }",
    "{ rows { later(by: 1) method } }",
    "query ($v: Int) { row { later(by: $v) } }",
    "{ row { givesACoroutine } }",
    "{ row { givesACoroutineLater unguardedCoroutine } }",
    "{ row { firstSays firstAwaits } }",
]


async def _never() -> AsyncIterator[bool]:
    yield True


async def _true() -> bool:
    return True


ANSWERS = [
    True,
    False,
    1,
    0,
    None,
    "yes",
    ValueError("boom"),
    lambda *_: _never(),
    lambda *_: _true(),
    lambda self, *_: type(self) is Says,
]


def stock(query: str, context: Any, variables: Any = None) -> Any:
    kwargs = execution_context_class_kwargs(SCHEMA.execution_context_class)
    if G33:
        kwargs["operation_extensions"] = None
    return execute(
        SCHEMA._schema,
        parse(query),
        context_value=context,
        variable_values=variables,
        is_awaitable=optimized_is_awaitable,
        **kwargs,
    )


def finished(result: Any) -> Any:
    async def wait() -> Any:
        return await result

    return asyncio.run(wait()) if isawaitable(result) else result


def same(query: str, answer: Any, variables: Any = None) -> Any:
    calls.clear()
    theirs = finished(stock(query, {"answer": answer}, variables))
    their_calls = list(calls)
    calls.clear()
    result = OURS.execute(query, variables, None, {"answer": answer}, info_factory=INFO_CLASS)
    mine = finished(result)
    assert mine.data == theirs.data
    if isawaitable(result):
        assert sorted(map(repr, errors_of(mine))) == sorted(map(repr, errors_of(theirs)))
        assert sorted(map(repr, calls)) == sorted(map(repr, their_calls))
    else:
        assert errors_of(mine) == errors_of(theirs)
        assert calls == their_calls
    return mine


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("query", SYNC + ASYNC)
def test_permissions(query: str, answer: Any) -> None:
    same(query, answer, {"v": 5} if "$v" in query else None)


def test_has_permission_is_looked_up_at_each_call() -> None:
    query = "{ row { name } }"
    assert not same(query, True).errors
    with mock.patch.object(Says, "has_permission", lambda self, source, info: False):
        assert same(query, True).errors
    assert not same(query, True).errors
    with mock.patch.object(Says, "on_unauthorized", side_effect=KeyError("mocked")):
        assert "mocked" in str(same(query, False).errors[0])


def test_patched_code_runs_as_the_framework_would_run_it() -> None:
    query = "{ row { name plain method } }"
    assert not same(query, True).errors
    with mock.patch.object(PermissionExtension, "resolve", lambda self, next_, source, info, **kwargs: "patched"):
        same(query, False)
    with mock.patch.object(PermissionExtension, "_on_unauthorized", lambda self, permission: "patched"):
        assert same(query, False).data == {"row": {"name": "patched", "plain": "plain 1 plain", "method": "patched"}}
    assert same(query, False).errors


@pytest.mark.parametrize("before", [False, True])
def test_a_replaced_resolver_runs(before: bool) -> None:
    query = "{ row { plain name silent } }"
    ours = Ours(SCHEMA._schema)
    context = {"answer": True}
    if before:
        assert not ours.execute(query, context=context, info_factory=INFO_CLASS).errors
    fields = SCHEMA._schema.get_type("Row").fields
    seen = []
    for name in ("plain", "name"):
        field = fields[name]
        genuine = field.resolve

        def traced(source: Any, info: Any, _genuine: Any = genuine, **kwargs: Any) -> Any:
            seen.append((info.field_name, kwargs))
            return _genuine(source, info, **kwargs)

        with mock.patch.object(field, "resolve", traced):
            result = ours.execute(query, context=context, info_factory=INFO_CLASS)
            assert not result.errors
            assert result.data == {"row": {"plain": "plain 1 plain", "name": "n", "silent": "s"}}
            explained = {path: reason for path, *_, reason in ours.plan(query)[0].explain()}
            assert explained[f"row.{name}"] == "replaced" or (not before and "traced" in explained[f"row.{name}"])
            assert explained["row.silent"] != "replaced"
    assert seen == [("plain", {"by": 1}), ("name", {})]
    seen.clear()
    assert not ours.execute(query, context=context, info_factory=INFO_CLASS).errors
    assert not seen


@pytest.mark.filterwarnings("ignore:coroutine")
def test_no_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    # Coroutines that nobody awaits end here, as with Strawberry; pytest would keep what is said of them, and the probe.
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: None)
    probe = object()

    async def run() -> None:
        for query in SYNC + ASYNC:
            for answer in (True, False, 1):
                result = OURS.execute(
                    query, {"v": 1} if "$v" in query else None, probe, {"answer": answer}, info_factory=INFO_CLASS
                )
                if isawaitable(result):
                    await result
        calls.clear()

    asyncio.run(run())
    gc.collect()
    before = sys.getrefcount(probe)
    for _ in range(5):
        asyncio.run(run())
    gc.collect()
    assert sys.getrefcount(probe) == before
