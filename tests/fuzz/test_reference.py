#!/usr/bin/env python3
"""A few hundred pairs of tests/fuzz/reference/compare.py: the engine against graphql-js. Skipped where npm cannot install it,
unless GYR_NO_SKIP is set.

SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("GYR_BUILD") or HERE.parents[1] / "build")
PEERS = BUILD / "compare"  # where bench/run puts them too
COUNT = "300"


def skip(why):
    print("skipped: " + why)
    return 1 if os.environ.get("GYR_NO_SKIP") else 0


def main():
    installed = [sys.executable, "-B", HERE.parents[1] / "bench" / "compare" / "peers.py", PEERS]
    try:
        done = subprocess.run(installed, capture_output=True, text=True, timeout=240, check=False)
    except subprocess.TimeoutExpired:
        return skip("npm takes too long")
    if done.returncode:
        return skip("npm cannot install graphql-js: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
    compare = [sys.executable, "-B", HERE / "reference" / "compare.py", BUILD / "gyr-adapter", PEERS, "--count", COUNT]
    return subprocess.run(compare, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
