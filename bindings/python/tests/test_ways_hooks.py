"""Tracing extensions and directives: known hooks give the same traces as on stock Strawberry.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from typing import Any

import pytest
import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.extensions.tracing import ApolloTracingExtension, ApolloTracingExtensionSync
from ways_fake import fake_core, run
from ways_schema import Query

import gyrfalcon
from gyrfalcon import _hooks


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
