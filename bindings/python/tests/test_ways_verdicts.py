"""What the installed graphql-core rejects, we reject: no document that it finds invalid is taken by the engine.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import graphql
import pytest
from ways_fake import fake_core

from gyrfalcon import _documents

SHARED = Path(os.environ.get("GYR_SHARED", Path(__file__).parents[4] / "shared")) / "conformance/corpus"
FILES = ("validate", "gqlparser", "cats")


@pytest.fixture(autouse=True)
def core() -> Any:
    with fake_core(real=True):
        yield


def documents(name: str) -> Iterator[tuple[str | None, str]]:
    """Schemas, in the schema language, and documents."""
    found = json.loads((SHARED / f"{name}.json").read_text(encoding="utf-8"))
    schemas = found.get("schemas", {})
    for case in found["cases"]:
        text = case.get("document") or case.get("query") or case.get("source")
        schema = case.get("schema")
        if text and not case.get("experimental") and case.get("kind", "document") == "document":
            yield schemas.get(schema, schema), text


def graphql_core_takes(schema: Any, text: str) -> bool:
    try:
        return not graphql.validate(schema, graphql.parse(text))
    except (graphql.GraphQLError, RecursionError):
        return False


def built(sdl: str | None, made: dict[str | None, Any]) -> Any:
    if sdl not in made:
        try:
            made[sdl] = graphql.build_schema(sdl or "type Query { a: Int }")
            graphql.assert_valid_schema(made[sdl])
        except Exception:  # not a schema of this version
            made[sdl] = None
    return made[sdl]


@pytest.mark.parametrize("name", FILES)
def test_the_engine_takes_nothing_that_graphql_core_rejects(name: str) -> None:
    if not SHARED.is_dir():
        pytest.skip("the conformance corpus is not there")
    made: dict[str | None, Any] = {}
    taken, wrong = 0, []
    for sdl, text in documents(name):
        schema = built(sdl, made)
        state = schema and _documents.state_of(schema)
        if state and state.document(text) is not None:
            taken += 1
            if not graphql_core_takes(schema, text):
                wrong.append((sdl, text))
    assert not wrong
    assert taken > 10
