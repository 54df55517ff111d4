#!/usr/bin/env python3
"""Scores gyr-adapter on the conformance corpus and fails where a suite falls below its floor.

The corpus and its scorer stand in $GYR_SHARED/conformance, by default ../shared beside the checkout; without them the
test is skipped. A floor is the number of cases that pass: L1 verdict and data, L2 also the errors' number, places and
paths, L3 also their words. KNOWN.md says why the rest differs. Who makes more cases pass raises the floor.

    tests/conformance/test_scores.py [SUITE...]

SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys

FLOORS = {  # suite: L1, L2, L3
    "lexer": (3488, 3488, 3488),
    "parse": (3085, 3085, 3085),
    "strip": (475, 475, 475),
    "ast": (699, 699, 699),
    "apollo_rs": (149, 149, 149),
    "sdl": (1387, 1387, 1387),
    "introspection": (162, 162, 162),
    "coordinates": (29, 29, 29),
    "schema_diff": (111, 111, 111),
    "validate": (1414, 1414, 1414),
    "gqlparser": (432, 432, 432),
    "cats": (62, 62, 62),
    "spec_examples": (202, 201, 201),
    "execute": (713, 713, 702),
    "coercion_output": (597, 597, 588),
    "subscribe": (32, 32, 32),
    "onerror": (96, 96, 71),
    "incremental": (173, 173, 173),
}
# Suites whose every case is of a draft.
EXPERIMENTAL = ("onerror", "incremental")
# How the adapter answers fields, and what writes them; the other suites have neither.
INTERPRETER, NATIVE = ["--tier", "interpreter"], ["--tier", "native"]
MODES = ([], NATIVE, ["--suspend", *NATIVE], ["--batch", *INTERPRETER], ["--batch", "--suspend", *NATIVE])
EXECUTING = ("execute", "coercion_output", "subscribe", "onerror", "incremental")

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("GYR_SHARED") or ROOT.parent / "shared")
SCORER = SHARED / "conformance" / "run_corpus.py"
ADAPTER = pathlib.Path(os.environ.get("GYR_BUILD") or ROOT / "build") / "gyr-adapter"
LINE = re.compile(r"(\w+)\s+n=\s*\d+\s+L1\s+(\d+)\s+L2\s+(\d+)\s+L3\s+(\d+) .*CRASH (\d+)")


def score(suites, flags):
    """The scorer's line of each suite: {suite: (L1, L2, L3, crashes)}."""
    adapter = shlex.join([str(ADAPTER), *flags])
    output = ""
    for only, chosen in (["--spec-only"], set(suites) - set(EXPERIMENTAL)), ([], set(suites) & set(EXPERIMENTAL)):
        command = [sys.executable, str(SCORER), *only, "--suite", ",".join(sorted(chosen)), "--adapter", adapter]
        if chosen:
            output += subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout
    print("".join(line + "\n" for line in output.splitlines() if LINE.match(line)), end="", flush=True)
    return {m[1]: tuple(map(int, m.groups()[1:])) for m in map(LINE.match, output.splitlines()) if m}


def check(suites, flags):
    problems = []
    scores = score(suites, flags) if suites else {}
    for suite in suites:
        *levels, crashes = scores.get(suite, (0, 0, 0, 0))
        where = " ".join([suite, *flags])
        if crashes:
            problems.append(f"{where}: {crashes} crashes")
        for level, (now, floor) in enumerate(zip(levels, FLOORS[suite]), 1):
            if now < floor:
                problems.append(f"{where}: L{level} {now}, the floor is {floor}")
    return problems


def main():
    if not SCORER.exists():
        print(f"skipped: there is no {SCORER}")
        return 0
    if not ADAPTER.exists():
        print(f"there is no {ADAPTER}: set GYR_BUILD")
        return 1
    suites = sys.argv[1:] or list(FLOORS)
    problems = []
    for flags in MODES:
        problems += check([s for s in suites if not flags or s in EXECUTING], flags)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
