#!/usr/bin/env python3
"""Checks lengths: a function has at most 70 lines, a file of src/, cli/, server/ or bindings/ at most 700.

    tools/lengths.py [ROOT]

Exempt is a function (tables, the body of the interpreter) that carries a comment "long function: <why>" inside or in the
three lines above it, and a file whose first lines say "long file: <why>". Functions are found by universal-ctags.

SPDX-License-Identifier: Apache-2.0
"""
import json
import subprocess
import sys
from pathlib import Path

FUNCTION_LINES = 70
FILE_LINES = 700
FOLDERS = ("src", "cli", "server", "include", "bindings", "bench", "tests", "examples")
SHORT_FILES = ("src", "cli", "server", "bindings")


def functions(files):
    command = ["ctags", "--output-format=json", "--fields=+ne", "--languages=C", "--langmap=C:.c.h", "--kinds-C=f"]
    done = subprocess.run(command + ["-f", "-", "-L", "-"], input="\n".join(files), capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        if tag.get("_type") == "tag" and "end" in tag:
            yield tag


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    files = sorted(str(p) for f in FOLDERS for suffix in ("c", "h") for p in (root / f).rglob(f"*.{suffix}"))
    lines = {name: Path(name).read_text(errors="replace").splitlines() for name in files}
    problems, count, longest = [], 0, (0, "")
    for tag in functions(files):
        name, path, start, end = tag["name"], tag["path"], tag["line"], tag["end"]
        length = end - start + 1
        count += 1
        if any("long function:" in line for line in lines[path][max(0, start - 4) : end]):
            continue
        longest = max(longest, (length, name))
        if length > FUNCTION_LINES:
            place = Path(path).relative_to(root)
            problems.append(f"{place}:{start}: {name} has {length} lines, {FUNCTION_LINES} are allowed")
    for path, text in lines.items():
        place = Path(path).relative_to(root)
        exempt = any("long file:" in line for line in text[:30])
        if place.parts[0] in SHORT_FILES and len(text) > FILE_LINES and not exempt:
            problems.append(f"{place}:1: {len(text)} lines, {FILE_LINES} are allowed")
    for problem in problems:
        print(problem)
    if not problems:
        print(f"lengths: {count} functions, the longest is {longest[1]} with {longest[0]} lines")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
