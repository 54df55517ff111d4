"""What the C core is told about a schema: how each field is read, completed, and typed.

The conversion (`gyrfalcon._convert`, `gyrfalcon._strawberry`) makes these objects, one for each field or type that an
operation uses, the first time one does. The core (`gyrfalcon._core`) turns each into a C struct and never looks at it
again. So everything that can be decided ahead is decided here, in Python, and the core only reads attributes once.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class How(IntEnum):
    """How the value of a field is had."""

    ATTRIBUTE = 0
    """`getattr(source, name)`. Missing attributes raise."""
    DEFAULT = 1
    """graphql-core's default_field_resolver: mappings by `name`, else getattr(source, name, None); called if callable."""
    CALL = 2
    """The user's own function: `function` with `params`."""
    RESOLVE = 3
    """A resolver in graphql-core's convention: function(source, info, **args); info is graphql-core's."""


class Param(IntEnum):
    """What a parameter of a CALL gets."""

    SOURCE = 0
    """The parent object."""
    INFO = 1
    """The framework's info: `FieldSpec.info`(raw, field)."""
    ARGUMENT = 2
    """The argument `arg`, an index of FieldSpec.args. Absent and without default: not passed."""
    RAW_INFO = 3
    """graphql-core's info."""


@dataclass(slots=True)
class ParamSpec:
    kind: Param
    keyword: str | None = None
    """None: passed by position."""
    arg: int = -1
    name: str | None = None
    """Among the keyword arguments that guards get; None: not there."""


@dataclass(slots=True)
class ArgSpec:
    """An argument, in the order of the field's definition."""

    name: str
    """In GraphQL."""
    out_name: str
    """The keyword that resolvers of graphql-core's convention get."""
    type: Any
    """The graphql-core input type."""
    default: Any = None
    has_default: bool = False
    default_factory: Callable[[], Any] | None = None
    """Makes the default anew for each call, in place of `default`."""
    shared: bool = False
    """Coerced values are immutable, without user code: one object serves all calls of a plan (literals)."""
    convert: Callable[[Any], Any] | None = None
    """From graphql-core's coerced value to what the function gets (Strawberry's convert_argument); None: as it is.
    Called for each call of the resolver unless `shared`."""


@dataclass(slots=True)
class Guard:
    """A permission check before a field is read: Strawberry's PermissionExtension, inlined.

    permissions: the instances; their `has_permission(source, info, **kwargs)` is looked up at call time. The value must be
    a bool. False: on_unauthorized(permission) gives the field's value or raises. `asynchronous`: an awaitable answer is
    awaited (resolve_async); else it is closed and `awaitable_error(permission)` is raised. `boolean_error(permission, value)` makes
    the error for what is no bool, or None: truth decides (older versions).
    """

    permissions: list[Any]
    on_unauthorized: Callable[[Any], Any]
    asynchronous: bool
    awaitable_error: Callable[[Any], BaseException] | None = None
    boolean_error: Callable[[Any, Any], BaseException] | None = None


@dataclass(slots=True)
class FieldSpec:
    how: How
    name: str
    """Of the attribute, for ATTRIBUTE and DEFAULT."""
    function: Callable[..., Any] | None = None
    params: list[ParamSpec] = field(default_factory=list)
    args: list[ArgSpec] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    info: Callable[[Any, Any], Any] | None = None
    """Makes the framework's info of graphql-core's one and `definition`: Strawberry's info_class."""
    definition: Any = None
    """The framework's own field: a StrawberryField."""
    graphql_field: Any = None
    """The GraphQLField."""
    watch: tuple[tuple[Any, str, Any], ...] = ()
    """What was bypassed, as (object, attribute, value): a core that finds another value there at the start of a request calls
    `fallback` instead (patches, mocks, tracers)."""
    fallback: FieldSpec | None = None
    """The framework's own way, RESOLVE of GraphQLField.resolve; None: this is it."""
    reason: str = ""
    """Why the field is not read more directly, for people: "field extension MyExtension"."""
    completes: Callable[[Any], Any] | None = None
    """Applied to the resolver's value before completion (after awaiting); None: nothing."""
    plain: bool = False
    """RESOLVE or DEFAULT only: hooks that skip default resolvers skip this one (tracing extensions)."""


class LeafKind(IntEnum):
    """How a leaf is serialized; the built-in ones with the installed graphql-core's rules, exact types on the fast path."""

    INT = 0
    FLOAT = 1
    STRING = 2
    BOOLEAN = 3
    ID = 4
    ENUM = 5
    """By `table`, else `serialize`."""
    CUSTOM = 6
    """By `serialize`."""


@dataclass(slots=True)
class LeafSpec:
    kind: LeafKind
    type: Any
    """The GraphQLScalarType or GraphQLEnumType."""
    serialize: Callable[[Any], Any]
    """The type's own method, called for all that the fast path does not know; its errors are the field's."""
    table: Mapping[Any, str] | None = None
    """ENUM: from hashable internal values to names, when nothing else (get_result of the framework) has a say."""
    json: bool = False
    """Its serialized values are plain JSON: str, int, float, bool."""


@dataclass(slots=True)
class TypeSpec:
    """How an object's type is found, or checked."""

    type: Any
    """GraphQLObjectType, GraphQLInterfaceType or GraphQLUnionType."""
    is_type_of: Callable[[Any, Any], Any] | None = None
    """Object types: (value, info), checked on completion; None: not. May be awaitable."""
    classes: tuple[type, ...] = ()
    """Object types: is_type_of is known to be true of exact instances of these classes: it need not be called."""
    unless: str | None = None
    """An attribute: for objects that have it, `classes` and `by_class` say nothing (Strawberry's cast)."""
    resolve_type: Callable[[Any, Any, Any], Any] | None = None
    """Abstract types: (value, info, type) -> name. None: the request's type resolver."""
    by_class: Mapping[type, str] | None = None
    """Abstract types: exact classes whose name is known without asking, where the framework would say the same."""
    watch: tuple[tuple[Any, str, Any], ...] = ()
