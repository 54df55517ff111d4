"""The same cases as a Strawberry application: the model is written as the source of a module, as a user would write it.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import itertools
import logging
import sys
import types
from typing import Any

import graphql
import strawberry
from graphql import GraphQLError
from strawberry.extensions import (
    FieldExtension,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    SchemaExtension,
    ValidationCache,
)
from strawberry.permission import BasePermission

from .build import parse_opaque, serialize_opaque
from .case import LARGEST, TURNS, Anything, Case, Outcome, TooLarge, describe, shared_loop
from .draw import Draw
from .model import COLORS, Arg, Enum, Field, Model, Type, draw_model, named
from .query import Query
from .world import World, current

logging.getLogger("strawberry").setLevel(logging.CRITICAL)
numbers = itertools.count()
HEAD = """
import enum
from typing import Annotated, Any, AsyncGenerator, List, NewType, Optional, Union
import strawberry
from strawberry import ID, Info, Private, UNSET

@strawberry.enum
class Color(enum.Enum):
    RED = 1
    GREEN = "green"
    BLUE = (3,)

"""


def python_type(ref: Any, nullable: bool = True) -> str:
    if isinstance(ref, tuple) and ref[0] == "!":
        return python_type(ref[1], False)
    text = (
        f"List[{python_type(ref[1])}]"
        if isinstance(ref, tuple)
        else {"Int": "int", "String": "str", "Float": "float", "Boolean": "bool"}.get(ref, ref)
    )
    return f"Optional[{text}]" if nullable else text


class Writer:
    """Writes the module. Flavours of fields are drawn here."""

    def __init__(self, draw: Draw, model: Model) -> None:
        self.draw, self.model = draw, model
        self.lines: list[str] = []

    def default(self, value: Any) -> str:
        if isinstance(value, Enum):
            return f"Color.{value}"
        if isinstance(value, list):
            return f"[{', '.join(self.default(v) for v in value)}]"
        return repr(value)

    def arg(self, arg: Arg, member: bool = False) -> str:
        if member and isinstance(arg.default, list | dict):
            return (
                f"{arg.name}: {python_type(arg.type)!r} = strawberry.field(default_factory=lambda: {self.default(arg.default)})"
            )
        optional = not (isinstance(arg.type, tuple) and arg.type[0] == "!")
        default = (
            f" = {self.default(arg.default)}" if arg.has_default else (" = UNSET" if optional and self.draw.chance(40) else "")
        )
        return f"{arg.name}: {python_type(arg.type)!r}{default or (' = None' if optional else '')}"

    def field(self, field: Field) -> list[str]:
        draw = self.draw
        if field.how == "attribute":
            return [f"    {field.name}: {python_type(field.type)!r}"]
        options = []
        if draw.chance(12):
            options.append(
                f"permission_classes=[{draw.pick(('Allow', 'Deny', 'AllowLater') if self.model.asynchronous else ('Allow', 'Deny'))}]"
            )
        if draw.chance(8):
            options.append("extensions=[Loud()]")
        waits = "await" in repr(field.programs)
        keyword = "async def" if waits and draw.chance(70) else "def"
        parameters = ["self"] + (["info: Info"] if field.how == "resolver" else [])
        parameters += sorted((self.arg(a) for a in field.args), key=lambda text: " = " in text)
        names = "{" + ", ".join(f"{a.name!r}: {a.name}" for a in field.args) + "}"
        call = f"call(self, {field.name!r}, {'info' if field.how == 'resolver' else 'None'}, {names})"
        if field.stream:
            decorated = [
                f"    @strawberry.subscription({', '.join(options)})",
                f"    async def {field.name}({', '.join(parameters)})",
            ]
            decorated[-1] += f" -> {'AsyncGenerator[' + python_type(field.type) + ', None]'!r}:"
            return [*decorated, f"        async for value in {call.replace('call(', 'stream(')}:", "            yield value"]
        body = f"return await finish({call})" if keyword == "async def" else f"return {call}"
        head = f"    {keyword} {field.name}({', '.join(parameters)}) -> {python_type(field.type)!r}:"
        return [f"    @strawberry.field({', '.join(options)})", head, f"        {body}"]

    def type(self, type_: Type) -> None:
        if type_.kind == "union":
            self.lines.append(f"{type_.name} = Annotated[Union[{', '.join(type_.members)}], strawberry.union({type_.name!r})]\n")
            return
        decorator = "interface" if type_.kind == "interface" else "type"
        bases = f"({', '.join(type_.interfaces)})" if type_.interfaces else ""
        private = [f"    {name}: Private[Any]" for name in ("world", "place", "group", "number")]
        fields = [line for f in type_.fields for line in self.field(f)]
        self.lines += [f"@strawberry.{decorator}", f"class {type_.name}{bases}:", *private, *fields, ""]

    def module(self) -> str:
        for name, args in self.model.inputs.items():
            self.lines += ["@strawberry.input", f"class {name}:", *(f"    {self.arg(a, True)}" for a in args), ""]
        order = {"interface": 0, "object": 1, "union": 2}
        for type_ in sorted(self.model.types.values(), key=lambda t: order[t.kind]):
            self.type(type_)
        return HEAD + "\n".join(self.lines)


class Allow(BasePermission):
    message = "not allowed"

    def has_permission(self, source: Any, info: Any, **arguments: Any) -> Any:
        info.context.event(getattr(source, "group", ()), "permission", repr(sorted(arguments)), info.field_name)
        return True


class Deny(Allow):
    def has_permission(self, source: Any, info: Any, **arguments: Any) -> Any:
        super().has_permission(source, info, **arguments)
        return getattr(source, "number", 0) % 2 == 0


class AllowLater(Allow):
    async def has_permission(self, source: Any, info: Any, **arguments: Any) -> Any:
        await asyncio.sleep(0)
        return True


class Loud(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **arguments: Any) -> Any:
        info.context.event(getattr(source, "group", ()), "extension", info.field_name)
        return next_(source, info, **arguments)

    async def resolve_async(self, next_: Any, source: Any, info: Any, **arguments: Any) -> Any:
        return await next_(source, info, **arguments)


class Watching(SchemaExtension):
    """Sees operations and resolvers."""

    def on_operation(self) -> Any:
        self.execution_context.context.event((), "operation begins")
        yield
        self.execution_context.context.event((), "operation ends")

    def resolve(self, next_: Any, root: Any, info: Any, *args: Any, **arguments: Any) -> Any:
        info.context.event(getattr(root, "group", ()), "resolve", info.field_name)
        return next_(root, info, *args, **arguments)

    def get_results(self) -> Any:
        return {"watched": True}


class Executing(SchemaExtension):
    def on_execute(self) -> Any:
        self.execution_context.context.event((), "execution begins")
        yield
        self.execution_context.context.event((), "execution ends")


EXTENSIONS = (
    [],
    [],
    [],
    [ParserCache, ValidationCache],
    [lambda: QueryDepthLimiter(max_depth=4)],
    [lambda: MaxTokensLimiter(max_token_count=80)],
    [Watching],
    [Executing],
    [Executing, ParserCache],
)


def colored(program: Any) -> Any:
    """With members of the enum for their values."""
    if program[0] == "value" and program[1] in COLORS.values():
        return ("value", ("color", program[1]))
    if program[0] == "list":
        return ("list", program[1], [colored(p) for p in program[2]])
    if program[0] == "await":
        return (*program[:3], colored(program[3]))
    return program


class StrawberryWorld(World):
    color: Any = None

    def run(self, program: Any, place: Any, group: Any, n: int) -> Any:
        value = super().run(program, place, group, n)
        return self.color(value[1]) if isinstance(value, tuple) and value and value[0] == "color" else value


class StrawberryCase(Case):
    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.model = draw_model(draw)
        for type_ in self.model.types.values():
            for field in type_.fields:
                if named(field.type) == "Color":
                    field.programs = [colored(p) for p in field.programs]
        query = Query(draw, self.model)
        self.text = query.operation()
        self.document = graphql.parse(self.text)
        if query.size(self.document) > LARGEST:
            raise TooLarge
        self.variables = query.values
        self.options = {"extensions": draw.pick(range(len(EXTENSIONS))), "sync": not self.model.asynchronous and draw.chance(50)}
        self.source = Writer(draw, self.model).module()
        self.ordered = "async def" not in self.source and "AllowLater" not in self.source
        self.module = self.load()
        self.arguments_of_schema = {
            "query": self.module.Query,
            "mutation": self.module.Mutation,
            "subscription": self.module.Subscription,
            "types": [getattr(self.module, t.name) for t in self.model.types.values() if t.kind == "object"],
            "extensions": EXTENSIONS[self.options["extensions"]],
        }
        self.schema = strawberry.Schema(**self.arguments_of_schema)._schema
        self.invalid = graphql.validate(self.schema, self.document)
        sys.modules.pop(self.module.__name__)

    def load(self) -> Any:
        module = types.ModuleType(f"differential_app_{next(numbers)}")
        module.__dict__.update(
            call=self.call, finish=finish, stream=self.stream, Allow=Allow, Deny=Deny, AllowLater=AllowLater, Loud=Loud
        )
        scalar = strawberry.scalar(types.new_class("Opaque"), name="Opaque", serialize=serialize_opaque, parse_value=parse_opaque)
        module.__dict__["Opaque"] = scalar
        sys.modules[module.__name__] = module
        exec(compile(self.source, module.__name__, "exec"), module.__dict__)
        return module

    def field_of(self, source: Any, name: str) -> Field:
        for field in self.model.types[type(source).__name__].fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def call(self, source: Any, name: str, info: Any, arguments: dict[str, Any]) -> Any:
        field = self.field_of(source, name)
        lists = {a.name for a in field.args if not a.has_default and named(a.type) not in ("Opaque", *self.model.inputs)}
        told = {k: v if k in lists else copy.deepcopy(v) for k, v in arguments.items()}
        if info is not None:
            told["info"] = (
                info.field_name,
                info.python_name,
                info.path.as_list(),
                type(info.return_type).__name__,
                info.context is source.world,
            )
        return source.world.field(source, field, told)

    async def stream(self, source: Any, name: str, info: Any, arguments: dict[str, Any]) -> Any:
        world = info.context if info is not None else self.world
        field = next(f for f in self.model.types["Subscription"].fields if f.name == name)
        for i in range(2):
            await asyncio.sleep(0)
            world.event((), "source", i, repr(arguments))
            yield world.run(
                next((p for p in field.programs if p[0] not in ("await", "raise", "return")), ("null",)), ("event", i), (), i
            )

    def make_world(self) -> World:
        world = StrawberryWorld(self.model)
        world.color = self.module.Color
        for type_ in self.model.types.values():
            if type_.kind == "object":
                world.classes[type_.name] = factory(getattr(self.module, type_.name), type_)
        return world

    def run(self, engine: Any, schema: Any = None, loop: Any = None) -> Outcome:
        """`engine` is the class of the schema."""
        self.world = world = self.make_world()
        outcome = Outcome(None, [], world.log, 0, "", 0, 0, [])
        made = self.schemas.setdefault(engine, None) or engine(**self.arguments_of_schema)
        self.schemas[engine] = made
        root = world.make("Mutation" if self.text.startswith("mutation") else "Query", (), (), 0)
        arguments = {"variable_values": copy.deepcopy(self.variables), "context_value": world, "root_value": root}
        try:
            if self.options["sync"] and not self.subscription:
                result = made.execute_sync(self.text, **arguments)
            else:
                result = shared_loop().run_until_complete(self.request(made, arguments, outcome))
        except Exception as error:
            outcome.raised = f"{type(error).__name__}: {error}"
            result = None
        if result is not None:
            outcome.data = result.data
            outcome.errors = [describe(e) for e in result.errors or ()]
            outcome.events.append(result.extensions)
        outcome.unstarted, outcome.unfinished = world.finish()
        outcome.batches = world.batches
        return outcome

    async def request(self, schema: Any, arguments: dict[str, Any], outcome: Outcome) -> Any:
        current.set(())
        result = None
        if self.subscription:
            events = await schema.subscribe(self.text, **arguments)
            if hasattr(events, "__aiter__"):
                async for event in events:
                    outcome.events.append((repr(event.data), sorted(describe(e) for e in event.errors or ())))
            else:
                result = events
        else:
            result = await schema.execute(self.text, **arguments)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        return result

    @property
    def schemas(self) -> dict[Any, Any]:
        return self.__dict__.setdefault("made", {})

    def possible_errors(self, engine: Any) -> Any:
        return Anything()


async def finish(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def factory(cls: Any, type_: Type) -> Any:
    plain = [f for f in type_.fields if f.how == "attribute"]

    def make(world: World, place: Any, group: Any, number: int) -> Any:
        values = {f.name: world.run(f.programs[number % len(f.programs)], (), (), 0) for f in plain}
        return cls(world=world, place=place, group=group, number=number, **values)

    return make


__all__ = ["GraphQLError", "StrawberryCase"]
