"""Random operations over a model: aliases, fragments, conditions, variables, arguments; and values for the variables.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .draw import Draw
from .model import LEAVES, Arg, Enum, Model, Type, draw_input, named


def type_text(ref: Any) -> str:
    if not isinstance(ref, tuple):
        return str(ref)
    return f"{type_text(ref[1])}!" if ref[0] == "!" else f"[{type_text(ref[1])}]"


def literal(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(literal(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {literal(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)


@dataclass
class Query:
    draw: Draw
    model: Model
    variables: dict[str, tuple[Any, str]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)
    calls: dict[str, list[str]] = field(default_factory=dict)
    budget: int = 40

    def variable(self, ref: Any) -> str:
        """A variable of the type, new or used before, with or without a default and a value."""
        draw = self.draw
        for name, (known, _) in self.variables.items():
            if known == ref and draw.chance(50):
                return f"${name}"
        name = f"v{len(self.variables)}"
        default = ""
        if draw.chance(25) and not (isinstance(ref, tuple) and ref[0] == "!"):
            default = f" = {literal(draw_input(draw, self.model, ref, 0))}"
        self.variables[name] = (ref, default)
        if draw.chance(98 if isinstance(ref, tuple) and ref[0] == "!" else 80):
            self.values[name] = plain(draw_input(draw, self.model, ref, 4 if self.model.errors else 0))
        return f"${name}"

    def arguments(self, args: list[Arg]) -> str:
        draw, parts = self.draw, []
        for arg in args:
            required = isinstance(arg.type, tuple) and arg.type[0] == "!" and not arg.has_default
            if not required and draw.chance(25):
                continue
            if draw.chance(45):
                parts.append(f"{arg.name}: {self.variable(arg.type)}")
            else:
                parts.append(f"{arg.name}: {self.literal_for(arg.type)}")
        return f"({', '.join(parts)})" if parts else ""

    def literal_for(self, ref: Any) -> str:
        """A literal, now and then with a variable inside."""
        draw = self.draw
        inner = ref[1] if isinstance(ref, tuple) and ref[0] == "!" else ref
        if isinstance(inner, tuple) and inner[0] == "list" and draw.chance(30):
            return f"[{self.variable(inner[1])}]"
        if inner in self.model.inputs and draw.chance(40):
            fields = self.model.inputs[inner]
            parts = [
                f"{a.name}: {self.variable(a.type) if draw.chance(50) else literal(draw_input(draw, self.model, a.type, 0))}"
                for a in fields
            ]
            return "{" + ", ".join(parts) + "}"
        return literal(draw_input(draw, self.model, ref, 0))

    def conditions(self) -> str:
        draw = self.draw
        if not draw.chance(12):
            return ""
        name = draw.pick(("skip", "include"))
        return f" @{name}(if: {self.variable(('!', 'Boolean')) if draw.chance(60) else draw.pick(('false', 'true'))})"

    def selections(self, type_: Type, depth: int) -> str:
        draw, parts = self.draw, []
        for _ in range(draw.count(1, 6 if depth < 2 else 4)):
            self.budget -= 1
            choice = draw.below(15) if depth < 6 and self.budget > 0 else 0
            if type_.kind == "union" or choice == 1:
                parts.append(self.inline(type_, depth) if depth < 7 and self.budget > 0 else "__typename")
            elif choice == 2:
                parts.append(self.spread(type_, depth))
            elif choice == 3:
                parts.append(draw.pick(("__typename", "kind: __typename")))
            else:
                parts.append(self.field(type_, depth, choice))
        return "{ " + " ".join(parts) + " }"

    def field(self, type_: Type, depth: int, choice: int) -> str:
        draw = self.draw
        fields = [
            f for f in type_.fields if choice >= 9 and named(f.type) not in LEAVES or choice < 9 and named(f.type) in LEAVES
        ] or type_.fields
        chosen = draw.pick(fields)
        arguments = self.arguments(chosen.args)
        used = self.calls.setdefault(chosen.name, [""])
        if arguments not in used:
            used.append(arguments)
        key = f"{chosen.name}_{used.index(arguments)}" if used.index(arguments) else ""
        alias = f"{draw.pick(('p', 'q'))}_{key or chosen.name}: " if draw.chance(20) else key and f"{key}: "
        text = f"{alias}{chosen.name}{arguments}{self.conditions()}"
        if named(chosen.type) in LEAVES:
            return text
        target = self.model.types[named(chosen.type)]
        return f"{text} {self.selections(target, depth + 1) if depth < 7 and self.budget > 0 else '{ __typename }'}"

    def condition_type(self, type_: Type) -> Type:
        own = set(self.model.possible(type_.name))
        fitting = [
            t
            for t in self.model.types.values()
            if own & set(self.model.possible(t.name)) and t.name not in ("Query", "Mutation", "Subscription")
        ]
        return self.draw.pick([type_, *fitting])

    def inline(self, type_: Type, depth: int) -> str:
        if type_.kind != "union" and self.draw.chance(25):
            return f"...{self.conditions()} {self.selections(type_, depth + 1)}"
        target = self.condition_type(type_)
        return f"... on {target.name}{self.conditions()} {self.selections(target, depth + 1)}"

    def spread(self, type_: Type, depth: int) -> str:
        target = self.condition_type(type_)
        known = [n for n, text in self.fragments.items() if text.startswith(f"fragment {n} on {target.name} ")]
        if known and self.draw.chance(50):
            return f"...{self.draw.pick(known)}{self.conditions()}"
        name = f"F{len(self.fragments)}x{self.budget}"
        body = self.selections(target, depth + 1)
        self.fragments[name] = f"fragment {name} on {target.name} {body}"
        return f"...{name}{self.conditions()}"

    def size(self, document: Any) -> int:
        """How many objects and lists the response can have at most, so far as the programs tell."""
        spread: dict[str, int] = {}
        for type_ in self.model.types.values():
            for f in type_.fields:
                spread[f.name] = max(spread.get(f.name, 0), *(repr(p).count("'object'") for p in f.programs))
        fragments = {d.name.value: d for d in document.definitions if d.kind == "fragment_definition"}

        def of(node: Any) -> int:
            if node.kind == "fragment_spread":
                node = fragments[node.name.value]
            inside = sum(map(of, node.selection_set.selections)) if node.selection_set else 0
            return spread.get(node.name.value, 0) * (1 + inside) if node.kind == "field" else inside

        return of(document.definitions[0])

    def operation(self) -> str:
        kind = self.draw.pick(
            (
                "query",
                "query",
                "query",
                "query",
                "query",
                "query",
                "mutation",
                "mutation",
                "subscription" if self.model.asynchronous else "query",
            )
        )
        root = self.model.types[kind.capitalize()]
        body = "{ " + self.field(root, 0, draw_root(self.draw)) + " }" if kind == "subscription" else self.selections(root, 0)
        variables = ", ".join(f"${n}: {type_text(ref)}{default}" for n, (ref, default) in self.variables.items())
        head = f"{kind} Op({variables})" if variables else f"{kind} Op"
        return "\n".join([f"{head} {body}", *self.fragments.values()])


def draw_root(draw: Draw) -> int:
    return draw.pick((4, 9))


def plain(value: Any) -> Any:
    """As it comes from JSON."""
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value
