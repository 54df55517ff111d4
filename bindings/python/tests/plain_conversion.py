"""A conversion without shortcuts, for tests of the core alone: every field is DEFAULT or RESOLVE.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    print_schema,
)

from gyrfalcon import _core
from gyrfalcon._spec import ArgSpec, FieldSpec, How, LeafKind, LeafSpec, TypeSpec

KINDS = {
    GraphQLInt.name: LeafKind.INT,
    GraphQLFloat.name: LeafKind.FLOAT,
    GraphQLString.name: LeafKind.STRING,
    GraphQLBoolean.name: LeafKind.BOOLEAN,
    GraphQLID.name: LeafKind.ID,
}


class PlainConversion:
    """What _core.Schema wants, of any GraphQLSchema."""

    complete = False

    def __init__(self, schema: GraphQLSchema, attributes: bool = False) -> None:
        self.graphql_schema = schema
        self.sdl = print_schema(schema)
        self.attributes = attributes

    def field(self, type_name: str, field_name: str) -> FieldSpec:
        field = self.graphql_schema.get_type(type_name).fields[field_name]
        args = [
            ArgSpec(
                name=name,
                out_name=arg.out_name or name,
                type=arg.type,
                default=arg.default_value,
                has_default=arg.default_value is not Undefined,
            )
            for name, arg in field.args.items()
        ]
        if field.resolve is not None:
            return FieldSpec(How.RESOLVE, field_name, field.resolve, args=args, graphql_field=field)
        how = How.ATTRIBUTE if self.attributes else How.DEFAULT
        return FieldSpec(how, field_name, args=args, graphql_field=field)

    def leaf(self, type_name: str) -> LeafSpec:
        leaf = self.graphql_schema.get_type(type_name) or GraphQLString
        serialize = getattr(leaf, "coerce_output_value", None) or leaf.serialize
        if isinstance(leaf, GraphQLEnumType):
            return LeafSpec(LeafKind.ENUM, leaf, serialize)
        return LeafSpec(KINDS.get(leaf.name, LeafKind.CUSTOM), leaf, serialize)

    def type(self, type_name: str) -> TypeSpec:
        of = self.graphql_schema.get_type(type_name)
        return TypeSpec(of, getattr(of, "is_type_of", None), resolve_type=getattr(of, "resolve_type", None))


def run(schema: GraphQLSchema, text: str, root: Any = None, variables: dict | None = None, **options: Any) -> Any:
    """(data, errors, json) as the core gives it."""
    core = _core.Schema(PlainConversion(schema, options.pop("attributes", False)))
    document = core.document(text)
    assert document is not None, "the engine does not find the document valid"
    plan = document.plan(options.pop("operation_name", None))
    context = options.pop("context", None)
    return plan.execute(root, context, variables, _core.Request(**options))
