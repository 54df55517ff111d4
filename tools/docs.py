#!/usr/bin/env python3
"""Checks that the documentation still says what the code says; with --write, makes it so where it can.

    tools/docs.py [--write] [ROOT]

Generated, between the lines "<!-- generated: <name> -->" and "<!-- end -->" of a document:
  ops       docs/plan-and-ops.md, from src/plan/op.def
  limits    docs/limits.md, from src/base/limits.h and struct gyr_limits of include/gyr.h
  status    docs/errors.md, from enum gyr_status of include/gyr.h
  rules     docs/validation.md, from src/validation/rule.def
  hello     README.md, from examples/hello/main.c
Between "<!-- output: <command> -->" and "<!-- end -->" stands the command with what it prints, where $GYR_BUILD names a
build folder (commands name build/release) with what the command names; without it, that is left alone.
Checked only:
  the default that include/gyr.h tells of each limit in [brackets] is that of src/base/limits.h
  links of *.md to files of the project lead somewhere, and names of files in `backquotes` (but of tests/) exist

Prints file:line: message for each problem and exits with 1 if there is any.

SPDX-License-Identifier: Apache-2.0
"""
import os
import re
import subprocess
import sys
from pathlib import Path

OP = re.compile(r'^OP\((\w+), (\w+), "(\w*)", (\w+), "(.*)"\)$')
OP_GROUP = re.compile(r"^/\* ([a-z].*) \*/$")
DEFAULT = re.compile(r'LIMIT\((\w+), (\d+), "(.*)"\)')
LIMIT = re.compile(r"^\s*uint32_t (\w+);\s*/\* (.*) \[(\d+)\](.*) \*/")
STATUS = re.compile(r"^\s*(GYR_(?:OK|ERR_\w+)) = (\d+),?\s*(?:/\* (.*) \*/)?")
RULE = re.compile(r'^GYR__RULE\(\w+, (\w+), "(.*?)", (\w+)\)', re.MULTILINE)
BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
OUTPUT = re.compile(r"(<!-- output: ([^\n]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
FILE = re.compile(r"`((?:src|include|tools|docs|examples|bench|cli|cmake|bindings)/[\w./-]+)`")
DOCUMENTS = ("*.md", "docs/*.md")


def between(text, first, last):
    start = text.index(first)
    return text[start : text.index(last, start)]


def cell(text):
    return text.replace("|", "\\|")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(cell(c) for c in row) + " |" for row in rows]) + "\n"


def ops(root):
    out, rows = [], []
    head = ("op", "class", "operands", "room", "what it does")

    def flush():
        if rows:
            out.append(table(head, rows))
            rows.clear()

    for line in (root / "src/plan/op.def").read_text().splitlines():
        group, op = OP_GROUP.match(line), OP.match(line)
        if group:
            flush()
            out.append(f"**{group[1].capitalize()}**\n")
        elif op:
            name, kind, operands, room, synopsis = op.groups()
            room = "checks" if room == "CHECKS" else room
            rows.append((f"`{name}`", kind.lower(), " ".join(operands), room, synopsis or "append the prefix only"))
        elif line.startswith("OP("):
            raise ValueError(f"src/plan/op.def: not understood: {line}")
    flush()
    return "\n".join(out)


def limits(root):
    header = between((root / "include/gyr.h").read_text(), "typedef struct gyr_limits", "} gyr_limits;")
    told = {m[1]: (m[2], m[3], m[4]) for m in map(LIMIT.match, header.splitlines()) if m}
    rows = []
    for name, default, stops in DEFAULT.findall((root / "src/base/limits.h").read_text()):
        what, in_header, more = told.pop(name, ("", "nothing", ""))
        if in_header != default:
            raise ValueError(f"include/gyr.h: gyr_limits.{name}: the header tells {in_header}, the default is {default}")
        rows.append((f"`{name}`", f"{int(default):,}", what + more, stops))
    if told:
        raise ValueError(f"src/base/limits.h: no default for {', '.join(told)}")
    return table(("limit", "default", "counts", "stops"), rows)


def status(root):
    header = between((root / "include/gyr.h").read_text(), "typedef enum gyr_status", "} gyr_status;")
    found = [m.groups() for m in map(STATUS.match, header.splitlines()) if m]
    return table(("status", "number", "means"), [(f"`{n}`", number, what or "all is well") for n, number, what in found])


def hello(root):
    return "```c\n" + (root / "examples/hello/main.c").read_text() + "```\n"


def rules(root):
    on = {"SPECIFIED": "yes", "DRAFT": "yes", "LIMIT": "yes", "EXTRA": "where asked for"}
    found = RULE.findall((root / "src/validation/rule.def").read_text())
    return table(
        ("rule", "section", "on"),
        [(f"`{name}Rule`", "" if section == "none" else section, on[group]) for name, section, group in found],
    )


GENERATED = {"ops": ops, "limits": limits, "status": status, "hello": hello, "rules": rules}


def output(root, command):
    build = os.environ.get("GYR_BUILD")
    if not build or not all(Path(build + name).exists() for name in re.findall(r"build/release(/[\w./-]+)", command)):
        return None
    environment = dict(os.environ, PATH=f"{build}:{os.environ['PATH']}", LC_ALL="C", NO_COLOR="1")
    done = subprocess.run(command.replace("build/release", build), shell=True, cwd=root, env=environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    lines = (line.rstrip() for line in done.stdout.splitlines())
    return "\n".join(["```", f"$ {command}", *lines, "```", ""])


def generate(root, path, write, problems):
    text = path.read_text()

    def one(match):
        try:
            made = output(root, match[2]) if "<!-- output:" in match[1] else GENERATED[match[2]](root)
        except (ValueError, KeyError) as error:
            problems.append(str(error))
            return match[0]
        if made is None:
            return match[0]
        if made != match[3] and not write:
            line = match.string.count("\n", 0, match.start()) + 1
            problems.append(f"{path.relative_to(root)}:{line}: '{match[2]}' is not current: tools/docs.py --write")
        return match[1] + made + match[4]

    fresh = OUTPUT.sub(one, BLOCK.sub(one, text))
    if write and fresh != text:
        path.write_text(fresh)


def references(root, path, problems):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for folder, names in ((path.parent, LINK.findall(line)), (root, FILE.findall(line))):
            for name in names:
                if not (folder / name).exists():
                    problems.append(f"{path.relative_to(root)}:{number}: there is no {name}")


def check(root, write=False):
    problems = []
    for path in sorted(p for pattern in DOCUMENTS for p in root.glob(pattern)):
        generate(root, path, write, problems)
        references(root, path, problems)
    return problems


def main():
    arguments = sys.argv[1:]
    write = "--write" in arguments
    roots = [a for a in arguments if a != "--write"]
    root = Path(roots[0] if roots else Path(__file__).parent.parent).resolve()
    problems = check(root, write)
    for problem in problems:
        print(problem)
    if not problems:
        print("docs: current")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
