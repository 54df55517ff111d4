"""`Schema.execute` and `execute_sync` of Strawberry in one step, where nothing can tell the difference.

A request takes the short way when the engine has found its document valid, all of the schema's extensions are known and have no
objection, and neither the schema's methods nor Strawberry's functions on the way were replaced. Everything else goes through
Strawberry's own method (`stock`), whose parse, validate and execute are replaced one by one (`_install`).

No resolver runs before the last thing that may decline. Extensions that were made by then are handed on to the stock method, so that
each factory is called once for a request.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import re
from asyncio import ensure_future
from functools import update_wrapper
from json import loads
from operator import attrgetter
from typing import Any

import strawberry.schema.schema as module
from graphql import ExecutionResult as CoreResult
from strawberry.extensions import SchemaExtension
from strawberry.extensions.context import OperationContextManager
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from . import _execute
from ._documents import Document, Plan, State, state_of
from ._execute import FELL_BACK, in_order, kind_of, known_is_awaitable, request_for, run
from ._extensions import FOLDER, known, may_be_plain
from ._rules import own_rules_say_yes
from ._stats import counters, switch
from ._versions import Watch

METHODS = (
    "get_extensions",
    "create_extensions_runner",
    "_get_middleware_manager",
    "_create_execution_context",
    "_prepare_operation_async",
    "_prepare_operation_sync",
    "_execute_operation",
    "_handle_execution_result",
    "_get_execute_function",
    "_get_custom_context_kwargs",
)
SEAMS = (
    "parse",
    "validate",
    "validate_document",
    "execute",
    "_parse_operation_document",
    "_run_validation",
    "MaybeNullValidationRule",
    "OneOfInputValidationRule",
    "SchemaExtensionsRunner",
    "MiddlewareManager",
    "ExecutionContext",
)

complete = all(hasattr(module.Schema, name) for name in METHODS) and all(hasattr(module, name) for name in SEAMS)
"""Whether this version of Strawberry has all that the short way replaces."""


class Seams:
    """What the names in Strawberry's module are expected to be: the stock functions, or those that install() has put there."""

    def __init__(self) -> None:
        self.get = attrgetter(*SEAMS) if complete else None
        self.stock = self.values = self.get(module) if self.get else ()

    def reset(self) -> None:
        self.values = self.stock

    def expect(self, name: str, value: Any) -> None:
        if name in SEAMS and self.values:
            self.values = tuple(value if seam == name else old for seam, old in zip(SEAMS, self.values, strict=True))

    def unchanged(self) -> bool:
        return self.get is not None and self.get(module) == self.values


seams = Seams()
own_rules = (getattr(module, "MaybeNullValidationRule", None), getattr(module, "OneOfInputValidationRule", None))
_genuine = Watch(module.Schema, METHODS, FOLDER).genuine if complete else False
_get_methods = attrgetter(*METHODS) if complete else None
_method_names = frozenset(METHODS)
stock_methods = _get_methods(module.Schema) if _get_methods else ()
trusted_methods = [stock_methods]
"""The method tables of classes that are as good as Strawberry's own: gyrfalcon.strawberry.Schema adds its."""
trusted_executes: list[Any] = []
"""Their `execute` and `execute_sync`, for which a view may ask for bytes."""

OPERATIONS = {
    "query": OperationType.QUERY,
    "mutation": OperationType.MUTATION,
    "subscription": OperationType.SUBSCRIPTION,
}
_DIRECTIVE = re.compile(r"@[\s,]*(\w+)")


def learn_strawberry() -> None:
    """Makes Strawberry's execution context class and predicates known to `attempt`."""
    context_class = getattr(module, "StrawberryGraphQLCoreExecutionContext", None)
    if context_class is not None and context_class not in _execute.known_kinds:
        info = getattr(module, "_OperationContextAwareGraphQLResolveInfo", None) if _execute.G33 else None
        own = ("__init__", "build_resolve_info") if info is not None else ("__init__",)
        inherited = tuple(name for name in _execute._METHODS if name not in own)
        watch = _Both(Watch(context_class, own, FOLDER), Watch(context_class, inherited, _execute._FOLDER))
        _execute.known_kinds[context_class] = _execute.Kind(info, watch)
    predicate = getattr(module, "optimized_is_awaitable", None)
    if predicate is not None and predicate.__module__.startswith("strawberry."):
        known_is_awaitable[predicate] = None
    make = getattr(module.Schema, "_get_custom_context_kwargs", None)
    for constant in make.__code__.co_consts if make else ():
        if hasattr(constant, "co_code") and constant.co_name == "<lambda>":
            _execute.not_async_iterable_codes.add(constant)


class _Both:
    """Two watches as one."""

    __slots__ = ("one", "other")

    def __init__(self, one: Watch, other: Watch) -> None:
        self.one = one
        self.other = other

    def unchanged(self) -> bool:
        return self.one.unchanged() and self.other.unchanged()


class Profile:
    """What is known of a Strawberry schema, as long as it stays as it is (`unchanged`)."""

    __slots__ = (
        "cls",
        "context_class",
        "directive_names",
        "directives",
        "extensions",
        "factories",
        "fit",
        "kind",
        "methods",
        "plain",
    )

    def __init__(self, schema: Any) -> None:
        self.cls = type(schema)
        self.methods = _get_methods(self.cls)
        self.extensions = schema.extensions
        self.directives = schema.directives
        self.context_class = schema.execution_context_class
        self.kind = kind_of(self.context_class)
        graphql_schema = schema._schema
        custom = {directive.name for directive in graphql_schema.directives} - {"include", "skip"}
        self.directive_names = custom if self.directives else frozenset()
        self.fit = (
            _genuine
            and any(self.methods == methods for methods in trusted_methods)
            and all(may_be_plain(extension) for extension in self.extensions)
            and not getattr(schema.config, "enable_experimental_incremental_execution", False)
        )
        # what needs no instance of its own for a request: instances, and known classes that take no arguments
        self.plain: list[tuple[Any, Any]] = []
        self.factories: list[Any] = []
        for extension in self.extensions if self.fit else ():
            self._sort(extension)

    def _sort(self, extension: Any) -> None:
        if isinstance(extension, SchemaExtension):
            self.plain.append((known[type(extension)], extension))
        elif isinstance(extension, type):
            try:
                self.plain.append((known[extension], extension()))
            except TypeError:
                self.fit = False
        else:
            self.factories.append(extension)

    def unchanged(self, schema: Any) -> bool:
        return (
            self.cls is type(schema)
            and schema.extensions is self.extensions
            and schema.directives is self.directives
            and schema.execution_context_class is self.context_class
            and _get_methods(self.cls) == self.methods
        )


class Declined:
    """The stock method has to do it, with these extensions when there are any already."""

    __slots__ = ("extensions",)

    def __init__(self, extensions: list[Any]) -> None:
        self.extensions = extensions


class WithExtensions:
    """A schema whose get_extensions gives the instances of this request. Nobody gets to see it but the stock method."""

    __slots__ = ("_gyr_extensions", "_gyr_schema")

    def __init__(self, schema: Any, extensions: list[Any]) -> None:
        self._gyr_schema = schema
        self._gyr_extensions = extensions

    def get_extensions(self, sync: bool = False) -> list[Any]:
        return self._gyr_extensions

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gyr_schema, name)


def _profile(schema: Any, state: State) -> Profile:
    profile = state.extra.get("profile")
    if profile is None or not profile.unchanged(schema):
        profile = state.extra["profile"] = Profile(schema)
    return profile


def _find(schema: Any, query: Any, operation_name: Any) -> tuple[State, Profile, Document, Plan] | None:
    """The plan of a request that may take the short way."""
    if switch.off or not complete or type(query) is not str or not (operation_name is None or type(operation_name) is str):
        return None
    state = state_of(schema._schema)
    if state is None or state.core is None or state.disabled:
        return None
    profile = _profile(schema, state)
    if not profile.fit or not _method_names.isdisjoint(schema.__dict__) or not seams.unchanged():
        return None
    entry = state.document(query)
    if entry is None:
        return None
    plan = entry.plan(operation_name)
    if plan.core is None and operation_name is None:
        # several operations: Strawberry runs the first
        plan = entry.plan(entry.first_name())
    if plan.core is None or plan.incremental or plan.kind == "subscription" or entry.why:
        return None
    return state, profile, entry, plan


def _no_objection(schema: Any, profile: Profile, entry: Document) -> bool:
    """Whether neither Strawberry's rules nor the extensions that need no making have anything to say about a document."""
    graphql_schema = schema._schema
    if not own_rules_say_yes(graphql_schema, entry, own_rules):
        return False
    if profile.directive_names and "@" in entry.text and profile.directive_names.intersection(_DIRECTIVE.findall(entry.text)):
        return False
    for info, extension in profile.plain:
        if not (info.unchanged() and info.check(extension, graphql_schema, entry)):
            return False
    return True


def _make_extensions(schema: Any, profile: Profile, entry: Document, sync: bool) -> tuple[bool, list[Any]]:
    """Makes the extensions of a request by the schema's own method; whether all are known and have no objection."""
    extensions = schema.get_extensions(sync=sync) if sync else schema.get_extensions()
    graphql_schema = schema._schema
    for extension in extensions[: len(profile.extensions)]:
        info = known.get(type(extension))
        if info is None:
            profile.fit = False  # the factory makes something else: do not ask it again
            return False, extensions
        if not (info.unchanged() and info.check(extension, graphql_schema, entry)):
            return False, extensions
    return True, extensions


def begin(
    schema: Any,
    query: Any,
    variable_values: Any,
    context_value: Any,
    root_value: Any,
    operation_name: Any,
    allowed: Any,
    operation_extensions: Any,
    json: bool,
    sync: bool,
) -> tuple[Any, Document, list[Any] | None] | Declined | None:
    """Starts a request on the short way: what the engine gave, the document, the extensions if any were made. Or declines."""
    found = _find(schema, query, operation_name)
    if found is None:
        return None
    _, profile, entry, plan = found
    if allowed is not None and OPERATIONS[plan.kind] not in allowed:
        return None
    kind = profile.kind
    if kind.why_not():
        return None
    if not (variable_values is None or isinstance(variable_values, dict)) or not _no_objection(schema, profile, entry):
        return None
    extensions = None
    if profile.factories:
        fine, extensions = _make_extensions(schema, profile, entry, sync)
        if not fine:
            return Declined(extensions)
    request = request_for(
        entry.origin,
        entry.ast,
        kind,
        json=json and entry.json,
        async_iterables=not (sync and _execute.G33),
        operation_extensions=operation_extensions,
    )
    outcome = run(schema._schema, plan, entry, root_value, context_value, variable_values, request)
    if outcome is FELL_BACK:
        return Declined(extensions) if extensions is not None else None
    counters.fast += 1
    return outcome, entry, extensions


# ---------------------------------------------------------------------- the end of a request


class Ending:
    """What Strawberry would have by the end of an execution: its context, its extensions and their runner."""

    __slots__ = ("context", "extensions", "result", "runner", "schema")

    def __init__(
        self, schema: Any, entry: Document, extensions: Any, result: Any, sync: bool, arguments: tuple[Any, ...]
    ) -> None:
        query, variable_values, context_value, root_value, operation_name, allowed, operation_extensions = arguments
        self.schema = schema
        self.result = result
        self.context = context = schema._create_execution_context(
            query=query,
            allowed_operation_types=module.DEFAULT_ALLOWED_OPERATION_TYPES if allowed is None else allowed,
            variable_values=variable_values,
            context_value=context_value,
            root_value=root_value,
            operation_name=operation_name,
            operation_extensions=operation_extensions,
        )
        if extensions is None:
            extensions = schema.get_extensions(sync=True) if sync else schema.get_extensions()
        for extension in extensions:
            extension.execution_context = context
        self.extensions = extensions
        context.graphql_document = entry.ast
        context.result = result
        if result is not None:
            context.pre_execution_errors = result.errors
        self.runner = schema.create_extensions_runner(context, extensions)

    def leave(self) -> None:
        self.schema._process_errors(self.result.errors, self.context)
        # known extensions only: what they do before an operation has no effect any more, what they do after it (MaskErrors) has
        with OperationContextManager(self.extensions):
            pass

    def failed_sync(self, error: Exception) -> Any:
        errors = [module._coerce_error(error)]
        self.context.pre_execution_errors = errors
        self.schema._process_errors(errors, self.context)
        return ExecutionResult(data=None, errors=errors, extensions=self.runner.get_extensions_results_sync())


async def end_with_errors(ending: Ending) -> Any:
    handle = ending.schema._handle_execution_result
    try:
        ending.leave()
    except Exception as error:
        failed = module.PreExecutionError(data=None, errors=[module._coerce_error(error)])
        return await handle(ending.context, failed, ending.runner)
    return await handle(ending.context, ending.result, ending.runner, skip_process_errors=True)


def end_with_errors_sync(ending: Ending) -> Any:
    try:
        ending.leave()
    except Exception as error:
        return ending.failed_sync(error)
    result = ending.result
    return ExecutionResult(data=result.data, errors=result.errors, extensions=ending.runner.get_extensions_results_sync())


def end_awaitable_sync(ending: Ending, outcome: Any) -> Any:
    """execute_sync of something asynchronous: the error that Strawberry makes of it."""
    try:
        ensure_future(_execute._later(outcome)).cancel()
        raise RuntimeError("GraphQL execution failed to complete synchronously.")
    except Exception as error:
        return ending.failed_sync(error)


class JSONData:
    """The data of a result as JSON, for a view of Strawberry that asked for it. Nobody else gets one."""

    __slots__ = ("json",)

    def __init__(self, json: bytes) -> None:
        self.json = json

    def __repr__(self) -> str:
        return f"JSONData({self.json!r})"


def _success(data: Any, json: Any) -> ExecutionResult:
    if json is not None:
        counters.bytes += 1
        data = JSONData(json)
    return ExecutionResult(data, None, {})


# ---------------------------------------------------------------------- the methods

SIGNATURE = (
    "self",
    "query",
    "variable_values",
    "context_value",
    "root_value",
    "operation_name",
    "allowed_operation_types",
    "operation_extensions",
)


def execute_with(stock: Any, json: bool = False) -> Any:
    """`Schema.execute`, with a stock method to fall back to; `json`: the data may be a JSONData."""

    async def execute(
        self: Any,
        query: str | None,
        variable_values: Any = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: Any = None,
        allowed_operation_types: Any = None,
        operation_extensions: Any = None,
    ) -> Any:
        arguments = (
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            allowed_operation_types,
            operation_extensions,
        )
        started = begin(self, *arguments, json, False)
        if type(started) is not tuple:
            return await stock(self if started is None else WithExtensions(self, started.extensions), *arguments)
        outcome, entry, extensions = started
        if type(outcome) is not tuple:
            outcome = await outcome
        data, errors, json_data = outcome
        if not errors:
            return _success(data, json_data)
        if json_data is not None:
            data = loads(json_data)
        return await end_with_errors(Ending(self, entry, extensions, CoreResult(data, in_order(errors)), False, arguments))

    return update_wrapper(execute, stock)


def execute_sync_with(stock: Any, json: bool = False) -> Any:
    """`Schema.execute_sync`, like `execute_with`."""

    def execute_sync(
        self: Any,
        query: str | None,
        variable_values: Any = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: Any = None,
        allowed_operation_types: Any = None,
        operation_extensions: Any = None,
    ) -> Any:
        arguments = (
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            allowed_operation_types,
            operation_extensions,
        )
        started = begin(self, *arguments, json, True)
        if type(started) is not tuple:
            return stock(self if started is None else WithExtensions(self, started.extensions), *arguments)
        outcome, entry, extensions = started
        if type(outcome) is not tuple:
            return end_awaitable_sync(Ending(self, entry, extensions, None, True, arguments), outcome)
        data, errors, json_data = outcome
        if not errors:
            return _success(data, json_data)
        if json_data is not None:
            data = loads(json_data)
        return end_with_errors_sync(Ending(self, entry, extensions, CoreResult(data, in_order(errors)), True, arguments))

    return update_wrapper(execute_sync, stock)
