"""Introspection that only graphql-core can answer is asked of it once, where the answer is always the same.

Strawberry gives `__Type.isOneOf` a resolver of its own, for all schemas of the process; a default value may be one that no SDL can
say. An operation that consists of introspection, without variables, has one answer all the same: graphql-core's. It is taken
where it is free of errors and the resolvers of the introspection types are known ones (`Conversion.introspection_constant`); that
they stay is looked at for each request (`Traits.is_current`). Each request gets a copy.

The answers of a schema's last few operations are kept; the others are asked for again.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
from typing import Any

from graphql import ExecutionResult, GraphQLSchema

MOST = 4


class Constants:
    """The constant answers of one schema. `kept`: the plans that have theirs, oldest first."""

    __slots__ = ("kept", "schema")

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.kept: tuple[ConstantPlan, ...] = ()

    def plan(self, core: Any, document: Any, name: str | None) -> ConstantPlan | None:
        """What goes in the place of the core's plan; None: the answer may be another one each time, or has errors."""
        if "$" in document.text or core.operation_type != "query" or any(how != "engine" for *_, how, _ in core.explain()):
            return None
        plan = ConstantPlan(self, core, document.ast, name)
        return plan if plan.answer() else None

    def ask(self, plan: ConstantPlan) -> ExecutionResult:
        from . import _execute

        execute = _execute.stock_incrementally or _execute.stock_execute
        return execute(self.schema, plan.ast, operation_name=plan.name)

    def keep(self, plan: ConstantPlan) -> None:
        kept = (*(other for other in self.kept if other is not plan), plan)
        self.kept = kept[-MOST:]
        for other in kept[:-MOST]:
            other.known = None


class ConstantPlan:
    """An operation with a constant answer: as far as a request can tell, a plan of the core."""

    __slots__ = ("ast", "constants", "core", "known", "name")

    incremental = False
    operation_type = "query"

    def __init__(self, constants: Constants, core: Any, ast: Any, name: str | None) -> None:
        self.constants = constants
        self.core = core
        self.ast = ast
        self.name = name
        self.known: tuple[dict[str, Any], bytes] | None = None

    @property
    def start(self) -> int:
        return self.core.start

    def explain(self) -> Any:
        return self.core.explain()

    def answer(self) -> tuple[dict[str, Any], bytes] | None:
        known = self.known
        if known is None:
            result = self.constants.ask(self)
            if not isinstance(result, ExecutionResult) or result.errors or result.data is None:
                return None
            known = self.known = (result.data, json.dumps(result.data, separators=(",", ":")).encode())
            self.constants.keep(self)
        return known

    def execute(self, root: Any, context: Any, variables: Any, request: Any) -> Any:
        """As the core's: (data, errors, json)."""
        from ._core import copy

        answer = self.answer()
        if answer is None:  # it had one before: let graphql-core say
            return NotImplemented
        data, text = answer
        return (None, None, text) if request.json else (copy(data), None, None)
