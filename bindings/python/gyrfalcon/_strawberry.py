"""Fields and types of Strawberry: what the core does in place of Strawberry's own wrappers.

Strawberry's converter gives each field a resolver that it makes itself, a closure of `GraphQLCoreConverter.from_resolver`. Where
a field still has that closure, and the code of everything that it calls is known (`_known.py`), its cells tell what it does:
read an attribute, or convert the arguments, ask the permissions and call the user's function. That is said by a FieldSpec, with
the closure itself as `fallback`. Anything else keeps the closure, and `reason` says why.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import inspect
from dataclasses import replace
from types import CodeType, FunctionType, MethodType
from typing import Any

import strawberry.schema.schema_converter as _converter
from graphql import GraphQLField, GraphQLInterfaceType, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLUnionType
from strawberry.extensions.field_extension import FieldExtension, SyncToAsyncExtension
from strawberry.permission import PermissionExtension
from strawberry.schema.types import base_scalars
from strawberry.types import arguments as _arguments
from strawberry.types import base as _base
from strawberry.types import cast as _cast
from strawberry.types import union as _union
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.types.info import Info
from strawberry.utils import await_maybe as _await_maybe

from ._inputs import Inputs, Unsupported
from ._known import code_of, variant
from ._spec import ArgSpec, FieldSpec, Guard, How, Param, ParamSpec, TypeSpec

_RESERVED = {"self", "_source", "source", "info", "next_"}
"""Names of arguments that the wrappers' own parameters would clash with."""
_IMMUTABLE = [
    getattr(base_scalars, name).parse_value
    for name in ("DateDefinition", "DateTimeDefinition", "TimeDefinition", "DecimalDefinition", "UUIDDefinition")
    if hasattr(base_scalars, name)
]


class Strawberry:
    """Makes the specs of one schema. watch, reasons: see Conversion."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.reasons: tuple[str, ...] = ()
        self.watch: tuple[tuple[Any, str, Any], ...] = ()
        self.inputs: dict[Any, Inputs] = {}
        converter = _converter.GraphQLCoreConverter
        self.codes = nested_codes(converter.from_resolver)
        self.event_codes = nested_codes(converter.from_field)
        self.resolves = self._all(
            (converter, "from_resolver"),
            (StrawberryField, "get_result"),
            watched=((StrawberryField, "get_result"),),
        )
        self.calls = self.resolves and self._all(
            (_converter, "get_arguments"),
            (StrawberryResolver, "__call__"),
            (_arguments, "convert_arguments"),
            (_await_maybe, "await_maybe"),
            watched=(
                (_converter, "get_arguments"),
                (_converter, "convert_arguments"),
                (StrawberryResolver, "__call__"),
            ),
        )
        self.converts = self.calls and self._all(
            (_arguments, "_is_leaf_type"),
            (_arguments, "_is_optional_leaf_type"),
            (_arguments, "convert_argument"),
            watched=((_arguments, "convert_argument"),),
        )
        self.convert_variant = variant(_arguments.convert_argument) or ""
        self.guards = self.calls and self._all(
            (PermissionExtension, "_on_unauthorized"),
            (PermissionExtension, "resolve"),
            (PermissionExtension, "resolve_async"),
            (SyncToAsyncExtension, "resolve_async"),
            watched=((PermissionExtension, "_on_unauthorized"),),
        )
        self.object_codes = nested_codes(converter.from_object) if self._all((converter, "from_object"), *_casts()) else {}
        self.interface_codes = (
            nested_codes(converter.from_interface) if self._all((converter, "from_interface"), *_casts()) else {}
        )
        union = _union.StrawberryUnion
        known = self._all((union, "get_type_resolver"), (_base.StrawberryObjectDefinition, "is_implemented_by"), *_casts())
        self.union_codes = nested_codes(union.get_type_resolver) if known else {}
        enum = _converter.CustomGraphQLEnumType
        self.enums = self._all((enum, "serialize"), (enum, "coerce_output_value"))

    def _all(self, *places: tuple[Any, str], watched: tuple[tuple[Any, str], ...] = ()) -> bool:
        """Whether the code at all these places is known; what is to be watched is, then."""
        unknown = [f"{place.__name__}.{name}" for place, name in places if variant(getattr(place, name, None)) is None]
        self.reasons += tuple(f"unknown code: {name}" for name in unknown)
        if not unknown:
            self.watch += tuple((place, name, getattr(place, name)) for place, name in watched)
        return not unknown

    # ---- fields

    def field(self, field: GraphQLField, stock: FieldSpec) -> FieldSpec | None:
        """The spec, or None: `stock` it is, and its reason says why."""
        resolve: Any = field.resolve
        code = code_of(resolve)
        if code is not None and self.resolves:
            if code is self.codes.get("_get_basic_result"):
                return self._basic(cell(resolve, "field"), stock)
            if code is self.codes.get("_resolver") or code is self.codes.get("_async_resolver"):
                return self._resolver(resolve, stock)
        if code is not None and code is self.event_codes.get("<lambda>"):
            return replaced(stock, FieldSpec(How.CALL, stock.name, resolve, [ParamSpec(Param.SOURCE)]))
        name = getattr(resolve, "__qualname__", None) or type(resolve).__name__
        stock.reason = "Strawberry's code is unknown" if not self.resolves else f"resolved by {name}"
        return None

    def _basic(self, field: Any, stock: FieldSpec) -> FieldSpec | None:
        stock.reason = self._custom(field)
        if stock.reason:
            return None
        return self._read(field, stock)

    def _read(self, field: Any, stock: FieldSpec) -> FieldSpec:
        """A field without a resolver: the default resolver's."""
        read: Any = field.default_resolver
        name = field.python_name
        watch = ((field, "default_resolver", read), (field, "_base_resolver", None))
        if read is getattr:
            return replaced(stock, FieldSpec(How.ATTRIBUTE, name, definition=field, watch=watch))
        spec = FieldSpec(How.CALL, name, lambda source: read(source, name), [ParamSpec(Param.SOURCE)], definition=field)
        spec.watch = watch
        spec.reason = f"default resolver {getattr(read, '__qualname__', read)}"
        return replaced(stock, spec)

    def _custom(self, field: Any) -> str:
        """What about a field's class is not Strawberry's own; "": nothing."""
        if "get_result" in vars(field):
            return "get_result of the field is replaced"
        cls = type(field)
        for name in ("get_result", "base_resolver", "arguments", "python_name", "is_async", "__call__"):
            if cls is not StrawberryField and inspect.getattr_static(cls, name) is not inspect.getattr_static(
                StrawberryField, name
            ):
                return f"field class {cls.__qualname__} overrides {name}"
        return ""

    def _resolver(self, resolve: Any, stock: FieldSpec) -> FieldSpec | None:
        stock.reason = "its closure is another one"
        wrapper: Any = cell(resolve, "_get_result_with_extensions")
        if code_of(wrapper) is not self.codes.get("extension_resolver"):
            return None
        field, converter = cell(wrapper, "field"), cell(wrapper, "self")
        stock.reason = self._custom(field) or ("" if self.calls else "Strawberry's code is unknown")
        if not stock.reason and cell(resolve, "field_exception_handlers"):
            stock.reason = "exception handler"
        if stock.reason:
            return None
        guards, stock.reason = self._guards(cell(wrapper, "extension_functions"), field)
        if stock.reason:
            return None
        spec, stock.reason = self._call(field, converter, stock)
        if spec is None:
            return None
        spec.guards = guards
        spec.definition = field
        spec.info = info_maker(converter.config.info_class)
        return replaced(stock, spec)

    def _guards(self, functions: list[Any], field: Any) -> tuple[list[Guard], str]:
        """The permissions of a field, outermost first, or why there are not only permissions."""
        for extension in field.extensions:
            mapping = getattr(type(extension), "map_arguments", None)
            if mapping is not getattr(FieldExtension, "map_arguments", None):
                return [], f"field extension {type(extension).__qualname__}"
        guards: list[Guard] = []
        for function in reversed(functions):
            if type(function) is not MethodType:
                return [], "a field extension that was replaced"
            extension: Any = function.__self__
            method: Any = function.__func__
            if method is SyncToAsyncExtension.resolve_async:
                continue
            asynchronous = method is PermissionExtension.resolve_async
            if not self.guards or not (asynchronous or method is PermissionExtension.resolve):
                return [], f"field extension {type(extension).__qualname__}"
            guards.append(permission_guard(extension, asynchronous))
        return guards, ""

    def _call(self, field: Any, converter: Any, stock: FieldSpec) -> tuple[FieldSpec | None, str]:
        """The user's function and its parameters, or why not."""
        resolver: Any = field.base_resolver
        if resolver is None:
            return (None, "arguments without a resolver") if field.arguments else (self._read(field, stock), "")
        if type(resolver).__call__ is not StrawberryResolver.__call__:
            return None, f"resolver class {type(resolver).__qualname__}"
        function = resolver.wrapped_func
        if not callable(function):
            return None, "its function cannot be called"
        provided, args, reason = self._arguments(field, converter, stock)
        if reason:
            return None, reason
        taken: dict[str, ParamSpec] = {}
        for kind, parameter in (
            (Param.SOURCE, resolver.parent_parameter),
            (Param.SOURCE, resolver.root_parameter),
            (Param.INFO, resolver.info_parameter),
        ):
            if parameter:
                name = parameter.name
                taken[name] = ParamSpec(kind, name, name=None if kind == Param.INFO and name == "info" else name)
        this = resolver.self_parameter
        if provided.keys() & taken.keys() or (this and this.name in taken):
            return None, "parameters that clash"
        params = [ParamSpec(Param.SOURCE)] if this else []
        place_params(function, params, {**provided, **taken}, args)
        spec = FieldSpec(How.CALL, field.python_name, function, params, args)
        spec.watch = ((field, "_base_resolver", resolver), (resolver, "wrapped_func", function))
        return spec, ""

    def _arguments(self, field: Any, converter: Any, stock: FieldSpec) -> tuple[dict[str, ParamSpec], list[ArgSpec], str]:
        """Parameters by their Python names and the arguments with their converters, or why not."""
        if not field.arguments and not stock.args:
            return {}, [], ""
        if not self.converts:
            return {}, [], "Strawberry's conversion of arguments is unknown"
        inputs = self._inputs_of(converter)
        args = [replace(arg) for arg in stock.args]
        by_name = {arg.name: i for i, arg in enumerate(args)}
        provided: dict[str, ParamSpec] = {}
        for argument in field.arguments:
            index = by_name.pop(converter.config.name_converter.from_argument(argument), None)
            name = argument.python_name
            if index is None or name in provided or name in _RESERVED or args[index].out_name in _RESERVED:
                return {}, [], f"argument {name}"
            provided[name] = ParamSpec(Param.ARGUMENT, name, index, name)
            arg = args[index]
            try:
                arg.convert = inputs.converter(argument.type)
            except Unsupported as reason:
                return {}, [], str(reason)
            arg.shared = arg.convert is None and (arg.shared or is_immutable(arg.type))
        return (provided, args, "") if not by_name else ({}, [], "other arguments than its definition's")

    def _inputs_of(self, converter: Any) -> Inputs:
        """Of a schema's converter: there is one only, but for fields that came from elsewhere."""
        known = self.inputs.get(converter)
        if known is None:
            variant = self.convert_variant
            known = self.inputs[converter] = Inputs(converter.scalar_registry, converter.config, variant)
        return known

    # ---- leaves

    def is_json(self, type_: Any) -> bool:
        """Custom scalars whose serialized values are strings whatever comes."""
        return type_.serialize is str or type_.serialize is base_scalars.isoformat

    def enum_table(self, type_: Any) -> dict[Any, str] | None:
        """Of Strawberry's enums: the members and their values. None: some of them cannot be told apart by hashing."""
        if not self.enums or type(type_) is not _converter.CustomGraphQLEnumType or "coerce_output_value" in vars(type_):
            return None
        table: dict[Any, str] = {}
        try:
            for member in type_.wrapped_cls.__members__.values():
                name = type_.serialize(member)
                if table.setdefault(member, name) != name:
                    return None
            for value, name in type_._value_lookup.items():
                if table.setdefault(value, name) != name:
                    return None
        except Exception:  # noqa: BLE001  members of an enum are the user's
            return None
        return table

    # ---- types

    def type(self, spec: TypeSpec) -> None:
        """Adds the classes for which Strawberry's own is_type_of or resolve_type has one answer only."""
        type_ = spec.type
        if isinstance(type_, GraphQLObjectType):
            self._object(spec, type_)
        elif isinstance(type_, GraphQLInterfaceType):
            self._interface(spec, type_)
        elif isinstance(type_, GraphQLUnionType):
            self._union(spec, type_)

    def _object(self, spec: TypeSpec, type_: Any) -> None:
        code = code_of(spec.is_type_of)
        if code is None or code is not self.object_codes.get("is_type_of"):
            return
        definition = cell(spec.is_type_of, "object_type")
        if is_plain(definition):
            spec.classes = (definition.origin,)
            spec.unless = _cast.TYPE_CAST_ATTRIBUTE

    def _interface(self, spec: TypeSpec, type_: Any) -> None:
        code = code_of(spec.resolve_type)
        if code is None or code is not self.interface_codes.get("resolve_type"):
            return
        interface = cell(spec.resolve_type, "interface")
        known: dict[type, str] = {}
        for possible in self.schema.get_possible_types(type_):
            definition = definition_of(possible)
            if is_plain(definition) and issubclass(definition.origin, interface.origin) and definition.name == possible.name:
                known[definition.origin] = possible.name
        spec.by_class, spec.unless = known, _cast.TYPE_CAST_ATTRIBUTE

    def _union(self, spec: TypeSpec, type_: Any) -> None:
        code = code_of(spec.resolve_type)
        if code is None or code is not self.union_codes.get("_resolve_union_type"):
            return
        type_map = cell(spec.resolve_type, "type_map")
        known: dict[type, str] = {}
        for member in type_.types:
            concrete = type_map.get(member.name)
            if concrete is None:  # the genuine one raises
                return
            if is_plain(concrete.definition) and concrete.implementation is member:
                known.setdefault(concrete.definition.origin, member.name)
        spec.by_class, spec.unless = known, _cast.TYPE_CAST_ATTRIBUTE


def resolves_is_one_of(resolve: Any) -> bool:
    """Whether that is Strawberry's resolver of __Type.isOneOf, which tells what the type's definition says."""
    from strawberry.schema import Schema

    extend = getattr(Schema, "_extend_introspection", None)
    own = nested_codes(extend).get("_resolve_is_one_of")
    return variant(extend) is not None and code_of(resolve) is own


def _casts() -> list[tuple[Any, str]]:
    names = ("get_strawberry_type_cast", "get_cast_type_name", "_is_definition_of")
    return [(_cast, name) for name in names if hasattr(_cast, name)]


def is_plain(definition: Any) -> bool:
    """An object type's definition that its class has, and that no generic type is involved in."""
    return (
        isinstance(definition, _base.StrawberryObjectDefinition)
        and definition.concrete_of is None
        and not definition.is_graphql_generic
        and vars(definition.origin).get("__strawberry_definition__") is definition
    )


def definition_of(type_: Any) -> Any:
    return type_.extensions.get("strawberry-definition")


def is_immutable(type_: Any) -> bool:
    """A scalar that Strawberry parses to an immutable value: dates, decimals, UUIDs."""
    if isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    return getattr(type_, "parse_value", None) in _IMMUTABLE


def replaced(stock: FieldSpec, spec: FieldSpec) -> FieldSpec:
    """`spec` in place of `stock`, which it falls back to."""
    stock.reason = ""
    spec.args = spec.args or stock.args
    spec.graphql_field = stock.graphql_field
    spec.watch = stock.watch + spec.watch
    spec.plain = stock.plain
    spec.fallback = stock
    return spec


def permission_guard(extension: Any, asynchronous: bool) -> Guard:
    from strawberry import exceptions

    words = variant(PermissionExtension.resolve_async if asynchronous else PermissionExtension.resolve) or ""
    guard = Guard(extension.permissions, extension._on_unauthorized, asynchronous)
    if words != "truth" and not asynchronous:
        guard.awaitable_error = exceptions.PermissionReturnedAwaitableInSyncContextError
    if words == "boolean":
        error = exceptions.PermissionReturnedNonBooleanError

        def boolean_error(permission: Any, value: Any) -> BaseException:
            if asynchronous and inspect.iscoroutine(value):
                value.close()
            return error(permission, value)

        guard.boolean_error = boolean_error
    return guard


def info_maker(cls: Any) -> Any:
    """info_class, called with the raw info and the field by position."""
    if cls.__init__ is Info.__init__ and cls.__new__ is Info.__new__:
        return cls
    return lambda raw, field: cls(_raw_info=raw, _field=field)


def place_params(function: Any, params: list[ParamSpec], provided: dict[str, ParamSpec], args: list[ArgSpec]) -> None:
    """Appends the parameters: by position as far as they are always there, since that is cheaper; the rest by keyword."""
    for name in positions(function)[len(params) :]:
        param = provided.get(name)
        if param is None or not (param.kind != Param.ARGUMENT or is_always_there(args[param.arg])):
            break
        del provided[name]
        param.keyword = None
        params.append(param)
    params.extend(provided.values())


def positions(function: Any) -> tuple[str, ...]:
    """The names that a function's positional arguments may have as keywords, in order; () where that cannot be told."""
    bound = 0
    if type(function) is MethodType:
        function, bound = function.__func__, 1
    if type(function) is not FunctionType or function.__code__.co_posonlyargcount:
        return ()
    return function.__code__.co_varnames[bound : function.__code__.co_argcount]


def is_always_there(arg: ArgSpec) -> bool:
    return arg.has_default or isinstance(arg.type, GraphQLNonNull)


def cell(function: Any, name: str) -> Any:
    """A variable that a closure holds."""
    return function.__closure__[function.__code__.co_freevars.index(name)].cell_contents


def nested_codes(function: Any) -> dict[str, CodeType]:
    """The code of the functions inside a function, at any depth, by name; names that occur twice are left out."""
    found: dict[str, CodeType] = {}
    twice: set[str] = set()
    todo = [code_of(function)]
    while todo:
        code = todo.pop()
        for const in code.co_consts if code else ():
            if isinstance(const, CodeType):
                todo.append(const)
                if const.co_name in found:
                    twice.add(const.co_name)
                found[const.co_name] = const
    return {name: code for name, code in found.items() if name not in twice}
