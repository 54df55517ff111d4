#!/usr/bin/env python3
"""Parsing compared with graphql-js, both in one run, as a table with ratios.

    parse.py PARSE_BENCH FOLDER

PARSE_BENCH is the program of bench/micro/parse.c. graphql-js is installed from npm into FOLDER (package.json beside
this file), which also receives the texts. It gets a process of its own for each text, and the better of two runs
counts, with the default young generation and with a large one: its speed depends on the garbage collector more than on
its parser, and a peer held back by a setting proves nothing. Both sides keep places of nodes. Rows are appended to the file that BENCH_JSON names:
{suite, workload, engine, unit, median, spread, ratio}.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import subprocess
import sys

from peers import install, node, peer_env, rows


def by_workload(found):
    return {row["workload"]: row for row in found}


def peer_row(here, folder, text):
    best = None
    for flags in ([], ["--max-semi-space-size=64"]):
        row = rows([node(folder), *flags, here / "parse.cjs", text], **peer_env(folder))[0]
        if best is None or row["median"] > best["median"]:
            best = row
    return best


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    bench, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    here = pathlib.Path(__file__).resolve().parent
    texts = folder / "texts"
    texts.mkdir(parents=True, exist_ok=True)
    install(folder)
    subprocess.run([bench, texts], check=True)
    peer = {text.stem: peer_row(here, folder, text) for text in sorted(texts.glob("*.graphql"))}
    ours = by_workload(rows([bench, "--rows"]))
    out = []
    print(f"{'workload':24}{'graphql-js 17':>16}{'gyr':>12}{'ratio':>8}   MB/s")
    for name, row in ours.items():
        base = peer[name]
        ratio = row["median"] / base["median"]
        print(f"{name:24}{base['median']:16.1f}{row['median']:12.1f}{ratio:8.1f}")
        for engine, r, times in (("graphql-js 17", base, 1), ("gyr", row, ratio)):
            out.append({"suite": "parse", "workload": name, "engine": engine, "unit": "MB/s",
                        "median": round(r["median"], 1), "spread": round(r["spread"], 1), "ratio": round(times, 2)})
    if os.environ.get("BENCH_JSON"):
        with open(os.environ["BENCH_JSON"], "a", encoding="utf-8") as f:
            f.writelines(json.dumps(row) + "\n" for row in out)


if __name__ == "__main__":
    main()
