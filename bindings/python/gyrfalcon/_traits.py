"""What of a schema decides about its documents, by the names in their text.

The engine takes any literal for a custom scalar; the scalar's own parse_literal may refuse it when graphql-core validates. So
documents that may have such literals are validated by graphql-core's rules for values, once. graphql-core before 3.2.10 takes no
descriptions of operations, fragments and variables: documents that may have some are parsed by it, once. And JSON is written by the engine only
where no leaf is of a type whose serialized values may be anything. Both are told by names: a document in whose text none of the
names occurs has no such literal, or leaf.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import graphql
from graphql import ValuesOfCorrectTypeRule, VariablesInAllowedPositionRule

from ._constant import Constants
from ._documents import stock_parse
from ._rules import stock_validate
from ._versions import DESCRIBES

if TYPE_CHECKING:
    from ._documents import Document

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
_NO_PROPAGATION = "experimental_disableErrorPropagation"
_DESCRIBED = re.compile(r'"(?:[\s,\ufeff]|#[^\n\r]*)*(?:query|mutation|subscription|fragment|\$)')
_SPECIFIED = frozenset({"Int", "Float", "String", "Boolean", "ID"})


class Traits:
    """scalars: names of arguments, input fields and types by which a literal of a custom scalar may come; leaves: names of fields
    whose values may be no plain JSON; introspection: why graphql-core answers __schema and __type, and fields of introspection
    types that only it can answer; constants: where those answers are always the same; is_current: whether the
    resolvers of introspection are still those that the schema was converted with; no_propagation: the schema has the
    directive that keeps null where it is."""

    __slots__ = (
        *("constants", "is_current", "introspection", "introspection_fields", "leaves", "no_propagation", "scalars", "schema"),
    )

    def __init__(self, conversion: Any) -> None:
        self.schema = conversion.graphql_schema
        self.introspection: str = conversion.introspection
        self.introspection_fields = frozenset(conversion.introspection_fields)
        self.is_current: Callable[[], bool] = conversion.introspection_unchanged
        self.constants = Constants(self.schema) if conversion.introspection_constant else None
        self.no_propagation = any(directive.name == _NO_PROPAGATION for directive in self.schema.directives)
        self.scalars: set[str] = set()
        self.leaves: set[str] = set()
        custom = {
            type_.name
            for type_ in self.schema.type_map.values()
            if graphql.is_scalar_type(type_) and type_.name not in _SPECIFIED and not type_.name.startswith("__")
        }
        odd = {name for name in custom if not conversion.leaf(name).json}
        for type_ in self.schema.type_map.values():
            if not type_.name.startswith("__"):
                self._look(type_, custom, odd)
        for directive in self.schema.directives:
            self._arguments(directive.args, custom)

    def _look(self, type_: Any, custom: set[str], odd: set[str]) -> None:
        if graphql.is_input_object_type(type_):
            # an input object with such a field may be a variable's default: then the type's own name is there
            self._arguments(type_.fields, custom)
            return
        for name, field in getattr(type_, "fields", {}).items():
            if graphql.get_named_type(field.type).name in odd:
                self.leaves.add(name)
            self._arguments(field.args, custom)

    def _arguments(self, arguments: Any, custom: set[str]) -> None:
        for name, argument in arguments.items():
            type_name = graphql.get_named_type(argument.type).name
            if type_name in custom:
                self.scalars.update((name, type_name))

    def judge(self, document: Document) -> bool:
        """Sets what a Document says about its execution; whether graphql-core takes the document's literals."""
        document.constants = self.constants
        if document.introspects and (self.introspection or self.introspection_fields):
            self._introspection(document)
        if self.no_propagation and _NO_PROPAGATION in document.text:
            document.why = "the operation asks that errors do not propagate"
        if not DESCRIBES and _DESCRIBED.search(document.text) and not _parses(document.text):
            return False
        if not self.leaves and not self.scalars:
            return True
        names = set(_NAME.findall(document.text))
        if not self.leaves.isdisjoint(names):
            document.json = False
        if "(" not in document.text or self.scalars.isdisjoint(names):
            return True
        return not stock_validate(self.schema, document.ast, [ValuesOfCorrectTypeRule, VariablesInAllowedPositionRule])

    def _introspection(self, document: Document) -> None:
        if self.introspection:
            document.introspection = f"introspection: {self.introspection}"
            return
        names = self.introspection_fields.intersection(_NAME.findall(document.text))
        if names:
            document.introspection = f"introspection: {', '.join(sorted(names))} can only be answered by graphql-core"


def _parses(text: str) -> bool:
    try:
        stock_parse(text)
    except Exception:
        return False
    return True
