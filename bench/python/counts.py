"""What one query makes: tasks, turns of the event loop, callbacks scheduled, functions called; and memory of a request.

    calls       functions called, in Python and C, as a profiler counts them
    tasks       made by the event loop's create_task; in brackets, the most that all_tasks() told at once
    turns       of the event loop until the result is there
    callbacks   call_soon
    traced      KiB at the highest, of what Python's allocators gave (tracemalloc)
    resident    KiB that a process of its own grew by at the highest, over 20 requests (VmHWM), plan included; the schema has
                answered another query by then

SPDX-License-Identifier: Apache-2.0
"""

import asyncio
import cProfile
import gc
import pstats
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import blog
import strawberry
from engines import data_of, graphql_core, gyrfalcon_dict, gyrfalcon_json, native_only, once, strawberry_execution
from graphql import GraphQLSchema, parse
from measure import Engine, Table, checked, versions

REQUESTS = 20
MODES = {
    "no suspension": ("simple", "full", "full x10", *blog.LISTS),
    "sleep(0)": ("simple", "full", "full x10"),
    "futures": (*blog.SIX_LEVELS, "full x10"),
}


class Counts:
    def __init__(self) -> None:
        self.tasks = self.alive = self.turns = self.callbacks = 0


class Loop(asyncio.SelectorEventLoop):
    """Counts; its turns are those that the test's own callbacks see."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = Counts()

    def _run_once(self) -> None:
        self.counts.turns += 1
        self.counts.alive = max(self.counts.alive, len(asyncio.all_tasks(self)))
        super()._run_once()

    def call_soon(self, *args: Any, **kwargs: Any) -> Any:
        self.counts.callbacks += 1
        return super().call_soon(*args, **kwargs)

    def create_task(self, *args: Any, **kwargs: Any) -> Any:
        self.counts.tasks += 1
        return super().create_task(*args, **kwargs)


async def nothing() -> None: ...


def counted(work: Callable[[], Any]) -> Counts:
    loop = Loop()
    try:
        loop.run_until_complete(once(work))
        loop.counts = Counts()
        loop.run_until_complete(nothing())
        idle = loop.counts
        loop.counts = Counts()
        loop.run_until_complete(once(work))
    finally:
        loop.close()
    for name, value in vars(idle).items():  # what running anything costs
        setattr(loop.counts, name, getattr(loop.counts, name) - value)
    return loop.counts


def calls(work: Callable[[], Any]) -> int:
    async def profiled() -> int:
        profile = cProfile.Profile()
        await once(work)
        profile.enable()
        result = work()
        if asyncio.iscoroutine(result) or asyncio.isfuture(result):
            await result
        profile.disable()
        return pstats.Stats(profile).total_calls

    return asyncio.run(profiled())


def traced(work: Callable[[], Any]) -> float:
    async def run() -> float:
        await once(work)
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        result = await once(work)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        del result
        return (peak - before) / 1024

    return asyncio.run(run())


def status_of(name: str) -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name))


def grown(engine: str, name: str, mode: str) -> None:
    """Prints what the high-water mark of this process rises by; other queries must not have run in it."""
    schemas = strawberry.Schema(blog.Query), blog.graphql_core_schema()
    (first,) = (e.work for e in engines_of("{ __typename }", mode, *schemas) if e.name == engine)
    (work,) = (e.work for e in engines_of(blog.QUERIES[name], mode, *schemas) if e.name == engine)
    asyncio.run(once(first))
    gc.collect()
    with open("/proc/self/clear_refs", "w") as marks:
        marks.write("5")
    before = status_of("VmRSS:")

    async def run() -> None:
        for _ in range(REQUESTS):
            await once(work)

    asyncio.run(run())
    print(status_of("VmHWM:") - before)


def resident(*which: str) -> float:
    done = subprocess.run([sys.executable, "-B", __file__, *which], stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout)


def engines_of(query: str, mode: str, schema: strawberry.Schema, core_schema: GraphQLSchema) -> list[Engine]:
    blog.set_mode(mode)
    document = parse(query)
    return [
        Engine("graphql-core", graphql_core(core_schema, document)),
        Engine("Strawberry", strawberry_execution(schema, document)),
        Engine("Gyrfalcon, dicts", gyrfalcon_dict(schema._schema, document), runs="native"),
        Engine("Gyrfalcon, JSON", gyrfalcon_json(schema._schema, document), runs="native"),
    ]


def main() -> None:
    table = Table(f"counts on graphql-core {version('graphql-core')}")
    print(f"\none query ({versions()})")
    print(
        f"{'workload':<26} {'engine':<18} {'calls':>9} {'tasks':>12} {'turns':>6} {'callbacks':>9} {'traced':>9} {'resident':>9}"
    )
    rows = [(name, mode) for mode, names in MODES.items() for name in names]
    for name, mode in rows:
        workload = name if name in blog.LISTS else f"{name}, {mode}"
        wanted = None
        for engine in engines_of(blog.QUERIES[name], mode, strawberry.Schema(blog.Query), blog.graphql_core_schema()):
            engine.result = data_of
            got = asyncio.run(checked(engine, workload))
            wanted = wanted or got
            if got != wanted:
                raise SystemExit(f"{workload}: {engine.name} gives another result")
            work, count = engine.work, counted(engine.work)
            figures = {
                "calls": calls(work),
                **vars(count),
                "traced": traced(work),
                "resident": resident(engine.name, name, mode),
            }
            tasks = f"{count.tasks} ({count.alive})"
            print(
                f"{workload:<26} {engine.name:<18} {figures['calls']:>9} {tasks:>12} {count.turns:>6} {count.callbacks:>9} "
                f"{figures['traced']:>9.0f} {figures['resident']:>9.0f}",
                flush=True,
            )
            for unit, value in figures.items():
                table.json(workload, engine.name, unit, value)


with native_only():
    grown(*sys.argv[1:]) if len(sys.argv) > 1 else main()
