#!/usr/bin/env python3
"""Runs the test suite of graphql-core or Strawberry, stock and on Gyrfalcon, and tells the difference.

    upstream.py CHECKOUT --python VENV/bin/python [--only PATTERN] [--package FOLDER] [--timeout S] [--out FILE]

CHECKOUT is a checkout or an unpacked source distribution. Its tests are copied to a scratch folder, so that they run against the
packages installed in the virtual environment, Gyrfalcon among them (or that of --package, a folder with the built package). Files go
in chunks, each in a process of its own. A test during which the process died, or that went on for longer than the timeout, counts
as `died`, and the rest of the chunk is run again without it.

Printed: how many tests passed, failed, were skipped in each mode; how many operations ran natively and how many fell back, by reason;
every test whose outcome differs. The exit code is 1 if there is one. With --out, all of it goes to a JSON file. With --stock FILE, the
results of the stock mode are taken from an earlier run's --out.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

Results = dict[str, dict[str, Any]]
HERE = Path(__file__).resolve().parent
OPTIONS = ("-q", "-p", "upstream_plugin", "-p", "no:cacheprovider", "-p", "no:randomly", "--continue-on-collection-errors")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="of the venv with the suite's needs installed")
    parser.add_argument(
        "--package", type=Path, help="a folder that holds the package gyrfalcon, built; without it the installed one is used"
    )
    parser.add_argument("--only", default="", help="only test files whose path contains this")
    parser.add_argument("--skip", action="append", default=[], help="no test files whose path contains this")
    parser.add_argument("--chunk", type=int, default=20, help="files a process")
    parser.add_argument("--timeout", type=float, default=60, help="seconds without the end of a test, until its process is ended")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--stock", type=Path, help="a former --out, whose stock results are taken")
    parser.add_argument("--mode", choices=("both", "stock", "with"), default="both")
    parser.add_argument("--environment", action="append", default=[], metavar="NAME=VALUE")
    return parser.parse_args()


def kind_of(checkout: Path) -> str:
    if (checkout / "src/graphql").is_dir():
        return "graphql-core"
    if (checkout / "strawberry").is_dir():
        return "strawberry"
    sys.exit(f"{checkout}: neither graphql-core nor Strawberry")


def copy_tests(checkout: Path, scratch: Path) -> None:
    for name in ("tests", "docs", "e2e"):
        if (checkout / name).is_dir():
            shutil.copytree(checkout / name, scratch / name, symlinks=True)
    for name in ("pyproject.toml", "tox.ini", "setup.cfg", "README.md"):
        if (checkout / name).is_file():
            shutil.copy(checkout / name, scratch / name)


def test_files(scratch: Path, only: str, skip: list[str]) -> list[str]:
    names = (str(p.relative_to(scratch)) for p in (scratch / "tests").rglob("test_*.py"))
    return sorted(n for n in names if only in n and not any(s in n for s in ["benchmarks", *skip]))


def read_log(path: Path) -> tuple[Results, str | None, bool]:
    """The results so far, the test that was running at the end of the log, whether the session ended in order."""
    results: Results = {}
    running, finished = None, False
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        what = json.loads(line)
        if "start" in what:
            running = what["start"]
        elif "end" in what:
            results[what.pop("end")] = what
            running = None
        else:
            finished = True
    return results, running, finished


def run_process(
    args: argparse.Namespace, scratch: Path, mode: str, files: list[str], dead: list[str]
) -> tuple[Results, str | None, str]:
    """One process of pytest: the results, the test it died in (or "" if it died in none), and how it ended."""
    log = scratch / "log.jsonl"
    log.unlink(missing_ok=True)
    paths = [str(p) for p in (HERE, scratch, args.package and args.package.absolute()) if p]
    environment = dict(os.environ, GYRFALCON_UPSTREAM=mode, GYRFALCON_UPSTREAM_LOG=str(log), PYTHONPATH=os.pathsep.join(paths))
    environment.update({"PYTHONDONTWRITEBYTECODE": "1"}, **dict(e.split("=", 1) for e in args.environment))
    command = [str(args.python.absolute()), "-P", "-m", "pytest", *OPTIONS, *(f"--deselect={d}" for d in dead), *files]
    with open(scratch / "output", "w", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=scratch, env=environment, stdout=output, stderr=output)
        size, moved = 0, time.monotonic()
        while process.poll() is None:
            time.sleep(0.05)
            now = log.stat().st_size if log.exists() else 0
            if now != size:
                size, moved = now, time.monotonic()
            if time.monotonic() - moved > args.timeout:
                process.kill()
                process.wait()
    results, running, finished = read_log(log)
    if finished and process.returncode in (0, 1, 2, 5):
        return results, None, ""
    return results, running or "", f"exit {process.returncode}\n{(scratch / 'output').read_text('utf-8', 'replace')[-3000:]}"


def run_chunk(args: argparse.Namespace, scratch: Path, mode: str, files: list[str]) -> Results:
    done: Results = {}
    dead: list[str] = []
    while True:
        results, running, text = run_process(args, scratch, mode, files, dead)
        done.update(results)
        if running is None:
            return done
        done[running or f"{files[0]}..{files[-1]}"] = {"outcome": "died", "text": text, "native": 0, "fallbacks": {}}
        dead.append(running)
        if not running or len(dead) > 20:
            return done


def run_mode(args: argparse.Namespace, scratch: Path, mode: str) -> Results:
    files = test_files(scratch, args.only, args.skip)
    results: Results = {}
    start = time.monotonic()
    for at in range(0, len(files), args.chunk):
        results.update(run_chunk(args, scratch, mode, files[at : at + args.chunk]))
        print(
            f"  {mode}: {min(at + args.chunk, len(files))}/{len(files)} files, {len(results)} tests, {time.monotonic() - start:.0f} s",
            file=sys.stderr,
        )
    return results


def summary(results: Results) -> str:
    counts = collections.Counter(r["outcome"] for r in results.values())
    return ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items(), key=lambda c: -c[1]))


def report(stock: Results, ours: Results) -> list[str]:
    fallbacks: collections.Counter[str] = collections.Counter()
    for result in ours.values():
        fallbacks.update(result["fallbacks"])
    native = sum(r["native"] for r in ours.values())
    used = sum(1 for r in ours.values() if r["native"])
    print(f"stock:     {summary(stock)}\nGyrfalcon: {summary(ours)}")
    print(f"operations: {native} native (in {used} tests), {fallbacks.total()} fallen back")
    for reason, n in fallbacks.most_common():
        print(f"  {n:6} {reason}")
    differing = sorted(
        name for name in stock.keys() | ours.keys() if stock.get(name, {}).get("outcome") != ours.get(name, {}).get("outcome")
    )
    print(f"tests whose outcome differs: {len(differing)}")
    for name in differing:
        print(f"  {name}: {stock.get(name, {}).get('outcome')} -> {ours.get(name, {}).get('outcome')}")
    return differing


def main() -> int:
    args = parse_arguments()
    kind = kind_of(args.checkout)
    results: dict[str, Results] = {"stock": {}, "with": {}}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        copy_tests(args.checkout, scratch)
        if args.stock:
            results["stock"] = json.loads(args.stock.read_text("utf-8"))["stock"]
            results["stock"] = {k: v for k, v in results["stock"].items() if args.only in k}
        elif args.mode != "with":
            results["stock"] = run_mode(args, scratch, "stock")
        if args.mode != "stock":
            results["with"] = run_mode(args, scratch, kind)
    if args.out:
        args.out.write_text(json.dumps(results, indent=1), "utf-8")
    if args.mode == "stock":
        print(f"stock: {summary(results['stock'])}")
        return 0
    differing = report(results["stock"], results["with"])
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
