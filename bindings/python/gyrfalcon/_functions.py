"""graphql-core's `execute`, `execute_sync` and `subscribe`, with the signatures of the installed version, and `execute_json`.

Each call is an `attempt`; what falls back is handed to the stock function. The functions are made for one (`execute_with(stock)`):
install() makes them of those it replaces.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
from asyncio import ensure_future
from collections.abc import Awaitable, Callable
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema

from ._documents import dress, state_of
from ._execute import (
    FELL_BACK,
    assume_not_async_iterable,
    assume_not_awaitable,
    attempt,
    default_kind,
    find,
    in_order,
    kind_of,
    request_for,
    run,
    stock_execute,
    stock_execute_sync,
    stock_subscribe,
    to_result,
)
from ._stats import report, switch
from ._versions import CLOSES, G33, KNOWN, parameters_of


def to_result_now(outcome: Any) -> Any:
    """The result of execute_sync: an error when something asynchronous is left, as in graphql-core."""
    if type(outcome) is tuple:
        return to_result(outcome)
    later = to_result(outcome)
    if CLOSES:
        later.close()
    else:
        ensure_future(later).cancel()
    raise RuntimeError("GraphQL execution failed to complete synchronously.")


def is_incremental(schema: Any) -> bool:
    """Whether graphql-core's execute refuses the schema."""
    state = None if switch.off else state_of(schema)
    return state is not None and state.incremental


def coercion(max_coercion_errors: Any, hide_suggestions: Any) -> dict[str, Any] | None:
    """Request.options for what is not the default of the coercion of values."""
    if max_coercion_errors == 50 and not hide_suggestions:
        return None
    return {"max_coercion_errors": max_coercion_errors, "hide_suggestions": bool(hide_suggestions)}


if G33:

    def execute_with(stock: Callable[..., Any], *, explicit: bool = False, incrementally: bool = False) -> Any:
        def execute(
            schema: Any,
            document: Any,
            root_value: Any = None,
            context_value: Any = None,
            variable_values: Any = None,
            operation_name: Any = None,
            field_resolver: Any = None,
            type_resolver: Any = None,
            subscribe_field_resolver: Any = None,
            max_coercion_errors: Any = 50,
            enable_early_execution: Any = False,
            middleware: Any = None,
            executor_class: Any = None,
            is_awaitable: Any = None,
            is_async_iterable: Any = None,
            hide_suggestions: Any = False,
            abort_signal: Any = None,
            hooks: Any = None,
            **custom: Any,
        ) -> Any:
            why = ""
            if abort_signal is not None:
                why = "an abort signal"
            elif hooks is not None:
                why = "execution hooks"
            elif custom and (custom.keys() - {"operation_extensions"} or kind_of(executor_class).info_factory is None):
                why = kind_of(executor_class).why or "arguments for a custom executor class"
            elif not incrementally and is_incremental(schema):
                why = "the schema has @defer or @stream: graphql-core's execute refuses it"
            if why:
                report(why, schema, None, operation_name)
            else:
                outcome = attempt(
                    schema,
                    document,
                    root_value,
                    context_value,
                    variable_values,
                    operation_name,
                    executor_class,
                    explicit=explicit,
                    is_awaitable=is_awaitable,
                    is_async_iterable=is_async_iterable,
                    field_resolver=field_resolver,
                    type_resolver=type_resolver,
                    middleware=middleware,
                    operation_extensions=custom.get("operation_extensions"),
                    options=coercion(max_coercion_errors, hide_suggestions),
                )
                if outcome is not FELL_BACK:
                    return to_result(outcome)
            return stock(
                schema,
                document,
                root_value,
                context_value,
                variable_values,
                operation_name,
                field_resolver,
                type_resolver,
                subscribe_field_resolver,
                max_coercion_errors,
                enable_early_execution,
                middleware,
                executor_class,
                is_awaitable,
                is_async_iterable,
                hide_suggestions=hide_suggestions,
                abort_signal=abort_signal,
                hooks=hooks,
                **custom,
            )

        return dress(execute, stock)

    def execute_sync_with(stock: Callable[..., Any], *, explicit: bool = False) -> Any:
        def execute_sync(
            schema: Any,
            document: Any,
            root_value: Any = None,
            context_value: Any = None,
            variable_values: Any = None,
            operation_name: Any = None,
            field_resolver: Any = None,
            type_resolver: Any = None,
            max_coercion_errors: Any = 50,
            middleware: Any = None,
            executor_class: Any = None,
            check_sync: Any = False,
            hide_suggestions: Any = False,
            abort_signal: Any = None,
            hooks: Any = None,
        ) -> Any:
            if abort_signal is not None or hooks is not None:
                report("an abort signal" if hooks is None else "execution hooks", schema, None, operation_name)
            elif check_sync:
                # what is awaitable is decided by the caller's function, or is an error that closes it: left to graphql-core
                report("execute_sync with check_sync", schema, None, operation_name)
            else:
                outcome = attempt(
                    schema,
                    document,
                    root_value,
                    context_value,
                    variable_values,
                    operation_name,
                    executor_class,
                    explicit=explicit,
                    is_awaitable=assume_not_awaitable,
                    is_async_iterable=assume_not_async_iterable,
                    field_resolver=field_resolver,
                    type_resolver=type_resolver,
                    middleware=middleware,
                    options=coercion(max_coercion_errors, hide_suggestions),
                )
                if outcome is not FELL_BACK:
                    return to_result_now(outcome)
            return stock(
                schema,
                document,
                root_value,
                context_value,
                variable_values,
                operation_name,
                field_resolver,
                type_resolver,
                max_coercion_errors,
                middleware,
                executor_class,
                check_sync,
                hide_suggestions,
                abort_signal,
                hooks,
            )

        return dress(execute_sync, stock)

    def subscribe_with(stock: Callable[..., Any], *, explicit: bool = False) -> Any:
        def subscribe(
            schema: Any,
            document: Any,
            root_value: Any = None,
            context_value: Any = None,
            variable_values: Any = None,
            operation_name: Any = None,
            field_resolver: Any = None,
            type_resolver: Any = None,
            subscribe_field_resolver: Any = None,
            max_coercion_errors: Any = 50,
            enable_early_execution: Any = False,
            executor_class: Any = None,
            middleware: Any = None,
            hide_suggestions: Any = False,
            **custom: Any,
        ) -> Any:
            from ._subscribe import subscribe33

            return subscribe33(
                stock,
                explicit,
                schema,
                document,
                {
                    "root_value": root_value,
                    "context_value": context_value,
                    "variable_values": variable_values,
                    "operation_name": operation_name,
                    "field_resolver": field_resolver,
                    "type_resolver": type_resolver,
                    "subscribe_field_resolver": subscribe_field_resolver,
                    "max_coercion_errors": max_coercion_errors,
                    "enable_early_execution": enable_early_execution,
                    "executor_class": executor_class,
                    "middleware": middleware,
                    "hide_suggestions": hide_suggestions,
                },
                custom,
            )

        return dress(subscribe, stock)

else:
    _REST = parameters_of(stock_execute)[9:]
    _REST_SYNC = parameters_of(stock_execute_sync)[8:]
    _REST_SUBSCRIBE = parameters_of(stock_subscribe)[8:]

    def named(names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
        """The parameters behind those that all versions of 3.2 have; None: they are wrong, as graphql-core will say."""
        options = dict(zip(names, args, strict=False), **kwargs)
        return options if len(options) == len(args) + len(kwargs) and options.keys() <= set(names) else None

    def rest(options: dict[str, Any]) -> dict[str, Any]:
        """What `attempt` is told of them."""
        return {
            "executor_class": options.get("execution_context_class"),
            "middleware": options.get("middleware"),
            "options": coercion(options.get("max_coercion_errors", 50), options.get("hide_suggestions", False)),
        }

    _NOTHING = rest({})

    def execute_with(stock: Callable[..., Any], *, explicit: bool = False, incrementally: bool = False) -> Any:
        def execute(
            schema: Any,
            document: Any,
            root_value: Any = None,
            context_value: Any = None,
            variable_values: Any = None,
            operation_name: Any = None,
            field_resolver: Any = None,
            type_resolver: Any = None,
            subscribe_field_resolver: Any = None,
            *args: Any,
            **kwargs: Any,
        ) -> Any:
            given = root_value, context_value, variable_values, operation_name
            options = named(_REST, args, kwargs) if args or kwargs else {}
            if options is not None:
                outcome = attempt(
                    schema,
                    document,
                    *given,
                    explicit=explicit,
                    is_awaitable=options.get("is_awaitable"),
                    field_resolver=field_resolver,
                    type_resolver=type_resolver,
                    **(rest(options) if options else _NOTHING),
                )
                if outcome is not FELL_BACK:
                    return to_result(outcome)
            return stock(schema, document, *given, field_resolver, type_resolver, subscribe_field_resolver, *args, **kwargs)

        return dress(execute, stock)

    def execute_sync_with(stock: Callable[..., Any], *, explicit: bool = False) -> Any:
        def execute_sync(
            schema: Any,
            document: Any,
            root_value: Any = None,
            context_value: Any = None,
            variable_values: Any = None,
            operation_name: Any = None,
            field_resolver: Any = None,
            type_resolver: Any = None,
            *args: Any,
            **kwargs: Any,
        ) -> Any:
            given = root_value, context_value, variable_values, operation_name
            options = named(_REST_SYNC, args, kwargs) if args or kwargs else {}
            if options and options.get("check_sync"):
                report("execute_sync with check_sync", schema, None, operation_name)
            elif options is not None:
                outcome = attempt(
                    schema,
                    document,
                    *given,
                    explicit=explicit,
                    is_awaitable=assume_not_awaitable,
                    field_resolver=field_resolver,
                    type_resolver=type_resolver,
                    **(rest(options) if options else _NOTHING),
                )
                if outcome is not FELL_BACK:
                    return to_result_now(outcome)
            return stock(schema, document, *given, field_resolver, type_resolver, *args, **kwargs)

        return dress(execute_sync, stock)

    def subscribe_with(stock: Callable[..., Any], *, explicit: bool = False) -> Any:
        async def subscribe(
            schema: Any,
            document: Any,
            root_value: Any = None,
            context_value: Any = None,
            variable_values: Any = None,
            operation_name: Any = None,
            field_resolver: Any = None,
            subscribe_field_resolver: Any = None,
            *args: Any,
            **kwargs: Any,
        ) -> Any:
            from ._subscribe import subscribe32

            given = root_value, context_value, variable_values, operation_name, field_resolver, subscribe_field_resolver
            options = named(_REST_SUBSCRIBE, args, kwargs)
            if options is None:
                return await stock(schema, document, *given, *args, **kwargs)
            return await subscribe32(explicit, schema, document, *given, options)

        return dress(subscribe, stock)


# ---------------------------------------------------------------------- JSON


def execute_json(schema: GraphQLSchema, document: DocumentNode, *args: Any, **kwargs: Any) -> bytes | Awaitable[bytes]:
    """Executes an operation, and gives the response as JSON bytes: `{"data":...}`, with `errors` first where there are any.

    The parameters are those of `execute`. The result is an awaitable of bytes where that of `execute` would be one.
    """
    outcome = _attempt_json(schema, document, args, kwargs)
    if outcome is FELL_BACK:
        outcome = execute(schema, document, *args, **kwargs)
    return _to_bytes(outcome) if isinstance(outcome, (tuple, ExecutionResult)) else _later_bytes(outcome)


_JSON_PARAMETERS = (
    "root_value",
    "context_value",
    "variable_values",
    "operation_name",
    "field_resolver",
    "type_resolver",
)


def _attempt_json(schema: Any, document: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The request with a Request for JSON; FELL_BACK without a report when `execute` has to look at it."""
    if len(args) > 4 or kwargs.keys() - set(_JSON_PARAMETERS[:4]) or not default_kind.watch.unchanged():  # type: ignore[union-attr]
        return FELL_BACK
    options = dict(zip(_JSON_PARAMETERS, args, strict=False), **kwargs)
    variables = options.get("variable_values")
    if variables is not None and not isinstance(variables, dict):
        return FELL_BACK
    if G33 and is_incremental(schema):
        return FELL_BACK
    found = find(schema, document, options.get("operation_name"), True)
    if found is None:
        return stock_execute(schema, document, *args, **kwargs)
    _, origin, entry, plan = found
    if not entry.json:
        return FELL_BACK
    request = request_for(origin, document, default_kind, json=True)
    outcome = run(schema, plan, entry, options.get("root_value"), options.get("context_value"), variables, request)
    return stock_execute(schema, document, *args, **kwargs) if outcome is FELL_BACK else outcome


async def _later_bytes(outcome: Awaitable[Any]) -> bytes:
    return _to_bytes(await outcome)


def _to_bytes(outcome: Any) -> bytes:
    """A whole response, of (data, errors, json) or an ExecutionResult."""
    if isinstance(outcome, ExecutionResult):
        return _dumps(outcome.formatted)
    data, errors, json_data = outcome
    if json_data is None:
        json_data = _dumps(data)
    if not errors:
        return b'{"data":' + json_data + b"}"
    formatted = _dumps([error.formatted for error in in_order(errors)])
    return b'{"errors":' + formatted + b',"data":' + json_data + b"}"


def _dumps(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


execute, execute_sync, subscribe = stock_execute, stock_execute_sync, stock_subscribe
if KNOWN:
    execute = execute_with(stock_execute, explicit=True)
    execute_sync = execute_sync_with(stock_execute_sync, explicit=True)
    subscribe = subscribe_with(stock_subscribe, explicit=True)
