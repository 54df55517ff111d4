"""Infos and paths that a resolver keeps stay what they are, though those that nobody keeps are used again.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import gc
import random
import sys
import weakref
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pytest
import strawberry
from calls_support import Ours
from graphql import GraphQLField, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString, parse
from graphql.execution import execute
from graphql.pyutils import Path
from strawberry.schema import schema as strawberry_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.info import Info

INFO_CLASS = getattr(strawberry_schema, "_OperationContextAwareGraphQLResolveInfo", None)


def path_of(path: Any) -> list[tuple[Any, Any]]:
    steps = []
    while path:
        steps.append((path.key, path.typename))
        path = path.prev
    return steps[::-1]


class Keeper:
    """Keeps some of what it is given, and knows what each was."""

    def __init__(self, ways: list[Callable[[Any], Any]], seed: int) -> None:
        self.random = random.Random(seed)
        self.ways = ways
        self.kept: list[tuple[Any, Any]] = []
        self.seen: list[Any] = []

    def __call__(self, info: Any) -> None:
        path = path_of(info.path)
        self.seen.append((info.field_name, path))
        assert all(kept() is None for kept, _ in self.kept if isinstance(kept, weakref.ref))
        if self.random.random() < 0.4:
            self.kept.append((self.random.choice(self.ways)(info), path))

    def check(self) -> None:
        for kept, path in self.kept:
            if isinstance(kept, weakref.ref):
                assert kept() is None
                continue
            if isinstance(kept, dict):
                assert kept["_raw_info"].path.key == path[-1][0]
                continue
            of = kept if hasattr(kept, "prev") else kept.path
            assert path_of(of) in (path, path[:-1], path[:-2])


keeper: Keeper


def check_both(ways: list[Callable[[Any], Any]], seed: int, *runs: Callable[[], Any]) -> None:
    """What is kept of infos stays as it was, and a keeper sees the same in both."""
    global keeper
    seen = []
    for run in runs:
        keeper = Keeper(ways, seed)
        result = run()
        assert not result.errors
        keeper.check()
        seen.append((keeper.seen, result.data))
    assert seen[0] == seen[1]


COMMON: list[Callable[[Any], Any]] = [
    lambda info: info,
    lambda info: info.path,
    lambda info: info.path.prev or info.path,
    lambda info: hash(info.path) and info.path,
]
RAW = [*COMMON, lambda info: (info, info.path)[0], lambda info: sys.intern("x") and info]


def change(info: Any) -> Any:
    info.user = "Ann"
    info._field = None
    return info.path


def replace(info: Any) -> Any:
    info._raw_info = info._raw_info._replace(field_name="other")
    return info.path


def empty(info: Any) -> Any:
    path, info.__dict__ = info.path, {}
    return path


def delete(info: Any) -> Any:
    path = info.path
    del info._field
    return path


def cached(info: Any) -> Any:
    assert info.selected_fields[0].name == info.field_name
    return info.path


class OtherInfo(Info):
    pass


def other_class(info: Any) -> Any:
    if type(info).__basicsize__ == OtherInfo.__basicsize__:
        info.__class__ = OtherInfo
    return info.path


WRAPPED = [*COMMON, weakref.ref, vars, change, replace, empty, delete, cached, other_class, lambda info: info._raw_info]


def tree(depth: int) -> list[Any]:
    return [tree(depth - 1) if depth else [] for _ in range(4)]


def resolve(source: Any, info: Any) -> Any:
    keeper(info)
    return info.field_name


Node = GraphQLObjectType(
    "Node",
    lambda: {
        "a": GraphQLField(GraphQLString, resolve=resolve),
        "b": GraphQLField(GraphQLString, resolve=resolve),
        "nodes": GraphQLField(GraphQLList(Node), resolve=lambda source, info: keeper(info) or source),
        "pairs": GraphQLField(GraphQLList(GraphQLList(Node)), resolve=lambda source, _info: [source, source]),
    },
)
SCHEMA = GraphQLSchema(Node)
QUERY = "{ a nodes { b a nodes { a pairs { x: a b } } b2: b } b }"


@pytest.mark.parametrize("seed", range(4))
def test_graphql_cores_infos(seed: int) -> None:
    ours = Ours(SCHEMA)
    check_both(RAW, seed, lambda: execute(SCHEMA, parse(QUERY), tree(3)), lambda: ours.execute(QUERY, root=tree(3)))


def test_hashes_are_those_of_what_paths_and_infos_have_become() -> None:
    """From CPython 3.14 on a tuple keeps its hash."""

    def anew(path: Any) -> Any:
        return path and Path(anew(path.prev), path.key, path.typename)

    def hashed(source: Any, info: Any) -> Any:
        path = info.path
        with pytest.raises(TypeError, match="unhashable"):
            hash(info)
        while path:
            assert hash(path) == hash(anew(path)) and {anew(path): True}[path]
            path = path.prev
        return source if info.field_name == "nodes" else info.field_name

    node = GraphQLObjectType(
        "Node",
        lambda: {
            "a": GraphQLField(GraphQLString, resolve=hashed),
            "nodes": GraphQLField(GraphQLList(node), resolve=hashed),
        },
    )
    schema = GraphQLSchema(node)
    for query in ("{ nodes { a } }", "{ a nodes { nodes { a b: a } a } b: a }"):
        for run in (
            lambda query=query: execute(schema, parse(query), tree(3)),
            lambda query=query: Ours(schema).execute(query, root=tree(3)),
        ):
            assert not run().errors


@strawberry.type
class Row:
    @strawberry.field
    def name(self, info: strawberry.Info) -> str:
        assert set(vars(info)) == {"_raw_info", "_field"} or type(info) is Init
        assert info._field.python_name == "name"
        assert type(info) in (Info, Init, Slots)
        if type(info) is Slots:
            assert not hasattr(info, "mark")
            info.mark = 1
        keeper(info)
        return "name"

    @strawberry.field
    def rows(self, info: strawberry.Info) -> list[Row]:
        keeper(info)
        return [Row() for _ in range(3)]


class Init(Info):
    def __init__(self, _raw_info: Any, _field: Any) -> None:
        super().__init__(_raw_info, _field)
        self.number = 1

    @cached_property
    def more(self) -> int:
        return self.number + 1


class Slots(Info):
    __slots__ = ("mark",)


@pytest.mark.parametrize("info_class", [Info, Init, Slots])
@pytest.mark.parametrize("seed", range(4))
def test_strawberrys_infos(seed: int, info_class: Any) -> None:
    schema = strawberry.Schema(Row, config=StrawberryConfig(info_class=info_class))
    ours = Ours(schema._schema)
    query = "{ name rows { name rows { name other: name } n: name } }"
    root = Row()
    check_both(
        WRAPPED,
        seed,
        lambda: schema.execute_sync(query, root_value=root),
        lambda: ours.execute(query, root=root, info_factory=INFO_CLASS),
    )


def test_an_init_that_is_replaced_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    global keeper
    schema = strawberry.Schema(Row)
    ours = Ours(schema._schema)
    keeper = Keeper(WRAPPED[:1], 1)

    def run() -> Any:
        return ours.execute("{ name n: name rows { name } }", root=Row(), info_factory=INFO_CLASS)

    assert not run().errors
    genuine, calls = Info.__init__, []

    def init(self: Any, _raw_info: Any, _field: Any) -> None:
        calls.append(_raw_info.field_name)
        genuine(self, _raw_info=_raw_info, _field=_field)

    monkeypatch.setattr(Info, "__init__", init)
    assert not run().errors
    assert calls == ["name", "name", "rows", "name", "name", "name"]
    monkeypatch.undo()
    calls.clear()
    assert not run().errors
    assert not calls


def test_a_resolver_that_runs_the_same_request_again() -> None:
    depth = 0

    def nested(_source: Any, info: Any) -> str:
        nonlocal depth
        before = path_of(info.path)
        if depth < 3:
            depth += 1
            assert not ours.execute("{ a nodes { a } b }", root=tree(2)).errors
        assert path_of(info.path) == before
        return "x"

    node = GraphQLObjectType(
        "Node",
        lambda: {
            "a": GraphQLField(GraphQLString, resolve=nested),
            "b": GraphQLField(GraphQLString, resolve=nested),
            "nodes": GraphQLField(GraphQLList(node), resolve=lambda source, _info: source),
        },
    )
    ours = Ours(GraphQLSchema(node))
    assert not ours.execute("{ a nodes { a } b }", root=tree(2)).errors


def test_nothing_is_kept_for_ever() -> None:
    global keeper
    schema = strawberry.Schema(Row)
    ours = Ours(schema._schema)

    class Context:
        pass

    for seed in range(5):
        context = Context()
        keeper = Keeper(WRAPPED, seed)
        result = ours.execute("{ rows { name rows { name } } }", root=Row(), context=context, info_factory=INFO_CLASS)
        assert not result.errors
        known = weakref.ref(context)
        keeper.kept.clear()
        del context, result
        gc.collect()
        assert known() is None
