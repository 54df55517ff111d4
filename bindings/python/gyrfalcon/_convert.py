"""Any GraphQLSchema of graphql-core 3.2 or 3.3, told to the core: its SDL, and a spec for each field, leaf and type.

A Conversion is made once a schema and asked by coordinate, lazily: only what operations use is ever looked at. Here are the
rules of graphql-core itself; a field or type that carries a Strawberry definition goes to `gyrfalcon._strawberry` first, which
answers None where it does not know the code that it would bypass.

What could change behind our back is in `watch` of the specs, as (object, attribute, value), and for code that many fields
share in `Conversion.watch`.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from functools import partial
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    default_field_resolver,
    validate_schema,
)
from graphql.type import scalars as _scalars

from . import _sdl
from ._spec import ArgSpec, FieldSpec, How, LeafKind, LeafSpec, TypeSpec
from ._versions import G33

_DEFINITION = "strawberry-definition"

_SPECIFIED = {
    "Int": (GraphQLInt, LeafKind.INT, _scalars.serialize_int),
    "Float": (GraphQLFloat, LeafKind.FLOAT, _scalars.serialize_float),
    "String": (GraphQLString, LeafKind.STRING, _scalars.serialize_string),
    "Boolean": (GraphQLBoolean, LeafKind.BOOLEAN, _scalars.serialize_boolean),
    "ID": (GraphQLID, LeafKind.ID, _scalars.serialize_id),
}
SERIALIZE = "coerce_output_value" if G33 else "serialize"


class SchemaError(Exception):
    """The schema is none that graphql-core would execute: `errors` are what it says about it."""

    def __init__(self, errors: list[Any]) -> None:
        super().__init__("\n\n".join(error.message for error in errors))
        self.errors = errors


class Conversion:
    """A schema as the core sees it. It holds the schema strongly, and nothing global knows it.

    sdl: the text of the schema.
    introspection: why graphql-core has to answer __schema and __type of this schema; "" when the engine's answer is the same.
    introspection_fields: names of fields of introspection types that only graphql-core can answer (an operation that has such a
        name anywhere is to be run by it): Strawberry gives `isOneOf` a resolver of its own.
    introspection_constant: whether what graphql-core answers there is the same each time.
    introspection_unchanged: says whether the resolvers of introspection types are still the same; else convert the schema anew.
    watch: what specs of many fields rely on; when one of these has another value, all fields go by their `fallback`.
    reasons: why shortcuts are off, for people.
    """

    complete = True
    """The SDL defines the built-in types too: gyr_schema_options.complete."""

    def __init__(self, schema: GraphQLSchema) -> None:
        errors = validate_schema(schema)
        if errors:
            raise SchemaError(list(errors))
        self.graphql_schema = schema
        text = _sdl.Text(schema)
        self.sdl = text.whole()
        self.introspection = "; ".join(dict.fromkeys(text.unfaithful))
        self.introspection_fields = list(text.other_fields)
        self.introspection_constant = not text.other_types and all(map(_is_constant, text.other_fields.values()))
        self.introspection_unchanged = _sdl.Resolvers(schema).unchanged
        self.framework = self._framework()
        self.watch: tuple[tuple[Any, str, Any], ...] = self.framework.watch if self.framework else ()
        self.reasons: tuple[str, ...] = self.framework.reasons if self.framework else ()

    def _framework(self) -> Any:
        if getattr(self.graphql_schema, "_strawberry_schema", None) is None and not any(
            _DEFINITION in type_.extensions for type_ in self.graphql_schema.type_map.values()
        ):
            return None
        try:
            from ._strawberry import Strawberry
        except ImportError:  # its definitions are there, Strawberry is not: all fields go by their own resolvers
            return None
        return Strawberry(self.graphql_schema)

    # ---- fields

    def field(self, type_name: str, field_name: str) -> FieldSpec:
        """How a field of an object type is read. KeyError: there is none."""
        field = self._field(type_name, field_name)
        spec = stock_field(field_name, field)
        if self.framework and _DEFINITION in field.extensions:
            return self.framework.field(field, spec) or spec
        return spec

    def _field(self, type_name: str, field_name: str) -> GraphQLField:
        return self.graphql_schema.type_map[type_name].fields[field_name]  # type: ignore[attr-defined]

    # ---- leaves

    def leaf(self, type_name: str) -> LeafSpec:
        type_: Any = self.graphql_schema.type_map[type_name]
        serialize = getattr(type_, SERIALIZE)
        if isinstance(type_, GraphQLEnumType):
            return LeafSpec(LeafKind.ENUM, type_, serialize, self._enum_table(type_))
        kind = specified_kind(type_)
        if kind is not None:
            return LeafSpec(kind, type_, serialize, json=True)
        json = self.framework is not None and self.framework.is_json(type_)
        return LeafSpec(LeafKind.CUSTOM, type_, serialize, json=json)

    def _enum_table(self, type_: GraphQLEnumType) -> dict[Any, str] | None:
        if type(type_) is GraphQLEnumType:
            return dict(type_._value_lookup) if SERIALIZE not in vars(type_) else None
        return self.framework.enum_table(type_) if self.framework else None

    # ---- types

    def type(self, type_name: str) -> TypeSpec:
        type_: Any = self.graphql_schema.type_map[type_name]
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            spec = TypeSpec(type_, resolve_type=type_.resolve_type, watch=((type_, "resolve_type", type_.resolve_type),))
        else:
            spec = TypeSpec(type_, is_type_of=type_.is_type_of, watch=((type_, "is_type_of", type_.is_type_of),))
        if self.framework:
            self.framework.type(spec)
        return spec


def _is_constant(resolve: Any) -> bool:
    """Whether a resolver of an introspection type, not graphql-core's, gives the same for the same type: Strawberry's isOneOf."""
    if getattr(resolve, "__module__", None) != "strawberry.schema.schema":
        return False
    from ._strawberry import resolves_is_one_of

    return resolves_is_one_of(resolve)


def stock_field(name: str, field: GraphQLField) -> FieldSpec:
    """A field by graphql-core's own rules: its resolver, else the default one."""
    resolve = field.resolve
    args = [arg_spec(arg_name, arg) for arg_name, arg in field.args.items()]
    if resolve is None or resolve is default_field_resolver:
        return FieldSpec(How.DEFAULT, name, args=args, graphql_field=field, plain=True, watch=((field, "resolve", resolve),))
    return FieldSpec(
        How.RESOLVE,
        name,
        function=resolve,
        args=args,
        graphql_field=field,
        plain=bool(getattr(resolve, "_is_default", False)),
        watch=((field, "resolve", resolve),),
        reason="resolver of the schema",
    )


# ---- arguments


def arg_spec(name: str, arg: Any) -> ArgSpec:
    """The default is what graphql-core would pass: as it is, but where the installed version coerces it."""
    spec = ArgSpec(name, arg.out_name or name, arg.type, shared=is_shared(arg.type))
    if _sdl.has_default(arg):
        spec.has_default = True
        spec.default = arg.default_value
        if G33:
            if arg.default is not None:
                from graphql.utilities.coerce_input_value import coerce_default_value

                try:
                    spec.default = coerce_default_value(arg)
                except TypeError:  # raised again, and reported by graphql-core, where the default is used
                    spec.default_factory = partial(coerce_default_value, arg)
        elif isinstance(arg.type, GraphQLInputObjectType):
            spec.default_factory = DefaultObject(arg)
    return spec


class DefaultObject:
    """The default of an input object type's argument in graphql-core 3.2, which coerces it anew for each call."""

    def __init__(self, arg: Any) -> None:
        self.arg = arg

    def __call__(self) -> Any:
        from graphql.utilities import coerce_input_value

        return coerce_input_value(self.arg.default_value, self.arg.type)


def is_shared(type_: Any) -> bool:
    """Whether coerced values are immutable and made without user code: no list, no input object, no custom scalar."""
    if isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if isinstance(type_, GraphQLList | GraphQLInputObjectType):
        return False
    if isinstance(type_, GraphQLEnumType):
        return type(type_) is GraphQLEnumType or type(type_).__module__ == "strawberry.schema.schema_converter"
    return is_specified_scalar(type_)


def is_specified_scalar(type_: Any) -> bool:
    """One of graphql-core's own five objects, not a scalar of the same name."""
    known = _SPECIFIED.get(type_.name)
    return known is not None and known[0] is type_


def specified_kind(type_: Any) -> LeafKind | None:
    known = _SPECIFIED.get(type_.name)
    if known is None or known[0] is not type_ or getattr(type_, SERIALIZE) is not known[2]:
        return None
    return known[1]


__all__ = ["Conversion", "SchemaError"]
