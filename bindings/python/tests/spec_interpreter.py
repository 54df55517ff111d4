"""Does what specs say, in Python, one thing after another: the measure for what the conversion says.

`by_specs(schema)` gives a schema's fields resolvers that go by their FieldSpec, so that graphql-core's own executor runs them; types
and leaves are checked against their specs on the way.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    default_field_resolver,
)

from gyrfalcon._convert import SERIALIZE, Conversion
from gyrfalcon._spec import FieldSpec, Guard, How, Param, TypeSpec


def call(spec: FieldSpec, source: Any, info: Any, given: dict[str, Any]) -> Any:
    """The value of a field. given: graphql-core's arguments."""
    if spec.how == How.DEFAULT:
        return default_field_resolver(source, info, **given)
    if spec.how == How.RESOLVE:
        return spec.function(source, info, **given)  # type: ignore[misc]
    values = [given[a.out_name] if a.out_name in given else MISSING for a in spec.args]
    values = [a.convert(v) if a.convert and v is not MISSING else v for a, v in zip(spec.args, values, strict=True)]
    made = spec.info(info, spec.definition) if spec.info else None
    args, kwargs, named = [], {}, {}
    for param in spec.params:
        value = {Param.SOURCE: source, Param.INFO: made, Param.RAW_INFO: info}.get(param.kind, MISSING)
        if param.kind == Param.ARGUMENT:
            value = values[param.arg]
        if value is MISSING:
            assert param.keyword is not None, "an argument by position is always there"
            continue
        if param.keyword is None:
            args.append(value)
        else:
            kwargs[param.keyword] = value
        if param.name is not None:
            named[param.name] = value

    def last() -> Any:
        return getattr(source, spec.name) if spec.how == How.ATTRIBUTE else spec.function(*args, **kwargs)  # type: ignore[misc]

    return guarded(spec.guards, source, made, named, last)


MISSING = object()


def guarded(guards: list[Guard], source: Any, info: Any, kwargs: dict[str, Any], last: Any) -> Any:
    if not guards:
        return last()
    guard, rest = guards[0], guards[1:]
    if not guard.asynchronous:
        for permission in guard.permissions:
            answer = permission.has_permission(source, info, **kwargs)
            if guard.awaitable_error and inspect.isawaitable(answer):
                if inspect.iscoroutine(answer):
                    answer.close()
                raise guard.awaitable_error(permission)
            if not passes(guard, permission, answer):
                return guard.on_unauthorized(permission)
        return guarded(rest, source, info, kwargs, last)

    async def later() -> Any:
        for permission in guard.permissions:
            answer = permission.has_permission(source, info, **kwargs)
            if inspect.isawaitable(answer):
                answer = await answer
            if not passes(guard, permission, answer):
                return guard.on_unauthorized(permission)
        value = guarded(rest, source, info, kwargs, last)
        return await value if inspect.isawaitable(value) else value

    return later()


def passes(guard: Guard, permission: Any, answer: Any) -> bool:
    if guard.boolean_error and not isinstance(answer, bool):
        raise guard.boolean_error(permission, answer)
    return bool(answer)


def check_leaf(conversion: Conversion, name: str) -> Any:
    """A serialize of the type that looks into the spec's table, and says where it is wrong."""
    spec = conversion.leaf(name)

    def serialize(value: Any) -> Any:
        try:
            known = spec.table[value] if spec.table is not None else MISSING  # type: ignore[index]
        except (KeyError, TypeError):
            known = MISSING
        result = spec.serialize(value)
        assert known is MISSING or known == result
        assert not spec.json or type(result) in (str, int, float, bool)
        return result

    return serialize


def check_abstract(spec: TypeSpec) -> Any:
    def resolve_type(value: Any, info: Any, type_: Any) -> Any:
        result = spec.resolve_type(value, info, type_)  # type: ignore[misc]
        if spec.by_class and type(value) in spec.by_class and not (spec.unless and hasattr(value, spec.unless)):
            assert spec.by_class[type(value)] == result
        return result

    return resolve_type


def check_object(spec: TypeSpec) -> Any:
    def is_type_of(value: Any, info: Any) -> Any:
        result = spec.is_type_of(value, info)  # type: ignore[misc]
        assert type(value) not in spec.classes or hasattr(value, str(spec.unless)) or result is True
        return result

    return is_type_of


@contextmanager
def by_specs(schema: GraphQLSchema) -> Iterator[dict[str, FieldSpec]]:
    """Meanwhile fields of `schema` go by their specs, which are given by coordinate."""
    conversion = Conversion(schema)
    kept: list[tuple[Any, str, Any]] = []
    specs: dict[str, FieldSpec] = {}

    def put(thing: Any, attribute: str, value: Any) -> None:
        kept.append((thing, attribute, vars(thing).get(attribute, MISSING)))
        setattr(thing, attribute, value)

    changes = []
    for name, type_ in schema.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(type_, GraphQLObjectType):
            spec = conversion.type(name)
            if spec.is_type_of:
                changes.append((type_, "is_type_of", check_object(spec)))
            for field_name, field in type_.fields.items():
                field_spec = specs[f"{name}.{field_name}"] = conversion.field(name, field_name)
                changes.append((field, "resolve", resolver(field_spec)))
        elif isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            spec = conversion.type(name)
            if spec.resolve_type:
                changes.append((type_, "resolve_type", check_abstract(spec)))
        elif isinstance(type_, GraphQLEnumType | GraphQLScalarType) and conversion.leaf(name):
            changes.append((type_, SERIALIZE, check_leaf(conversion, name)))
    for change in changes:
        put(*change)
    try:
        yield specs
    finally:
        for thing, attribute, value in reversed(kept):
            if value is MISSING:
                delattr(thing, attribute)
            else:
                setattr(thing, attribute, value)


def resolver(spec: FieldSpec) -> Any:
    def resolve(source: Any, info: Any, **given: Any) -> Any:
        return call(spec, source, info, given)

    return resolve
