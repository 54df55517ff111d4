"""Writes the figures of docs/python.md from rows that the benches have appended to a file.

    BENCH_JSON=$PWD/rows.json make bench-python
    GYR_PYTHON=python3.13 BENCH_JSON=$PWD/rows.json make bench-python
    python3 bench/python/figures.py rows.json --write         # without --write: to the standard output

The last row of a suite, workload, engine and unit counts. A figure that is below what it is meant to be is in brackets.

SPDX-License-Identifier: Apache-2.0
"""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from targets import BESIDE, CACHED, DICTS, HOOKS, JSON, SIX_LEVELS, SLEEPS, TARGETS

PAGE = Path(__file__).resolve().parents[2] / "docs/python.md"
BEGIN, END = "<!-- measured: bench/python/figures.py -->\n", "<!-- end -->\n"
LISTS = ("flat 10k x 5", "nested 1k x 10")
INTROSPECTION = "introspection, GitHub"
ITEMS = ("attribute", "function", "permission class", "info", "one argument", "one argument, given")


class Rows:
    """The rows of a file, by suite, versions, workload, engine and unit."""

    def __init__(self, text: str) -> None:
        self.rows: dict[tuple[str, ...], dict] = {}
        self.cores: list[str] = []
        self.pythons: list[str] = []
        self.versions: dict[str, None] = {}
        for row in map(json.loads, text.splitlines()):
            found = re.fullmatch(r"python/(.*), (CPython (\d+\.\d+)\S*, graphql-core (\S+), .*)", row["suite"])
            if not found:
                continue
            suite, versions, python, core = found.groups()
            self.versions[versions] = None
            for known, new in ((self.pythons, python), (self.cores, core)):
                if new not in known:
                    known.append(new)
            self.rows[suite, python, core, row["workload"], row["engine"], row["unit"]] = row
        self.pythons.sort(key=lambda version: [int(part) for part in version.split(".")])
        self.cores.sort()
        self.newest = self.cores[-1] if self.cores else ""

    def get(self, suite: str, python: str, workload: str, engine: str, unit: str = "us", core: str = "") -> dict | None:
        return self.rows.get((suite, python, core or self.newest, workload, engine, unit))

    def times(self, suite: str, python: str, workload: str, engine: str, unit: str = "us") -> str:
        """A ratio, in brackets when it is below what it is meant to be."""
        row = self.get(suite, python, workload, engine, unit)
        if row is None:
            return "·"
        ratio, target = row["ratio"], TARGETS.get((workload, engine), 0)
        if unit != "us":
            target = BESIDE[workload, engine][1]
        text = f"{ratio:.0f}x" if ratio >= 20 else f"{ratio:.1f}x"
        return f"({text})" if ratio < target else text

    def time(self, suite: str, python: str, workload: str, engine: str, unit: str = "us") -> str:
        row = self.get(suite, python, workload, engine, unit)
        return duration(row["median"]) if row else "·"


def duration(us: float) -> str:
    value, unit = (us, "us") if us < 1000 else (us / 1000, "ms")
    return f"{value:.3g} {unit}" if value < 100 else f"{value:.0f} {unit}"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def wanted(workload: str, engine: str) -> str:
    return f"{TARGETS[workload, engine]}x" if (workload, engine) in TARGETS else ""


def execution(rows: Rows) -> str:
    modes = [f"{name}, {mode}" for mode in ("no suspension", "sleep(0)", "futures") for name in (*SIX_LEVELS, "full x10")]
    workloads = [*modes[:7], *LISTS, *modes[7:], INTROSPECTION]
    head = ["execution alone", "wanted: dicts", "JSON"]
    for python in rows.pythons:
        head += [f"{python}: Strawberry", "dicts", "JSON"]
    lines = []
    for workload in workloads:
        line = [workload, wanted(workload, DICTS), wanted(workload, JSON)]
        for python in rows.pythons:
            base = "graphql-core" if workload == INTROSPECTION else "Strawberry"
            line.append(rows.time("execution", python, workload, base))
            line += [rows.times("execution", python, workload, engine) for engine in (DICTS, JSON)]
        lines.append(line)
    return table(head, lines)


def hooks(rows: Rows) -> str:
    head = ["hooks", "wanted"]
    for python in rows.pythons:
        head += [f"{python}: Strawberry", "Gyrfalcon", "times"]
    lines = []
    for workload in [*(name for name in HOOKS if "per item" not in name), *(f"{item}, per item" for item in ITEMS)]:
        line = [workload, wanted(workload, "Gyrfalcon")]
        for python in rows.pythons:
            line += [rows.time("hooks", python, workload, engine) for engine in ("Strawberry", "Gyrfalcon")]
            line.append(rows.times("hooks", python, workload, "Gyrfalcon"))
        lines.append(line)
    return table(head, lines)


def whole(rows: Rows) -> str:
    suite = "whole requests"
    pairs = [("7 fields, seen before", f"Gyrfalcon{way}") for way in ("", ", installed", ", both caches")]
    pairs += [(f"7 fields, {what}", "Gyrfalcon") for what in ("three limiters", "each document new")]
    pairs += [("full, seen before", "Gyrfalcon")]
    ways = ("bytes", "both caches", "dicts by a hook")
    pairs += [(f"POST, {query}", f"Gyrfalcon, {way}") for query in ("7 fields", "full", "flat") for way in ways]
    head = ["whole requests", "", "beside", "wanted"]
    for python in rows.pythons:
        head += [f"{python}: beside", "Gyrfalcon", "times"]
    lines = []
    for workload, engine in pairs:
        sides = [("Strawberry", wanted(workload, engine), "us")]
        if (workload, engine) in BESIDE:
            sides.append((CACHED, f"{BESIDE[workload, engine][1]}x", f"times {CACHED}"))
        for base, target, unit in sides:
            line = [workload, engine, base, target]
            for python in rows.pythons:
                line += [rows.time(suite, python, workload, side) for side in (base, engine)]
                line.append(rows.times(suite, python, workload, engine, unit))
            lines.append(line)
    return table(head, lines)


def sleeps(rows: Rows) -> str:
    suite = "sleeps of 5 ms, wall time"
    head = ["every resolver sleeps for 5 ms: wall time, and times the critical path", "wanted"]
    others = ("bare resolvers", "asyncio by hand", "Strawberry", "Gyrfalcon")
    for python in rows.pythons:
        head += [f"{python}: critical path", *others]
    lines = []
    for name in ("full", "full x10"):
        line = [name, f"at most {SLEEPS}x"]
        for python in rows.pythons:
            for engine in ("critical path", *others):
                row = rows.get(suite, python, name, engine, "ms")
                line.append(f"{row['median']:.1f} ms, {row['ratio']:.2f}x" if row else "·")
        lines.append(line)
    return table(head, lines)


def counts(rows: Rows) -> str:
    """Of the oldest interpreter: the counts hardly depend on it."""
    python = rows.pythons[0]
    workloads = [
        f"{name}, {mode}" for mode in ("no suspension", "sleep(0)", "futures") for name in ("simple", "full", "full x10")
    ]
    head = [f"one query, CPython {python}", "engine"]
    for core in rows.cores:
        head += [f"{core}: functions called", "tasks", "turns of the loop", "KiB, Python's", "KiB, resident"]
    lines = []
    for workload in [*workloads, *LISTS]:
        for engine in ("graphql-core", "Strawberry", DICTS, JSON):
            line = [workload, engine]
            for core in rows.cores:
                suite = f"counts on graphql-core {core}"
                for unit in ("calls", "tasks", "turns", "traced", "resident"):
                    row = rows.get(suite, python, workload, engine, unit, core)
                    line.append(f"{row['median']:,.0f}" if row else "·")
            lines.append(line)
    return table(head, lines)


def main() -> None:
    files = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not files:
        sys.exit(__doc__)
    rows = Rows("".join(Path(file).read_text() for file in files))
    if not rows.rows:
        sys.exit(f"no rows of the Python benches in {', '.join(files)}")
    told = "".join(f"- {versions}\n" for versions in rows.versions)
    text = "\n".join([told, *(part(rows) for part in (execution, hooks, whole, sleeps, counts))])
    if "--write" not in sys.argv:
        print(text, end="")
        return
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        sys.exit(f"{PAGE}: there is no {BEGIN!r}, or no {END!r} after it")
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


main()
