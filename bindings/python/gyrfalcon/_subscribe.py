"""Subscriptions: graphql-core makes the stream of source events, each event runs on the engine.

graphql-core 3.2 executes an event by plain `execute`: no middleware, no execution context class, no type resolver. 3.3 executes it
with what the subscription was given.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import ExecutionResult

from ._execute import FELL_BACK, attempt, find, kind_of, manager_of, stock_execute, to_result
from ._functions import coercion, execute_with
from ._stats import report

_IMMUTABLE = frozenset({str, int, float, bool, type(None)})


async def subscribe32(
    explicit: bool,
    schema: Any,
    document: Any,
    root_value: Any,
    context_value: Any,
    variable_values: Any,
    operation_name: Any,
    field_resolver: Any,
    subscribe_field_resolver: Any,
    options: dict[str, Any],
) -> Any:
    """`options` are those of the coercion of variables; an event has of them what graphql-core passes on."""
    from graphql.execution.map_async_iterator import MapAsyncIterator
    from graphql.execution.subscribe import create_source_event_stream

    stream = await create_source_event_stream(
        schema, document, root_value, context_value, variable_values, operation_name, subscribe_field_resolver, **options
    )
    if isinstance(stream, ExecutionResult):
        return stream
    execute = execute_with(stock_execute, explicit=explicit)
    hidden = {name: value for name, value in options.items() if name == "hide_suggestions"}

    async def respond(payload: Any) -> ExecutionResult:
        result = execute(schema, document, payload, context_value, variable_values, operation_name, field_resolver, **hidden)
        return result if isinstance(result, ExecutionResult) else await result

    return MapAsyncIterator(stream, respond)


def subscribe33(
    stock: Callable[..., Any],
    explicit: bool,
    schema: Any,
    document: Any,
    options: dict[str, Any],
    custom: dict[str, Any],
) -> Any:
    why = _why_not(options, custom)
    if why:
        report(why, schema, None, options["operation_name"])
    elif find(schema, document, options["operation_name"], explicit) is not None:
        return _subscribe(schema, document, options, custom, explicit)
    return stock(schema, document, **options, **custom)


def _why_not(options: dict[str, Any], custom: dict[str, Any]) -> str:
    if custom.keys() - {"operation_extensions", "is_awaitable"}:
        return "options of the subscription"
    if manager_of(options["middleware"]) is FELL_BACK:
        return "the middleware is none"
    return kind_of(options["executor_class"]).why_not()


def _subscribe(schema: Any, document: Any, options: dict[str, Any], custom: dict[str, Any], explicit: bool | None) -> Any:
    """What graphql-core's `subscribe` does, with the engine for each event."""
    from graphql import GraphQLError
    from graphql.execution import create_source_event_stream, map_source_to_response_event
    from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
    from graphql.language import is_subscription_operation_definition_node

    options = dict(options)
    executor_class = options.pop("executor_class") or ExecutorThrowingOnIncremental
    variable_values = options.pop("variable_values")
    executor = executor_class.build(schema, document, raw_variable_values=variable_values, **options, **custom)
    if isinstance(executor, list):
        return ExecutionResult(None, errors=executor)
    if not is_subscription_operation_definition_node(executor.operation):
        raise GraphQLError("Expected subscription operation.")

    if not all(type(value) in _IMMUTABLE for value in executor.variable_values.coerced.values()):
        # the events share the values, which the engine would make anew for each
        report("a subscription with variables that can change", schema, None, options["operation_name"])
        explicit = None

    def respond(event: Any) -> Any:
        if explicit is None:
            return event.execute_operation(False)
        outcome = attempt(
            schema,
            document,
            event.root_value,
            event.context_value,
            variable_values,
            options["operation_name"],
            executor_class,
            explicit=explicit,
            is_awaitable=custom.get("is_awaitable"),
            field_resolver=options["field_resolver"],
            type_resolver=options["type_resolver"],
            middleware=event.middleware_manager,
            operation_extensions=custom.get("operation_extensions"),
            options=coercion(options["max_coercion_errors"], options["hide_suggestions"]),
        )
        return event.execute_operation(False) if outcome is FELL_BACK else to_result(outcome)

    def streamed(stream: Any) -> Any:
        return map_source_to_response_event(executor, stream, respond) if executor.is_async_iterable(stream) else stream

    stream = create_source_event_stream(executor)
    if not executor.is_awaitable(stream):
        return streamed(stream)

    async def later() -> Any:
        return streamed(await stream)

    return later()


__all__ = ["subscribe32", "subscribe33"]
