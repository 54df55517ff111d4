"""Answers of the core beside those of graphql-core.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, execute, execute_sync, parse
from plain_conversion import run


def told(errors: list[GraphQLError] | None) -> list[Any] | None:
    """What of an error can be compared."""
    if not errors:
        return None
    return [
        (
            error.message,
            error.path,
            [(place.line, place.column) for place in error.locations or []],
            [node.loc.start for node in error.nodes or []],
            type(error.original_error),
            error.extensions,
        )
        for error in sorted(errors, key=lambda error: [str(part) for part in error.path or []])
    ]


schema_of = functools.cache(build_schema)


def exactly(value: Any) -> Any:
    """The value with the type of each part, so that 1, 1.0 and True differ."""
    if isinstance(value, dict):
        return [(key, exactly(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [exactly(item) for item in value]
    return type(value), repr(value)


def compare(
    schema: GraphQLSchema | str,
    text: str,
    root: Any = None,
    *,
    make_root: Callable[[], Any] | None = None,
    **options: Any,
) -> Any:
    """Runs both in both kinds of result; gives graphql-core's result. `make_root`: a new root for each run."""
    schema = schema_of(schema) if isinstance(schema, str) else schema
    root_of = make_root or (lambda: root)
    for execute_one, more in ((execute_sync, {"is_awaitable": False}), (execute, {})):
        expected = execute_one(schema, parse(text), root_of())
        data, errors, _ = run(schema, text, root_of(), **more, **options)
        assert exactly(data) == exactly(expected.data)
        assert told(errors) == told(expected.errors)
        data, errors, text_of = run(schema, text, root_of(), json=True, **more, **options)
        assert data is None
        assert told(errors) == told(expected.errors)
        assert exactly(json.loads(text_of)) == exactly(json.loads(json.dumps(expected.data)))
    return expected
