"""JSON bytes for Strawberry's views: where they come, where they must not, and that the responses are the same.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import datetime
import json
from functools import partial
from typing import Any

import pytest
import strawberry
from strawberry.extensions import MaskErrors, SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionResult
from ways_fake import fake_core, run
from ways_schema import Mutation, Query, Ticks, outcome

import gyrfalcon
from gyrfalcon import _http
from gyrfalcon.strawberry import Schema

pytest.importorskip("starlette")
from strawberry.asgi import GraphQL


@pytest.fixture(autouse=True)
def core() -> Any:
    with fake_core(real=True):
        yield


def json_bytes() -> int:
    return gyrfalcon.stats()["json_bytes"]


async def post(app: Any, body: Any, path: str = "/graphql") -> tuple[int, Any]:
    """A POST to an ASGI application: status and parsed body."""
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]
    headers = [(b"content-type", b"application/json"), (b"host", b"test")]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path, "raw_path": path.encode(),
             "query_string": b"", "headers": headers, "scheme": "http", "server": ("test", 80), "client": ("test", 1), "root_path": ""}  # fmt: skip

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    text = b"".join(message.get("body", b"") for message in sent)
    length = dict(sent[0]["headers"]).get(b"content-length")
    assert length is None or int(length) == len(text)
    try:
        return sent[0]["status"], json.loads(text)
    except ValueError:
        return sent[0]["status"], text


BODIES: list[Any] = [
    {"query": "{ posts { id title } }"},
    {"query": "query($n: Int!) { posts(limit: $n) { id } later }", "variables": {"n": 1}},
    {"query": "mutation { double(number: 3) }"},
    {"query": "{ fail posts { id } }"},
    {"query": "{ nothing }"},
    {"query": "{"},
    {"query": "{ later }", "operationName": "No"},
    {"query": "{ later }", "operationName": {"a": 1}},
    {"query": "{ later }", "operationName": 3},
    {"query": None},
    {"query": "subscription { count }"},
    {"query": "{ context }", "extensions": {"a": 1}},
]


class Results(SchemaExtension):
    def get_results(self) -> dict[str, Any]:
        return {"é": [1, None]}


def compare(make_app: Any, bodies: Any = BODIES, **options: Any) -> int:
    """Posts to an application on stock Strawberry and with Gyrfalcon; how many answers were bytes."""
    want = [run(post(make_app(strawberry.Schema(Query, Mutation, Ticks, **options)), body)) for body in bodies]
    gyrfalcon.install()
    gyrfalcon.reset_stats()
    app = make_app(strawberry.Schema(Query, Mutation, Ticks, **options))
    assert [run(post(app, body)) for body in bodies] == want
    return json_bytes()


def test_asgi() -> None:
    assert compare(GraphQL) == 4
    assert gyrfalcon.stats()["native"] == 6  # the event of the subscription, too


def test_asgi_with_extensions() -> None:
    assert compare(GraphQL, extensions=[MaskErrors]) == 4
    gyrfalcon.uninstall()
    assert compare(GraphQL, extensions=[Results]) == 0


def test_hooks_that_read_the_data_get_dictionaries() -> None:
    seen: list[Any] = []

    class Reader(SchemaExtension):
        def on_operation(self) -> Any:
            yield
            seen.append(self.execution_context.result.data)

    gyrfalcon.install()
    app = GraphQL(strawberry.Schema(Query, extensions=[Reader]))
    assert run(post(app, {"query": "{ posts { id } }"})) == (200, {"data": {"posts": [{"id": 0}, {"id": 1}]}})
    assert seen == [{"posts": [{"id": 0}, {"id": 1}]}]
    assert json_bytes() == 0


def test_fastapi() -> None:
    fastapi = pytest.importorskip("fastapi")
    from strawberry.fastapi import GraphQLRouter

    def make_app(schema: Any) -> Any:
        app = fastapi.FastAPI()
        app.include_router(GraphQLRouter(schema), prefix="/graphql")
        return app

    assert compare(make_app) == 4


def test_batches() -> None:
    config = StrawberryConfig(batching_config={"max_operations": 5})
    assert compare(GraphQL, [BODIES[:4]], config=config) == 3


def test_views_that_look_at_the_data_get_dictionaries() -> None:
    seen: list[Any] = []

    class Process(GraphQL):  # type: ignore[type-arg]
        async def process_result(self, request: Any, result: ExecutionResult) -> Any:
            seen.append(type(result.data))
            return await super().process_result(request, result)

    class Encode(GraphQL):  # type: ignore[type-arg]
        def encode_json(self, data: Any) -> Any:
            seen.append(type(data["data"]))
            return json.dumps(data)

    class Execute(GraphQL):  # type: ignore[type-arg]
        async def execute_single(self, *args: Any, **kwargs: Any) -> Any:
            result = await super().execute_single(*args, **kwargs)
            seen.append(type(result.data))
            return result

    class Create(GraphQL):  # type: ignore[type-arg]
        def create_response(self, response_data: Any, sub_response: Any) -> Any:
            seen.append(type(response_data["data"]))
            return super().create_response(response_data, sub_response)

    for view in (Process, Encode, Execute, Create):
        seen.clear()
        assert compare(view, BODIES[:1]) == 0
        assert seen == [dict, dict]
        gyrfalcon.uninstall()


def test_a_view_with_a_method_of_its_own() -> None:
    gyrfalcon.install()
    view: Any = GraphQL(strawberry.Schema(Query))
    seen = []
    view.encode_json = lambda data: seen.append(data) or json.dumps(data)
    assert run(post(view, BODIES[0]))[0] == 200
    assert type(seen[0]["data"]) is dict
    assert json_bytes() == 0


def test_a_patched_process_result(monkeypatch: Any) -> None:
    import strawberry.http.async_base_view as module

    gyrfalcon.install()
    view: Any = GraphQL(strawberry.Schema(Query))
    run(post(view, BODIES[0]))
    assert json_bytes() == 1
    stock = module.process_result
    monkeypatch.setattr(module, "process_result", lambda result: {**stock(result), "more": len(result.data["posts"])})
    assert run(post(view, BODIES[0]))[1]["more"] == 2
    assert json_bytes() == 1


def test_the_wish_is_for_one_call() -> None:
    seen: list[Any] = []

    @strawberry.type
    class Nested:
        @strawberry.field
        async def inner(self, info: strawberry.Info) -> str:
            result = await schema.execute("{ value }")
            seen.append(result.data)
            return "done"

        @strawberry.field
        def value(self) -> int:
            return 3

    schema = strawberry.Schema(Nested)
    gyrfalcon.install()
    assert run(post(GraphQL(schema), {"query": "{ inner value }"})) == (200, {"data": {"inner": "done", "value": 3}})
    assert seen == [{"value": 3}]
    assert json_bytes() == 1


def test_schema_classes_with_their_own_execute() -> None:
    seen: list[Any] = []

    class Own(strawberry.Schema):
        async def execute(self, *args: Any, **kwargs: Any) -> Any:
            result = await super().execute(*args, **kwargs)
            seen.append(result.data)
            return result

    gyrfalcon.install()
    assert run(post(GraphQL(Own(Query)), BODIES[0]))[0] == 200
    assert type(seen[0]) is dict
    assert run(post(GraphQL(Schema(Query)), BODIES[0]))[0] == 200
    assert json_bytes() == 1


def test_leaves_that_are_no_plain_json() -> None:
    Odd = strawberry.scalar(name="Odd", serialize=lambda value: {"odd": value}, parse_value=lambda value: value)  # noqa: N806

    class OddValue:
        pass

    @strawberry.type
    class Scalars:
        @strawberry.field
        def when(self) -> datetime.date:
            return datetime.date(2020, 1, 2)

        @strawberry.field
        def odd(self) -> strawberry.scalars.JSON:
            return {"b": [1, {"a": None}]}

    del Odd, OddValue
    want = run(post(GraphQL(strawberry.Schema(Scalars)), {"query": "{ when odd }"}))
    gyrfalcon.install()
    assert run(post(GraphQL(strawberry.Schema(Scalars)), {"query": "{ when odd }"})) == want


def test_text_and_numbers() -> None:
    texts = ["", "é", "\U0001f600", '"\\/\b\f\n\r\t', "\x00\x1f\x7f", "\u2028", "\ud800"]
    numbers = [0.0, -0.0, 1.0, 1e16, 1e300, 5e-324, 0.1, 1 / 3, 123456789.125, 100.0]

    @strawberry.type
    class Values:
        @strawberry.field
        def texts(self) -> list[str]:
            return texts

        @strawberry.field
        def numbers(self) -> list[float]:
            return numbers

        @strawberry.field
        def nothing(self) -> str | None:
            return None

    gyrfalcon.install()
    status, body = run(post(GraphQL(strawberry.Schema(Values)), {"query": "{ texts numbers nothing }"}))
    assert (status, json_bytes()) == (200, 1)
    assert body["data"]["texts"] == texts
    assert [repr(number) for number in body["data"]["numbers"]] == [repr(number) for number in numbers]
    assert body["data"]["nothing"] is None


def test_off_and_without_bytes(monkeypatch: Any) -> None:
    gyrfalcon.install(json=False)
    assert run(post(GraphQL(strawberry.Schema(Query)), BODIES[0]))[0] == 200
    assert json_bytes() == 0
    assert gyrfalcon.stats()["fast"] == 1
    gyrfalcon.uninstall()
    assert not hasattr(GraphQL.execute_single, "__gyrfalcon__")
    assert not hasattr(GraphQL.encode_json, "__gyrfalcon__")


@pytest.mark.parametrize("asynchronous", [False, True])
def test_django(asynchronous: bool) -> None:
    django = pytest.importorskip("django")
    from django.conf import settings

    if not settings.configured:
        settings.configure(DEFAULT_CHARSET="utf-8", ALLOWED_HOSTS=["*"], INSTALLED_APPS=[])
        django.setup()
    from django.test import RequestFactory
    from strawberry.django.views import AsyncGraphQLView, GraphQLView

    bodies = [body for body in BODIES if asynchronous or "later" not in str(body)]

    def answer(body: Any) -> tuple[int, Any]:
        request = RequestFactory().post("/graphql", json.dumps(body), content_type="application/json")
        view: Any = (AsyncGraphQLView if asynchronous else GraphQLView).as_view(schema=strawberry.Schema(Query, Mutation, Ticks))
        response = run(view(request)) if asynchronous else view(request)
        return response.status_code, response.content if response.status_code != 200 else json.loads(response.content)

    want = [answer(body) for body in bodies]
    gyrfalcon.install()
    assert [answer(body) for body in bodies] == want
    assert json_bytes() == (4 if asynchronous else 3)


def test_views_imported_after_install() -> None:
    """Django's views have an encoder of their own: one that is not replaced yet must not get bytes, but be replaced."""
    pytest.importorskip("django")
    from strawberry.django import views

    gyrfalcon.install()
    stock = views.BaseView.encode_json.__wrapped__  # type: ignore[attr-defined]
    views.BaseView.encode_json = stock  # type: ignore[method-assign]
    _http.forget()
    assert _http.eligible(views.AsyncGraphQLView(strawberry.Schema(Query)))
    assert views.BaseView.encode_json.__gyrfalcon__  # type: ignore[attr-defined]
    gyrfalcon.uninstall()
    assert views.BaseView.encode_json is stock


def test_channels_gets_dictionaries() -> None:
    pytest.importorskip("channels")
    try:
        from strawberry.channels import GraphQLHTTPConsumer
    except Exception as error:
        pytest.skip(f"strawberry.channels: {error}")
    gyrfalcon.install()
    assert not _http.eligible(GraphQLHTTPConsumer(strawberry.Schema(Query)))


def test_streams_get_dictionaries() -> None:
    gyrfalcon.install()
    schema = strawberry.Schema(Query, Mutation, Ticks)

    async def main() -> list[Any]:
        stream = await schema.subscribe("subscription { count(to: 2) }")
        return [result.data async for result in stream]

    assert run(main()) == [{"count": 0}, {"count": 1}]
    assert json_bytes() == 0


def test_the_encoder_of_the_core_writes_what_json_writes() -> None:
    view: Any = GraphQL(strawberry.Schema(Query))
    values: list[Any] = [
        {"data": {"a": [1, 2.5, "é", None, True]}},
        {"data": None, "errors": [{"message": "x"}]},
        {"data": {1: (2,)}},
        [],
        "x",
    ]
    want = [view.encode_json(value) for value in values]
    gyrfalcon.install()
    assert [view.encode_json(value) for value in values] == want


def test_content_types() -> None:
    from strawberry.http import async_base_view, sync_base_view

    stock = async_base_view.parse_content_type
    texts = [
        "application/json",
        "application/json; charset=utf-8",
        'multipart/form-data; boundary="a;b"',
        "x",
        "TEXT/Plain;a",
        "é; a=é",
    ]
    want = [stock(text) for text in texts]
    gyrfalcon.install()
    for module in (async_base_view, sync_base_view):
        parse = module.parse_content_type
        assert parse is not stock
        for _ in range(2):
            assert [parse(text) for text in texts] == want
        parse(texts[1])[1]["charset"] = "changed"
        assert parse(texts[1]) == want[1]
        for number in range(100):
            assert parse(f"a/{number}") == stock(f"a/{number}")
        for odd in ("", None, 3, b"a/b"):
            assert outcome(partial(parse, odd)) == outcome(partial(stock, odd))
    gyrfalcon.uninstall()
    assert async_base_view.parse_content_type is stock


def test_what_views_take_for_a_stream() -> None:
    from strawberry.http import async_base_view

    class Stream(ExecutionResult):
        async def __aiter__(self) -> Any:
            yield 1

    async def generator() -> Any:
        yield 1

    values = [ExecutionResult(None, None), Stream(None, None), generator(), [], None, ExecutionResult]
    stock = async_base_view.SubscriptionExecutionResult
    want = [isinstance(value, stock) for value in values]
    gyrfalcon.install()
    assert async_base_view.SubscriptionExecutionResult is not stock
    assert [isinstance(value, async_base_view.SubscriptionExecutionResult) for value in values] == want
    assert any(want)
    gyrfalcon.uninstall()
    assert async_base_view.SubscriptionExecutionResult is stock
