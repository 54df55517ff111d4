"""Field errors: their texts, places and paths, what null takes with it, and what is no field error.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import gc
import threading
import traceback
import weakref
from typing import Any

import pytest
from core_compare import compare, told
from graphql import GraphQLError, build_schema, execute, parse
from plain_conversion import PlainConversion, run

from gyrfalcon import _core

SCHEMA = """
type Query { a: Node  must: Node!  list: [Node]  sure: [Node!]  surest: [Node!]!  text: String }
type Node { id: ID!  text: String  next: Node  must: Node!  list: [Node!]!  names: [String!] }
"""


class Fails:
    """Every attribute but `text` raises."""

    text = "t"

    def __getattr__(self, name: str) -> Any:
        raise (AttributeError if name.startswith("__") else LookupError)(f"no {name}")


def node(**fields: Any) -> dict[str, Any]:
    return {"id": "1", "text": "t", **fields}


QUERIES = [
    ("{ a { id } }", {"a": {}}),
    ("{ a { text next { text must { id } } } text }", {"a": node(next=node(must={})), "text": "x"}),
    ("{ must { must { must { id } } } text }", {"must": node(must=node(must=node(id=None))), "text": "x"}),
    ("{ list { id } sure { id } }", {"list": [node(), {}, None], "sure": [node(), node(), {}]}),
    ("{ surest { id } text }", {"surest": [node(), {}], "text": "x"}),
    ("{ surest { id } text }", {"surest": [node(), None], "text": "x"}),
    ("{ surest { id } text }", {"text": "x"}),
    ("{ a { list { list { id } } } }", {"a": {"list": [{"list": [{"id": 1}, {"id": 2j}]}]}}),
    ("{ a { id text x: id } }", {"a": Fails()}),
    ("{ a { text next { id } list { id } } }", {"a": Fails()}),
    (
        "{ a { ...F } b: a { ...F ... { id text } } } fragment F on Node { one: text two: id text }",
        {"a": {"text": "x"}},
    ),
    ("{ a { id } a { id text } }", {"a": {"text": "x"}}),
    ("query Q { a { id } }", {"a": ValueError("returned")}),
    ("query Q { a { id } must { id } }", {"a": ValueError("returned"), "must": GraphQLError("must", path=["own"])}),
    ("{ list { id } }", {"list": [ValueError("one"), GraphQLError("two"), KeyError("three")]}),
    ("# é 日本 😀\n{ a { # é\n id } list { id } }", {"a": {}, "list": [{}]}),
    ("{ a { names } }", {"a": {"names": ["x", None]}}),
    ("{ a { names } }", {"a": {"names": "names"}}),
    ("{ a { id __typename } }", {"a": 5}),
    ("{ a { id } __typename }", None),
    ("{ a { id } must { id } }", {"must": None}),
    ("\n\n\t{ must {\r\n id } }", {"must": {"id": ()}}),
]


@pytest.mark.parametrize("text, root", QUERIES)
def test_errors_as_graphql_core_has_them(text: str, root: Any) -> None:
    compare(SCHEMA, text, root)


def test_the_error_has_the_original_and_its_traceback() -> None:
    class Root:
        @property
        def text(self) -> str:
            raise OverflowError("deep inside")

    _, errors, _ = run(build_schema(SCHEMA), "{ text }", Root())
    assert type(errors[0]) is GraphQLError
    assert isinstance(errors[0].original_error, OverflowError)
    frames = traceback.extract_tb(errors[0].original_error.__traceback__)
    assert frames[-1].name == "text"
    assert errors[0].nodes[0].name.value == "text"


def test_errors_come_in_the_order_of_their_occurrence() -> None:
    root = {"list": [{}, node(), {}], "a": Fails(), "must": node()}
    schema = build_schema(SCHEMA)
    text = "{ list { id } a { id } must { text next { id } } }"
    _, errors, _ = run(schema, text, root)
    assert [error.path for error in errors] == [["list", 0, "id"], ["list", 2, "id"], ["a", "id"]]
    assert told(errors) == told(execute(schema, parse(text), root).errors)


class Stop(BaseException):
    pass


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, GeneratorExit, Stop])
@pytest.mark.parametrize("json", [False, True])
def test_what_is_no_exception_leaves(raised: type[BaseException], json: bool) -> None:
    class Root:
        text = "t"

        @property
        def a(self) -> Any:
            raise raised

        next = a

        @property
        def list(self) -> Any:
            yield self
            raise raised

    schema = build_schema(SCHEMA)
    for text in ("{ text a { id } }", "{ text list { text } }", "{ list { text next { text } } }"):
        with pytest.raises(raised):
            execute(schema, parse(text), Root())
        with pytest.raises(raised):
            run(schema, text, Root(), json=json)


def test_an_error_whose_str_raises_leaves() -> None:
    class Silent(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    schema = build_schema(SCHEMA)
    with pytest.raises(ValueError, match="no words"):
        execute(schema, parse("{ text }"), {"text": Silent()})
    with pytest.raises(ValueError, match="no words"):
        run(schema, "{ text }", {"text": Silent()})


def test_the_ast_is_asked_for_once_and_only_when_needed() -> None:
    asked = []

    def ast() -> Any:
        asked.append(1)
        return parse("{ a { id } }")

    core = _core.Schema(PlainConversion(build_schema(SCHEMA)))
    plan = core.document("{ a { id } }").plan(None)
    request = _core.Request(ast=ast)
    assert plan.execute({"a": node()}, None, None, request) == ({"a": {"id": "1"}}, None, None)
    assert not asked
    for _ in range(3):
        _, errors, _ = plan.execute({"a": {}}, None, None, request)
        assert errors[0].nodes[0].name.value == "id"
    assert asked == [1]


def test_error_objects_are_never_shared() -> None:
    core = _core.Schema(PlainConversion(build_schema(SCHEMA)))
    plan = core.document("{ a { id } }").plan(None)
    first = plan.execute({"a": {}}, None, None, _core.Request())[1]
    second = plan.execute({"a": {}}, None, None, _core.Request())[1]
    assert first is not second and first[0] is not second[0]
    assert first[0].nodes is not second[0].nodes and first[0].path is not second[0].path


def test_a_conversion_that_raises_ends_the_request() -> None:
    class Broken(PlainConversion):
        def field(self, type_name: str, field_name: str) -> Any:
            if field_name == "next":
                raise ZeroDivisionError
            return super().field(type_name, field_name)

    core = _core.Schema(Broken(build_schema(SCHEMA)))
    plan = core.document("{ a { text next { id } } }").plan(None)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            plan.execute({"a": {}}, None, None, _core.Request())


def test_requests_within_requests_and_threads() -> None:
    schema = build_schema(SCHEMA)
    core = _core.Schema(PlainConversion(schema))
    plan = core.document("{ text a { text next { id text } } }").plan(None)

    class Root:
        def __init__(self, depth: int) -> None:
            self.depth = depth
            self.next = node()

        @property
        def a(self) -> Any:
            return Root(self.depth)

        @property
        def text(self) -> str:
            if not self.depth:
                return "end"
            data, errors, _ = plan.execute(Root(self.depth - 1), None, None, _core.Request())
            return str(errors or data["a"]["text"])

    expected = {"text": "end", "a": {"text": "end", "next": {"id": "1", "text": "t"}}}
    assert plan.execute(Root(6), None, None, _core.Request()) == (expected, None, None)

    found: list[Any] = []

    def work() -> None:
        local = core.document("{ a { text next { id } } text }").plan(None)
        for _ in range(50):
            found.append(plan.execute(Root(2), None, None, _core.Request())[0])
            local.execute(Root(2), None, None, _core.Request())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 200 and all(data == expected for data in found)


def test_deep_queries() -> None:
    schema = build_schema(SCHEMA)
    deep = {"text": "end"}
    for _ in range(140):
        deep = {"next": deep}
    text = "{ a " + "{ next " * 140 + "{ text }" + " }" * 141
    data, errors, _ = run(schema, text, {"a": deep})
    assert errors is None
    for _ in range(140):
        data = data.get("a") or data["next"]
    assert data["next"] == {"text": "end"}


def test_schemas_go_with_the_garbage() -> None:
    def make() -> Any:
        schema = build_schema(SCHEMA)
        core = _core.Schema(PlainConversion(schema))
        schema.core = core  # type: ignore[attr-defined]
        document = core.document("{ a { text next { id } } text }")
        schema.plan = document.plan(None)  # type: ignore[attr-defined]
        schema.plan.execute({"a": {}, "text": "x"}, None, None, _core.Request())  # type: ignore[attr-defined]
        schema.query_type.fields["text"].resolve = lambda source, info: schema
        return weakref.ref(schema)

    gone = [make() for _ in range(5)]
    gc.collect()
    assert [reference() for reference in gone] == [None] * 5
