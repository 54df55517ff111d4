"""The documentation is true: the Python in docs/python.md, README.md and the package's README runs, commands print what is shown.

A page's blocks run one after the other, in a process and a folder of their own. A block that begins with a comment like `# app.py` is a
file. In a console block, what follows a `$` is run and must print the rest; of figures only that they are there counts.

SPDX-License-Identifier: Apache-2.0
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import gyrfalcon

ROOT = Path(__file__).resolve().parents[3]
PAGES = ["docs/python.md", "README.md", "bindings/python/README.md"]
SCHEMA = """
import strawberry

@strawberry.type
class Post:
    title: str

@strawberry.type
class Query:
    @strawberry.field
    def posts(self) -> list[Post]:
        return [Post(title="A post")]

schema = strawberry.Schema(Query)
"""
POST = """
import main
from starlette.testclient import TestClient

response = TestClient(main.app).post("/graphql", json={"query": "{ posts { id excerpt author { name } } }"})
assert response.json()["data"]["posts"][1] == {"id": "1", "excerpt": "Some words", "author": {"name": "Ann"}}, response.json()
assert main.gyrfalcon.stats()["json_bytes"] == 1, main.gyrfalcon.stats()
"""


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)


def python(*arguments: object, cwd: Path) -> str:
    package = str(Path(gyrfalcon.__file__).resolve().parents[1])  # the one that is tested, wherever it is
    environment = os.environ | {"PYTHONPATH": package}
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def write_files(page: str, folder: Path) -> str:
    """Writes a page's files; the other blocks, as one program."""
    program = []
    for block in blocks(page, "python"):
        if name := re.match(r"# (\w+\.py)\n", block):
            (folder / name[1]).write_text(block)
        else:
            program.append(block)
    return "\n".join(program)


@pytest.mark.parametrize("page", PAGES)
def test_snippets_run(page, tmp_path):
    program = write_files(page, tmp_path)
    assert program
    if not (tmp_path / "app.py").exists():  # a page with nothing but `Query` and `schema` left to the reader
        program = f"{SCHEMA}\n{program}"
    (tmp_path / "snippets.py").write_text(program)
    python("snippets.py", cwd=tmp_path)


def without_figures(text: str) -> str:
    return re.sub(r" *\d+\.\d+", " N", text)


def test_commands_print_what_is_shown(tmp_path):
    write_files("docs/python.md", tmp_path)
    shown = blocks("docs/python.md", "console")
    assert shown
    for block in shown:
        command, _, output = block.partition("\n")
        dollar, interpreter, *arguments = shlex.split(command)
        assert (dollar, interpreter) == ("$", "python")
        assert without_figures(python(*arguments, cwd=tmp_path)) == without_figures(output)


def test_the_app_that_is_shown_answers_with_bytes(tmp_path):
    write_files("docs/python.md", tmp_path)
    (tmp_path / "post.py").write_text(POST)
    python("post.py", cwd=tmp_path)
