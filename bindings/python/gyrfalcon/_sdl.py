"""The text of a GraphQLSchema: everything that introspection of it would show, in the same order.

It is a complete schema in the engine's sense (gyr_schema_options.complete): the built-in scalars and directives and the
introspection types are in it as the installed graphql-core has them, where it has them. Strings are plain, so that any text
survives. A default that cannot be written is left out, and `unfaithful` says so: introspection of such a schema has to be done by
graphql-core, as of `other_fields`, which resolvers of somebody else answer.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from types import FunctionType
from typing import Any

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
from graphql.type import introspection as _introspection
from graphql.utilities import ast_from_value

from ._versions import G33

if G33:
    from graphql.utilities import get_default_value_ast
else:

    def get_default_value_ast(arg: Any) -> Any:
        return ast_from_value(arg.default_value, arg.type)


_intro = _introspection.introspection_types
_meta_fields = _introspection.SchemaMetaFieldDef, _introspection.TypeMetaFieldDef
_fields = {
    "__Schema": {"description", "types", "queryType", "mutationType", "subscriptionType", "directives"},
    "__Type": {
        *("kind", "name", "description", "specifiedByURL", "fields", "interfaces", "possibleTypes", "enumValues"),
        *("inputFields", "ofType", "isOneOf"),
    },
    "__Field": {"name", "description", "args", "type", "isDeprecated", "deprecationReason"},
    "__InputValue": {"name", "description", "type", "defaultValue", "isDeprecated", "deprecationReason"},
    "__EnumValue": {"name", "description", "isDeprecated", "deprecationReason"},
    "__Directive": {"name", "description", "isRepeatable", "locations", "args", "isDeprecated", "deprecationReason"},
}
"""What the engine can answer."""
_special = re.compile('[\x00-\x1f"\\\\\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]')


class Text:
    """Builds the SDL of `schema`.

    unfaithful: why introspection of it would differ; other_fields: of introspection types, with their resolvers, which are somebody
    else's; other_types: the introspection types are not graphql-core's.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.unfaithful: list[str] = []
        self.other_fields: dict[str, Any] = {}
        self.other_types = False

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
        if G33 or node is not None or isinstance(arg.type, GraphQLNonNull):
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
            if type_.name not in _intro or self.is_known(type_.name, name, field)
        )

    def is_known(self, type_name: str, name: str, field: Any) -> bool:
        """Whether the engine has a field of an introspection type; `other_fields` are those where it would say something else."""
        if not is_genuine(field.resolve):
            self.other_fields[name] = field.resolve
        return name in _fields.get(type_name, ())

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
        one_of = " @oneOf" if getattr(type_, "is_one_of", False) else ""
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
        if not any(root for _, root in roots):  # a schema that was not validated, and is refused
            return ""
        return self.described(schema) + "schema" + self.block(f"{op}: {root.name}" for op, root in roots if root)

    def whole(self) -> str:
        types = self.schema.type_map.values()
        for name, own in _intro.items():
            if type(self.schema.type_map.get(name)) is not type(own):
                self.unfaithful.append(f"{name} is another type")
                self.other_types = True
        for field in _meta_fields:
            if not is_genuine(field.resolve):
                self.unfaithful.append("another resolver of __schema or __type")
                self.other_types = True
        return "\n".join(
            [
                self.definition(),
                *(self.directive(directive) for directive in self.schema.directives),
                *(self.described(type_) + self.type(type_) for type_ in types),
                "",
            ]
        )


def is_genuine(resolve: Any) -> bool:
    """Whether a resolver is graphql-core's own for introspection."""
    return type(resolve) is FunctionType and resolve.__globals__ is vars(_introspection)


class Resolvers:
    """All that answers introspection of a schema: where one is replaced, the answers may be others."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        types = [schema.type_map.get(name) for name in _intro]
        self.dicts = [type_.fields for type_ in types if isinstance(type_, GraphQLObjectType)]
        self.rows = [list(fields.values()) for fields in self.dicts]
        self.fields = [*_meta_fields, *chain.from_iterable(self.rows)]
        self.resolvers = [field.resolve for field in self.fields]
        self.essence = [_essence(resolve) for resolve in self.resolvers]

    def unchanged(self) -> bool:
        """Whether they are still those that they were at first. Strawberry sets its resolver of isOneOf anew for all, with each schema."""
        if [list(fields.values()) for fields in self.dicts] == self.rows and [f.resolve for f in self.fields] == self.resolvers:
            return True
        now = Resolvers(self.schema)
        if now.essence != self.essence:
            return False
        self.rows, self.fields, self.resolvers = now.rows, now.fields, now.resolvers
        return True


def _essence(resolve: Any) -> Any:
    """What a resolver does: the code, of a plain function."""
    if type(resolve) is not FunctionType or resolve.__closure__ or resolve.__defaults__ or resolve.__kwdefaults__:
        return resolve
    return resolve.__code__


def has_default(arg: Any) -> bool:
    return arg.default_value is not Undefined or getattr(arg, "default", None) is not None
