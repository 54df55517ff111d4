"""A Strawberry extension that runs the schemas that list it on Gyrfalcon.

    schema = strawberry.Schema(Query, extensions=[..., GyrfalconExtension])

It belongs at the end of the list: what other extensions do before parsing and validation (another query text, other rules) is done
by then. Parsing and validation go through the engine; for the execution it gives the schema an execution context class
of ours, once, unless the schema has one of its own.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from strawberry.extensions import SchemaExtension

from ._fast import learn_strawberry, module, own_rules
from ._install import parsed_lazily
from ._rules import validate_document_with
from ._stats import switch
from ._versions import KNOWN

learn_strawberry()
_stock_validate_document = getattr(module.validate_document, "__wrapped__", module.validate_document)
_validate_document = validate_document_with(_stock_validate_document, lambda: not switch.off, own_rules)


class GyrfalconExtension(SchemaExtension):
    """Runs a schema's operations on Gyrfalcon."""

    def on_operation(self) -> Iterator[None]:
        if KNOWN and not switch.off:
            use_context_class(self.execution_context.schema)
        yield

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if KNOWN and not switch.off and context.graphql_document is None and context.query:
            context.graphql_document = parsed_lazily(context)
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if KNOWN and not switch.off and context.pre_execution_errors is None and len(context.validation_rules) > 0:
            context.pre_execution_errors = _validate_document(
                context.schema._schema, context.graphql_document, context.validation_rules
            )
        yield


def use_context_class(schema: Any) -> None:
    """Gives a schema that has Strawberry's own execution context class ours."""
    from .strawberry import GyrfalconExecutionContext

    if schema.execution_context_class is module.StrawberryGraphQLCoreExecutionContext:
        schema.execution_context_class = GyrfalconExecutionContext


__all__ = ["GyrfalconExtension"]
