"""An internal failure: before anything was read graphql-core answers the request, afterwards it is raised; nothing runs twice.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLArgument, GraphQLField, GraphQLInt, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString, parse

import gyrfalcon
from gyrfalcon import _core
from gyrfalcon._convert import Conversion

calls: list[str] = []


def resolve(_source: Any, info: Any, **args: Any) -> str:
    calls.append(info.field_name)
    return f"{info.field_name} {args}"


INNER = GraphQLObjectType("Inner", {"bad": GraphQLField(GraphQLString), "fine": GraphQLField(GraphQLString, resolve=resolve)})
SCHEMA = GraphQLSchema(
    GraphQLObjectType(
        "Query",
        {
            "fine": GraphQLField(GraphQLString, args={"a": GraphQLArgument(GraphQLInt)}, resolve=resolve),
            "bad": GraphQLField(GraphQLString, resolve=resolve),
            "inner": GraphQLField(INNER, resolve=resolve),
            "list": GraphQLField(GraphQLList(INNER)),
        },
    )
)


class Failing(Conversion):
    error: BaseException = LookupError("an internal failure")

    def field(self, type_name: str, field_name: str) -> Any:
        if field_name == "bad":
            raise self.error
        return super().field(type_name, field_name)


def execute(query: str, root: Any = None, variables: Any = None, error: BaseException | None = None) -> Any:
    calls.clear()
    conversion = Failing(SCHEMA)
    if error:
        conversion.error = error
    plan = _core.Schema(conversion).document(query).plan(None)
    return plan.execute(root, None, variables, _core.Request(ast=lambda: parse(query)))


@pytest.mark.parametrize("query", ["{ bad }", "{ fine bad }", "{ bad fine }"])
def test_before_the_first_resolver(query: str, caplog: pytest.LogCaptureFixture) -> None:
    assert execute(query) is NotImplemented
    assert not calls
    assert "an internal failure" in caplog.text


@pytest.mark.parametrize(("query", "root"), [("{ fine inner { fine bad } }", None), ("{ list { bad } }", {"list": iter([{}])})])
def test_after_it(query: str, root: Any) -> None:
    with pytest.raises(LookupError, match="internal"):
        execute(query, root)
    assert calls in ([], ["fine", "inner"])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError()])
def test_what_is_no_failure_of_ours_is_raised(error: BaseException) -> None:
    with pytest.raises(type(error)):
        execute("{ bad }", error=error)


def test_a_mapping_of_variables_that_raises() -> None:
    class Strange(dict[str, Any]):
        def get(self, *_args: Any) -> Any:
            raise RuntimeError("strange")

        __contains__ = __getitem__ = get

    assert execute("query ($v: Int) { fine(a: $v) }", variables=Strange(v=1)) is NotImplemented
    assert not calls


def test_the_way_in_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = GraphQLSchema(SCHEMA.query_type)
    genuine = Conversion.field

    def field(self: Any, type_name: str, field_name: str) -> Any:
        if field_name == "bad":
            raise LookupError("an internal failure")
        return genuine(self, type_name, field_name)

    monkeypatch.setattr(Conversion, "field", field)
    calls.clear()
    before = dict(gyrfalcon.stats()["fallbacks"])
    result = gyrfalcon.execute(schema, parse("{ fine bad }"))
    assert result.data == {"fine": "fine {}", "bad": "bad {}"}
    assert calls == ["fine", "bad"]
    after = gyrfalcon.stats()["fallbacks"]
    assert sum(after.values()) == sum(before.values()) + 1
