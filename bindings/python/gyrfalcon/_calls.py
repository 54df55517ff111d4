"""What the core asks of graphql-core when it calls resolvers: everything that is rare, fails, or differs between versions.

Each function is called by `gyrfalcon._core` (src/args.c, variables.c, info.c, types.c, hooks.c) and does what the installed
graphql-core does, with its own code.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from functools import partial, reduce
from inspect import isawaitable, iscoroutine, iscoroutinefunction, isfunction
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import graphql
from graphql import GraphQLEnumType, GraphQLError, GraphQLResolveInfo, MiddlewareManager, Undefined
from graphql.execution import values as execution_values
from graphql.execution.execute import assume_not_awaitable
from graphql.execution.values import get_argument_values, get_variable_values
from graphql.type import introspection, scalars

try:
    from graphql.execution.values import VariableValues, VariableValueSource  # 3.3
except ImportError:
    VariableValues = VariableValueSource = None
    from graphql.execution.execute import ExecutionContext

    ensure_valid_runtime_type = ExecutionContext.ensure_valid_runtime_type
else:
    from graphql.execution.executor import Executor

    ensure_valid_runtime_type = Executor.ensure_valid_runtime_type

from ._stats import counters, logger
from ._versions import HIDES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

__all__ = ["assume_not_awaitable"]

info_class = GraphQLResolveInfo
_get_field_resolver = MiddlewareManager.get_field_resolver

# ---------------------------------------------------------------------- inputs

OTHER, INT, FLOAT, STRING, BOOLEAN, ID, ENUM = range(7)


def _parsers(type_: Any) -> tuple[Any, ...]:
    """The functions that coerce input for a scalar, in whatever version."""
    names = ("parse_value", "parse_literal", "coerce_input_value", "coerce_input_literal")
    return tuple(getattr(value, "__func__", value) for value in (getattr(type_, name, None) for name in names))


_SCALARS = {
    type_: (kind, _parsers(type_))
    for type_, kind in (
        (scalars.GraphQLInt, INT),
        (scalars.GraphQLFloat, FLOAT),
        (scalars.GraphQLString, STRING),
        (scalars.GraphQLBoolean, BOOLEAN),
        (scalars.GraphQLID, ID),
    )
}
_KNOWN_ENUMS = ("graphql.type.definition", "strawberry.schema.schema_converter")


def input_kind(type_: Any) -> tuple[int, int, int, dict[str, Any] | None]:
    """(kind, list depth, non-null bits, enum table) of an input type: see calls_input."""
    wrappers = []
    while hasattr(type_, "of_type"):
        wrappers.append(isinstance(type_, graphql.GraphQLNonNull))
        type_ = type_.of_type
    depth = wrappers.count(False)
    non_null, level = 0, depth
    for is_non_null in wrappers:
        if is_non_null:
            non_null |= 1 << level
        else:
            level -= 1
    known = _SCALARS.get(type_) if isinstance(type_, graphql.GraphQLScalarType) else None
    if known and known[1] == _parsers(type_):
        return known[0], depth, non_null, None
    if isinstance(type_, GraphQLEnumType):
        table = _enum_table(type_)
        if table is not None:
            return ENUM, depth, non_null, table
    return OTHER, depth, non_null, None


def _enum_table(type_: GraphQLEnumType) -> dict[str, Any] | None:
    parsers = _parsers(type_)
    if any(parser is not None and getattr(parser, "__module__", None) not in _KNOWN_ENUMS for parser in parsers):
        return None
    parse = getattr(type_, "coerce_input_value", None) or type_.parse_value
    try:
        table = {name: parse(name) for name in type_.values}
        for value in table.values():
            hash(value)
    except Exception:  # noqa: BLE001: graphql-core will say what it thinks of them
        return None
    return table


def coerce_variables(
    schema: Any, operation: Any, inputs: Mapping[str, Any], max_errors: int, hide_suggestions: bool
) -> list[GraphQLError] | tuple[dict[str, Any], Any]:
    """Errors, or the coerced values and graphql-core's container of them (None on 3.2)."""
    options = {"max_errors": max_errors, **({"hide_suggestions": hide_suggestions} if HIDES else {})}
    values = get_variable_values(schema, operation.variable_definitions or (), inputs, **options)
    if isinstance(values, list):
        return values
    return (values, None) if VariableValues is None else (values.coerced, values)


def variable_container(schema: Any, operation: Any, inputs: Mapping[str, Any] | None, coerced: dict[str, Any]) -> Any:
    """The VariableValues of values that the core coerced; on 3.2 the values themselves."""
    if VariableValues is None:
        return coerced
    sources = {}
    for definition in operation.variable_definitions or ():
        signature = execution_values.get_variable_signature(schema, definition)
        value = (inputs or {}).get(signature.name, Undefined)
        sources[signature.name] = VariableValueSource(signature, value)
    return VariableValues(sources, coerced)


def argument_values(field: Any, node: Any, variable_values: Any, hide_suggestions: bool) -> dict[str, Any]:
    if VariableValues is None:
        return get_argument_values(field, node, variable_values)
    return get_argument_values(field, node, variable_values, None, hide_suggestions)


# ---------------------------------------------------------------------- infos


def async_helpers(is_awaitable: Callable[[Any], bool] | None) -> Any:
    """The async_helpers of 3.3's infos, of an executor that does nothing else."""
    if VariableValues is None:
        return None
    executor = Executor.__new__(Executor)
    if is_awaitable is not None:
        executor.is_awaitable = is_awaitable
    executor.background_futures = set()
    return graphql.type.definition.GraphQLResolveInfoHelpers(gather=executor.gather_async_work, track=executor.track_async_work)


class _Plain:
    def __init__(self, _raw_info, _field):  # type: ignore[no-untyped-def]
        self._raw_info = _raw_info
        self._field = _field


def plain_info(cls: Any) -> bool:
    """Whether an info class, called with its two values, does nothing but to keep them: what Strawberry's Info does."""
    init, plain = getattr(cls.__init__, "__code__", None), _Plain.__init__.__code__
    return (
        type(cls) is type
        and cls.__new__ is object.__new__
        and cls.__setattr__ is object.__setattr__
        and cls.__basicsize__ == _Plain.__basicsize__  # no slots
        and not any(hasattr(cls, name) for name in ("_raw_info", "_field", "__del__"))
        and init is not None
        and all(getattr(init, name) == getattr(plain, name) for name in ("co_code", "co_names", "co_varnames", "co_consts"))
    )


def meta_field(_name: str) -> Any:
    """The GraphQLField of `__typename`."""
    return introspection.TypeNameMetaFieldDef


# ---------------------------------------------------------------------- guards


async def guarded(
    guards: Sequence[tuple[Any, ...]],
    definition: Any,
    source: Any,
    info: Any,
    passed: dict[str, Any],
    function: Callable[..., Any],
    positional: tuple[Any, ...],
    keywords: dict[str, Any],
) -> Any:
    """Guards of which one is asynchronous, then the field: PermissionExtension.resolve_async, and resolve for those that are not.

    Only a field that is asynchronous itself is awaited: others are wrapped by SyncToAsyncExtension, which passes on what they give.
    """
    for permissions, on_unauthorized, asynchronous, awaitable_error, boolean_error in guards:
        for permission in permissions:
            allowed = permission.has_permission(source, info, **passed)
            if asynchronous and isawaitable(allowed):
                allowed = await allowed
            elif awaitable_error is not None and isawaitable(allowed):
                if iscoroutine(allowed):
                    allowed.close()
                raise awaitable_error(permission)
            if boolean_error is not None and not isinstance(allowed, bool):
                raise boolean_error(permission, allowed)
            if not allowed:
                return on_unauthorized(permission)
    result = function(*positional, **keywords)
    return await result if definition.is_async and isawaitable(result) else result


# ---------------------------------------------------------------------- types


def type_name(answer: Any, schema: Any, type_: Any, nodes: list[Any], info: Any, value: Any) -> Any:
    """The name of the object type that an abstract type's resolver answered, checked, or its error; it may be awaitable."""
    if info.is_awaitable(answer):
        return _await_type(answer, schema, type_, nodes, info, value)
    details = nodes if VariableValues is None else [SimpleNamespace(node=node) for node in nodes]
    object_type = ensure_valid_runtime_type(SimpleNamespace(schema=schema), answer, type_, details, info, value)
    return check_type(object_type, nodes, info, value)


async def _await_type(answer: Awaitable[Any], *context: Any) -> str:
    name = type_name(await answer, *context)
    return await name if isawaitable(name) else name


def check_type(type_: Any, nodes: list[Any], info: Any, value: Any, answer: Any = Undefined) -> Any:
    """The name of an object type when the value is of it by is_type_of, or by its `answer`; it may be awaitable."""
    if answer is Undefined:
        if not type_.is_type_of:
            return type_.name
        answer = type_.is_type_of(value, info)
    if info.is_awaitable(answer):
        return _await_check(answer, type_, nodes, value)
    if not answer:
        raise _invalid_type(type_, value, nodes)
    return type_.name


async def _await_check(answer: Awaitable[Any], type_: Any, nodes: list[Any], value: Any) -> str:
    if not await answer:
        raise _invalid_type(type_, value, nodes)
    return type_.name


def _invalid_type(type_: Any, value: Any, nodes: list[Any]) -> GraphQLError:
    return GraphQLError(f"Expected value of type '{type_}' but got: {graphql.pyutils.inspect(value)}.", nodes)


# ---------------------------------------------------------------------- hooks


def replaced() -> None:
    """A request found something replaced of what its fields bypass."""
    counters.replaced += 1


def gave_up(exception: Exception) -> None:
    """A request failed before anything was read: graphql-core does it, and says what is wrong if something is."""
    logger.warning("an internal failure: graphql-core answers the request", exc_info=exception)


def chain_all(manager: Any, resolver: Any, next_: Any) -> Any:
    """The resolver with all of a manager's middlewares round it; with `next_`, if that is not None, in its place.

    Not through the manager then, which would keep `next_` as long as it lives. What hooks may ask of the resolver, whether it is
    a coroutine function, stays as it was.
    """
    known = type(manager) is MiddlewareManager and type(manager).get_field_resolver is _get_field_resolver
    if next_ is None or not known:
        return manager.get_field_resolver(resolver)
    if iscoroutinefunction(resolver):
        next_ = _asynchronous(next_)
    return reduce(lambda inner, hook: partial(hook, inner), manager._middleware_resolvers or (), next_)


def _asynchronous(next_: Any) -> Any:
    async def _async_resolver(_source: Any, info: Any, **kwargs: Any) -> Any:
        return await next_(_source, info, **kwargs)

    return _async_resolver


def chain(resolver: Any, middlewares: Sequence[Any], wanted: Sequence[bool]) -> Any:
    """What MiddlewareManager.get_field_resolver makes of some of its middlewares."""
    hooks = []
    for middleware, use in zip(middlewares, wanted, strict=True):
        hook = middleware if isfunction(middleware) else getattr(middleware, "resolve", None)
        if use and hook:
            hooks.append(hook)
    return reduce(lambda inner, hook: partial(hook, inner), hooks, resolver)


def has_directives(node: Any) -> bool:
    """Whether a field's node carries a directive that an extension runs."""
    return any(directive.name.value not in ("skip", "include") for directive in node.directives or ())
