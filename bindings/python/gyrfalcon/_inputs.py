"""Arguments of Strawberry's resolvers: what `convert_argument` would make of graphql-core's coerced value, prepared ahead.

`converter` answers a function for one input type, or None where the value is passed as it is. Names and types are looked up
once, not for each call; what is rare or raises goes to the genuine `convert_argument`.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING
from functools import partial
from typing import Any

from strawberry.types import arguments as _arguments
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryList, StrawberryOptional, has_object_definition
from strawberry.types.enum import has_enum_definition
from strawberry.types.lazy_type import LazyType
from strawberry.types.unset import UNSET

try:
    from strawberry.relay.types import GlobalID
    from strawberry.types.base import StrawberryMaybe
    from strawberry.types.maybe import Some
except ImportError:  # before there was Maybe: `_strawberry` does not know such versions

    class StrawberryMaybe:  # type: ignore[no-redef]
        pass

    class GlobalID:  # type: ignore[no-redef]
        pass

    Some = None  # type: ignore[assignment, misc]

Convert = Callable[[Any], Any]


class Unsupported(Exception):
    """The type is converted by code of its own, which needs more than the value."""


class Inputs:
    """Converters of one schema. variant: of `convert_argument` (`_known_digests.py`)."""

    def __init__(self, registry: Any, config: Any, variant: str) -> None:
        self.registry = registry
        self.config = config
        self.copies_lists = variant != "shares lists"
        self.fills_fields = variant == "copies lists, fills fields"
        self.objects: dict[Any, InputObject] = {}

    def converter(self, type_: Any) -> Convert | None:
        if isinstance(type_, StrawberryMaybe):
            inner = self.converter(type_.of_type)
            genuine = None if isinstance(type_.of_type, StrawberryOptional) else self.genuine(type_)
            return partial(_some, inner, genuine)
        if isinstance(type_, StrawberryOptional):
            return self.converter(type_.of_type)
        if isinstance(type_, StrawberryList):
            return self._list(type_)
        if _arguments._is_leaf_type(type_, self.registry):
            return self.genuine(type_) if type_ is GlobalID else None
        if isinstance(type_, LazyType):
            return self.converter(type_.resolve_type())
        if has_enum_definition(type_):
            return None
        if has_object_definition(type_):
            return self._object(type_)
        return self.genuine(type_)

    def genuine(self, type_: Any) -> Convert:
        return lambda value: convert_argument(value, type_, self.registry, self.config)

    def _list(self, type_: Any) -> Convert | None:
        of = type_.of_type
        skip = (GlobalID,)
        if _arguments._is_leaf_type(of, self.registry, skip) or _arguments._is_optional_leaf_type(of, self.registry, skip):
            return _copy if self.copies_lists else None
        inner = self.converter(of)
        return _copy if inner is None else partial(_each, inner)

    def _object(self, type_: Any) -> Convert:
        known = self.objects.get(type_)
        if known is None:
            definition = type_.__strawberry_definition__
            if getattr(definition, "from_input", None) is not None:
                raise Unsupported(f"input type {definition.name} with a conversion of its own")
            known = self.objects[type_] = InputObject(type_)
            filled = self.fills_fields and definition.is_input
            for field in definition.fields:
                name = self.config.name_converter.from_field(field)
                convert = self.converter(field.resolve_type(type_definition=definition))
                known.fields.append((name, field.python_name, convert))
                if filled and field.default_value is MISSING and field.default_factory is MISSING:
                    known.filled[field.python_name] = None
        return known


class InputObject:
    """Makes instances of an input type. A class, because input types may contain themselves."""

    __slots__ = ("fields", "filled", "type")

    def __init__(self, type_: Any) -> None:
        self.type = type_
        self.fields: list[tuple[str, str, Convert | None]] = []
        self.filled: dict[str, None] = {}

    def __call__(self, value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        kwargs: dict[str, Any] = dict(self.filled)
        for name, python_name, convert in self.fields:
            if name in value:
                kwargs[python_name] = value[name] if convert is None else convert(value[name])
        return self.type(**kwargs)


def _some(inner: Convert | None, genuine: Convert | None, value: Any) -> Any:
    if value is None and genuine is not None:
        return genuine(value)  # which raises
    return Some(value if inner is None else inner(value))


def _copy(value: Any) -> Any:
    return value if value is None or value is UNSET else list(value)


def _each(inner: Convert, value: Any) -> Any:
    return value if value is None or value is UNSET else [inner(item) for item in value]
