#!/usr/bin/env python3
"""Checks that every #include points down: the arrows of src/LAYERS hold, and no header includes itself in a circle.

    tools/layers.py [ROOT]

Rules
  src/<layer>/            "layer/file" of its own or a lower layer, always with the layer's name; <gyr*.h>
  server cli bindings examples (layers outside src/)   files of their own folder; <gyr*.h>; nothing of src/
  tests/unit/<layer>/     as src/<layer>/, and helpers of its own folder and tests/lib/
  other tests, bench/     anything of src/
  include/                other public headers only

Prints file:line: message for each breach and exits with 1 if there is any.

SPDX-License-Identifier: Apache-2.0
"""
import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)
SUFFIXES = {".c", ".h", ".def", ".inc", ".cc", ".cpp"}
TOP_FOLDERS = ("src", "include", "server", "cli", "bindings", "examples", "tests", "bench")


class Project:
    def __init__(self, root):
        self.root = Path(root)
        self.problems = []
        self.below = {}  # layer -> all layers it may include, itself too
        self.includes = {}  # file -> [(line, file of this project)]
        self.read_table()

    def problem(self, path, line, message):
        self.problems.append(f"{path.relative_to(self.root)}:{line}: {message}")

    def read_table(self):
        table = self.root / "src/LAYERS"
        for number, line in enumerate(table.read_text().splitlines(), 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            layer, _, arrows = line.partition(":")
            self.below[layer] = {layer}
            for arrow in arrows.split():
                if arrow == "include":
                    continue
                if arrow not in self.below:
                    self.problem(table, number, f"{layer} -> {arrow}: may only point at a layer written above it")
                else:
                    self.below[layer] |= self.below[arrow]

    def check(self):
        files = sorted(
            path
            for folder in TOP_FOLDERS
            for path in (self.root / folder).rglob("*")
            if path.suffix in SUFFIXES and path.is_file()
        )
        for path in files:
            self.check_file(path)
        self.check_circles()
        return len(files)

    def check_file(self, path):
        parts = path.relative_to(self.root).parts
        if parts[0] == "src" and (len(parts) < 3 or parts[1] not in self.below):
            self.problem(path, 1, f"src/{parts[1]} is no layer of src/LAYERS")
            return
        text = path.read_text(errors="replace")
        self.includes[path] = []
        for match in INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start(2)) + 1
            self.check_include(path, parts, line, match.group(1), match.group(2))

    def check_include(self, path, parts, line, quote, name):
        public = self.root / "include" / name
        internal = self.root / "src" / name
        if internal.is_file():
            self.includes[path].append((line, internal))
            self.check_arrow(path, parts, line, name)
        elif public.is_file():
            self.includes[path].append((line, public))
        elif quote == '"':
            self.check_neighbour(path, parts, line, name)

    def check_arrow(self, path, parts, line, name):
        target = name.split("/")[0]
        if parts[0] in ("src", "tests") and len(parts) > 2:
            layer = parts[1] if parts[0] == "src" else parts[2] if parts[1] == "unit" else None
            if layer in self.below and target not in self.below[layer]:
                self.problem(path, line, f'"{name}": {layer} may not include {target} (src/LAYERS)')
        elif parts[0] == "include":
            self.problem(path, line, f'"{name}": a public header may not include an internal one')
        if parts[0] in self.below and parts[0] not in ("src", "tests"):
            self.problem(path, line, f'"{name}": {parts[0]} may include public headers only (src/LAYERS)')

    def check_neighbour(self, path, parts, line, name):
        """A quoted name that is neither internal nor public: a file of the same folder, outside src/."""
        if parts[0] == "src":
            self.problem(path, line, f'"{name}": no such file in src/; write "layer/file.h"')
            return
        top = self.root / parts[0]
        for folder in (path.parent, top, self.root / "tests/lib", self.root):
            found = (folder / name).resolve()
            if found.is_file():
                self.includes[path].append((line, found))
                if parts[0] in self.below and not found.is_relative_to(top.resolve()):
                    self.problem(path, line, f'"{name}": {parts[0]} may include public headers only (src/LAYERS)')
                return

    def check_circles(self):
        done, stack = set(), []

        def visit(path):
            if path in done:
                return
            stack.append(path)
            for line, target in self.includes.get(path, ()):
                if target in stack:
                    circle = stack[stack.index(target) :] + [target]
                    names = " -> ".join(str(step.relative_to(self.root)) for step in circle)
                    self.problem(path, line, f"circle of includes: {names}")
                else:
                    visit(target)
            stack.pop()
            done.add(path)

        for path in sorted(self.includes):
            visit(path)


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent
    project = Project(root.resolve())
    count = project.check()
    for problem in project.problems:
        print(problem)
    if not project.problems:
        print(f"layers: {count} files, all includes point down")
    return 1 if project.problems else 0


if __name__ == "__main__":
    sys.exit(main())
