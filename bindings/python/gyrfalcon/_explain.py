"""`gyrfalcon.explain(schema, query)`: what runs how, field by field, and why.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ._documents import NO_OPERATION, state_of
from ._execute import Kind, default_kind, kind_of
from ._stats import switch


@dataclass(slots=True)
class FieldExplanation:
    """How one field of an operation is read."""

    path: str
    type: str
    field: str
    how: str
    """"attribute", "default", "call", "resolve" or "engine": see docs/python.md."""
    reason: str = ""
    """Why it is not read more directly; empty: there is no more direct way."""


@dataclass(slots=True)
class Explanation:
    """What `explain` found. `engine`: "gyrfalcon" or "graphql-core"; str() of it is a table for people."""

    engine: str
    reason: str = ""
    """Why it is graphql-core."""
    operation: str | None = None
    fields: list[FieldExplanation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"runs on {self.engine}" + (f": {self.reason}" if self.reason else "")]
        if self.fields:
            width = max(len(item.path) for item in self.fields)
            lines += [f"  {item.path:{width}}  {item.how:9}  {item.reason}".rstrip() for item in self.fields]
        return "\n".join(lines + [f"  note: {note}" for note in self.notes])


def explain(schema: Any, query: str, operation_name: str | None = None) -> Explanation:
    """Says on what an operation of a schema (Strawberry's or graphql-core's) would run, and how each of its fields is read.

    Nothing is executed. Request options (middleware, an executor class, extensions of Strawberry) may still decide otherwise: the
    notes say what of the schema's own would.
    """
    if not isinstance(query, str):
        raise TypeError(f"expected the text of a document, not {type(query).__name__}")
    strawberry_schema = schema if hasattr(schema, "_schema") else None
    graphql_schema = schema._schema if strawberry_schema is not None else schema
    state = state_of(graphql_schema)
    if state is None:
        raise TypeError(f"expected a schema of graphql-core or Strawberry, not {type(schema).__name__}")
    why = _why_not(state)
    if why:
        return Explanation("graphql-core", why)
    document = state.document(query)
    if document is None:
        return Explanation("graphql-core", _invalid(graphql_schema, query))
    plan = document.plan(operation_name)
    if plan.core is None and operation_name is None and strawberry_schema is not None:
        plan = document.plan(document.first_name())  # as Strawberry does
    if plan.core is None:
        several = operation_name is None and plan.why == NO_OPERATION
        return Explanation("graphql-core", "the document has several operations: say which" if several else plan.why)
    if plan.incremental:
        return Explanation("graphql-core", "the operation has @defer or @stream", plan.kind)
    why = document.why or _executor_of(strawberry_schema).why_not()
    if why:
        return Explanation("graphql-core", why, plan.kind)
    explanation = Explanation("gyrfalcon", "", plan.kind, [FieldExplanation(*row) for row in plan.core.explain()])
    if plan.why:
        explanation.notes.append(f"{plan.why}: it is asked once")
    if strawberry_schema is not None:
        explanation.notes += _notes(strawberry_schema)
    return explanation


def _why_not(state: Any) -> str:
    if switch.off:
        return "GYRFALCON=off"
    if state.disabled:
        return "gyrfalcon.disable(schema) was called"
    return state.why if state.core is None else ""


def _invalid(schema: Any, query: str) -> str:
    from graphql import parse, validate
    from graphql.error import GraphQLError

    try:
        errors = validate(schema, parse(query))
    except GraphQLError as error:
        errors = [error]
    return f"the document is not valid: {errors[0].message}" if errors else "the engine did not take the document"


def _executor_of(strawberry_schema: Any) -> Kind:
    """What executes the operations of a schema when nobody says another class."""
    if strawberry_schema is None:
        return default_kind
    from . import _fast

    _fast.learn_strawberry()
    return kind_of(getattr(strawberry_schema, "execution_context_class", None))


def _notes(schema: Any) -> list[str]:
    from . import _fast

    profile = _fast.Profile(schema) if _fast.complete else None
    if profile is None:
        return ["Strawberry's own Schema.execute runs, with the engine below it: this version is unknown"]
    notes = [f"{name}.resolve is called for every field, as it is on graphql-core" for name in _with_hooks(schema)]
    if not profile.fit:
        notes.append("Strawberry's own Schema.execute runs, with the engine below it, for " + _unfit(schema))
    return notes


def _with_hooks(schema: Any) -> list[str]:
    """The schema's extension classes whose `resolve` sees all fields; what factories make is not known."""
    from strawberry.extensions import SchemaExtension

    from . import _hooks

    classes = [item if isinstance(item, type) else type(item) for item in schema.extensions]
    return [
        cls.__name__
        for cls in classes
        if issubclass(cls, SchemaExtension)
        and cls.resolve is not SchemaExtension.resolve
        and _hooks.kind_of(object.__new__(cls)) == _hooks.EVERY
    ]


def _unfit(schema: Any) -> str:
    from . import _extensions

    unknown = [item for item in schema.extensions if not _extensions.may_be_plain(item)]
    names = [getattr(item, "__name__", type(item).__name__) for item in unknown]
    return f"its extensions {', '.join(names)}" if names else "the schema's methods, or what its extensions make"
