#!/usr/bin/env python3
"""Execution to JSON text compared with graphql-js and graphql-jit, all in one run, as a table with ratios.

    exec.py EXEC_BENCH FOLDER

EXEC_BENCH is the program of bench/requests/exec.c. The peers are installed from npm into FOLDER (package.json beside
this file), Node too where npm has it for this machine: theirs is the newest that way. All sides have the same data,
run the same query and give the same bytes, which is checked (introspection: graphql-js describes the introspection
types in other words, so only its size is compared).

The sides take turns, each in a process of its own, for several rounds, so that what disturbs the machine disturbs
all; the median of the rounds counts. In the first round graphql-jit runs four ways, with its own JSON writer or
JSON.stringify and with a small or a large young generation; the fastest stays. `times` is how many times as fast as
graphql-jit. Rows are appended to the file that BENCH_JSON names: {suite, workload, engine, unit, median, spread, ratio}.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys

from peers import SCHEMA, install, node, peer_env, rows

# name of the row, workload, how the peers are bound, our engines
WORKLOADS = [
    ("posts", "posts", "sync", ["members"]),
    ("items", "items", "sync", ["members"]),
    ("intro", "intro", "sync", ["constant", "plan and run"]),
    ("posts, all async", "posts", "async", ["suspended"]),
    ("items, all async", "items", "async", ["suspended"]),
]
HERE = pathlib.Path(__file__).resolve().parent
LARGE = ["--max-semi-space-size=64"]
JIT_WAYS = [(engine, flags) for engine in ("jit", "jit-json") for flags in ([], LARGE)]
JS_WAYS = [("graphql-js", []), ("graphql-js", LARGE)]


class Side:
    """One engine on one workload: the results of its rounds."""

    def __init__(self, name, ways):
        self.name, self.ways, self.medians = name, ways, []

    def run(self):
        best = min(((way()["median"], way) for way in self.ways), key=lambda pair: pair[0])
        self.ways = [best[1]]
        self.medians.append(best[0])

    @property
    def median(self):
        return statistics.median(self.medians)

    @property
    def spread(self):
        return max(self.medians) - min(self.medians)


def peer_way(folder, workload, mode, engine, flags):
    command = [node(folder), *flags, HERE / "exec.cjs", engine, workload, mode, folder / "exec", SCHEMA]
    return lambda: rows(command, **peer_env(folder))[0]


def our_way(bench, workload, engine):
    return lambda: next(r for r in rows([bench, "--rows", workload]) if r["engine"] == engine)


def check(folder, workload):
    """Same bytes from all sides."""
    texts = {path.stem[len(workload) + 1:]: path.read_bytes() for path in (folder / "exec").glob(f"{workload}-*.json")}
    ours = texts.pop("gyr")
    for engine, text in texts.items():
        same = abs(len(text) - len(ours)) < len(ours) / 100 if workload == "intro" else text == ours
        if not same:
            sys.exit(f"{workload}: {engine} gives another response ({folder / 'exec'})")


def compare(bench, folder, workload, mode, engines, rounds):
    def peers(ways):
        return [peer_way(folder, workload, mode, engine, flags) for engine, flags in ways]

    sides = [Side("graphql-jit", peers(JIT_WAYS)), Side("graphql-js 17", peers(JS_WAYS))]
    sides += [Side("gyr, " + engine, [our_way(bench, workload, engine)]) for engine in engines]
    for _ in range(rounds):
        for side in sides:
            side.run()
    check(folder, workload)
    return sides


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    bench, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    (folder / "exec").mkdir(parents=True, exist_ok=True)
    install(folder)
    subprocess.run([bench, "--write", folder / "exec"], check=True)
    out = []
    print(f"{'workload':18}{'engine':20}{'us':>10}{'spread':>9}{'times':>8}")
    for name, workload, mode, engines in WORKLOADS:
        if not (folder / "exec" / f"{workload}.graphql").exists():
            continue
        sides = compare(bench, folder, workload, mode, engines, 1 if os.environ.get("BENCH_QUICK") else 3)
        for side in sides:
            times = sides[0].median / side.median
            shown = "" if side is not sides[0] else name
            print(f"{shown:18}{side.name:20}{side.median:10.1f}{side.spread:9.1f}{times:8.2f}", flush=True)
            out.append({"suite": "compare/exec", "workload": name, "engine": side.name, "unit": "us",
                        "median": round(side.median, 2), "spread": round(side.spread, 2), "ratio": round(times, 2)})
    if os.environ.get("BENCH_JSON"):
        with open(os.environ["BENCH_JSON"], "a", encoding="utf-8") as f:
            f.writelines(json.dumps(row) + "\n" for row in out)


if __name__ == "__main__":
    main()
