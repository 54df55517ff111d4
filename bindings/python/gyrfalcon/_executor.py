"""An executor class (graphql-core 3.2: execution context class) that runs operations on Gyrfalcon.

    graphql.execute(schema, document, executor_class=gyrfalcon.GyrfalconExecutor)
    strawberry.Schema(Query, execution_context_class=gyrfalcon.strawberry.GyrfalconExecutionContext)

`build` gives a `Run` in the executor's place where the engine takes the operation: the only thing that graphql-core does with it
is to call `execute_operation`. Else it is the class it derives from. A subclass that changes execution gets the reference's.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from typing import Any

from graphql import ExecutionResult
from graphql.pyutils import is_awaitable as default_is_awaitable

from ._execute import FELL_BACK, attempt, in_order, kind_of, known_kinds, to_result
from ._stats import report
from ._versions import BASES, G33, CollectedErrors, overridden, parameters_of

_PARAMETERS = parameters_of(BASES[0].build)[2:]
_OURS = frozenset({"root_value", "context_value", "raw_variable_values", "operation_name", "field_resolver", "type_resolver"}) | {
    "middleware", "is_awaitable", "is_async_iterable", "operation_extensions", "subscribe_field_resolver",
}  # fmt: skip
_DEFAULTS = {
    "max_coercion_errors": 50,
    "enable_early_execution": False,
    "hide_suggestions": False,
    "abort_signal": None,
    "hooks": None,
}


class Run33:
    """What graphql-core 3.3 takes for an executor: `execute_operation()` gives the result."""

    __slots__ = ("outcome",)

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome

    def execute_operation(self, serially: Any = None) -> Any:
        return to_result(self.outcome)


class Run32:
    """What graphql-core 3.2 takes for an execution context: it awaits the data and builds the result of it and of the errors."""

    __slots__ = ("collected_errors", "errors", "operation", "outcome")
    is_awaitable = staticmethod(default_is_awaitable)

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome
        self.collected_errors = CollectedErrors() if CollectedErrors else None
        self.errors: list[Any] = self.collected_errors.errors if CollectedErrors else []
        self.operation = None

    def execute_operation(self, operation: Any, root_value: Any) -> Any:
        if type(self.outcome) is tuple:
            return self._take(self.outcome)
        return self._later()

    async def _later(self) -> Any:
        return self._take(await self.outcome)

    def _take(self, outcome: Any) -> Any:
        data, errors, _ = outcome
        self.errors.extend(errors or ())
        return data

    @staticmethod
    def build_response(data: Any, errors: Any) -> Any:
        return ExecutionResult(data, in_order(errors) if errors else None)


Run = Run33 if G33 else Run32


def build_on(cls: type, reference: type, schema: Any, document: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`build` of an executor class that derives from `reference`: a Run, or FELL_BACK."""
    options = dict(zip(_PARAMETERS, args, strict=False), **kwargs)
    if len(args) > len(_PARAMETERS):
        return FELL_BACK
    why = ""
    changed = overridden(cls, (reference, *_own))
    if changed is not None:
        why = f"the executor class changes execution: {changed}"
    for name in options.keys() - _OURS:
        if name not in _DEFAULTS or (options[name] != _DEFAULTS[name] and name != "enable_early_execution"):
            why = why or f"the option {name}"
    if why:
        report(why, schema, None, options.get("operation_name"))
        return FELL_BACK
    return attempt(
        schema,
        document,
        options.get("root_value"),
        options.get("context_value"),
        options.get("raw_variable_values"),
        options.get("operation_name"),
        reference,
        explicit=True,
        is_awaitable=options.get("is_awaitable"),
        is_async_iterable=options.get("is_async_iterable"),
        field_resolver=options.get("field_resolver"),
        type_resolver=options.get("type_resolver"),
        middleware=options.get("middleware"),
        operation_extensions=options.get("operation_extensions"),
        subscriptions=False,
    )


_own: list[type] = []


def make_executor(reference: Any) -> Any:
    """An executor class of ours over one that `kind_of` knows."""

    class GyrfalconExecutor(reference):
        """Runs operations on Gyrfalcon, and on the class it derives from what the engine does not do."""

        @classmethod
        def build(cls, schema: Any, document: Any, *args: Any, **kwargs: Any) -> Any:
            outcome = build_on(cls, reference, schema, document, args, kwargs)
            if outcome is not FELL_BACK:
                return Run(outcome)
            return super().build(schema, document, *args, **kwargs)

    _own.append(GyrfalconExecutor)
    # calls of execute with this class need not go through build
    known_kinds[GyrfalconExecutor] = kind_of(reference)
    return GyrfalconExecutor


GyrfalconExecutor = make_executor(BASES[-1] if G33 else BASES[0])
