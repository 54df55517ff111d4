"""`python -m gyrfalcon`: what it prints, and what it says of input that it cannot use.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import graphql
import pytest

import gyrfalcon
from gyrfalcon import __main__ as program

FOLDER = Path(__file__).parent


def command(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    package = str(Path(gyrfalcon.__file__).parent.parent)
    environment = {
        **os.environ,
        **more,
        "PYTHONPATH": os.pathsep.join([package, str(FOLDER), os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.run(
        [sys.executable, "-m", "gyrfalcon", *arguments], capture_output=True, text=True, check=False, env=environment
    )


def test_command_explain(tmp_path: Path) -> None:
    (tmp_path / "query.graphql").write_text("{ posts { id } }")
    for query in ("{ posts { id } }", str(tmp_path / "query.graphql")):
        done = command("explain", "ways_app:schema", query)
        assert done.returncode == 0, done.stderr
        assert "posts.id" in done.stdout
    found = json.loads(command("explain", "ways_app:schema", "{ posts { id } }", "--json").stdout)
    assert (found["engine"], found["operation"], [item["path"] for item in found["fields"]]) == (
        "gyrfalcon",
        "query",
        ["posts", "posts.id"],
    )
    assert "Cannot query field 'nothing'" in command("explain", "ways_app:make", "{ nothing }").stdout


def test_command_version() -> None:
    done = command("--version")
    assert done.returncode == 0
    python = f"{platform.python_implementation()} {platform.python_version()}"
    strawberry = f"strawberry-graphql {importlib.metadata.version('strawberry-graphql')}"
    assert done.stdout == f"gyrfalcon {gyrfalcon.__version__}, graphql-core {graphql.version}, {strawberry}, {python}\n"


WRONG = {
    "ways_app": "module:attribute",
    "ways_app:nothing": "ways_app has no attribute nothing",
    "ways_app:schema.nothing": "ways_app:schema has no attribute nothing",
    "ways_app:Query": "no schema of Strawberry or graphql-core",
    "ways_app:fail": "ways_app:fail() failed: no schema today",
    "no_such_module:schema": "cannot import no_such_module: No module named 'no_such_module'",
}


@pytest.mark.parametrize("name", WRONG)
def test_command_lines_that_cannot_be_used(name: str) -> None:
    done = command("explain", name, "{ a }")
    assert done.returncode == 2
    assert WRONG[name] in done.stderr
    assert ("Traceback" in done.stderr) == (name == "ways_app:fail")  # the application's own failure is shown
    assert not done.stdout


def test_a_document_that_cannot_be_used() -> None:
    done = command("explain", "ways_app:schema", "missing.graphql")
    assert done.returncode == 2
    assert "neither a document nor a file" in done.stderr
    done = command("bench", "ways_app:schema", "{ nothing }")
    assert done.returncode == 2
    assert done.stderr == "gyrfalcon: the operation cannot be timed: Cannot query field 'nothing' on type 'Query'.\n"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--variables", "[1]"), "argument --variables: no JSON object: [1]"),
        (("--variables", "{"), "argument --variables: no JSON object: {"),
        (("--seconds", "-1"), "argument --seconds: no time to measure in: -1"),
        (("--seconds", "nan"), "argument --seconds: no time to measure in: nan"),
        (("--seconds", "long"), "argument --seconds: no time to measure in: long"),
    ],
)
def test_options_that_cannot_be_used(options: tuple[str, ...], says: str) -> None:
    done = command("bench", "ways_app:schema", "{ fail }", *options)
    assert done.returncode == 2
    assert done.stderr.endswith(f"error: {says}\n")


UNTIMED = {
    "{ strict }": "the operation cannot be timed: strict: strictly no",
    "subscription { count }": "the operation cannot be timed: it is a subscription",
}


@pytest.mark.parametrize("query", UNTIMED)
def test_operations_that_cannot_be_timed(query: str) -> None:
    done = command("bench", "ways_app:schema", query)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"gyrfalcon: {UNTIMED[query]}\n")


def test_nothing_to_compare_with() -> None:
    done = command("bench", "ways_app:schema", "{ posts { id } }", GYRFALCON="off")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "gyrfalcon: nothing to compare with: GYRFALCON=off\n")


def test_command_bench() -> None:
    done = command(
        "bench",
        "ways_app:schema",
        "query($n: Int!) { posts(limit: $n) { id } }",
        "--variables",
        '{"n": 2}',
        "--seconds",
        "0.05",
    )
    assert done.returncode == 0, done.stderr
    assert "times as fast" in done.stdout
    assert "on graphql-core" not in done.stdout
    done = command("bench", "ways_app:schema", "{ fail later }", "--seconds", "0.05", "--json")
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    found = json.loads(done.stdout)
    assert found["times"] == pytest.approx(found["graphql-core"] / found["gyrfalcon"])
    assert (found["equal"], found["fallbacks"]) == (True, {})


@pytest.mark.parametrize("name", ["schema", "own"])
def test_one_side_of_a_bench_is_graphql_core(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    native = []

    def clock(request: Callable[[], Any], _seconds: float) -> float:
        gyrfalcon.reset_stats()
        program.one(request)
        native.append(gyrfalcon.stats()["native"])
        return 1.0

    monkeypatch.setattr(program, "clock", clock)
    assert program.main(["bench", f"ways_app:{name}", "{ posts { id } }", "--seconds", "0.05"]) == 0
    assert native == [0, 1] * 5
    assert not gyrfalcon.is_installed()
    assert gyrfalcon.execute_json(graphql.build_schema("type Query { a: Int }"), graphql.parse("{ a }")) == b'{"data":{"a":null}}'
    assert gyrfalcon.stats()["native"] == 2  # it is not off any more
