"""Tracing extensions and directives: known hooks give the same traces as on stock Strawberry; and the command line.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.extensions.tracing import ApolloTracingExtension, ApolloTracingExtensionSync
from ways_fake import fake_core, run
from ways_schema import Query

import gyrfalcon
from gyrfalcon import _hooks

FOLDER = Path(__file__).parent


@pytest.fixture(autouse=True)
def core() -> Any:
    with fake_core(real=True):
        yield


QUERIES = [
    "{ posts { id title } later }",
    "{ __typename posts { __typename } }",
    "{ __x: posts { id } }",
    "{ __schema { queryType { name } } posts { id } }",
]


def steps(result: Any) -> list[Any]:
    """What Apollo's tracing says of resolvers but for the times."""
    found = result.extensions["tracing"]["execution"]["resolvers"]
    return sorted([str(step["path"]), step["field_name"], step["parentType"], step["returnType"]] for step in found)


@pytest.mark.parametrize("query", QUERIES)
def test_apollo_tracing(query: str) -> None:
    stock = strawberry.Schema(Query, extensions=[ApolloTracingExtension])
    want = run(stock.execute(query))
    gyrfalcon.install()
    schema = strawberry.Schema(Query, extensions=[ApolloTracingExtension])
    got = run(schema.execute(query))
    assert got.data == want.data
    assert steps(got) == steps(want)


def test_apollo_tracing_runs_on_the_engine() -> None:
    gyrfalcon.install()
    schema = strawberry.Schema(Query, extensions=[ApolloTracingExtensionSync])
    assert len(steps(schema.execute_sync("{ posts { id title } }"))) == 1
    assert gyrfalcon.stats()["native"] == 1


def test_open_telemetry() -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    from strawberry.extensions.tracing import OpenTelemetryExtension

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    extensions = [lambda: OpenTelemetryExtension(tracer_provider=provider)]

    def spans(query: str) -> list[Any]:
        exporter.clear()
        run(strawberry.Schema(Query, extensions=extensions).execute(query))
        return sorted((span.name, sorted((span.attributes or {}).items())) for span in exporter.get_finished_spans())

    want = [spans(query) for query in QUERIES[:2]]
    assert want[0]
    gyrfalcon.install()
    assert [spans(query) for query in QUERIES[:2]] == want


def test_sentry() -> None:
    sentry_sdk = pytest.importorskip("sentry_sdk")
    module = pytest.importorskip("sentry_sdk.integrations.strawberry")
    extension = module.SentryAsyncExtension
    assert _hooks.kind_of(extension()) == _hooks.TRACING
    del sentry_sdk


def test_kinds_of_hooks() -> None:
    class Kept(ApolloTracingExtension):
        """Keeps the hook."""

    class Own(ApolloTracingExtension):
        def resolve(self, *args: Any, **kwargs: Any) -> Any:
            return None

    class User(SchemaExtension):
        def resolve(self, _next: Any, *args: Any, **kwargs: Any) -> Any:
            return _next(*args, **kwargs)

    patched = ApolloTracingExtension()
    patched.resolve = lambda *args: None  # type: ignore[method-assign]
    kinds = [_hooks.kind_of(item) for item in (ApolloTracingExtension(), Kept(), Own(), User(), patched, print)]
    assert kinds == [_hooks.TRACING, _hooks.TRACING, _hooks.EVERY, _hooks.EVERY, _hooks.EVERY, _hooks.EVERY]


def test_a_patched_question_makes_a_hook_unknown(monkeypatch: Any) -> None:
    import strawberry.extensions.tracing.apollo as module

    monkeypatch.setattr(module, "should_skip_tracing", lambda *args: False)
    assert _hooks.kind_of(ApolloTracingExtension()) == _hooks.EVERY


@pytest.mark.parametrize("query", QUERIES)
def test_user_hooks_see_every_field(query: str) -> None:
    seen: list[str] = []

    class User(SchemaExtension):
        def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
            seen.append(f"{info.parent_type}.{info.field_name} {info.path.as_list()}")
            return _next(root, info, *args, **kwargs)

    run(strawberry.Schema(Query, extensions=[User]).execute(query))
    want, seen[:] = list(seen), []
    gyrfalcon.install()
    run(strawberry.Schema(Query, extensions=[User]).execute(query))
    assert sorted(seen) == sorted(want)


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
