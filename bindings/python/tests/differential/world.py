"""Runs the programs of a model: objects, awaitables, errors, and a log of everything that can be observed.

Every event carries the *group* it belongs to: the place of the awaitable after which it must come, () for what happens before anything was
awaited. Within a group the reference promises the order of events; between groups only that each follows the event its group began with.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLError

Place = tuple[Any, ...]
current: contextvars.ContextVar[Place] = contextvars.ContextVar("current", default=())


class OddError(Exception):
    def __str__(self) -> str:
        return "odd é text"


class ExtensionsError(Exception):
    extensions = {"code": 7}


def make_error(spec: tuple[str, int]) -> Exception:
    kind, n = spec
    if kind == "graphql":
        return GraphQLError(f"told {n}")
    if kind == "extended":
        return GraphQLError(f"told {n}", extensions={"n": n, "s": ["x"]})
    if kind == "located":
        return GraphQLError(f"placed {n}", path=["else", n])
    if kind == "extensions":
        return ExtensionsError(f"code {n}")
    return {"value": ValueError, "key": KeyError, "timeout": TimeoutError, "lookup": OddError}[kind](f"broken {n}")


class Custom:
    """An awaitable that is no coroutine and no future."""

    def __init__(self, coroutine: Any) -> None:
        self.coroutine = coroutine

    def __await__(self) -> Iterator[Any]:
        return self.coroutine.__await__()

    def __repr__(self) -> str:
        return "Custom"


class World:
    """One run. Nothing in it is shared with another run."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.classes: dict[str, type] = {}
        self.log: list[Any] = []
        self.seen: dict[Any, int] = {}
        self.loads: list[Any] = []
        self.tasks: dict[Place, Any] = {}
        self.batches = 0
        self.coroutines: list[Any] = []
        self.kept: dict[int, Any] = {}

    def event(self, group: Place, *what: Any) -> None:
        self.log.append((group, what))

    def number(self, key: Any) -> int:
        n = self.seen.get(key, 0)
        self.seen[key] = n + 1
        return n

    def field(self, source: Any, field: Any, arguments: Mapping[str, Any] | None = None, why: str = "") -> Any:
        """The value of a field of an object, with its effects. Raises what the program raises."""
        parent, group, n = (source.place, source.group, source.number) if hasattr(source, "place") else ((), (), 0)
        place = (*parent, (field.name, self.number((parent, field.name))))
        inside = (current.get() == group, self.same_task(group)) if group in self.tasks else ""
        self.event(group, why or field.how, place, repr(arguments) if arguments else "", inside)
        for value in (arguments or {}).values():
            spoil(value, self.kept)
        return self.run(field.programs[(n + len(arguments or ())) % len(field.programs)], place, group, n)

    def same_task(self, group: Place) -> bool:
        return group not in self.tasks or self.tasks[group] is asyncio.current_task()

    def run(self, program: Any, place: Place, group: Place, n: int) -> Any:
        what = program[0]
        if what in ("value", "bad"):
            return program[1]
        if what == "null":
            return None
        if what == "raise":
            raise make_error(program[1])
        if what == "return":
            return make_error(program[1])
        if what == "object":
            return self.make(program[1], place, group, n)
        if what == "list":
            return self.make_list(program[1], program[2], place, group, n)
        return self.make_awaitable(program[1], program[2], program[3], place, n)

    def make(self, name: str, place: Place, group: Place, n: int) -> Any:
        return self.classes[name](self, place, group, n * 3 + len(place))

    def make_list(self, kind: str, items: list[Any], place: Place, group: Place, n: int) -> Any:
        def each() -> Iterator[Any]:
            for i, item in enumerate(items):
                self.event(group, "item", (*place, i))
                yield self.item(item, (*place, i), group, n + i)
            if kind == "breaks":
                raise ValueError("the list breaks")

        async def stream() -> Any:
            for i, item in enumerate(items):
                await asyncio.sleep(0)
                yield self.item(item, (*place, i), (*place, "stream"), n + i)

        if kind == "stream":
            return stream()
        if kind in ("generator", "breaks"):
            return each()
        made = [self.item(item, (*place, i), group, n + i) for i, item in enumerate(items)]
        return tuple(made) if kind == "tuple" else made

    def item(self, program: Any, place: Place, group: Place, n: int) -> Any:
        if program[0] == "raise":
            return make_error(program[1])
        return self.run(program, place, group, n)

    def make_awaitable(self, kind: str, steps: int, program: Any, place: Place, n: int) -> Any:
        inside = (*place, "await")

        async def walk() -> Any:
            self.tasks[inside] = asyncio.current_task()
            current.set(inside)
            self.event(inside, "start")
            for i in range(steps):
                await asyncio.sleep(0)
                self.event(inside, "step", i, current.get() == inside, self.same_task(inside))
            return self.run(program, place, inside, n)

        async def nested() -> Any:
            return await walk()

        async def grouped() -> Any:
            await asyncio.gather(*(asyncio.sleep(0) for _ in range(steps)))
            return await walk()

        async def timed() -> Any:
            async with asyncio.timeout(60):
                return await walk()

        async def load() -> Any:
            got = await self.load(place)
            self.event(inside, "loaded", got == place)
            return await walk()

        if kind in ("future", "task"):
            return self.make_future(kind, steps, program, place, inside, n)
        made = {"nested": nested, "group": grouped, "timeout": timed, "loader": load}.get(kind, walk)()
        self.coroutines.append(made)
        return Custom(made) if kind == "custom" else made

    def finish(self) -> tuple[int, int]:
        """How many coroutines were never started, and how many were left in the middle."""
        states = [inspect.getcoroutinestate(c) for c in self.coroutines]
        for coroutine in self.coroutines:
            coroutine.close()
        return states.count(inspect.CORO_CREATED), states.count(inspect.CORO_SUSPENDED)

    def make_future(self, kind: str, steps: int, program: Any, place: Place, inside: Place, n: int) -> Any:
        """Done at once when steps is 0. What is inside runs in no known context."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def settle(left: int) -> None:
            if left:
                loop.call_soon(settle, left - 1)
                return
            if future.done():
                return
            try:
                future.set_result(self.run(program, place, inside, n))
            except Exception as error:
                future.set_exception(error)
                future.exception()

        settle(steps)
        if kind == "task":

            async def follow() -> Any:
                return await future

            return loop.create_task(follow())
        return future

    def load(self, key: Any) -> Any:
        """A data loader: one batch of all keys asked for before the loop comes round."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self.loads.append((key, future))
        if len(self.loads) == 1:
            loop.call_soon(loop.call_soon, self.dispatch)
        return future

    def dispatch(self) -> None:
        self.batches += 1
        batch, self.loads = self.loads, []
        for key, future in batch:
            if not future.done():
                future.set_result(key)


def spoil(value: Any, kept: Mapping[int, Any]) -> None:
    """Changes what can be changed, but the schema's own values: a later call that is given the same object shows it."""
    if id(value) in kept:
        return
    if isinstance(value, list):
        for item in value:
            spoil(item, kept)
        value.append("spoilt")
    elif isinstance(value, dict):
        for item in list(value.values()):
            spoil(item, kept)
        value["spoilt"] = True
