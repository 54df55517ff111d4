#!/usr/bin/env python3
"""Compares the engine with graphql-js on random type systems, documents, data and variables.

    compare.py ADAPTER FOLDER [--seed N] [--count N] [--only K] [--show N] [--whole]

ADAPTER is gyr-adapter; graphql-js and Node are installed from npm into FOLDER, as for bench/compare. Pair K of a seed is
always the same. For each pair of a type system and a document are compared:

    sdl         of the type system, and of another version of it that mostly breaks rules: verdict, errors, printed text
    introspect  the answer to the introspection query
    diff        breaking and dangerous changes between the versions, if both are valid
    parse, strip, ast   of the document
    validate    errors of the document
    execute     data as text (order of keys, numbers), errors, coerced arguments; the adapter's four ways to answer in turn

Errors are compared with words, places and paths. Intended differences are in known.py. A pair that differs is made small
(--whole: it is not) and printed, with the number that --only takes.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import threading

import documents
import known
import schemas
import shrink

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "bench" / "compare"))
import peers  # noqa: E402

CHUNK = 64
TIMEOUT = 120  # seconds for a chunk: who takes longer hangs
MODES = ([], ["--suspend"], ["--batch"], ["--batch", "--suspend"])
INTROSPECTION = """{ __schema { description queryType { name } mutationType { name } subscriptionType { name }
types { ...Full } directives { name description isRepeatable locations args(includeDeprecated: true) { ...Input } } } }
fragment Full on __Type { kind name description specifiedByURL isOneOf
  fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...Input } type { ...Ref }
    isDeprecated deprecationReason }
  inputFields(includeDeprecated: true) { ...Input } interfaces { ...Ref }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...Ref } }
fragment Input on __InputValue { name description type { ...Ref } defaultValue isDeprecated deprecationReason }
fragment Ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }"""


class Number(str):
    """A number as it was written."""


def read(line):
    return json.loads(line, parse_float=Number, parse_int=Number)


class Engine:
    """A process that answers lines."""

    def __init__(self, command, **env):
        self.command = [str(c) for c in command]
        self.env = {**os.environ, **env}
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.env)

    def write(self, requests):
        try:
            self.process.stdin.write("".join(json.dumps(r) + "\n" for r in requests).encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def ask(self, requests):
        """Answers in order; {"died": ...} in place of the one that the process ended or hung at, and again from there."""
        answers = []
        while len(answers) < len(requests):
            if self.process is None:
                self.start()
            writer = threading.Thread(target=self.write, args=(requests[len(answers):],))
            watch = threading.Timer(TIMEOUT, self.process.kill)
            watch.start()
            writer.start()
            while len(answers) < len(requests):
                line = self.process.stdout.readline()
                if not line.endswith(b"\n"):
                    answers.append({"died": self.process.wait()})
                    self.process = None
                    break
                answers.append(read(line))
            watch.cancel()
            writer.join()
        return answers

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()


# ---- pairs

def pair(seed, k):
    """{sdl, other, document, variables, root, operation}"""
    rng = random.Random("%d/%d" % (seed, k))
    model = schemas.random_model(rng)
    text = schemas.sdl(model)
    other = schemas.sdl(schemas.altered(model, rng.choice([1, 1, 2, 4])))
    if rng.random() < 0.3:
        other = schemas.disturbed(rng, other)
    document = documents.Document(model, rng.choice([0, 0, 0, 0, 0, 0.01, 0.03, 0.1]))
    query = document.text()
    for _ in range(rng.choice([0] * 10 + [1, 2])):
        query = schemas.disturbed(rng, query)
    data = documents.Data(document, rng.choice([0, 0.01, 0.05, 0.2]))
    root = {}
    for name in model.roots.values():
        root.update(data.object(name, 4))
    return {"k": k, "sdl": text, "other": other, "document": query, "root": root,
            "variables": documents.variables(document, rng.choice([0, 0, 0.05, 0.3])),
            "operation": rng.choice([None, None, None, "Q0", "Q1", "None"] if "Q1" in query else [None] * 9 + ["None"])}


def first_requests(p):
    return [{"op": "sdl", "sdl": p["sdl"]}, {"op": "sdl", "sdl": p["other"]}]


def more_requests(p, valid, other_valid):
    out = [{"op": op, "source": p["document"]} for op in ("parse", "strip", "ast")]
    if valid:
        out.append({"op": "introspect", "sdl": p["sdl"], "query": INTROSPECTION})
        out.append({"op": "validate", "schema": p["sdl"], "document": p["document"]})
        run = {"op": "execute", "schema": p["sdl"], "query": p["document"], "root_json": json.dumps(p["root"]),
               "variables_json": json.dumps(p["variables"])}
        out.append({**run, "operationName": p["operation"]} if p["operation"] else run)
    if valid and other_valid:
        out.append({"op": "diff", "before": p["sdl"], "after": p["other"]})
    return out


class Sides:
    def __init__(self, adapter, folder):
        self.ours = [Engine([adapter, *flags]) for flags in MODES]
        self.theirs = Engine([peers.node(folder), HERE / "reference.cjs"], **peers.peer_env(folder))

    def ask(self, mode, requests):
        """(request, our answer, theirs) for each, in comparable form."""
        out = []
        for request, ours, theirs in zip(requests, self.ours[mode].ask(requests), self.theirs.ask(requests)):
            out.append((request, *known.comparable(request, ours, theirs)))
        return out

    def differences(self, pairs):
        """(pair, [(request, ours, theirs)]) for each pair; pairs of one mode."""
        mode = pairs[0]["k"] % len(MODES)
        requests = [r for p in pairs for r in first_requests(p)]
        first = self.ask(mode, requests)
        valid = ["printed" in ours and "printed" in theirs for _, ours, theirs in first]
        more = [more_requests(p, valid[2 * i], valid[2 * i + 1]) for i, p in enumerate(pairs)]
        rest = iter(self.ask(mode, [r for m in more for r in m]))
        for i, p in enumerate(pairs):
            found = first[2 * i:2 * i + 2] + [next(rest) for _ in more[i]]
            yield p, found

    def close(self):
        for engine in [*self.ours, self.theirs]:
            engine.close()


def differs(found):
    return [f for f in found if f[1] != f[2]]


# ---- telling

def gaps(ours, theirs, at=""):
    """Lines that say where two answers differ."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted({*ours, *theirs}):
            if ours.get(name) != theirs.get(name):
                yield from gaps(ours.get(name), theirs.get(name), at + "." + name)
    elif isinstance(ours, list) and isinstance(theirs, list) and at.endswith("errors"):
        yield from ("ours alone:   %s" % e for e in ours if e not in theirs)
        yield from ("theirs alone: %s" % e for e in theirs if e not in ours)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for i, (a, b) in enumerate(zip(ours, theirs)):
            if a != b:
                yield from gaps(a, b, "%s[%d]" % (at, i))
    else:
        yield "%s ours:   %s" % (at, json.dumps(ours, ensure_ascii=False))
        yield "%s theirs: %s" % (at, json.dumps(theirs, ensure_ascii=False))


def show(p, found):
    request, ours, theirs = found
    print("---- pair %d, %s" % (p["k"], request["op"]))
    for name, value in request.items():
        if name != "op":
            print("%s:\n%s" % (name, value if isinstance(value, str) else json.dumps(value)))
    print("\n".join(line[:2000] for line in gaps(ours, theirs)), flush=True)


def report(sides, p, found, whole):
    if not whole:
        mode = p["k"] % len(MODES)
        requests = shrink.smaller(found, lambda r: sides.ask(mode, [r])[0])
        found = requests
    show(p, found)


def run(sides, numbers, seed, show_at_most, whole):
    counts = {"pairs": 0, "compared": 0, "differ": 0}
    by_mode = [[k for k in numbers if k % len(MODES) == m] for m in range(len(MODES))]
    ops = {}
    for ks in by_mode:
        for at in range(0, len(ks), CHUNK):
            for p, found in sides.differences([pair(seed, k) for k in ks[at:at + CHUNK]]):
                counts["pairs"] += 1
                counts["compared"] += len(found)
                for request, ours, _ in found:
                    key = request["op"] + ("" if known.is_good(ours) else ", errors")
                    ops[key] = ops.get(key, 0) + 1
                bad = differs(found)
                counts["differ"] += bool(bad)
                if bad and counts["differ"] <= show_at_most:
                    report(sides, p, bad[0], whole)
    print("seed %d: %d pairs, %d answers compared, %d pairs differ" % (seed, *counts.values()))
    print("    " + "; ".join("%s: %d" % item for item in sorted(ops.items())))
    return counts["differ"]


def main():
    options = argparse.ArgumentParser(description="see the head of this file")
    options.add_argument("adapter", type=pathlib.Path)
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--only", type=int)
    options.add_argument("--show", type=int, default=5)
    options.add_argument("--whole", action="store_true")
    o = options.parse_args()
    peers.install(o.folder.resolve())
    sides = Sides(o.adapter.resolve(), o.folder.resolve())
    numbers = range(o.count) if o.only is None else [o.only]
    differ = run(sides, numbers, o.seed, o.show, o.whole)
    sides.close()
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
