"""The package as installed: what it consists of, and that it is what was tested.

SPDX-License-Identifier: Apache-2.0
"""

import ast
import importlib.metadata
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import gyrfalcon
from gyrfalcon import _core

HERE = Path(_core.__file__).parent
SOURCES = Path(__file__).resolve().parent.parent


pytestmark = pytest.mark.skipif(
    HERE.is_relative_to(SOURCES), reason="the sources are tested, not an installed package: tests/run"
)


def test_installed_not_the_sources():
    assert not Path(gyrfalcon.__file__).is_relative_to(SOURCES)


def test_tag_says_one_abi():
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    assert Path(_core.__file__).name == "_core" + suffix
    wheel = importlib.metadata.distribution("gyrfalcon").read_text("WHEEL")
    version = f"cp{sys.version_info.major}{sys.version_info.minor}"
    assert f"Tag: {version}-{version}{sys.abiflags.replace('d', '')}-linux_" in wheel


def test_version():
    assert importlib.metadata.version("gyrfalcon") == (SOURCES / "engine/VERSION").read_text().strip()
    assert gyrfalcon.__version__ == importlib.metadata.version("gyrfalcon")


def test_only_the_init_function_is_visible():
    done = subprocess.run(["nm", "-D", "--defined-only", _core.__file__], capture_output=True, text=True, check=True)
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ["PyInit__core"]


def test_typed():
    assert (HERE / "py.typed").exists()
    assert (HERE / "_core.pyi").exists()


def told_by_stub() -> dict[str, set[str] | None]:
    """The names in the stub; of a class, those of its members."""
    names: dict[str, set[str] | None] = {}
    for node in ast.parse((HERE / "_core.pyi").read_text()).body:
        if isinstance(node, ast.ClassDef):
            names[node.name] = {m.name for m in node.body if isinstance(m, ast.FunctionDef)}
            names[node.name] |= {m.target.id for m in node.body if isinstance(m, ast.AnnAssign)}
        elif isinstance(node, ast.FunctionDef):
            names[node.name] = None
        elif isinstance(node, ast.AnnAssign) and node.annotation.id != "TypeAlias":
            names[node.target.id] = None
    return names


def public(names):
    return {name for name in names if not name.startswith("_")}


def test_stub_tells_what_there_is():
    told = told_by_stub()
    assert public(vars(_core)) == public(told)
    for name, members in told.items():
        if members is not None:
            assert public(vars(getattr(_core, name))) == public(members), name


def test_no_file_is_missing():
    sources = {
        p.relative_to(SOURCES / "gyrfalcon") for p in (SOURCES / "gyrfalcon").rglob("*.py*") if p.suffix in (".py", ".pyi")
    }
    assert sources == {p.relative_to(HERE) for p in HERE.rglob("*.py*") if p.suffix in (".py", ".pyi")}
