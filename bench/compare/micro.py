#!/usr/bin/env python3
"""Parsing, validation or schema building compared with graphql-js, both in one run, as a table with ratios.

    micro.py BENCH FOLDER

BENCH is the program of bench/micro/{parse,validate,schema}.c. graphql-js is installed from npm into FOLDER (package.json
beside this file), which also receives the texts. It gets a process of its own for each text, and the better of two runs
counts, with the default young generation and with a large one: its speed depends on the garbage collector more than on
its own code, and a peer held back by a setting proves nothing.. `ratio` is how many
times as fast as graphql-js. Rows are appended to the file that BENCH_JSON names: {suite, workload, engine, unit, median,
spread, ratio}.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import subprocess
import sys

from peers import install, node, peer_env, rows

HERE = pathlib.Path(__file__).resolve().parent
UNITS = {"parse": "MB/s", "validate": "us", "schema": "ms"}  # of speed or of time


def peer_row(folder, what, text):
    found = [rows([node(folder), *flags, HERE / "micro.cjs", what, text], **peer_env(folder))[0]
             for flags in ([], ["--max-semi-space-size=64"])]
    better = max if UNITS[what] == "MB/s" else min
    return better(found, key=lambda row: row["median"])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    bench, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    what = bench.name
    unit = UNITS[what]
    texts = folder / what
    texts.mkdir(parents=True, exist_ok=True)
    install(folder)
    subprocess.run([bench, texts], check=True)
    out = []
    print(f"{'workload':24}{'graphql-js 17':>16}{'gyr':>12}{'ratio':>8}   {unit}")
    for row in rows([bench, "--rows"]):
        base = peer_row(folder, what, texts / (row["workload"] + ".graphql"))
        ratio = row["median"] / base["median"] if unit == "MB/s" else base["median"] / row["median"]
        print(f"{row['workload']:24}{base['median']:16.2f}{row['median']:12.2f}{ratio:8.1f}   {base.get('note', '')}", flush=True)
        for engine, r, times in (("graphql-js 17", base, 1), ("gyr", row, ratio)):
            out.append({"suite": what, "workload": row["workload"], "engine": engine, "unit": unit,
                        "median": round(r["median"], 3), "spread": round(r["spread"], 3), "ratio": round(times, 2)})
    if os.environ.get("BENCH_JSON"):
        with open(os.environ["BENCH_JSON"], "a", encoding="utf-8") as f:
            f.writelines(json.dumps(row) + "\n" for row in out)


if __name__ == "__main__":
    main()
