"""What must not be seen of the order of reads and of shared values, beside graphql-core and Strawberry.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import io
from typing import Any

import pytest
import strawberry
from calls_support import Ours
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    execute,
    parse,
)

seen: list[Any] = []


@strawberry.input
class Point:
    x: int
    tags: list[str]


class Counter:
    """What it reads as changes with each step."""

    def __init__(self) -> None:
        self.steps = 0

    @property
    def now(self) -> str:
        seen.append(f"read {self.steps}")
        return f"{self.steps}"

    @property
    def inner(self) -> Counter:
        return self


def step(counter: Any, info: Any) -> Any:
    counter.steps += 1
    seen.append(f"step {info.path.key}")
    return counter


def fields() -> dict[str, GraphQLField]:
    return {
        "now": GraphQLField(GraphQLString),
        "inner": GraphQLField(Count),
        "step": GraphQLField(Count, resolve=step),
        "steps": GraphQLField(GraphQLList(Count), resolve=lambda source, info: [step(source, info)] * 2),
    }


Count = GraphQLObjectType("Count", fields)
COUNTING = GraphQLSchema(Count, GraphQLObjectType("Mutation", fields))


def compare(query: str) -> tuple[Any, list[str]]:
    """The data and what was read and called in which order, which is what graphql-core gives and does."""
    outcomes = []
    for run in (lambda root: execute(COUNTING, parse(query), root), lambda root: Ours(COUNTING).execute(query, root=root)):
        seen.clear()
        result = run(Counter())
        assert not result.errors
        outcomes.append((result.data, list(seen)))
    assert outcomes[0] == outcomes[1]
    return outcomes[1]


@pytest.mark.parametrize("operation", ["query", "mutation"])
def test_properties_are_read_when_their_parent_is_completed(operation: str) -> None:
    data, _ = compare(
        operation
        + """ { a: now b: step { now c: step { now } d: now } e: now f: steps { now step { now } }
              g: inner { now } h: step { now } i: now }"""
    )
    assert data["b"] == {"now": "1", "c": {"now": "2"}, "d": "2"}


def test_a_root_field_of_a_mutation_is_read_out_before_the_next_starts() -> None:
    data, order = compare("mutation { a: step { now inner { now } } b: step { now } c: steps { now } }")
    assert order == ["step a", "read 1", "read 1", "step b", "read 2", "step c", "read 3", "read 3"]
    assert data["a"] == {"now": "1", "inner": {"now": "1"}}


def test_an_uploaded_file_is_the_same_object_in_all_calls() -> None:
    def take(_source: Any, _info: Any, file: Any) -> str:
        seen.append(file)
        return file.read(1).decode()

    upload = GraphQLScalarType("Upload", parse_value=lambda value: value)
    field = GraphQLField(GraphQLString, {"file": GraphQLArgument(upload)}, resolve=take)
    ours = Ours(GraphQLSchema(GraphQLObjectType("Query", {"take": field})))
    seen.clear()
    file = io.BytesIO(b"ab")
    query = "query ($file: Upload) { a: take(file: $file) b: take(file: $file) }"
    assert ours.execute(query, {"file": file}).data == {"a": "a", "b": "b"}
    assert seen[0] is seen[1] is file


def test_errors_are_made_for_each_request() -> None:
    def fail(_source: Any, _info: Any, **_args: Any) -> str:
        raise ValueError("fails")

    field = GraphQLField(GraphQLString, {"n": GraphQLArgument(GraphQLInt)}, resolve=fail)
    ours = Ours(GraphQLSchema(GraphQLObjectType("Query", {"fails": field})))
    for query, variables in (("{ fails }", None), ("query ($n: Int) { fails(n: $n) }", {"n": "no"})):
        first, second = (ours.execute(query, variables).errors for _ in range(2))
        assert len(first) == len(second) == 1
        assert first[0] is not second[0]
        assert first[0].message == second[0].message
        if first[0].original_error:
            assert first[0].original_error is not second[0].original_error


def test_strawberrys_lists_and_inputs_are_made_for_each_call() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def take(self, points: list[Point], numbers: list[int]) -> int:
            seen.append((points, numbers))
            points[0].tags.append("changed")
            numbers.append(1)
            return len(points[0].tags) + len(numbers)

    ours = Ours(strawberry.Schema(Query)._schema)
    query = '{ a: take(points: [{x: 1, tags: ["t"]}], numbers: [1]) b: take(points: [{x: 1, tags: ["t"]}], numbers: [1]) }'
    seen.clear()
    for _ in range(2):
        assert ours.execute(query).data == {"a": 4, "b": 4}
    assert len({id(points) for points, _ in seen}) == len({id(numbers) for _, numbers in seen}) == 4
