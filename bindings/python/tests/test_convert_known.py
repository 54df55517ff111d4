"""Code of Strawberry is known whatever the Python; what was replaced, or cannot be read, is not.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import FunctionType
from typing import Any

import gallery
import pytest
import strawberry
from strawberry.extensions.field_extension import FieldExtension
from strawberry.permission import BasePermission
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

import gyrfalcon
from gyrfalcon._convert import Conversion
from gyrfalcon._known import code_of, digest_of_source, variant
from gyrfalcon._spec import How


class Proxy:
    """As tracers wrap functions: all of the function's attributes are there."""

    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.wrapped(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wrapped, name)

    @property
    def __code__(self) -> Any:
        return self.wrapped.__code__


def test_the_digest_is_the_same_on_every_python() -> None:
    source = '''
        async def f(self, a: "int" = 1, *args: Any) -> str:
            """Says."""
            if a:  # why
                return f"{a!r:>{width}} {{braces}} {self.g(b'x', {'k': "v"})}" + 'it''s'
            else: pass
            return (
                a,
            )
    '''
    assert digest_of_source(source) == "6dd43a5a461cd9ee"


def test_a_proxy_is_no_known_function() -> None:
    assert variant(StrawberryField.get_result) == "known"
    assert variant(Proxy(StrawberryField.get_result)) is None
    assert code_of(Proxy(StrawberryField.get_result)) is None


def test_a_proxy_of_a_resolver_is_called() -> None:
    from gallery import plain

    schema = strawberry.Schema(plain.schema.query)
    fields = schema._schema.query_type.fields  # type: ignore[union-attr]
    direct = [name for name in fields if Conversion(schema._schema).field("Query", name).how != How.RESOLVE]
    assert direct
    for name in direct:
        fields[name].resolve = Proxy(fields[name].resolve)
        spec = Conversion(schema._schema).field("Query", name)
        assert (spec.how, spec.function) == (How.RESOLVE, fields[name].resolve)


def test_code_that_was_changed_in_place_is_not_known() -> None:
    stock = StrawberryField.get_result
    code = stock.__code__.replace(co_consts=(*stock.__code__.co_consts, "more"))
    changed = FunctionType(code, stock.__globals__, stock.__name__, stock.__defaults__, stock.__closure__)
    changed.__qualname__ = stock.__qualname__
    assert variant(stock) == "known"
    assert variant(changed) is None


class Yes(BasePermission):
    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        return True


class Renames(FieldExtension):
    def apply(self, field: StrawberryField) -> None:
        field.description = "described"


class Shouts(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        return next_(source, info, **kwargs).upper()


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION])
class Tagged:
    name: str


@strawberry.input
class Point:
    x: int
    y: int = 0


@strawberry.type
class Query:
    plain: str = "p"
    guarded: str = strawberry.field(default="g", permission_classes=[Yes])

    @strawberry.field
    def hello(self, to: str = "you", at: Point | None = None, all: list[Point] | None = None) -> str:
        return to

    @strawberry.field
    def informed(self, info: strawberry.Info, n: int) -> str:
        return info.field_name * n

    @strawberry.field(permission_classes=[Yes], directives=[Tagged(name="t")], extensions=[Renames()])
    async def both(self, info: strawberry.Info, at: Point) -> int:
        return at.x

    @strawberry.field(extensions=[Shouts()])
    def shouted(self) -> str:
        return "s"


def test_every_shortcut_is_taken() -> None:
    query = "{ plain guarded hello(at: {x: 1}, all: []) informed(n: 2) both(at: {x: 2}) shouted }"
    explanation = gyrfalcon.explain(strawberry.Schema(Query), query)
    assert explanation.engine == "gyrfalcon"
    assert {row.path: (row.how, row.reason) for row in explanation.fields} == {
        "plain": ("attribute", ""),
        "guarded": ("attribute", ""),
        "hello": ("call", ""),
        "informed": ("call", ""),
        "both": ("call", ""),
        "shouted": ("resolve", "field extension Shouts"),
    }


SOURCELESS = """
import sys, strawberry, gyrfalcon
sys.path[:0] = sys.argv[1:]
assert strawberry.__file__.endswith(".pyc")
from gallery import inputs, plain
from gyrfalcon._convert import Conversion
for module in inputs, plain:
    conversion = Conversion(module.schema._schema)
    assert "unknown code: StrawberryField.get_result" in conversion.reasons, conversion.reasons
    names = conversion.graphql_schema.query_type.fields
    assert {int(conversion.field("Query", name).how) for name in names} == {3}
    assert {conversion.field("Query", name).reason for name in names} == {"Strawberry's code is unknown"}
    for case in module.cases:
        if not case.sync:
            continue
        results = []
        for install in bool, gyrfalcon.install:
            install()
            result = module.schema.execute_sync(case.query, case.variables, case.context(), case.root())
            results.append((result.data, str(result.errors)))
        gyrfalcon.uninstall()
        assert results[0] == results[1], case
assert gyrfalcon.stats()["native"] > 10
"""


@pytest.mark.slow
def test_without_sources_the_framework_does_all(tmp_path: Path) -> None:
    package = Path(strawberry.__file__).parent
    shutil.copytree(package, tmp_path / "strawberry", ignore=shutil.ignore_patterns("__pycache__"))
    assert compileall.compile_dir(tmp_path / "strawberry", legacy=True, quiet=2) is not None
    for source in (tmp_path / "strawberry").rglob("*.py"):
        source.unlink()
    paths = [Path(gallery.__file__).parent.parent, Path(gyrfalcon.__file__).parent.parent]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", SOURCELESS, *map(str, paths)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
