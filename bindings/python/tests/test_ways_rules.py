"""Rules of the ways in that no other file proves: requests within requests, what WebSockets and Channels get, documents and versions that
the engine does not know, failures of the engine itself.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import graphql
import pytest
import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, GraphQLString
from strawberry.extensions import SchemaExtension
from strawberry.file_uploads import Upload
from strawberry.schema.schema_converter import CustomGraphQLEnumType
from ways_fake import G33, core_of, fake_core, plain, run
from ways_schema import WAYS, Mutation, Query, Ticks, both, make, native

import gyrfalcon
from gyrfalcon import _core, _documents, _fast, _install
from gyrfalcon._versions import DESCRIBES

pytest.importorskip("starlette")
from starlette.testclient import TestClient
from strawberry.asgi import GraphQL


@pytest.fixture(autouse=True)
def core() -> Any:
    with fake_core(real=True):
        yield


@pytest.fixture
def fake() -> Any:
    with fake_core():
        yield


def fallbacks() -> dict[str, int]:
    return gyrfalcon.stats()["fallbacks"]


# ---------------------------------------------------------------------- documents


def test_documents_that_only_graphql_core_takes_are_counted(fake: Any) -> None:
    gyrfalcon.install()
    schema = strawberry.Schema(Query)
    core_of(schema).reject = True
    for count in (1, 2):
        assert schema.execute_sync("{ posts { id } }").data == {"posts": [{"id": 0}, {"id": 1}]}
        assert gyrfalcon.stats()["accepted"] == count
    schema.execute_sync("{ nothing }")
    schema.execute_sync("{")
    assert gyrfalcon.stats()["accepted"] == 2
    assert fallbacks()["the engine did not take the document"] == 2


def test_an_ast_is_parsed_once_for_a_document() -> None:
    gyrfalcon.install()
    schema = strawberry.Schema(Query)
    for _ in range(3):
        (error,) = schema.execute_sync("{ fail }").errors or ()
        assert error.nodes
    assert gyrfalcon.stats()["parsed"] == 1
    assert native() == 3


def test_descriptions_of_operations_are_as_the_installed_version_has_them() -> None:
    gyrfalcon.install()
    schema = strawberry.Schema(Query)
    for query in (
        '"described" query { __typename }',
        '"""\nd""" # c\n , query Q { __typename }',
        'query("d" $a: Int) { __typename }',
    ):
        assert ("Syntax Error" in str(schema.execute_sync(query).errors)) != DESCRIBES
    assert native() == (2 if DESCRIBES else 0)  # a variable is not used
    assert "Syntax Error" in str(schema.execute_sync('"described" { __typename }').errors)


# ---------------------------------------------------------------------- requests within requests


@strawberry.type
class Nested:
    @strawberry.field
    def depth(self, info: strawberry.Info, n: int) -> int:
        if not n:
            return 0
        result = info.schema.execute_sync("query($n: Int!) { depth(n: $n) value }", {"n": n - 1})
        assert type(result.data) is dict
        return result.data["depth"] + 1

    @strawberry.field
    async def later(self, info: strawberry.Info, n: int) -> int:
        await asyncio.sleep(0)
        if not n:
            return 0
        result = await info.schema.execute("query($n: Int!) { later(n: $n) value }", {"n": n - 1})
        assert type(result.data) is dict
        return result.data["later"] + 1

    @strawberry.field
    def value(self) -> int:
        return 3

    @strawberry.field
    def broken(self, info: strawberry.Info) -> int | None:
        with pytest.raises(ZeroDivisionError):
            raise info.schema.execute_sync("{ zero }").errors[0].original_error  # type: ignore[index, misc]
        return 1

    @strawberry.field
    def zero(self) -> int | None:
        return 1 // 0


@pytest.mark.parametrize("way", ["install", "class"])
def test_requests_within_requests(way: str) -> None:
    if way == "install":
        gyrfalcon.install()
    schema = (strawberry.Schema if way == "install" else gyrfalcon.strawberry.Schema)(Nested)
    assert schema.execute_sync("query($n: Int!) { depth(n: $n) value }", {"n": 5}).data == {"depth": 5, "value": 3}
    assert native() == 6
    assert run(schema.execute("query($n: Int!) { later(n: $n) value }", {"n": 5})).data == {"later": 5, "value": 3}
    assert native() == 12
    assert schema.execute_sync("{ broken zero }").data == {"broken": 1, "zero": None}


def test_a_nested_request_of_a_post_gets_dictionaries() -> None:
    gyrfalcon.install()
    client = TestClient(GraphQL(strawberry.Schema(Nested)))
    for query, want in (("{ depth(n: 2) value }", {"depth": 2, "value": 3}), ("{ later(n: 2) value }", {"later": 2, "value": 3})):
        assert client.post("/", json={"query": query}).json() == {"data": want}
    assert gyrfalcon.stats()["json_bytes"] == 2
    assert native() == 6


def test_greenlets() -> None:
    """Two requests of one thread, each in a greenlet that switches to the other within a resolver."""
    greenlet = pytest.importorskip("greenlet").greenlet

    @strawberry.type
    class Switching:
        @strawberry.field
        def step(self, info: strawberry.Info, n: int) -> str:
            other[info.context].switch()
            return f"{info.context}{n}"

    gyrfalcon.install()
    schema = strawberry.Schema(Switching)
    query, results = "{ a: step(n: 1) b: step(n: 2) }", {}

    def work(name: str) -> None:
        results[name] = schema.execute_sync(query, context_value=name).data

    one, two = greenlet(lambda: work("x")), greenlet(lambda: work("y"))
    other = {"x": two, "y": one}
    one.switch()
    while not (one.dead and two.dead):
        (two if one.dead else one).switch()
    assert results == {name: {"a": f"{name}1", "b": f"{name}2"} for name in "xy"}
    assert native() == 2


def test_the_module_can_be_loaded_twice() -> None:
    spec = importlib.util.spec_from_file_location("gyrfalcon._core", _core.__file__)
    assert spec is not None
    assert spec.loader is not None
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    assert again is not _core
    assert again.Schema is not _core.Schema
    schema = graphql.build_schema("type Query { a: Int }")
    conversion = _documents.make_core(schema)[1]
    for module in (again, _core):
        plan = module.Schema(conversion).document("{ a }").plan(None)
        assert plan.execute({"a": 1}, None, None, module.Request())[0] == {"a": 1}
    assert sys.modules["gyrfalcon._core"] is _core


# ---------------------------------------------------------------------- other protocols


def frames(protocol: str, queries: list[str]) -> list[Any]:
    """What a client of WebSockets is sent."""
    subscribe = "subscribe" if protocol == "graphql-transport-ws" else "start"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        app = GraphQL(strawberry.Schema(Query, Mutation, Ticks))
    seen: list[Any] = []
    with TestClient(app).websocket_connect("/", subprotocols=[protocol]) as socket:
        socket.send_json({"type": "connection_init"})
        seen.append(socket.receive_json())
        for number, query in enumerate(queries):
            socket.send_json({"id": str(number), "type": subscribe, "payload": {"query": query}})
            while seen[-1].get("id") != str(number) or seen[-1]["type"] not in {"complete", "error"}:
                seen.append(socket.receive_json())
    return seen


@pytest.mark.parametrize("protocol", ["graphql-transport-ws", "graphql-ws"])
def test_web_sockets_get_dictionaries(protocol: str) -> None:
    queries = ["subscription { count(to: 2) }", "{ posts { id } later }", "mutation { double(number: 2) }", "{ nothing }"]
    if protocol == "graphql-ws":
        queries = [queries[0], queries[3]]
    want = frames(protocol, queries)
    gyrfalcon.install()
    assert frames(protocol, queries) == want
    assert gyrfalcon.stats()["json_bytes"] == 0
    assert native() >= 2


@pytest.mark.parametrize("asynchronous", [False, True])
def test_channels_encodes_for_itself(asynchronous: bool) -> None:
    pytest.importorskip("channels")
    django = pytest.importorskip("django")
    from django.conf import settings

    if not settings.configured:
        settings.configure(DEFAULT_CHARSET="utf-8", ALLOWED_HOSTS=["*"], INSTALLED_APPS=[])
        django.setup()
    from asgiref.testing import ApplicationCommunicator
    from strawberry.channels import GraphQLHTTPConsumer, SyncGraphQLHTTPConsumer

    kind = GraphQLHTTPConsumer if asynchronous else SyncGraphQLHTTPConsumer

    def answers() -> list[Any]:
        async def post(query: str) -> Any:
            body = json.dumps({"query": query}).encode()
            scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "http_version": "1.1",
                     "headers": [(b"content-type", b"application/json")]}  # fmt: skip
            client = ApplicationCommunicator(kind.as_asgi(schema=strawberry.Schema(Query)), scope)
            await client.send_input({"type": "http.request", "body": body, "more_body": False})
            start = await client.receive_output(30)
            return start["status"], await client.receive_output(30)

        return [run(post(query)) for query in ("{ posts { id title } }", "{ fail }", "{ nothing }")]

    want = answers()
    gyrfalcon.install()
    assert answers() == want
    assert gyrfalcon.stats()["json_bytes"] == 0
    assert native() == 2


def test_uploads_are_the_request_s_own_objects() -> None:
    def describe(files: Any) -> str:
        (file,) = files
        return f"{type(file).__module__}.{type(file).__name__} {file.filename} {file.size}"

    describe.__annotations__["files"] = list[Upload]

    @strawberry.type
    class Files:
        length: str = strawberry.field(resolver=describe)

    def answer() -> Any:
        client = TestClient(GraphQL(strawberry.Schema(Files), multipart_uploads_enabled=True))
        operations = {"query": "query($f: [Upload!]!) { length(files: $f) }", "variables": {"f": [None]}}
        form = {"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.f.0"]})}
        return client.post("/", data=form, files={"0": ("name.txt", b"content")}).json()

    want = answer()
    assert want["data"]["length"].endswith("name.txt 7")
    gyrfalcon.install()
    assert answer() == want
    assert native() == 1


# ---------------------------------------------------------------------- subscriptions, @defer


@pytest.mark.parametrize("way", WAYS)
def test_hooks_of_resolvers_in_the_events_of_subscriptions(way: str) -> None:
    def drain(schema: Any) -> list[Any]:
        async def main() -> list[Any]:
            stream = await schema.subscribe("subscription { count(to: 2) }")
            return [result.data async for result in stream]

        return run(main())

    def hooked(log: list[str]) -> type:
        class Hook(SchemaExtension):
            def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
                log.append(f"{info.field_name} {root}")
                return _next(root, info, *args, **kwargs)

        return Hook

    stock_log: list[str] = []
    log: list[str] = []
    want = drain(make("stock", extensions=[hooked(stock_log)]))
    assert drain(make(way, extensions=[hooked(log)])) == want == [{"count": 0}, {"count": 1}]
    assert log == stock_log
    if way == "install":
        assert native() == 2


@pytest.mark.skipif(not G33, reason="graphql-core 3.3 only")
def test_deferred_operations_fall_back_whole() -> None:
    from graphql import GraphQLDeferDirective, GraphQLStreamDirective, specified_directives

    seen: list[gyrfalcon.Fallback] = []
    fields = {"a": GraphQLField(GraphQLString, resolve=lambda *_: "a"), "b": GraphQLField(GraphQLString, resolve=lambda *_: "b")}
    directives = [*specified_directives, GraphQLDeferDirective, GraphQLStreamDirective]
    schema = GraphQLSchema(GraphQLObjectType("Query", fields), directives=directives)
    gyrfalcon.install()
    remove = gyrfalcon.on_fallback(seen.append)

    async def main() -> Any:
        document = graphql.parse("{ a ... @defer { b } }")
        result = graphql.experimental_execute_incrementally(schema, document)
        return result.initial_result.data, [item.incremental async for item in result.subsequent_results]

    try:
        initial, rest = run(main())
    finally:
        remove()
    assert initial == {"a": "a"}
    assert rest[0][0].data == {"b": "b"}
    assert [event.reason for event in seen] == ["the operation has @defer or @stream"]
    # what is not deferred runs on the engine
    assert graphql.experimental_execute_incrementally(schema, graphql.parse("{ a b }")).data == {"a": "a", "b": "b"}
    assert native() == 1


# ---------------------------------------------------------------------- versions and failures


def lose_seams(patch: Any) -> None:
    patch.setattr(_fast, "complete", False)
    patch.setattr(_fast, "seams", _fast.Seams())


UNKNOWN = [
    ("names of its module", lose_seams, {"fast": 0, "json_bytes": 0, "native": 3}),
    ("enums", lambda patch: patch.delattr(CustomGraphQLEnumType, "coerce_output_value"), {"native": 3}),
    ("the short way", lambda patch: patch.setattr(_fast, "complete", False), {"fast": 0, "json_bytes": 0, "native": 3}),
    ("a signature", lambda patch: patch.setattr(_fast, "SIGNATURE", ("self",)), {"fast": 0, "json_bytes": 0, "native": 3}),
    ("the views", lambda patch: patch.setattr("gyrfalcon._http.complete", False), {"fast": 3, "json_bytes": 0, "native": 3}),
    ("methods", lambda patch: patch.setattr(_fast, "trusted_methods", []), {"fast": 0, "json_bytes": 0, "native": 3}),
    ("validation", lambda patch: patch.setattr(_fast, "own_rules", (None, None)), {"native": 3}),
]


@pytest.mark.parametrize(("name", "change", "counts"), UNKNOWN, ids=[name for name, *_ in UNKNOWN])
def test_a_version_that_differs_loses_the_shortcuts_that_differ(name: str, change: Any, counts: Any, monkeypatch: Any) -> None:
    want = both(strawberry.Schema(Query), "{ posts { id } fail }")
    change(monkeypatch)
    gyrfalcon.install()
    schema = strawberry.Schema(Query)
    assert both(schema, "{ posts { id } fail }") == want
    assert TestClient(GraphQL(schema)).post("/", json={"query": "{ posts { id } }"}).json() == {
        "data": {"posts": [{"id": 0}, {"id": 1}]}
    }
    stats = gyrfalcon.stats()
    assert {key: stats[key] for key in counts} == counts


def test_an_unknown_graphql_core_is_left_alone(monkeypatch: Any, caplog: Any) -> None:
    for module in (_documents, _install, sys.modules["gyrfalcon.extension"]):
        monkeypatch.setattr(module, "KNOWN", False)
    before = graphql.execute
    assert not gyrfalcon.install()
    assert graphql.execute is before
    assert "is unknown: nothing is installed" in caplog.text
    schema = graphql.build_schema("type Query { a: Int }")
    assert gyrfalcon.execute(schema, graphql.parse("{ a }"), {"a": 1}).data == {"a": 1}
    for way in ("class", "extension"):
        assert make(way).execute_sync("{ posts { id } }").data == {"posts": [{"id": 0}, {"id": 1}]}
    assert native() == 0
    assert "this version of graphql-core is unknown" in fallbacks()
    assert "unknown" in str(gyrfalcon.explain(schema, "{ a }"))


EARLIER = """
import sys
import graphql
graphql.version_info = graphql.version_info._replace(micro=1)
module = sys.modules["graphql.execution.execute"]
del module.assume_not_async_iterable
import gyrfalcon, gyrfalcon.strawberry, gyrfalcon.extension
assert not gyrfalcon.install()
schema = graphql.build_schema("type Query { a: Int }")
assert gyrfalcon.execute(schema, graphql.parse("{ a }"), {"a": 1}).data == {"a": 1}
assert gyrfalcon.explain(schema, "{ a }").reason == "this version of graphql-core is unknown"
"""


LATER = """
import sys
import graphql
graphql.version_info = graphql.version_info._replace(micro=15)
import gyrfalcon
assert not gyrfalcon.install()
schema = graphql.build_schema("type Query { a: Int }")
assert gyrfalcon.execute(schema, graphql.parse("{ a }"), {"a": 1}).data == {"a": 1}
assert gyrfalcon.explain(schema, "{ a }").reason == "this version of graphql-core is unknown"
"""


@pytest.mark.skipif(G33, reason="graphql-core 3.2")
def test_later_releases_of_3_2_are_left_alone() -> None:
    left_alone(LATER)


@pytest.mark.skipif(not G33, reason="graphql-core 3.3")
def test_the_first_releases_of_3_3_are_left_alone() -> None:
    left_alone(EARLIER)


def left_alone(program: str) -> None:
    package = str(Path(gyrfalcon.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": package}
    )
    assert done.returncode == 0, done.stderr
    assert "is unknown: nothing is installed" in done.stderr


ANOTHER_SIGNATURE = """
import sys
import graphql
import graphql.execution
stock = graphql.execute
def execute(schema, document, one_more, *args, **kwargs):
    return stock(schema, document, *args, **kwargs)
graphql.execute = graphql.execution.execute = sys.modules["graphql.execution.execute"].execute = execute
import gyrfalcon, gyrfalcon.strawberry, gyrfalcon.extension
assert not gyrfalcon.install()
assert gyrfalcon.execute is execute
schema = graphql.build_schema("type Query { a: Int }")
assert gyrfalcon.explain(schema, "{ a }").reason == "this version of graphql-core is unknown"
"""


def test_a_graphql_core_with_other_parameters_is_left_alone() -> None:
    package = str(Path(gyrfalcon.__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": package}
    done = subprocess.run([sys.executable, "-c", ANOTHER_SIGNATURE], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert "is unknown: nothing is installed" in done.stderr


@pytest.mark.parametrize("place", ["document", "plan"])
@pytest.mark.parametrize("way", ["execute", "install", "class", "extension"])
def test_a_failure_of_the_engine_before_the_first_resolver(place: str, way: str, fake: Any, monkeypatch: Any) -> None:
    import ways_fake

    def fail(*args: Any) -> Any:
        raise RuntimeError("a defect")

    schema = make(way) if way != "execute" else strawberry.Schema(Query)
    core_of(schema)
    owner = {"document": ways_fake.Schema, "plan": ways_fake.Document}[place]
    monkeypatch.setattr(owner, place, fail)
    if way == "execute":
        got = gyrfalcon.execute(schema._schema, graphql.parse("{ posts { id } }"))
    else:
        got = schema.execute_sync("{ posts { id } }")
    assert plain(got)[:2] == ({"posts": [{"id": 0}, {"id": 1}]}, None)
    assert native() == 0
    assert fallbacks()
