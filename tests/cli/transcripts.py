#!/usr/bin/env python3
"""Runs the commands of tests/cli/*.txt and compares what they print.

    tests/cli/transcripts.py GYR [--update] [NAME...]

A transcript holds lines `$ command` for the shell (in tests/cli/data, with gyr on the path), each followed by what it prints: the
standard output with `| ` before each line, then the standard error with `! `, then `[exit N]` unless N is 0. All other lines are
comment. --update rewrites the files; read the difference.

SPDX-License-Identifier: Apache-2.0
"""
import difflib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def printed(command, gyr):
    environment = dict(os.environ, PATH=f"{gyr.parent}:{os.environ['PATH']}", BUILD=str(gyr.parent), NO_COLOR="1", LC_ALL="C")
    done = subprocess.run(["/bin/sh", "-c", command], cwd=HERE / "data", env=environment, capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL)
    out = done.stdout.decode("utf-8", "backslashreplace").splitlines()
    err = done.stderr.decode("utf-8", "backslashreplace").splitlines()
    code = [f"[exit {done.returncode}]"] if done.returncode else []
    return [line.rstrip() for line in ["| " + line for line in out] + ["! " + line for line in err] + code]


def replay(lines, gyr):
    """The transcript with every command's output as it is now."""
    result = []
    for line in lines:
        if line.startswith("$ "):
            result += [line, *printed(line[2:], gyr)]
        elif not line.startswith(("|", "!", "[exit ")):
            result.append(line)
    return result


def main():
    update = "--update" in sys.argv
    gyr, *names = [a for a in sys.argv[1:] if a != "--update"]
    failed = 0
    for path in sorted(HERE.glob("*.txt")):
        if names and path.stem not in names:
            continue
        expected = path.read_text().splitlines()
        actual = replay(expected, Path(gyr).resolve())
        if update:
            path.write_text("\n".join(actual) + "\n")
        elif actual != expected:
            failed += 1
            print("\n".join(difflib.unified_diff(expected, actual, f"{path.name}, expected", f"{path.name}, now", lineterm="")))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
