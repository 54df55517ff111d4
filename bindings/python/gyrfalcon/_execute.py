"""An operation is tried on the engine: what is needed for it is found, the request's options are made ready, and it runs.

What the engine does not do is handed to graphql-core whole, before any resolver was called, and reported: `attempt` gives
FELL_BACK.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from weakref import WeakKeyDictionary

import graphql.execution
from graphql import ExecutionResult
from graphql.execution import MiddlewareManager
from graphql.execution.execute import assume_not_awaitable
from graphql.pyutils import is_awaitable as default_is_awaitable

from . import _documents as documents
from ._documents import Document, Origin, Plan, State, origin_of, state_of
from ._hooks import kinds_of
from ._known import code_of
from ._stats import counters, report, switch
from ._versions import _FOLDER, _METHODS, BASES, G33, Watch, overridden

stock_execute = graphql.execution.execute
stock_execute_sync = graphql.execution.execute_sync
if G33:
    from graphql.execution import experimental_execute_incrementally as stock_incrementally  # noqa: F401
    from graphql.execution import subscribe as stock_subscribe  # noqa: F401

    try:
        from graphql.execution.execute import assume_not_async_iterable
    except ImportError:  # before 3.3.2, which is not known
        assume_not_async_iterable = None
else:
    from graphql.execution.subscribe import subscribe as stock_subscribe  # noqa: F401  for others

    assume_not_async_iterable = stock_incrementally = None

FELL_BACK: Any = type("FellBack", (), {"__repr__": lambda self: "FELL_BACK"})()
"""What `attempt` gives when graphql-core has to do it."""

# ---------------------------------------------------------------------- executor classes


class Kind:
    """An executor class (graphql-core 3.2: execution context class) and what it means: `why` says why it is not known."""

    __slots__ = ("info_factory", "watch", "why")

    def __init__(self, info_factory: Any = None, watch: Watch | None = None, why: str = "") -> None:
        self.info_factory = info_factory
        self.watch = watch
        self.why = why

    def why_not(self) -> str:
        """Why graphql-core has to execute what is to be executed by this class; "": it has not."""
        return self.why or ("" if self.watch is None or self.watch.unchanged() else "graphql-core's executor was patched")


known_kinds: dict[type, Kind] = {base: Kind(None, Watch(base, _METHODS, _FOLDER)) for base in BASES}
"""Classes of libraries. Strawberry's is added when its integration is loaded."""
default_kind = known_kinds[BASES[-1] if G33 else BASES[0]]
_other_kinds: WeakKeyDictionary[type, Kind] = WeakKeyDictionary()


def kind_of(cls: Any) -> Kind:
    if cls is None:
        return default_kind
    kind = known_kinds.get(cls)
    if kind is None:
        try:
            kind = _other_kinds.get(cls)
        except TypeError:
            return Kind(why="the executor class is no class")
        if kind is None:
            kind = _other_kinds[cls] = _inspect(cls)
    return kind


def _inspect(cls: type) -> Kind:
    name = overridden(cls, tuple(known_kinds))
    if name is not None:
        return Kind(why=f"the executor class changes execution: {name}")
    base = next(base for base in cls.__mro__ if base in known_kinds)
    return Kind(known_kinds[base].info_factory, known_kinds[base].watch)


# ---------------------------------------------------------------------- requests

known_is_awaitable: dict[Any, Any] = {default_is_awaitable: None, assume_not_awaitable: False, None: None}
"""From predicates to what the core is told: None is its own, False is that nothing is awaitable."""
not_async_iterable_codes: set[Any] = set()
"""The code of predicates that say no to all."""
if assume_not_async_iterable is not None:
    not_async_iterable_codes.add(assume_not_async_iterable.__code__)

_Request: Any = None


def make_request(**options: Any) -> Any:
    """A Request of the core; tests with another core have another."""
    global _Request
    if _Request is None:
        from ._core import Request

        _Request = Request
    return _Request(**options)


def request_for(
    origin: Origin,
    document: Any,
    kind: Kind,
    *,
    json: bool = False,
    is_awaitable: Any = None,
    async_iterables: bool = True,
    field_resolver: Any = None,
    type_resolver: Any = None,
    middleware: Any = None,
    operation_extensions: Any = None,
    hooks: Any = None,
    options: Any = None,
) -> Any:
    """The Request of these options: the same object each time, unless something in it belongs to one request only."""
    shared = (
        field_resolver is None
        and type_resolver is None
        and middleware is None
        and operation_extensions is None
        and options is None
        and (is_awaitable is None or is_awaitable is False)
    )
    key = (json, is_awaitable, async_iterables, kind)
    if shared:
        request = origin.requests.get(key)
        if request is not None:
            return request
    pair = origin.pair
    request = make_request(
        json=json,
        sync=is_awaitable is False,
        middleware=middleware,
        field_resolver=field_resolver,
        type_resolver=type_resolver,
        is_awaitable=is_awaitable,
        info_factory=kind.info_factory,
        ast=(lambda: document) if pair is None else (lambda: pair),
        operation_extensions=operation_extensions,
        hooks=hooks,
        options=options if async_iterables else {"async_iterables": False, **(options or {})},
    )
    if shared and len(origin.requests) < 32:
        origin.requests[key] = request
    return request


def manager_of(middleware: Any) -> Any:
    """The MiddlewareManager of a `middleware` argument; None for none; raises as graphql-core does."""
    if middleware is None:
        return None
    if isinstance(middleware, (list, tuple)):
        middleware = MiddlewareManager(*middleware)
    if not isinstance(middleware, MiddlewareManager):
        return FELL_BACK
    if not middleware.middlewares and type(middleware) is MiddlewareManager:
        return None
    return middleware


# ---------------------------------------------------------------------- an attempt


def find(schema: Any, document: Any, operation_name: str | None, explicit: bool) -> tuple[State, Origin, Document, Plan] | None:
    """What is needed to run an AST on the engine; None after reporting why it is not there.

    An AST that is not known to be its source's parse is compared with it: at once when the caller asked for Gyrfalcon (`explicit`),
    else when it is seen again, since a document that is executed once only is not worth another parse.
    """
    if switch.off:
        return None
    state = state_of(schema)
    if state is None or state.disabled:
        return None
    if state.core is None:
        report(state.why, schema, None, operation_name)
        return None
    if not (operation_name is None or type(operation_name) is str):
        report("the operation name is no str", schema, None)
        return None
    origin = origin_of(document)
    if origin is None:
        origin = _unproven(schema, document, explicit)
        if origin is None:
            return None
    entry = state.document(origin.text)
    if entry is None:
        report("the engine did not take the document", schema, origin.text, operation_name)
        return None
    plan = entry.plan(operation_name)
    if plan.core is None:
        report(plan.why, schema, origin.text, operation_name)
        return None
    if plan.incremental:
        report("the operation has @defer or @stream", schema, origin.text, operation_name)
        return None
    if entry.why:
        report(entry.why, schema, origin.text, operation_name)
        return None
    return state, origin, entry, plan


def _unproven(schema: Any, document: Any, explicit: bool) -> Origin | None:
    seen = getattr(document, "__dict__", None)
    if seen is None:
        return None
    if not explicit and "_gyrfalcon_seen" not in seen:
        seen["_gyrfalcon_seen"] = 1
        report("the AST was not made by an installed parse, and seen once", schema, None)
        return None
    if seen.get("_gyrfalcon_seen") is getattr(document, "definitions", None):
        origin = None
    else:
        origin = documents.prove(document)
        if origin is None:
            seen["_gyrfalcon_seen"] = getattr(document, "definitions", None)
    if origin is None:
        report("the AST is not the parse of its source text", schema, None)
    return origin


def attempt(
    schema: Any,
    document: Any,
    root_value: Any,
    context_value: Any,
    variable_values: Any,
    operation_name: str | None,
    executor_class: Any,
    *,
    explicit: bool,
    is_awaitable: Any = None,
    is_async_iterable: Any = None,
    field_resolver: Any = None,
    type_resolver: Any = None,
    middleware: Any = None,
    operation_extensions: Any = None,
    subscriptions: bool = True,
    options: Any = None,
) -> Any:
    """Runs an operation on the engine: its (data, errors, json), an awaitable of that, or FELL_BACK.

    A subscription is executed as an event of it is, unless `subscriptions` is false: then it falls back without a report.
    """
    found = find(schema, document, operation_name, explicit)
    if found is None:
        return FELL_BACK
    _, origin, entry, plan = found
    if plan.kind == "subscription" and not subscriptions:
        return FELL_BACK
    kind = kind_of(executor_class)
    why = kind.why_not()
    if not why and operation_extensions is not None and kind.info_factory is None:
        why = "arguments for a custom executor class"
    if not why and variable_values is not None and not isinstance(variable_values, dict):
        why = "the variables are no dict"
    async_iterables = True
    if is_async_iterable is not None:
        async_iterables = code_of(is_async_iterable) not in not_async_iterable_codes
        if async_iterables:
            why = why or "a predicate for async iterables of the caller's own"
    hooks = None
    if not why:
        try:
            is_awaitable = known_is_awaitable.get(is_awaitable, is_awaitable)
        except TypeError:
            pass
        if middleware is not None:
            middleware = manager_of(middleware)
        if middleware is FELL_BACK:
            why = "the middleware is none"
        elif middleware is not None:
            hooks, every = kinds_of(middleware, entry)
            if every and entry.introspects:
                why = "introspection, with a middleware that sees all fields"
    if why:
        report(why, schema, origin.text, operation_name)
        return FELL_BACK
    request = request_for(
        origin,
        document,
        kind,
        is_awaitable=is_awaitable,
        async_iterables=async_iterables,
        field_resolver=field_resolver,
        type_resolver=type_resolver,
        middleware=middleware,
        operation_extensions=operation_extensions,
        hooks=hooks,
        options=options,
    )
    return run(schema, plan, entry, root_value, context_value, variable_values, request)


def run(schema: Any, plan: Plan, entry: Document, root: Any, context: Any, variables: Any, request: Any) -> Any:
    """Runs a plan: (data, errors, json), an awaitable of it, or FELL_BACK, reported, when no resolver was called."""
    result = plan.core.execute(root, context, variables, request)
    if result is NotImplemented:
        report("the engine left the request to graphql-core", schema, entry.text, plan.name)
        return FELL_BACK
    counters.native += 1
    return result


def to_result(outcome: Any) -> Any:
    """What `run` gave, as graphql-core's result: an ExecutionResult, or a coroutine of one."""
    if type(outcome) is tuple:
        data, errors, _ = outcome
        return ExecutionResult(data, in_order(errors) if errors else None)
    return _later(outcome)


async def _later(outcome: Awaitable[Any]) -> ExecutionResult:
    data, errors, _ = await outcome
    return ExecutionResult(data, in_order(errors) if errors else None)


def in_order(errors: Any) -> Any:
    """Errors in the order of the installed version: as they occurred, in 3.2 by location. Those of variables are not sorted."""
    if not G33 and len(errors) > 1 and any(error.path for error in errors):
        errors.sort(key=lambda error: (error.locations or [], error.path or [], error.message))
    return errors
