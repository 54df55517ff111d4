#!/usr/bin/env python3
"""Validation compared with graphql-js, both in one run, as a table with ratios.

    validate.py VALIDATE_BENCH FOLDER

VALIDATE_BENCH is the program of bench/micro/validate.c. graphql-js is installed from npm into FOLDER (package.json
beside this file), which also receives the documents. Each workload gets a process of its own. Rows are appended to the
file that BENCH_JSON names: {suite, workload, engine, unit, median, spread, ratio}.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import subprocess
import sys

from peers import install, node, peer_env, rows


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    bench, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    here = pathlib.Path(__file__).resolve().parent
    texts = folder / "documents"
    texts.mkdir(parents=True, exist_ok=True)
    install(folder)
    subprocess.run([bench, texts], check=True)
    peer = {text.stem: rows([node(folder), here / "validate.cjs", text], **peer_env(folder))[0]
            for text in sorted(texts.glob("*.graphql"))}
    out = []
    print(f"{'workload':24}{'graphql-js 17':>16}{'gyr':>12}{'ratio':>8}   us for a document")
    for row in rows([bench, "--rows"]):
        base = peer[row["workload"]]
        ratio = base["median"] / row["median"]
        print(f"{row['workload']:24}{base['median']:16.1f}{row['median']:12.1f}{ratio:8.1f}")
        for engine, r, times in (("graphql-js 17", base, 1), ("gyr", row, ratio)):
            out.append({"suite": "validate", "workload": row["workload"], "engine": engine, "unit": "us",
                        "median": round(r["median"], 2), "spread": round(r["spread"], 2), "ratio": round(times, 2)})
    if os.environ.get("BENCH_JSON"):
        with open(os.environ["BENCH_JSON"], "a", encoding="utf-8") as f:
            f.writelines(json.dumps(row) + "\n" for row in out)


if __name__ == "__main__":
    main()
