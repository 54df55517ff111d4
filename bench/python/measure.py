"""Measuring engines side by side: interleaved rounds in one process, on the thread's CPU clock; a table, and rows of JSON.

    async def main():
        table = Table("execution")
        await table.compare("flat 10k x 5", [Engine("Strawberry", work), Engine("Gyrfalcon, dicts", other, runs="native")])

Each round measures every engine once, one after the other: calls for a fixed time, their mean, garbage collection included. What
is printed is the median of the rounds and their interquartile range; a ratio is the median of the rounds' own ratios. The CPU clock
of the thread leaves out what else the machine does. The garbage of one engine is collected before the next one's turn.

All engines of a comparison must give the same result, and Gyrfalcon's counters tell whether each ran where its name says:
whatever falls back, or runs on Gyrfalcon though it is the other side, ends the bench.

Beside a ratio stands what it is meant to be (targets.py).

BENCH_QUICK=1: few rounds. BENCH_JSON=FILE: rows {suite, workload, engine, unit, median, spread, ratio} are appended.

SPDX-License-Identifier: Apache-2.0
"""

import gc
import inspect
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from targets import BESIDE, TARGETS

import gyrfalcon

LONG = 0.5  # seconds: longer samples are not repeated within a round
ALL = 20.0  # seconds for a comparison, about: fewer rounds where it would take longer
QUICK = os.environ.get("BENCH_QUICK", "0") not in ("", "0")
ROUNDS = 3 if QUICK else 9
SECONDS = 0.04 if QUICK else 0.12  # of one engine in one round
SAMPLE = 200e-6  # seconds that one reading of the clock should cover


def nothing() -> None: ...


@dataclass
class Engine:
    name: str
    work: Callable[[], Any]
    """One request: a result, or an awaitable of one."""
    enter: Callable[[], Any] = nothing
    leave: Callable[[], Any] = nothing
    """Around each of its turns, not measured."""
    result: Callable[[Any], Any] = lambda result: result
    """Of what the work gives, what must be equal for all."""
    runs: str = ""
    """Of gyrfalcon.stats(), what must count its calls: "native", "json_bytes"; nothing: it runs on graphql-core."""
    rounds: list[float] = field(default_factory=list)


async def once(engine: Engine) -> Any:
    result = engine.work()
    return await result if inspect.isawaitable(result) else result


async def turn(engine: Engine, times: int) -> float:
    """Seconds of one call: the mean of samples of `times` calls each."""
    count, spent, clock, work = 0, 0.0, time.thread_time, engine.work
    while spent < SECONDS or (count < 3 and spent < LONG):
        start = clock()
        for _ in range(times):
            result = work()
            if inspect.isawaitable(result):
                result = await result
        spent += clock() - start
        result = None
        count += 1
    return spent / (count * times)


async def calibrate(engine: Engine) -> int:
    """How many calls make one sample; warms up, too."""
    times = 1
    while True:
        start = time.thread_time()
        for _ in range(times):
            await once(engine)
        passed = time.thread_time() - start
        if passed >= SAMPLE:
            return times
        times = max(times + 1, min(times * 8, int(times * SAMPLE / max(passed, 1e-9)) + 1))


def quartiles(values: list[float]) -> tuple[float, float]:
    """Median and interquartile range."""
    if len(values) < 2:
        return values[0], 0.0
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return middle, high - low


def times_of(base: Engine, engine: Engine) -> float:
    """How many times as fast as the base the engine is: the median of the rounds' ratios."""
    return statistics.median(b / e for b, e in zip(base.rounds, engine.rounds))


async def checked(engine: Engine, workload: str) -> Any:
    """What the engine gives, once; ends the bench where something else has run it than its name says."""
    before = gyrfalcon.stats()
    result = engine.result(await once(engine))
    after = gyrfalcon.stats()
    for name in ("native", "json_bytes"):
        wanted = engine.runs == name or (name == "native" and engine.runs == "json_bytes")
        if (after[name] > before[name]) != wanted:
            raise SystemExit(f"{workload}: {engine.name}: {name} rises from {before[name]} to {after[name]}")
    return result


def verdict(ratio: float, target: float | None) -> str:
    return "" if target is None else f"{target:>8g}{' below' if ratio < target else ''}"


class Table:
    def __init__(self, suite: str) -> None:
        self.suite = suite
        self.path = os.environ.get("BENCH_JSON")

    def headline(self, unit: str = "us") -> None:
        print(f"\n{self.suite} ({versions()})")
        print(f"{'workload':<34} {'engine':<30} {unit:>12} {'spread':>9} {'times':>8} {'target':>8}", flush=True)

    async def compare(self, workload: str, engines: list[Engine], per: int = 1) -> None:
        """Measures them in turn and prints a row for each, with the ratio to the first. `per`: figures are divided by it."""
        wanted, times = None, {}
        start = time.perf_counter()
        for engine in engines:
            engine.enter()
            got = await checked(engine, workload)
            times[engine.name] = await calibrate(engine)
            engine.leave()
            if engine is engines[0]:
                wanted = got
            elif got != wanted:
                raise SystemExit(f"{workload}: {engine.name} gives another result than {engines[0].name}")
        rounds = ROUNDS
        while len(engines[0].rounds) < rounds:
            for engine in engines:
                engine.enter()
                gc.collect()
                engine.rounds.append(await turn(engine, times[engine.name]))
                engine.leave()
            if time.perf_counter() - start > ALL:
                rounds = min(rounds, max(3, len(engines[0].rounds)))
        by_name = {engine.name: engine for engine in engines}
        for engine in engines:
            median, spread = quartiles([r * 1e6 / per for r in engine.rounds])
            self.row(workload, engine.name, median, spread, times_of(engines[0], engine))
            if beside := BESIDE.get((workload, engine.name)):
                base, target = beside
                self.also(workload, engine.name, base, times_of(by_name[base], engine), target)

    def row(self, workload: str, engine: str, median: float, spread: float, ratio: float) -> None:
        target = TARGETS.get((workload, engine))
        print(
            f"{workload:<34} {engine:<30} {median:>12.2f} {spread:>9.2f} {ratio:>8.2f} {verdict(ratio, target)}",
            flush=True,
        )
        self.json(workload, engine, "us", median, spread, ratio)

    def also(self, workload: str, engine: str, base: str, ratio: float, target: float) -> None:
        print(f"{'':<34} {'  times ' + base:<30} {'':>12} {'':>9} {ratio:>8.2f} {verdict(ratio, target)}", flush=True)
        self.json(workload, engine, f"times {base}", ratio, 0.0, ratio)

    def json(self, workload: str, engine: str, unit: str, median: float, spread: float = 0.0, ratio: float = 0.0) -> None:
        if self.path:
            row = {"suite": f"python/{self.suite}, {versions()}", "workload": workload, "engine": engine, "unit": unit}
            row |= {"median": median, "spread": spread, "ratio": ratio}
            with open(self.path, "a") as file:
                file.write(json.dumps(row) + "\n")


def versions() -> str:
    python, core, strawberry = platform.python_version(), version("graphql-core"), version("strawberry-graphql")
    return f"CPython {python}, graphql-core {core}, Strawberry {strawberry}, Gyrfalcon {gyrfalcon.__version__}"
