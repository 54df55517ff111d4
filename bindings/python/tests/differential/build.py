"""A GraphQLSchema of a model, and the classes of its objects.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import graphql
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
)

from .model import COLORS, Enum, Field, Model, Type
from .world import World


def serialize_opaque(value: Any) -> Any:
    if value == "refused":
        raise ValueError("Opaque refuses it")
    return value


def parse_opaque(value: Any) -> Any:
    if value == "bad":
        raise graphql.GraphQLError("Opaque does not take it")
    return {"opaque": value}


class Builder:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.defaults: dict[int, Any] = {}
        self.named: dict[str, Any] = {
            "Int": graphql.GraphQLInt,
            "String": graphql.GraphQLString,
            "Float": graphql.GraphQLFloat,
            "Boolean": graphql.GraphQLBoolean,
            "ID": graphql.GraphQLID,
            "Color": GraphQLEnumType("Color", COLORS),
            "Opaque": GraphQLScalarType("Opaque", serialize=serialize_opaque, parse_value=parse_opaque),
        }

    def type(self, ref: Any) -> Any:
        if isinstance(ref, tuple):
            return (GraphQLNonNull if ref[0] == "!" else GraphQLList)(self.type(ref[1]))
        if ref not in self.named:
            self.named[ref] = self.input(ref) if ref in self.model.inputs else self.output(self.model.types[ref])
        return self.named[ref]

    def default(self, arg: Any) -> Any:
        return self.internal(arg.default) if arg.has_default else Undefined

    def internal(self, value: Any) -> Any:
        """Of a default. Lists and dicts are kept in mind: graphql-core gives them to resolvers as they are."""
        if isinstance(value, Enum):
            return COLORS[value]
        if isinstance(value, list):
            value = [self.internal(v) for v in value]
        elif isinstance(value, dict):
            value = {k: self.internal(v) for k, v in value.items()}
        self.defaults[id(value)] = value
        return value

    def input(self, name: str) -> Any:
        def fields() -> Any:
            return {
                a.name: GraphQLInputField(self.type(a.type), default_value=self.default(a), out_name=f"py_{a.name}")
                for a in self.model.inputs[name]
            }

        return GraphQLInputObjectType(name, fields)

    def argument(self, arg: Any) -> GraphQLArgument:
        return GraphQLArgument(self.type(arg.type), default_value=self.default(arg), out_name=f"py_{arg.name}")

    def field(self, field: Field) -> GraphQLField:
        resolve = resolver(field) if field.how == "resolver" and not field.stream else None
        made = GraphQLField(self.type(field.type), {a.name: self.argument(a) for a in field.args}, resolve)
        if field.stream:
            made.subscribe = source_stream(field)
            made.resolve = lambda source, info, **arguments: info.context.field(source, field, arguments, "event")
        return made

    def output(self, type_: Type) -> Any:
        def fields() -> Any:
            return {f.name: self.field(f) for f in type_.fields}

        if type_.kind == "union":
            return GraphQLUnionType(type_.name, lambda: [self.type(m) for m in type_.members], resolve_type=type_resolver(type_))
        interfaces = lambda: [self.type(i) for i in type_.interfaces]  # noqa: E731
        if type_.kind == "interface":
            return GraphQLInterfaceType(type_.name, fields, interfaces, resolve_type=type_resolver(type_))
        return GraphQLObjectType(type_.name, fields, interfaces, is_type_of=self.is_type_of(type_))

    def is_type_of(self, type_: Type) -> Any:
        abstract = [
            t
            for t in self.model.types.values()
            if t.tells == "is_type_of" and type_.name in self.model.possible(t.name) and t.kind != "object"
        ]
        if not abstract:
            return None

        def is_type_of(value: Any, info: Any) -> bool:
            info.context.event(getattr(value, "group", ()), "is_type_of", type_.name, getattr(value, "place", ()))
            return getattr(value, "typename", None) == type_.name

        return is_type_of

    def schema(self) -> GraphQLSchema:
        return GraphQLSchema(
            self.type("Query"), self.type("Mutation"), self.type("Subscription"), [self.type(t) for t in self.model.types]
        )


def resolver(field: Field) -> Any:
    def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        told = {"at": [str(s) for s in info.path.as_list()], **arguments}
        return info.context.field(source, field, told if field.args else arguments)

    return resolve


def source_stream(field: Field) -> Any:
    async def subscribe(source: Any, info: Any, **arguments: Any) -> Any:
        world = info.context
        world.event((), "subscribe", field.name, repr(arguments))
        for i in range(3):
            await asyncio.sleep(0)
            yield world.make("Subscription", (("event", i),), (), i)

    return subscribe


def type_resolver(type_: Type) -> Any:
    def resolve(value: Any, info: Any, _type: Any) -> Any:
        info.context.event(getattr(value, "group", ()), "resolve_type", type_.name, getattr(value, "place", ()))
        return getattr(value, "typename", None)

    def awaited(value: Any, info: Any, _type: Any) -> Any:
        async def later() -> Any:
            await asyncio.sleep(0)
            return getattr(value, "typename", None)

        info.context.event(getattr(value, "group", ()), "resolve_type", type_.name, getattr(value, "place", ()))
        return later()

    def wrong(value: Any, info: Any, _type: Any) -> Any:
        n = getattr(value, "number", 0) % 4
        return (getattr(value, "typename", None), None, "Color", 5)[n]

    return {"resolve": resolve, "awaited": awaited, "wrong": wrong}.get(type_.tells)


class DictObject(Mapping[str, Any]):
    """A mapping whose values are made when read."""

    def __init__(self, world: World, place: Any, group: Any, number: int) -> None:
        self.world, self.place, self.group, self.number = world, place, group, number

    type_: Type
    typename: str

    def __getitem__(self, name: str) -> Any:
        if name == "__typename":
            return self.typename
        for field in self.type_.fields:
            if field.name == name:
                return read(self, field)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter([f.name for f in self.type_.fields])

    def __len__(self) -> int:
        return len(self.type_.fields)


def read(source: Any, field: Field) -> Any:
    if field.how == "attribute":
        return source.world.run(field.programs[source.number % len(field.programs)], (), (), 0)
    if field.how == "method":
        return lambda info, **arguments: source.world.field(source, field, arguments)
    return source.world.field(source, field)


def make_class(type_: Type, slots: bool) -> type:
    namespace: dict[str, Any] = {"typename": type_.name, "_type_": type_}
    plain = [f for f in type_.fields if f.how == "attribute"]
    if slots:
        namespace["__slots__"] = ("world", "place", "group", "number", *(f.name for f in plain))

    def __init__(self: Any, world: World, place: Any, group: Any, number: int) -> None:
        self.world, self.place, self.group, self.number = world, place, group, number
        for field in plain:
            setattr(self, field.name, read(self, field))

    namespace["__init__"] = __init__
    namespace[f"_{type_.name}__typename"] = property(lambda self: self.typename)
    namespace["__typename"] = property(lambda self: self.typename)
    for field in type_.fields:
        if field.how == "property":
            namespace[field.name] = property(lambda self, field=field: self.world.field(self, field))
        elif field.how == "method":
            namespace[field.name] = method(field)
    return type(type_.name, (), namespace)


def method(field: Field) -> Any:
    def call(self: Any, info: Any, **arguments: Any) -> Any:
        return self.world.field(self, field, arguments)

    return call


def make_classes(model: Model) -> dict[str, type]:
    classes: dict[str, type] = {}
    for type_ in model.types.values():
        if type_.kind == "object":
            base = DictObject if type_.flavor == "dict" else None
            classes[type_.name] = (
                type(type_.name, (base,), {"type_": type_, "typename": type_.name})
                if base
                else make_class(type_, type_.flavor == "slots")
            )
    return classes
