"""Random schemas with behaviour: types, and for each field how its value is had and what it is.

The value of a field is told by a program, a nested tuple: ("value", v), ("null",), ("object", type), ("list", kind, items), ("raise", error),
("return", error), ("await", kind, steps, program), ("bad", v). A field has a few programs; the number of the parent object chooses, so that the same objects
have the same values in every run without anything being stored. Type references are nested tuples too: a name, ("list", of), ("!", of).

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .draw import Draw

LEAVES = ("Int", "String", "Float", "Boolean", "ID", "Color", "Opaque")
COLORS = {"RED": 1, "GREEN": "green", "BLUE": (3,)}
ERRORS = ("value", "key", "graphql", "extended", "timeout", "lookup", "extensions", "located")
AWAITS = ("coroutine", "future", "task", "custom", "nested", "loader", "group", "timeout")
GOOD: dict[str, tuple[Any, ...]] = {
    "Int": (1, 0, -7, 2**31 - 1, True, 3.0),
    "String": ("a", "", 'é"\\\n\x01', "𝄞 text", 12, True, 1.5),
    "Float": (1.5, 0.0, -1e300, 3, 0.1, 123456789.125),
    "Boolean": (True, False, 1, 0),
    "ID": ("id1", 7, "", 3.0),
    "Color": (1, "green", (3,)),
    "Opaque": ("x", 4, None, {"b": 1, "a": [1, None]}, [1, "z"]),
}
BAD: dict[str, tuple[Any, ...]] = {
    "Int": ("x", 2**31, 1.5, [1], float("nan"), ""),
    "String": ({"a": 1}, [1], object),
    "Float": ("x", float("inf"), [], ""),
    "Boolean": ("x", [1], 2.5, float("nan")),
    "ID": (1.5, [1], {}, True),
    "Color": ("RED", 99, [1], None),
    "Opaque": ("refused",),
}


@dataclass
class Arg:
    name: str
    type: Any
    default: Any = None
    has_default: bool = False


@dataclass
class Field:
    name: str
    type: Any
    args: list[Arg]
    how: str
    programs: list[Any]
    stream: bool = False


@dataclass
class Type:
    name: str
    kind: str
    fields: list[Field] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    flavor: str = "class"
    tells: str = "typename"


@dataclass
class Model:
    types: dict[str, Type] = field(default_factory=dict)
    inputs: dict[str, list[Arg]] = field(default_factory=dict)
    asynchronous: bool = False
    errors: bool = False

    def possible(self, name: str) -> list[str]:
        kind = self.types[name]
        if kind.kind == "object":
            return [name]
        if kind.kind == "union":
            return kind.members
        return [t.name for t in self.types.values() if t.kind == "object" and name in t.interfaces]


def named(ref: Any) -> str:
    while isinstance(ref, tuple):
        ref = ref[1]
    return ref


def wrap(draw: Draw, ref: Any, lists: int = 2) -> Any:
    if draw.chance(25):
        ref = ("!", ref)
    while lists and draw.chance(30):
        lists -= 1
        ref = ("list", ref)
        if draw.chance(25):
            ref = ("!", ref)
    return ref


def draw_error(draw: Draw) -> tuple[str, int]:
    return draw.pick(ERRORS), draw.below(3)


def draw_program(draw: Draw, model: Model, ref: Any, depth: int = 0) -> Any:
    """What a value of the type is; anything may be awaited or fail."""
    if model.asynchronous and depth < 4 and draw.chance(30):
        inner = draw_program(draw, model, ref, depth + 1)
        return inner if inner[0] == "await" else ("await", draw.pick(AWAITS), draw.below(4), inner)
    if model.errors and draw.chance(5):
        return (draw.pick(("raise", "return", "raise")), draw_error(draw))
    nullable = True
    if isinstance(ref, tuple) and ref[0] == "!":
        ref, nullable = ref[1], False
    if draw.chance(12 if nullable else (2 if model.errors else 0)):
        return ("null",)
    if isinstance(ref, tuple):
        if model.errors and draw.chance(3):
            return ("bad", draw.pick(("text", 5, {"a": 1})))
        kinds = ["list", "list", "tuple", "generator"]
        kinds += ["stream"] if model.asynchronous else []
        kinds += ["breaks"] if model.errors else []
        items = [draw_program(draw, model, ref[1], depth + 1) for _ in range(draw.pick((2, 1, 0, 3, 4)))]
        return ("list", draw.pick(kinds), items)
    if ref in LEAVES:
        if model.errors and draw.chance(6):
            return ("bad", draw.pick(BAD[ref]))
        good = [v for v in GOOD[ref] if v is not None or nullable]
        return ("value", draw.pick(good))
    if model.errors and draw.chance(2):
        return ("bad", draw.pick((5, "text")))
    return ("object", draw.pick(model.possible(ref)))


def plain_program(draw: Draw, ref: Any) -> Any:
    """Of a plain attribute: there from the start, without effects."""
    if isinstance(ref, tuple) and ref[0] == "!":
        ref = ref[1]
    elif draw.chance(15):
        return ("null",)
    if isinstance(ref, tuple):
        return ("list", "list", [plain_program(draw, ref[1]) for _ in range(draw.count(0, 3))])
    return ("value", draw.pick([v for v in GOOD[ref] if v is not None]))


def draw_input_type(draw: Draw, model: Model) -> Any:
    names = [*LEAVES, *model.inputs]
    return wrap(draw, draw.pick(names), 1)


def draw_args(draw: Draw, model: Model, most: int = 2) -> list[Arg]:
    args = []
    for i in range(draw.count(0, most) if draw.chance(40) else 0):
        arg = Arg(f"a{i}", draw_input_type(draw, model))
        if draw.chance(30) and named(arg.type) not in model.inputs:
            arg.default, arg.has_default = draw_input(draw, model, arg.type, 0), True
        args.append(arg)
    return args


class Enum(str):
    """The name of an enum value, as a literal in text."""


def draw_input(draw: Draw, model: Model, ref: Any, bad: int) -> Any:
    """A value for an input type, as JSON with Enum; `bad` percent of the leaves do not fit."""
    if isinstance(ref, tuple) and ref[0] == "!":
        ref = ref[1]
    elif draw.chance(10):
        return None
    if draw.chance(bad):
        return draw.pick(("bad", 1.5, [[]], {"z": 1}, True))
    if isinstance(ref, tuple):
        if draw.chance(15):
            return draw_input(draw, model, ref[1], bad)
        return [draw_input(draw, model, ref[1], bad) for _ in range(draw.count(0, 2))]
    if ref in model.inputs:
        return {
            a.name: draw_input(draw, model, a.type, bad)
            for a in model.inputs[ref]
            if (isinstance(a.type, tuple) and a.type[0] == "!" and not a.has_default) or draw.chance(60)
        }
    if ref == "Color":
        return Enum(draw.pick(tuple(COLORS)))
    if ref == "Opaque":
        return draw.pick(("o", 5, [1, 2], {"k": [True]}))
    return draw.pick(
        {"Int": (1, 0, -5), "String": ("s", "", 'q"\n'), "Float": (1.5, 2, -0.25), "Boolean": (True, False), "ID": ("i", 4)}[ref]
    )


def draw_field(draw: Draw, model: Model, name: str, ref: Any) -> Field:
    leaf = named(ref) in LEAVES
    how = draw.pick(
        ("attribute", "property", "resolver", "method", "resolver") if leaf else ("property", "resolver", "method", "resolver")
    )
    if how == "attribute":
        return Field(name, ref, [], how, [plain_program(draw, ref) for _ in range(draw.count(1, 2))])
    args = draw_args(draw, model) if how in ("resolver", "method") else []
    return Field(name, ref, args, how, [draw_program(draw, model, ref) for _ in range(draw.count(1, 3))])


def draw_fields(
    draw: Draw, model: Model, names: list[str], letter: str, objects: int, leaves: int, least: int = 0
) -> list[Field]:
    fields = [draw_field(draw, model, f"{letter}{i}", wrap(draw, draw.pick(LEAVES))) for i in range(draw.count(1, leaves))]
    fields += [draw_field(draw, model, f"{letter}x{i}", wrap(draw, draw.pick(names))) for i in range(draw.count(least, objects))]
    return fields


def draw_model(draw: Draw) -> Model:
    model = Model(asynchronous=draw.chance(60), errors=draw.chance(60))
    for i in range(draw.count(0, 2)):
        leaves = [Arg(f"i{j}", draw_input_type(draw, model)) for j in range(draw.count(1, 3))]
        for arg in leaves:
            if draw.chance(25) and named(arg.type) not in model.inputs:
                arg.default, arg.has_default = draw_input(draw, model, arg.type, 0), True
        model.inputs[f"In{i}"] = leaves
    objects = [f"T{i}" for i in range(draw.count(1, 4))]
    interfaces = [f"I{i}" for i in range(draw.count(0, 2))]
    flavors, tells = ("class", "dict", "slots"), ("typename", "resolve", "is_type_of", "awaited", "wrong")
    for name in objects:
        kinds = [i for i in interfaces if draw.chance(60)]
        model.types[name] = Type(name, "object", interfaces=kinds, flavor=draw.pick(flavors))
    for name in interfaces:
        model.types[name] = Type(name, "interface", tells=draw.pick(tells[: 5 if model.errors and model.asynchronous else 3]))
    for i in range(draw.count(0, 1)):
        members = [o for o in objects if draw.chance(60)] or objects[:1]
        model.types[f"U{i}"] = Type(f"U{i}", "union", members=members, tells=draw.pick(tells[:3]))
    targets = [n for n in model.types if model.possible(n)]
    for name in interfaces:
        model.types[name].fields = draw_fields(draw, model, targets, f"{name.lower()}f", 1, 2)
    for name in objects:
        own = draw_fields(draw, model, targets, f"{name.lower()}f", 3, 4)
        for interface in model.types[name].interfaces:
            own += [Field(f.name, f.type, f.args, f.how, [*f.programs]) for f in model.types[interface].fields]
        model.types[name].fields = own
    for name in ("Query", "Mutation"):
        model.types[name] = Type(name, "object", draw_fields(draw, model, targets, name[0].lower(), 4, 3, 1))
    fields = draw_fields(draw, model, targets, "s", 1, 1)
    for f in fields:
        f.how, f.stream = "resolver", True
    model.types["Subscription"] = Type("Subscription", "object", fields)
    return model
