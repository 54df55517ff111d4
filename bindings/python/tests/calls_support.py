"""A request by the core and by graphql-core, side by side, for the tests of arguments, infos, types, guards and hooks.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
from inspect import isawaitable
from typing import Any

import graphql
from graphql import ExecutionResult, GraphQLSchema, parse
from graphql.execution import execute as stock_execute

from gyrfalcon import _core
from gyrfalcon._convert import Conversion

G33 = graphql.version_info >= (3, 3)


class Ours:
    """Plans of one schema; each request as `ways` into the package make it."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.conversion = Conversion(schema)
        self.core = _core.Schema(self.conversion)
        self.plans: dict[Any, Any] = {}

    def plan(self, query: str, operation_name: str | None = None) -> tuple[Any, Any]:
        key = query, operation_name
        if key not in self.plans:
            document = self.core.document(query)
            assert document is not None, "the engine does not take the document"
            plan = document.plan(operation_name)
            assert plan is not None
            self.plans[key] = plan, parse(query)
        return self.plans[key]

    def execute(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        root: Any = None,
        context: Any = None,
        operation_name: str | None = None,
        refuses: bool = False,
        **options: Any,
    ) -> Any:
        """`refuses`: None when it is left to graphql-core."""
        plan, ast = self.plan(query, operation_name)
        request = _core.Request(ast=lambda: ast, **options)
        result = plan.execute(root, context, variables, request)
        if result is NotImplemented:
            assert refuses
            return None
        if isawaitable(result):

            async def wait() -> ExecutionResult:
                data, errors, _json = await result
                return ExecutionResult(data, _sorted(errors))

            return wait()
        data, errors, _json = result
        return ExecutionResult(data, _sorted(errors))


def _sorted(errors: Any) -> Any:
    """As graphql-core 3.2 has them; 3.3, and errors of variables, are in the order of occurrence."""
    if errors and not G33 and errors[0].path is not None:
        errors.sort(key=lambda error: (error.locations or [], error.path or [], error.message))
    return errors


def _finish(result: Any) -> ExecutionResult:
    async def wait() -> ExecutionResult:
        return await result

    return asyncio.run(wait()) if isawaitable(result) else result


def errors_of(result: ExecutionResult) -> Any:
    """Everything that a client or a logger sees of a result's errors."""
    return [
        (
            error.message,
            error.path,
            error.locations,
            error.extensions,
            [node.loc and (node.loc.start, node.loc.end) for node in error.nodes or ()],
            type(error.original_error),
            str(error.original_error),
        )
        for error in result.errors or ()
    ]


def both(
    schema: GraphQLSchema,
    query: str,
    variables: dict[str, Any] | None = None,
    root: Any = None,
    context: Any = None,
    ours: Ours | None = None,
    **options: Any,
) -> ExecutionResult:
    """Runs both, asserts that they say the same, answers the core's result."""
    result = (ours or Ours(schema)).execute(query, variables, root, context, **options)
    mine = _finish(result)
    options.pop("hooks", None)
    stock = _finish(
        stock_execute(schema, parse(query), root_value=root, context_value=context, variable_values=variables, **options)
    )
    assert mine.data == stock.data
    assert list(mine.data or ()) == list(stock.data or ())
    if isawaitable(result):  # errors in the order in which awaitables end
        assert sorted(map(repr, errors_of(mine))) == sorted(map(repr, errors_of(stock)))
    else:
        assert errors_of(mine) == errors_of(stock)
    return mine
