"""A case: a schema, an operation, options; how it is run by one engine, and what differs between two runs.

What must be equal: the data with the order of its keys; for what runs without waiting, the errors in their order and all effects in their order. Once
something waits, the reference promises less: errors come in any order (3.2 sorts them), and when null takes away a part of the response that other awaitables
were working on, which of the errors inside is told depends on how the event loop took turns. Then each engine must tell an error for each such
null, of those that the request can have (`Case.possible_errors`).

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import graphql
from graphql import ExecutionResult, GraphQLError, GraphQLSchema
from graphql.execution import MiddlewareManager

from .build import Builder, make_classes
from .draw import Draw
from .model import Model, Type, draw_model
from .query import Query
from .world import World, current

Execute = Callable[..., Any]


LARGEST = 2000
TURNS = 24
"""Of the loop after each request, for what goes on in the background."""


class TooLarge(Exception):
    """The response of the case would be so large that running it takes seconds."""


@dataclass
class Outcome:
    data: Any
    errors: list[tuple[Any, ...]]
    log: list[Any]
    batches: int
    raised: str
    """The exception that came out of the call itself."""
    unstarted: int
    unfinished: int
    """Coroutines that were never started, or left in the middle."""
    events: list[Any]
    """Of a subscription: data and errors of each event."""


def describe(error: GraphQLError) -> tuple[Any, ...]:
    original = error.original_error
    return (
        error.message,
        tuple(error.path or ()),
        tuple((place.line, place.column) for place in error.locations or ()),
        repr(error.extensions),
        type(original).__name__ if original else None,
        len(error.nodes or ()),
        str(error),
    )


HOOKS = [("calls",), ("awaits",), ("awaits", "calls"), ("calls", "awaits"), ("waits",), ("waits", "awaits")]
"""What the middlewares of a request do, the innermost first. All but "calls" are asynchronous."""


def make_hook(kind: str, world: World) -> Any:
    def log(source: Any, info: Any) -> None:
        world.event(getattr(source, "group", ()), "middleware", kind, tuple(info.path.as_list()))

    def calls(following: Any, source: Any, info: Any, **arguments: Any) -> Any:
        log(source, info)
        return following(source, info, **arguments)

    async def awaits(following: Any, source: Any, info: Any, **arguments: Any) -> Any:
        log(source, info)
        value = following(source, info, **arguments)
        return await value if inspect.isawaitable(value) else value

    class Waits:
        async def resolve(self, following: Any, source: Any, info: Any, **arguments: Any) -> Any:
            log(source, info)
            for _ in range(len(info.path.key) % 3 if isinstance(info.path.key, str) else 0):
                await asyncio.sleep(0)
            value = following(source, info, **arguments)
            return await value if inspect.isawaitable(value) else value

    return {"calls": calls, "waits": Waits()}.get(kind, awaits)


class Case:
    ordered = True
    """Whether what is awaited tells its group, so that effects within a group come in order."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.model = draw_model(draw)
        query = Query(draw, self.model)
        self.text = query.operation()
        self.variables = query.values
        self.options = {
            "middleware": draw.chance(10),
            "field_resolver": draw.chance(10),
            "type_resolver": draw.chance(10),
            "is_awaitable": draw.chance(5),
            "sync": draw.chance(30) and not self.model.asynchronous,
        }
        hooks = draw.pick(HOOKS)
        self.options["hooks"] = () if not self.options["middleware"] else hooks if not self.options["sync"] else HOOKS[0]
        builder = Builder(self.model)
        self.schema = builder.schema()
        self.defaults = builder.defaults
        self.document = graphql.parse(self.text)
        if query.size(self.document) > LARGEST:
            raise TooLarge
        self.invalid = graphql.validate(self.schema, self.document)

    @property
    def asynchronous(self) -> bool:
        return self.model.asynchronous or any(hook != "calls" for hook in self.options.get("hooks", ()))

    @property
    def staggered(self) -> bool:
        """Whether awaitables take different numbers of turns: then the loop decides what a data loader sees at once."""
        return "waits" in self.options.get("hooks", ()) or bool(re.search(r"'await', '\w+', [1-9]", repr(self.model)))

    @property
    def subscription(self) -> bool:
        return self.text.startswith("subscription")

    def arguments(self, world: World, engine: str) -> dict[str, Any]:
        root = "Mutation" if self.text.startswith("mutation") else "Query"
        arguments: dict[str, Any] = {
            "root_value": world.make(root, (), (), 0),
            "context_value": world,
            "variable_values": copy.deepcopy(self.variables),
        }

        def field_resolver(source: Any, info: Any, **arguments: Any) -> Any:
            world.event(getattr(source, "group", ()), "field_resolver", tuple(info.path.as_list()))
            return graphql.default_field_resolver(source, info, **arguments)

        def type_resolver(value: Any, info: Any, type_: Any) -> Any:
            world.event(getattr(value, "group", ()), "type_resolver", type_.name)
            return graphql.default_type_resolver(value, info, type_)

        def is_awaitable(value: Any) -> bool:
            return inspect.isawaitable(value)

        if self.options["middleware"] and not self.subscription:
            arguments["middleware"] = MiddlewareManager(*(make_hook(kind, world) for kind in self.options["hooks"]))
        if self.options["field_resolver"]:
            arguments["field_resolver"] = field_resolver
        if self.options["type_resolver"] and not self.subscription:
            arguments["type_resolver"] = type_resolver
        if self.options["is_awaitable"] and not self.options["sync"] and not self.subscription:
            arguments["is_awaitable"] = is_awaitable
        return arguments

    def run(self, engine: Any, schema: GraphQLSchema | None = None, loop: asyncio.AbstractEventLoop | None = None) -> Outcome:
        """`engine` has execute, execute_sync, subscribe with graphql-core's signatures."""
        world = World(self.model)
        world.classes = make_classes(self.model)
        world.kept = self.defaults
        outcome = Outcome(None, [], world.log, 0, "", 0, 0, [])
        arguments = self.arguments(world, engine)
        try:
            result = self.start(engine, schema or self.schema, arguments, loop or shared_loop(), outcome)
        except Exception as error:
            outcome.raised = f"{type(error).__name__}: {error}"
            result = None
        if isinstance(result, ExecutionResult):
            outcome.data = result.data
            outcome.errors = [describe(e) for e in result.errors or ()]
        outcome.unstarted, outcome.unfinished = world.finish()
        outcome.batches = world.batches
        return outcome

    def start(
        self, engine: Any, schema: GraphQLSchema, arguments: dict[str, Any], loop: asyncio.AbstractEventLoop, outcome: Outcome
    ) -> Any:
        if not self.asynchronous:
            return (engine.execute_sync if self.options["sync"] else engine.execute)(schema, self.document, **arguments)

        async def request() -> Any:
            current.set(())
            if not self.subscription:
                result = engine.execute(schema, self.document, **arguments)
                result = await result if inspect.isawaitable(result) else result
            else:
                result = engine.subscribe(schema, self.document, **arguments)
                result = await result if inspect.isawaitable(result) else result
                if not isinstance(result, ExecutionResult):
                    async for event in result:
                        outcome.events.append((repr(event.data), sorted(describe(e) for e in event.errors or ())))
                    result = None
            for _ in range(TURNS):
                await asyncio.sleep(0)
            return result

        return loop.run_until_complete(request())

    def possible_errors(self, engine: Any) -> set[tuple[Any, ...]]:
        """Errors of the same request over a schema without non-null types: nothing hides another error there."""
        builder = Builder(self.model)
        strict = builder.type
        builder.type = lambda ref: strict(ref[1] if isinstance(ref, tuple) and ref[0] == "!" else ref)  # type: ignore[method-assign]
        plain = Builder.__new__(Builder)
        plain.__dict__ = {**builder.__dict__, "named": dict(Builder(self.model).named)}
        arguments = Builder.argument
        plain.type = lambda ref: Builder.type(plain, ref[1] if isinstance(ref, tuple) and ref[0] == "!" else ref)  # type: ignore[method-assign]
        plain.argument = lambda arg: arguments(builder_of_inputs, arg)  # type: ignore[method-assign]
        builder_of_inputs = Builder(self.model)
        builder_of_inputs.named = plain.named
        outcome = self.run(engine, schema=plain.schema())
        return Anything() if broken_reference(outcome) else {e[:3] for e in outcome.errors}


class Anything(set[Any]):
    """Takes part in differences of sets as the set of everything."""

    def __rsub__(self, other: Any) -> Any:
        return set()


loops: list[asyncio.AbstractEventLoop] = []


def shared_loop() -> asyncio.AbstractEventLoop:
    if not loops:
        loops.append(asyncio.new_event_loop())
    return loops[0]


def broken_reference(outcome: Outcome) -> bool:
    """graphql-core 3.2 can leave coroutines in its data: an asynchronous iterable of lists with awaitables."""
    unserializable = "Object of type coroutine is not JSON serializable" in outcome.raised
    return unserializable or "<coroutine object" in repr(outcome.data) or "<coroutine object" in repr(outcome.events)


def null_place(data: Any, path: Sequence[Any]) -> tuple[Any, ...]:
    """The place on the way to `path` that is null, or all of it."""
    at, place = data, ()
    for key in path:
        if at is None:
            break
        try:
            at = at[key]
        except (KeyError, IndexError, TypeError):
            break
        place = (*place, key)
    return place


def order_of(data: Any) -> Any:
    """With the order of keys, and types of leaves."""
    if isinstance(data, dict):
        return ("object", [(k, order_of(v)) for k, v in data.items()])
    if isinstance(data, list):
        return ["list", *map(order_of, data)]
    return type(data).__name__, repr(data)


def by_group(log: Sequence[Any]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for group, what in log:
        groups.setdefault(group, []).append(what)
    return groups


def differences(case: Case, reference: Outcome, ours: Outcome, engine: Any) -> list[str]:
    """In words; none means equal."""
    found = []
    if order_of(reference.data) != order_of(ours.data):
        found.append(f"data: {reference.data!r}\n   != {ours.data!r}")
    if reference.raised != ours.raised:
        found.append(f"raised: {reference.raised} != {ours.raised}")
    if reference.events != ours.events:
        found.append(f"events: {reference.events}\n     != {ours.events}")
    waits = any(group for group, _ in [*reference.log, *ours.log]) or case.asynchronous
    propagated = False
    if not waits:
        if reference.errors != ours.errors:
            found.append(f"errors: {reference.errors}\n     != {ours.errors}")
    else:
        propagated = compare_waiting(case, reference, ours, engine, found)
    # graphql-core 3.2 calls the later root fields of a mutation before the earlier ones have ended
    early = graphql.version_info < (3, 3) and case.text.startswith("mutation")
    hooked = any(hook != "calls" for hook in case.options.get("hooks", ()))
    compare_logs(reference, ours, waits, propagated, found, case.ordered and not early and not hooked)
    # graphql-core 3.3 stops reading an asynchronous iterable at an item that fails for good; Gyrfalcon has read it all by then
    reads_on = graphql.version_info >= (3, 3) and propagated and "'stream'" in repr(case.model)
    if ours.unstarted > reference.unstarted and not reads_on:
        found.append(f"coroutines never started: {reference.unstarted} != {ours.unstarted}")
    if ours.unfinished > reference.unfinished:
        found.append(f"coroutines left in the middle: {reference.unfinished} != {ours.unfinished}")
    if ours.batches > reference.batches and not propagated and not case.staggered:
        found.append(f"batches: {reference.batches} != {ours.batches}")
    return found


def compare_waiting(case: Case, reference: Outcome, ours: Outcome, engine: Any, found: list[str]) -> bool:
    """The errors, once something waits. True if an error took away more than a field of its own: null, or a list that breaks."""
    both = [*reference.errors, *ours.errors]
    taken = {null_place(reference.data, e[1]) for e in both if null_place(reference.data, e[1]) != e[1]}
    sharp = [[e for e in o.errors if not any(e[1][: len(t)] == t for t in taken)] for o in (reference, ours)]
    if sorted(sharp[0], key=repr) != sorted(sharp[1], key=repr):
        found.append(f"errors: {sharp[0]}\n     != {sharp[1]}")
    possible = None
    for place in taken:
        inside = [{e[:3] for e in o.errors if e[1][: len(place)] == place} for o in (reference, ours)]
        if inside[0] == inside[1]:
            continue
        elsewhere = any(e[1][:1] == ("else",) for e in both)  # an error that says itself where it is may be the one
        if not (inside[1] and inside[0] or elsewhere):
            found.append(f"errors under {place}: {inside[0]}\n     != {inside[1]}")
        possible = case.possible_errors(engine) if possible is None else possible
        odd = {e for e in inside[1] - inside[0] - possible if "Cannot return null for non-nullable" not in e[0]}
        if odd:
            found.append(f"impossible errors under {place}: {odd}, possible: {possible}")
    broken = any("the list breaks" in e[0] for e in both)
    return bool(taken) or broken or case.subscription and any(event[1] for event in reference.events)


def compare_logs(reference: Outcome, ours: Outcome, waits: bool, propagated: bool, found: list[str], ordered: bool) -> None:
    if not waits:
        if reference.log != ours.log:
            found.append(first_difference("effects", reference.log, ours.log))
        return
    if propagated:
        return
    # Which of two groups is the first to change a value that they share is up to the loop: only the number of changes seen counts.
    if changes_seen(reference.log) != changes_seen(ours.log):
        found.append(f"changes seen in shared values: {changes_seen(reference.log)} != {changes_seen(ours.log)}")
    theirs, mine = ({group: list(map(unchanged, log)) for group, log in by_group(o.log).items()} for o in (reference, ours))
    for group in theirs.keys() | mine.keys():
        if not ordered and sorted(map(repr, theirs.get(group, []))) == sorted(map(repr, mine.get(group, []))):
            continue
        if theirs.get(group) != mine.get(group):
            found.append(first_difference(f"effects of {group}", theirs.get(group, []), mine.get(group, [])))


def changes_seen(log: Sequence[Any]) -> int:
    return sum(part.count("'spoilt'") for _, what in log for part in what if isinstance(part, str))


def unchanged(what: tuple[Any, ...]) -> tuple[Any, ...]:
    """An effect without what `spoil` has added to its arguments."""
    return tuple(re.sub(r"(, )?'spoilt'(: True)?", "", part) if isinstance(part, str) else part for part in what)


def first_difference(what: str, theirs: Sequence[Any], mine: Sequence[Any]) -> str:
    for at, pair in enumerate(zip(theirs, mine, strict=False)):
        if pair[0] != pair[1]:
            return f"{what}, at {at}: {pair[0]} != {pair[1]}"
    at = min(len(theirs), len(mine))
    return f"{what}, at {at}: {list(theirs[at : at + 2])} != {list(mine[at : at + 2])}"


def show(case: Case) -> str:
    """Enough to see what the case is: the operation, and the fields that it names."""
    lines = [case.text, f"variables: {case.variables}", f"options: {case.options}"]
    for type_ in case.model.types.values():
        for field in type_.fields:
            if re.search(rf"\b{field.name}\b", case.text):
                arguments = ", ".join(f"{a.name}: {a.type}" for a in field.args)
                head = f"{type_.kind} {type_.name} ({type_.flavor}, {type_.tells}).{field.name}({arguments}): {field.type}"
                lines.append(f"{head} {field.how} {field.programs}")
    return "\n".join(lines)


__all__ = ["Case", "Draw", "Model", "Outcome", "TooLarge", "Type", "broken_reference", "differences", "show"]
