"""Calls of asynchronous hooks that wait for their turn: nobody can tell, beside graphql-core.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import warnings
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from inspect import isawaitable
from types import CoroutineType
from typing import Any

import pytest
from calls_support import G33, Ours, errors_of
from graphql import MiddlewareManager, build_schema, parse
from graphql.execution import execute
from graphql.pyutils import is_awaitable

from gyrfalcon import _core

SCHEMA = build_schema(
    """
    type Query { rows: [Row] strict: [Row!] broken: [Row] one: Row other: String many: [Row] deep: [[Row]] }
    type Row { a: String b(by: Int): String n: Int must: String! rows: [Row] one: Row named: Named }
    interface Named { a: String }
    type Alone implements Named { a: String }
    """
)
QUERIES = [
    "{ rows { a b n } other }",
    "{ one { a one { a rows { a b } } } rows { a rows { b n } } other }",
    "{ rows { a must } other one { a } }",
    "{ strict { a b } other }",
    "{ strict { a must } rows { a b } other }",
    "{ rows { a } broken { a b } other }",
    "{ deep { a must } other }",
    "{ rows { b(by: 1) x: b a } }",
    "{ rows { __typename a } __typename }",
    "{ rows { named { __typename a } a } }",
    "{ one { a } }",
]
variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


class Row:
    n = 1
    must: str | None = "must"

    def __init__(self, a: str, depth: int = 1) -> None:
        self.a = self.b = a
        if depth:
            self.one = Row(a + ".one", depth - 1)
            self.rows = [Row(f"{a}.{i}", depth - 1) for i in range(3)]


def broken() -> Iterator[Row]:
    yield Row("broken0")
    yield Row("broken1")
    raise ValueError("no more")


def root() -> dict[str, Any]:
    rows = [Row(str(i)) for i in range(4)]
    rows[1].must = None
    rows[2].n = "many"  # type: ignore[assignment]
    return {
        "rows": rows,
        "strict": [Row("s0"), Row("s1"), None, Row("s3")],
        "broken": broken(),
        "one": Row("one", 3),
        "other": "other",
        "deep": [[Row("d0"), None], [rows[1], Row("d2")]],
    }


class Hook:
    """Tells what it does, and waits at every `every`th field."""

    def __init__(self, every: int, wait: Callable[[], Any]) -> None:
        self.log: list[Any] = []
        self.every, self.wait = every, wait

    async def resolve(self, next_: Any, source: Any, info: Any, **args: Any) -> Any:
        path = ".".join(map(str, info.path.as_list()))
        self.log.append(("begin", path, args, variable.get()))
        variable.set(path)
        if self.every and (len(path) + ord(path[-1])) % self.every == 0:
            await self.wait()
            self.log.append(("again", path, variable.get()))
        value = next_(source, info, **args)
        if path.endswith("2.a"):
            raise ValueError("refused")
        self.log.append(("end", path))
        return value


def run(make: Callable[[MiddlewareManager], Any], hook: Hook, around: Any = None) -> Any:
    async def wait() -> Any:
        if around:
            asyncio.get_running_loop().set_task_factory(around)
        result = make(MiddlewareManager(hook))
        result = await result if isawaitable(result) else result
        for _ in range(20):  # what runs on in the background
            await asyncio.sleep(0)
        return result

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return asyncio.run(wait())


def stock(query: str) -> Callable[[MiddlewareManager], Any]:
    return lambda manager: execute(SCHEMA, parse(query), root(), middleware=manager)


def ours(query: str, **options: Any) -> Callable[[MiddlewareManager], Any]:
    return lambda manager: Ours(SCHEMA).execute(query, root=root(), middleware=manager, **options)


def plain_factory(loop: Any, coroutine: Any, **options: Any) -> Any:
    return asyncio.Task(coroutine, loop=loop, **options)


EAGER = getattr(asyncio, "eager_task_factory", None)  # from CPython 3.12 on
FACTORIES = [None, plain_factory, *([EAGER] if EAGER else [])]


def told(log: list[Any]) -> list[Any]:
    """What is promised: each field's own events. graphql-core 3.2 leaves what a failed list has begun to the garbage collector."""
    if not G33:
        log = [entry for entry in log if "strict" not in entry[1] and "broken" not in entry[1]]
    return sorted(log, key=lambda entry: entry[1])


def cut(log: list[Any], result: Any) -> list[Any]:
    """The log with the fields of an object cancelled where they wait, if one that never waited made the object null.

    graphql-core 3.3 does that to eager tasks: that of the failed field has ended when it is gathered with its siblings. Other
    tasks, and Gyrfalcon's, go on for a turn of the loop or two (COMPATIBILITY.md, what the comparison allows)."""
    failed = [".".join(map(str, error.path)) for error in result.errors or () if error.path[-1] == "must"]
    nulls = {path.removesuffix(".must") for path in failed if ("again", path, path) not in log}
    waits: set[str] = set()
    kept = []
    for entry in log:
        if entry[0] == "again" and entry[1].rpartition(".")[0] in nulls:
            waits.add(entry[1])
        if entry[1] not in waits:
            kept.append(entry)
    return kept


@pytest.mark.parametrize("factory", FACTORIES, ids=str)
@pytest.mark.parametrize("every", [0, 1, 2, 3])
@pytest.mark.parametrize("query", QUERIES)
def test_what_a_hook_sees(query: str, every: int, factory: Any) -> None:
    hooks = [Hook(every, partial(asyncio.sleep, 0)) for _ in range(3)]
    expected = run(stock(query), hooks[0], factory)
    result = run(ours(query), hooks[1], factory)
    at_once = run(ours(query, is_awaitable=is_awaitable), hooks[2], factory)
    assert result.data == expected.data
    assert sorted(errors_of(result), key=str) == sorted(errors_of(expected), key=str)
    log = cut(hooks[1].log, expected) if G33 and factory and factory is EAGER else hooks[1].log
    assert told(log) == told(hooks[0].log)
    assert (result.data, errors_of(result)) == (at_once.data, errors_of(at_once))
    assert hooks[1].log == hooks[2].log, "the order is that of coroutines that are there from the start"


class Watching(Hook):
    """Counts the coroutines that are there."""

    most = 0

    async def resolve(self, next_: Any, source: Any, info: Any, **args: Any) -> Any:
        type(self).most = max(self.most, sum(isinstance(o, CoroutineType) for o in gc.get_objects(generation=0)))
        return next_(source, info, **args)


def test_coroutines_of_long_lists_do_not_stand_about() -> None:
    before = {"rows": [Row(str(i), 0) for i in range(200)]}
    gc.disable()
    try:
        gc.collect()
        result = run(lambda manager: Ours(SCHEMA).execute("{ rows { a } }", root=before, middleware=manager), Watching(0, int))
    finally:
        gc.enable()
    assert len(result.data["rows"]) == 200 and result.errors is None
    assert Watching.most < 20


class Gone(Row):
    """Its rows refer to what refers to them."""


def test_what_waits_for_its_turn_can_be_collected() -> None:
    async def main() -> weakref.ref[Any]:
        never = asyncio.get_running_loop().create_future()
        hook = Hook(1, lambda: never)
        rows = [Gone(str(i), 0) for i in range(3)]
        awaited = Ours(SCHEMA).execute("{ other rows { a b } }", root={"rows": rows}, middleware=MiddlewareManager(hook))
        task = asyncio.ensure_future(awaited)
        rows[0].task = task  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return weakref.ref(rows[0])

    found = asyncio.run(main())
    gc.collect()
    assert found() is None


@pytest.mark.parametrize("sync", [False, True])
def test_without_a_loop(sync: bool) -> None:
    """What is awaited there is awaited one after another; who must not wait is told so."""
    result = Ours(SCHEMA).plan("{ rows { a b } other }")[0]
    hook = Hook(0, int)
    request = _core.Request(ast=lambda: parse("{ rows { a b } other }"), middleware=MiddlewareManager(hook), sync=sync)
    if sync:
        with pytest.raises(RuntimeError, match="synchronously"):
            result.execute(root(), None, None, request)
        assert hook.log == []
        return
    with pytest.raises(StopIteration) as stop:
        result.execute(root(), None, None, request).send(None)
    data, errors, _json = stop.value.value
    assert data["other"] == "other" and data["rows"][3] == {"a": "3", "b": "3"} and len(errors) == 1


def test_an_error_before_their_turn_makes_the_calls(recwarn: Any) -> None:
    """A list that fails while it is read leaves its items' hooks to run on (3.3), or to nobody (3.2)."""
    hooks = [Hook(0, int) for _ in range(2)]
    query = "{ broken { a b } }"
    expected, result = run(stock(query), hooks[0]), run(ours(query), hooks[1])
    assert errors_of(result) == errors_of(expected)
    begun = [entry[1] for entry in hooks[1].log if entry[0] == "begin"]
    assert begun == ["broken", *(["broken.0.a", "broken.0.b", "broken.1.a", "broken.1.b"] if G33 else [])]
