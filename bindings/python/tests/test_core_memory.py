"""Memory: nothing is kept that should be gone, on every path, and nothing is released twice.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError, build_schema
from plain_conversion import PlainConversion

from gyrfalcon import _core

SCHEMA = """
enum Color { RED }
type Query { a: String  b: Int!  c: Float  d: Color  id: ID  inner: Query  list: [Query!]  names: [String]  sure: Query! }
"""

TEXT = """
query ($c: Boolean = true) {
  a b c d id __typename inner { a b @include(if: $c) } list { a b } names sure { a b list { b } }
}
"""


class Thing:
    def __init__(self, **fields: Any) -> None:
        for name in ("a", "b", "c", "d", "id", "inner", "list", "names", "sure"):
            setattr(self, name, fields.get(name))


class Text(str):
    pass


class Raises:
    def __getattr__(self, name: str) -> Any:
        raise LookupError(name)


def good() -> Any:
    below = Thing(a="below", b=3)
    return Thing(
        a="tést",
        b=2,
        c=2.5,
        d="RED",
        id=12,
        inner=below,
        list=[below, Thing(a="x\ud800", b=1)],
        names=("a", None, Text("b")),
        sure=Thing(b=1, list=(thing for thing in [below, below])),
    )


def stops(thing: Any) -> Any:
    yield thing
    raise KeyboardInterrupt


ROOTS: dict[str, Callable[[], Any]] = {
    "good": good,
    "null at the root": lambda: Thing(b=None),
    "error of a leaf": lambda: Thing(b=10**30, a=object(), c="no", d="BLUE", sure=Thing(b=1)),
    "error below": lambda: Thing(b=1, inner=Thing(), list=[good(), Thing()], sure=Thing(b=1)),
    "error deep below": lambda: Thing(b=1, sure=Thing(b=1, list=[Thing(b=1), Thing()])),
    "exceptions": lambda: Thing(b=1, a=ValueError("a"), names=[GraphQLError("n")], list=[KeyError(1)], sure=Thing(b=1)),
    "getattr raises": lambda: Thing(b=1, inner=Raises(), sure=Raises()),
    "no lists": lambda: Thing(b=1, list=5, names="names", sure=Thing(b=1)),
    "generator fails": lambda: Thing(b=1, list=(1 / 0 for _ in "a"), sure=Thing(b=1)),
    "interrupted": lambda: Thing(b=1, list=stops(Thing(b=1)), sure=Thing(b=1)),
}


def once(plan: Any, root: Any, json: bool) -> None:
    try:
        plan.execute(root, None, None, _core.Request(json=json))
    except KeyboardInterrupt:
        pass


def make_plan(text: str = TEXT) -> Any:
    return _core.Schema(PlainConversion(build_schema(SCHEMA), attributes=True)).document(text).plan(None)


@pytest.mark.parametrize("json", [False, True])
@pytest.mark.parametrize("name", ROOTS)
def test_references_are_given_back(name: str, json: bool) -> None:
    plan = make_plan()
    marks = [Thing(b=1), Text("mark"), ["x"], float("2.5"), int("1" * 20)]
    for _ in range(3):
        once(plan, ROOTS[name](), json)
    gc.collect()
    before = [sys.getrefcount(thing) for thing in marks]
    none = sys.getrefcount(None)
    for _ in range(60):
        root = ROOTS[name]()
        root.list = root.list or [marks[0], marks[0]]
        root.a, root.names, root.c, root.id = root.a or marks[1], root.names or marks[2], root.c or marks[3], marks[4]
        root.inner = root.inner or marks[0]
        once(plan, root, json)
    del root
    gc.collect()
    assert [sys.getrefcount(thing) for thing in marks] == before
    assert abs(sys.getrefcount(None) - none) < 50


@pytest.mark.slow
@pytest.mark.parametrize("json", [False, True])
@pytest.mark.parametrize("name", ROOTS)
def test_memory_stays_flat(name: str, json: bool) -> None:
    plan = make_plan()

    def some(count: int) -> None:
        for _ in range(count):
            once(plan, ROOTS[name](), json)
        gc.collect()

    some(10)
    tracemalloc.start()
    try:
        sizes = []
        for _ in range(5):
            some(200)
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    growth = min(after - before for before, after in zip(sizes, sizes[1:], strict=False))
    assert growth < 200 * 16, f"{growth} bytes in 200 requests"


def test_plans_documents_and_schemas_go() -> None:
    class Conversion(PlainConversion):
        pass

    gone = []

    def make() -> None:
        conversion = Conversion(build_schema(SCHEMA))
        gone.append(weakref.ref(conversion))
        core = _core.Schema(conversion)
        plan = core.document(TEXT).plan(None)
        once(plan, good(), False)
        once(plan, Thing(b=None), False)
        plan.explain()
        assert core.document("{ nothing }") is None
        assert core.document("{") is None
        assert core.document("\ud800") is None
        assert core.document(TEXT).plan("Other") is None
        assert core.document(TEXT).plan("") is None

    for _ in range(20):
        make()
    gc.collect()
    assert [reference() for reference in gone] == [None] * 20


def test_a_result_belongs_to_the_caller() -> None:
    plan = make_plan("{ inner { a } names }")
    root = Thing(inner=Thing(a="x"), names=["a"])
    first, _, _ = plan.execute(root, None, None, _core.Request())
    second, _, _ = plan.execute(root, None, None, _core.Request())
    first["inner"]["a"] = "changed"
    first["names"].append("more")
    assert second == {"inner": {"a": "x"}, "names": ["a"]}
    assert plan.execute(root, None, None, _core.Request())[0] == second


def test_results_with_cycles_made_later_are_collected() -> None:
    plan = make_plan("{ inner { a } list { a } }")
    root = Thing(inner=Thing(a="x"), list=[Thing(a="y")])

    class Mark:
        pass

    for part in ("inner", "list"):
        data, _, _ = plan.execute(root, None, None, _core.Request())
        mark = Mark()
        inner = data[part] if part == "inner" else data[part][0]
        inner["self"], inner["mark"] = data, mark
        reference = weakref.ref(mark)
        del data, mark, inner
        gc.collect()
        assert reference() is None


def test_the_garbage_collector_is_left_as_it_was() -> None:
    plan = make_plan("{ inner { a } }")
    root = Thing(inner=Thing(a="x"))
    for change, enabled in ((gc.disable, False), (gc.enable, True)):
        change()
        plan.execute(root, None, None, _core.Request())
        assert gc.isenabled() == enabled
