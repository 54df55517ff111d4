"""The engines that the benches compare, each as a function that executes a parsed document; and what is there of Gyrfalcon.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import inspect
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from graphql import DocumentNode, GraphQLSchema, execute, version_info
from graphql.execution.middleware import MiddlewareManager
from strawberry.schema import schema as strawberry_schema

import gyrfalcon

G33 = version_info >= (3, 3)


def strawberry_options() -> dict[str, Any]:
    """What Strawberry's own schema gives graphql-core's execute."""
    context = strawberry_schema.StrawberryGraphQLCoreExecutionContext
    try:
        from strawberry.execution import optimized_is_awaitable
        from strawberry.schema._graphql_core import execution_context_class_kwargs
    except ImportError:
        return {"execution_context_class": context}
    options = {"is_awaitable": optimized_is_awaitable, **execution_context_class_kwargs(context)}
    if G33:
        options["operation_extensions"] = None
    return options


OPTIONS = strawberry_options()


def graphql_core(schema: GraphQLSchema, document: DocumentNode, context: Any = None) -> Callable[[], Any]:
    return lambda: execute(schema, document, context_value=context)


def strawberry_execution(
    schema: Any, document: DocumentNode, context: Any = None, extensions: Sequence[Any] = ()
) -> Callable[[], Any]:
    """The execution of strawberry.Schema.execute, alone."""
    core = schema._schema
    return lambda: execute(core, document, context_value=context, middleware=MiddlewareManager(*extensions), **OPTIONS)


def gyrfalcon_dict(schema: GraphQLSchema, document: DocumentNode, context: Any = None) -> Callable[[], Any]:
    return lambda: gyrfalcon.execute(schema, document, context_value=context)


def gyrfalcon_json(schema: GraphQLSchema, document: DocumentNode, context: Any = None) -> Callable[[], Any]:
    return lambda: gyrfalcon.execute_json(schema, document, context_value=context)


def data_of(result: Any) -> Any:
    """What an engine answered: of an ExecutionResult, or of the bytes of a response."""
    if isinstance(result, bytes):
        response = json.loads(result)
        result, errors = response.get("data"), response.get("errors")
    else:
        result, errors = result.data, result.errors
    if errors:
        raise SystemExit(f"errors: {errors}")
    return result


async def once(work: Callable[[], Any]) -> Any:
    result = work()
    return await result if inspect.isawaitable(result) else result


@contextlib.contextmanager
def native_only() -> Iterator[None]:
    """Tells at the end what fell back to graphql-core, and fails: a figure of ours would be one of theirs."""
    gyrfalcon.reset_stats()
    yield
    if fallen := gyrfalcon.stats()["fallbacks"]:
        raise SystemExit(f"fell back to graphql-core: {fallen}")
