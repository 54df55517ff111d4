"""The text of a GraphQLSchema: everything that introspection of it would show, in the same order.

graphql-core's own `print_schema` leaves out what is not valid SDL or specified, prints descriptions as block strings and
fails on default values that cannot be written. Here strings are plain, so that any text survives; a default that cannot be
written is left out, and `unfaithful` says so: introspection of such a schema has to be done by graphql-core.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import graphql
from graphql import (
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    print_ast,
    value_from_ast,
)
from graphql.utilities import ast_from_value

CORE_3_3 = graphql.version_info >= (3, 3)

if CORE_3_3:
    from graphql.utilities import get_default_value_ast
else:

    def get_default_value_ast(arg: Any) -> Any:
        return ast_from_value(arg.default_value, arg.type)


_special = re.compile('[\x00-\x1f"\\\\\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]')


class Text:
    """Builds the SDL of `schema`; `unfaithful` collects why introspection of it would differ."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.unfaithful: list[str] = []

    def string(self, text: Any) -> str:
        return '"' + _special.sub(self._escape, str(text)) + '"'

    def _escape(self, match: re.Match[str]) -> str:
        code = ord(match[0])
        if 0xD800 <= code <= 0xDFFF:
            self.unfaithful.append("a lone surrogate in a text")
            code = 0xFFFD
        return f"\\u{code:04X}"

    def described(self, thing: Any) -> str:
        return "" if thing.description is None else self.string(thing.description) + " "

    def deprecated(self, thing: Any) -> str:
        reason = getattr(thing, "deprecation_reason", None)
        return "" if reason is None else f" @deprecated(reason: {self.string(reason)})"

    def default(self, arg: Any, where: str) -> str:
        """` = literal`, or nothing. What graphql-core cannot show, or we could not read back, is not written."""
        if not has_default(arg):
            return ""
        try:
            node = get_default_value_ast(arg)
            if node is not None and value_from_ast(node, arg.type) is not Undefined:
                return " = " + print_ast(node)
        except Exception as error:  # noqa: BLE001  user code: serialize, __str__ and the like
            node = error
        if CORE_3_3 or node is not None or isinstance(arg.type, GraphQLNonNull):
            self.unfaithful.append(f"the default value of {where}")
        return ""

    def inputs(self, inputs: dict[str, Any], where: str, between: str = ", ") -> str:
        return between.join(
            f"{self.described(arg)}{name}: {arg.type}{self.default(arg, f'{where}.{name}')}{self.deprecated(arg)}"
            for name, arg in inputs.items()
        )

    def args(self, args: dict[str, GraphQLArgument], where: str) -> str:
        return f"({self.inputs(args, where)})" if args else ""

    def block(self, lines: Iterable[str]) -> str:
        text = "\n  ".join(lines)
        return " {\n  " + text + "\n}" if text else ""

    def fields(self, type_: Any) -> str:
        interfaces = " & ".join(interface.name for interface in type_.interfaces)
        return (f" implements {interfaces}" if interfaces else "") + self.block(
            f"{self.described(field)}{name}{self.args(field.args, f'{type_.name}.{name}')}: {field.type}{self.deprecated(field)}"
            for name, field in type_.fields.items()
        )

    def type(self, type_: Any) -> str:
        name = type_.name
        if isinstance(type_, GraphQLScalarType):
            url = type_.specified_by_url
            return f"scalar {name}" + ("" if url is None else f" @specifiedBy(url: {self.string(url)})")
        if isinstance(type_, GraphQLObjectType):
            return f"type {name}{self.fields(type_)}"
        if isinstance(type_, GraphQLInterfaceType):
            return f"interface {name}{self.fields(type_)}"
        if isinstance(type_, GraphQLUnionType):
            return f"union {name} = " + " | ".join(member.name for member in type_.types)
        if isinstance(type_, GraphQLEnumType):
            values = type_.values.items()
            return f"enum {name}" + self.block(f"{self.described(v)}{n}{self.deprecated(v)}" for n, v in values)
        assert isinstance(type_, GraphQLInputObjectType)
        one_of = " @oneOf" if type_.is_one_of else ""
        return f"input {name}{one_of}" + self.block([self.inputs(type_.fields, name, "\n  ")] if type_.fields else [])

    def directive(self, directive: GraphQLDirective) -> str:
        return (
            f"{self.described(directive)}directive @{directive.name}{self.args(directive.args, '@' + directive.name)}"
            + self.deprecated(directive)
            + (" repeatable" if directive.is_repeatable else "")
            + " on "
            + " | ".join(location.name for location in directive.locations)
        )

    def definition(self) -> str:
        schema = self.schema
        roots = ("query", schema.query_type), ("mutation", schema.mutation_type), ("subscription", schema.subscription_type)
        return self.described(schema) + "schema" + self.block(f"{op}: {root.name}" for op, root in roots if root)

    def whole(self, types: Iterable[Any], directives: Iterable[Any]) -> str:
        return "\n".join(
            [
                self.definition(),
                *(self.directive(directive) for directive in directives),
                *(self.described(type_) + self.type(type_) for type_ in types),
                "",
            ]
        )


def has_default(arg: Any) -> bool:
    return arg.default_value is not Undefined or getattr(arg, "default", None) is not None
