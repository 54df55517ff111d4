"""Ways in for Strawberry: install, the Schema class, the extension; every hook and fallback, on a core made of graphql-core.

Each case is run on stock Strawberry and in each way; results, errors and what the hooks saw must be the same.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import inspect
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, ValidationRule
from strawberry import extensions as ext
from strawberry.extensions import SchemaExtension
from ways_fake import G33, collect, core_of, fake_core, plain, run
from ways_schema import QUERIES, WAYS, Query, both, compare, make, native

import gyrfalcon
from gyrfalcon import _fast
from gyrfalcon.strawberry import Schema


@pytest.fixture(autouse=True)
def core() -> Any:
    with fake_core(real=True):
        yield


@pytest.fixture
def fake() -> Any:
    with fake_core():
        yield


@pytest.mark.parametrize("way", WAYS)
def test_plain(way: str) -> None:
    _, fast = compare(way, lambda log: {})
    assert native() >= 20
    assert fast == (0 if "extension" in way else native())
    if way == "install":
        assert fast >= 2 * (8 + 7 + 1)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "options",
    [
        {"variable_values": {"n": 3}, "operation_name": "A"},
        {"operation_name": "B"},
        {"operation_name": "none"},
        {"context_value": "c", "root_value": "r"},
        {"allowed_operation_types": [strawberry.types.graphql.OperationType.QUERY]},
        {"operation_extensions": {"a": 1}},
        {"variable_values": {"n": "wrong"}},
        {"variable_values": [1]},
    ],
    ids=str,
)
def test_options(way: str, options: dict[str, Any]) -> None:
    compare(way, lambda log: {}, QUERIES[1:4] + QUERIES[6:7], **options)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("query", [None, "", b"{ posts { id } }"])
def test_no_query(way: str, query: Any) -> None:
    compare(way, lambda log: {}, [query])


def recording(log: list[Any], asynchronous: bool = False) -> type:
    """An extension that notes all hooks and what it sees in them."""

    def note(self: Any, name: str) -> None:
        context = self.execution_context
        seen = context.result
        log.append((name, context.operation_name if context.graphql_document is not None else None,
                    None if seen is None else seen.data, [str(e) for e in context.pre_execution_errors or ()]))  # fmt: skip

    class Recording(SchemaExtension):
        def on_operation(self) -> Any:
            note(self, "operation")
            yield
            note(self, "operation end")

        def on_parse(self) -> Any:
            note(self, "parse")
            yield
            note(self, "parse end")
            if self.execution_context.graphql_document is not None:
                try:
                    log.append(self.execution_context.operation_type.value)
                except RuntimeError as error:
                    log.append(str(error))

        def on_validate(self) -> Any:
            note(self, "validate")
            yield
            note(self, "validate end")

        def on_execute(self) -> Any:
            note(self, "execute")
            yield
            note(self, "execute end")

        def get_results(self) -> dict[str, Any]:
            return {"recorded": len(log)}

    class Asynchronous(Recording):
        async def on_execute(self) -> Any:  # type: ignore[override]
            note(self, "execute")
            yield
            note(self, "execute end")

        async def get_results(self) -> dict[str, Any]:  # type: ignore[override]
            return {"recorded": len(log)}

    return Asynchronous if asynchronous else Recording


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("asynchronous", [False, True])
def test_hooks(way: str, asynchronous: bool) -> None:
    _, fast = compare(way, lambda log: {"extensions": [recording(log, asynchronous)]})
    assert fast == 0
    assert native()


@pytest.mark.parametrize("way", WAYS)
def test_resolve_hooks(way: str) -> None:
    def options(log: list[Any]) -> dict[str, Any]:
        class Hook(SchemaExtension):
            def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
                log.append(info.field_name)
                return _next(root, info, *args, **kwargs)

        class Asynchronous(SchemaExtension):
            async def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
                log.append("a" + info.field_name)
                value = _next(root, info, *args, **kwargs)
                return await value if inspect.isawaitable(value) else value

        return {"extensions": [Hook, Asynchronous]}

    compare(way, options, QUERIES[:3])
    assert native()


@pytest.mark.parametrize("way", WAYS)
def test_extensions_that_set_things(way: str) -> None:
    from graphql import parse
    from strawberry.types import ExecutionResult

    class Query_(SchemaExtension):
        def on_parse(self) -> Any:
            self.execution_context.query = "{ add(point: {x: 2, y: 3}) }"
            yield

    class Early(SchemaExtension):
        def on_operation(self) -> Any:
            self.execution_context.query = "{ add(point: {x: 2, y: 3}) }"
            yield

    class Document(SchemaExtension):
        def on_parse(self) -> Any:
            self.execution_context.graphql_document = parse("{ add(point: {x: 5}) }")
            yield

    class Late(SchemaExtension):
        def on_parse(self) -> Any:
            yield
            self.execution_context.graphql_document = parse("{ add(point: {x: 6}) }")

    class Result(SchemaExtension):
        def on_execute(self) -> Any:
            self.execution_context.result = ExecutionResult(data={"set": 1}, errors=None)
            yield

    class Errors(SchemaExtension):
        def on_validate(self) -> Any:
            self.execution_context.pre_execution_errors = [GraphQLError("not today")]
            yield

    class Raises(SchemaExtension):
        def on_execute(self) -> Any:
            yield
            raise ValueError("after")

    class Results(SchemaExtension):
        def on_operation(self) -> Any:
            self.execution_context.extensions_results["x"] = 1
            yield

    for extension in (Query_, Early, Document, Late, Result, Errors, Raises, Results):
        compare(way, lambda log, extension=extension: {"extensions": [extension]}, QUERIES[:1] + QUERIES[-3:])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_extensions_that_change_the_ast(way: str, when: str) -> None:
    """What visit() makes has the source text of the whole document; nodes of graphql-core 3.2 may even be changed in place."""
    from graphql import REMOVE, Visitor, parse, visit

    class Remove(Visitor):
        def enter_field(self, node: Any, *_: Any) -> Any:
            return REMOVE if node.name.value == "title" else None

    class Visits(SchemaExtension):
        def on_parse(self) -> Any:
            context = self.execution_context
            if when == "before":
                context.graphql_document = visit(parse(context.query), Remove())
            yield
            if when == "after" and context.graphql_document is not None:
                context.graphql_document = visit(context.graphql_document, Remove())

    class Changes(SchemaExtension):
        def on_parse(self) -> Any:
            yield
            document = self.execution_context.graphql_document
            if document is not None and self.execution_context.context == "change":
                document.definitions[0].selection_set.selections = document.definitions[0].selection_set.selections[1:]

    compare(way, lambda log: {"extensions": [Visits]}, ["{ posts { id title } }", "{ posts { id } }", "{ later }"])
    schema = make(way, extensions=[Visits])
    assert schema.execute_sync("{ posts(limit: 1) { id title } }").data == {"posts": [{"id": 0}]}
    if not G33:
        schema = make(way, extensions=[Changes])
        for _ in range(2):
            whole = schema.execute_sync("{ fail posts(limit: 1) { id } }")
            assert whole.data == {"fail": None, "posts": [{"id": 0}]}
            assert schema.execute_sync("{ fail posts(limit: 1) { id } }", context_value="change").data == {"posts": [{"id": 0}]}


@pytest.mark.parametrize("way", WAYS)
def test_user_rules_run_each_time(way: str) -> None:
    def options(log: list[Any]) -> dict[str, Any]:
        class Rule(ValidationRule):
            def enter_field(self, node: Any, *args: Any) -> None:
                log.append(node.name.value)
                if node.name.value == "add":
                    self.report_error(GraphQLError("no add", node))

        return {"extensions": [lambda: ext.AddValidationRules([Rule])]}

    _, fast = compare(way, options)
    assert fast == 0


LIMITERS: dict[str, Callable[[], list[Any]]] = {
    "caches": lambda: [ext.ParserCache, ext.ValidationCache],
    "caches made": lambda: [lambda: ext.ParserCache(maxsize=10), lambda: ext.ValidationCache(maxsize=10)],
    "mask": lambda: [ext.MaskErrors],
    "mask some": lambda: [lambda: ext.MaskErrors(should_mask_error=lambda error: "secret" in str(error), error_message="x")],
    "no validation": lambda: [ext.DisableValidation],
    "no introspection": lambda: [ext.DisableIntrospection],
    "depth 1": lambda: [lambda: ext.QueryDepthLimiter(max_depth=1)],
    "depth 0": lambda: [lambda: ext.QueryDepthLimiter(max_depth=0)],
    "depth 10": lambda: [lambda: ext.QueryDepthLimiter(max_depth=10)],
    "aliases 0": lambda: [lambda: ext.MaxAliasesLimiter(max_alias_count=0)],
    "aliases 9": lambda: [lambda: ext.MaxAliasesLimiter(max_alias_count=9)],
    "tokens 5": lambda: [lambda: ext.MaxTokensLimiter(max_token_count=5)],
    "tokens 8": lambda: [lambda: ext.MaxTokensLimiter(max_token_count=8)],
    "tokens 500": lambda: [lambda: ext.MaxTokensLimiter(max_token_count=500)],
    "all": lambda: [
        lambda: ext.QueryDepthLimiter(max_depth=10),
        lambda: ext.MaxAliasesLimiter(max_alias_count=15),
        lambda: ext.MaxTokensLimiter(max_token_count=1000),
        ext.ParserCache,
        ext.ValidationCache,
        ext.DisableIntrospection,
        ext.MaskErrors,
    ],
    "instances": lambda: [ext.QueryDepthLimiter(max_depth=10), ext.MaskErrors()],
}


@pytest.mark.filterwarnings("ignore:Passing an extension instance")
@pytest.mark.parametrize("way", ["install", "extension"])
@pytest.mark.parametrize("name", LIMITERS)
def test_known_extensions(way: str, name: str) -> None:
    more = [
        "{ a: posts { id } }",
        "{ a: posts { b: id } ...F } fragment F on Query { c: later }",
        "{ posts { ... { title } } }",
    ]
    _, fast = compare(way, lambda log: {"extensions": LIMITERS[name]()}, QUERIES[3:6] + QUERIES[8:] + more)
    if "extension" not in way:
        assert fast > 10 or name in {"depth 0", "tokens 5", "tokens 8"}, gyrfalcon.stats()


def test_factories_are_called_once_a_request() -> None:
    schema_made: list[int] = []

    def factory(depth: int) -> Any:
        def make_it() -> Any:
            schema_made.append(depth)
            return ext.QueryDepthLimiter(max_depth=depth)

        return make_it

    gyrfalcon.install()
    for depth in (0, 5):
        schema = strawberry.Schema(Query, extensions=[factory(depth)])
        for count, query in enumerate(["{ posts { id } }", "{ fail }", "{ later }"], 1):
            run(schema.execute(query))
            assert schema_made.count(depth) == count


def test_a_factory_that_makes_unknown_extensions() -> None:
    log: list[Any] = []
    kind = recording(log)
    made = []

    def factory() -> Any:
        made.append(1)
        return kind()

    gyrfalcon.install()
    schema = strawberry.Schema(Query, extensions=[factory])
    for count in range(1, 4):
        assert schema.execute_sync("{ posts { id } }").extensions["recorded"]
        assert len(made) == count
    assert gyrfalcon.stats()["fast"] == 0


def test_patched_extensions_are_run(monkeypatch: Any) -> None:
    gyrfalcon.install()
    schema = strawberry.Schema(Query, extensions=[ext.ParserCache])
    schema.execute_sync("{ posts { id } }")
    assert gyrfalcon.stats()["fast"] == 1
    called = []

    def on_parse(self: Any) -> Any:
        called.append(1)
        yield

    monkeypatch.setattr(ext.ParserCache, "on_parse", on_parse)
    schema.execute_sync("{ posts { id } }")
    assert called == [1]
    monkeypatch.undo()
    schema.execute_sync("{ posts { id } }")
    assert gyrfalcon.stats()["fast"] == 2


@pytest.mark.parametrize("name", ["parse", "validate", "validate_document", "execute"])
def test_patched_functions_of_strawberry_are_called(name: str, monkeypatch: Any) -> None:
    import strawberry.schema.schema as module

    gyrfalcon.install()
    schema = strawberry.Schema(Query)
    want = schema.execute_sync("{ posts { id } }").data
    called, stock = [], getattr(module, name)

    def patched(*args: Any, **kwargs: Any) -> Any:
        called.append(1)
        return stock(*args, **kwargs)

    monkeypatch.setattr(module, name, patched)
    assert schema.execute_sync("{ posts { id } }").data == want
    assert called == [1]


def test_patched_methods_of_a_schema_are_called(monkeypatch: Any) -> None:
    gyrfalcon.install()
    schema = strawberry.Schema(Query)
    schema.execute_sync("{ posts { id } }")
    called = []
    monkeypatch.setattr(schema, "get_extensions", lambda sync=False: called.append(sync) or [])
    schema.execute_sync("{ posts { id } }")
    assert called == [True]
    monkeypatch.undo()
    monkeypatch.setattr(strawberry.Schema, "_get_middleware_manager", lambda self, extensions: called.append("m"))
    schema.execute_sync("{ posts { id } }")
    assert called == [True, "m"]


def test_subclasses_of_schema() -> None:
    gyrfalcon.install()
    seen = []

    class Own(strawberry.Schema):
        def process_errors(self, errors: Any, execution_context: Any = None) -> None:
            seen.append((len(errors), execution_context.query, type(execution_context.graphql_document).__name__))

        async def execute(self, *args: Any, **kwargs: Any) -> Any:
            seen.append("execute")
            return await super().execute(*args, **kwargs)

    schema = Own(Query)
    assert run(schema.execute("{ fail }")).data == {"fail": None}
    assert seen == ["execute", (1, "{ fail }", "DocumentNode")]
    assert gyrfalcon.stats()["fast"] == 1

    class Context(strawberry.Schema):
        def _create_execution_context(self, *args: Any, **kwargs: Any) -> Any:
            seen.append("context")
            return super()._create_execution_context(*args, **kwargs)

    Context(Query).execute_sync("{ posts { id } }")
    assert seen[-1] == "context"
    assert gyrfalcon.stats()["fast"] == 1


def test_an_execution_context_class_of_ones_own() -> None:
    from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Base

    class Custom(Base):
        def execute_field(self, *args: Any, **kwargs: Any) -> Any:
            return "custom"

    for way in ("install", "class", "extension"):
        schema = make(way, execution_context_class=Custom)
        gyrfalcon.reset_stats()
        assert schema.execute_sync("{ posts { id } }").data == {"posts": "custom"}
        explanation = gyrfalcon.explain(schema, "{ posts { id } }")
        assert explanation.engine == "graphql-core"
        assert "Custom.execute_field" in explanation.reason
        assert native() == 0
        if way == "install":
            assert any("Custom.execute_field" in reason for reason in gyrfalcon.stats()["fallbacks"])
        gyrfalcon.uninstall()


def test_directives() -> None:
    from strawberry.directive import DirectiveLocation, DirectiveValue

    def make_upper(value: DirectiveValue[str]) -> Any:
        return value.upper()

    make_upper.__annotations__["value"] = DirectiveValue[str]
    upper = strawberry.directive(locations=[DirectiveLocation.FIELD], name="upper")(make_upper)

    queries = [
        "{ later @upper posts { title @upper } }",
        "{ posts { title } }",
        "query($a: Boolean = true) { posts { title @include(if: $a) id @skip(if: true) } }",
        "{ posts { ...F } } fragment F on Post { title @ upper }",
    ]
    for way in WAYS:
        _, fast = compare(way, lambda log: {"directives": [upper]}, queries)
        if "extension" not in way:
            assert fast == 8
        gyrfalcon.uninstall()


def test_maybe_and_one_of() -> None:
    @strawberry.input(one_of=True)
    class Choice:
        a: int | None = strawberry.UNSET
        b: str | None = strawberry.UNSET

    def choose_it(choice: Any) -> str:
        return str(choice)

    def maybe_it(x: strawberry.Maybe[int] = None) -> str:
        return str(x)

    choose_it.__annotations__["choice"] = Choice

    @strawberry.type
    class Chooser:
        choose: str = strawberry.field(resolver=choose_it)
        maybe: str = strawberry.field(resolver=maybe_it)

    queries = [
        "{ choose(choice: {a: 1}) }",
        '{ choose(choice: {a: 1, b: "x"}) }',
        "{ choose(choice: {a: null}) }",
        "{ maybe(x: null) }",
        "{ maybe(x: 1) }",
        "query($a: Int) { choose(choice: {a: $a}) }",
    ]
    stock = strawberry.Schema(Chooser)
    want = [both(stock, query) for query in queries for _ in range(2)]
    gyrfalcon.install()
    schema = strawberry.Schema(Chooser)
    assert [both(schema, query) for query in queries for _ in range(2)] == want
    assert gyrfalcon.stats()["fast"]


@pytest.mark.parametrize("way", WAYS)
def test_subscriptions_and_streams(way: str) -> None:
    async def drain(schema: Any, query: str, name: str) -> Any:
        stream = await getattr(schema, name)(query)
        if hasattr(stream, "__aiter__"):
            return [plain(result) async for result in stream]
        return plain(stream)

    log: list[Any] = []
    stock, schema = make("stock", extensions=[recording([])]), make(way, extensions=[recording(log)])
    names = [name for name in ("subscribe", "stream") if hasattr(schema, name)]
    for name in names:
        for query in (
            "subscription { count }",
            "subscription { count(to: 1) }",
            "subscription { nothing }",
            "{ posts { id } }",
        ):
            gyrfalcon.uninstall()
            want = run(drain(stock, query, name))
            if "install" in way:
                gyrfalcon.install()
            got = run(drain(schema, query, name))
            assert [item[:2] for item in got] == [item[:2] for item in want]
    if way == "install":
        assert native()


def test_uninstall_restores_everything() -> None:
    import strawberry.schema.schema as module
    from strawberry.http.async_base_view import AsyncBaseHTTPView
    from strawberry.http.base import BaseView
    from strawberry.http.sync_base_view import SyncBaseHTTPView

    owners = [module, module.Schema, module.ExecutionContext, AsyncBaseHTTPView, SyncBaseHTTPView, BaseView]
    before = [dict(vars(owner)) for owner in owners]
    for _ in range(3):
        gyrfalcon.install()
        changed = [
            {name for name, value in vars(owner).items() if value is not old.get(name)}
            for owner, old in zip(owners, before, strict=True)
        ]
        assert {"execute", "execute_sync"} <= changed[1]
        assert "execute" in changed[0]
        gyrfalcon.uninstall()
        assert [
            {n for n, v in vars(owner).items() if v is not old.get(n)} for owner, old in zip(owners, before, strict=True)
        ] == [set()] * 6


def test_uninstall_leaves_what_others_have_replaced(caplog: Any) -> None:
    import strawberry.schema.schema as module

    stock = module.validate_document
    gyrfalcon.install()
    ours = module.validate_document
    module.validate_document = lambda *args: ours(*args)
    try:
        gyrfalcon.uninstall()
        assert module.validate_document is not stock
        schema = strawberry.Schema(Query)
        assert "Cannot query" in schema.execute_sync("{ nothing }").errors[0].message
        assert "replaced by somebody else" in caplog.text
    finally:
        module.validate_document = stock
        _fast.seams.reset()


def test_per_schema_opt_out_and_environment(monkeypatch: Any) -> None:
    gyrfalcon.install()
    schema = strawberry.Schema(Query)
    gyrfalcon.disable(schema)
    assert schema.execute_sync("{ posts { id } }").data
    assert native() == 0
    gyrfalcon.enable(schema)
    assert schema.execute_sync("{ posts { id } }").data
    assert native() == 1
    gyrfalcon.uninstall()
    monkeypatch.setenv("GYRFALCON", "off")
    assert not gyrfalcon.install()
    assert strawberry.Schema(Query).execute_sync("{ posts { id } }").data
    assert Schema(Query).execute_sync("{ posts { id } }").data
    assert native() == 1
    monkeypatch.delenv("GYRFALCON")
    gyrfalcon.install()


def test_a_core_that_refuses_or_rejects(fake: Any) -> None:
    for way in WAYS:
        for name in ("refuse", "reject"):
            schema = make(way)
            setattr(core_of(schema), name, True)
            gyrfalcon.reset_stats()
            assert run(schema.execute("{ posts { id } }")).data
            assert native() == 0
            assert gyrfalcon.stats()["fallbacks"]
        gyrfalcon.uninstall()


def test_nothing_is_parsed_that_nobody_looks_at() -> None:
    gyrfalcon.install()
    schema = strawberry.Schema(Query, extensions=[recording([])])
    for _ in range(2):
        assert schema.execute_sync("query Name { __typename }").data
    assert gyrfalcon.stats()["parsed"] == 0  # though hooks ask for operation_name and operation_type


def test_threads() -> None:
    gyrfalcon.install()
    schema, failures = strawberry.Schema(Query), []

    def work(seed: int) -> None:
        for number in range(30):
            limit = (seed + number) % 7
            got = schema.execute_sync(f"{{ posts(limit: {limit}) {{ id }} }}")
            if len(got.data["posts"]) != limit:
                failures.append(got)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@pytest.mark.parametrize("way", WAYS)
def test_schemas_are_collected(way: str) -> None:
    references = []
    for _ in range(50 if way == "install" else 5):
        schema = make(way)
        run(schema.execute("{ posts { id } }"))
        schema.execute_sync("{ fail }")
        gyrfalcon.explain(schema, "{ posts { id } }")
        references.append(weakref.ref(schema))
        references.append(weakref.ref(schema._schema))
    del schema
    collect()
    # Strawberry's own lru_caches on methods keep a few alive; stock schemas as well
    assert sum(reference() is not None for reference in references) == 0


def test_explain() -> None:
    gyrfalcon.install()
    schema = strawberry.Schema(Query, extensions=[recording([])])
    text = str(gyrfalcon.explain(schema, "{ posts { id } }"))
    assert "runs on gyrfalcon" in text
    assert "Recording" in text
    assert "Recording" not in str(gyrfalcon.explain(strawberry.Schema(Query), "{ posts { id } }"))


def test_explain_tells_of_resolve_hooks() -> None:
    from strawberry.extensions.tracing import ApolloTracingExtension

    class Hook(SchemaExtension):
        def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
            return _next(root, info, *args, **kwargs)

    def notes(*extensions: Any) -> list[str]:
        explanation = gyrfalcon.explain(strawberry.Schema(Query, extensions=extensions), "{ posts { id } }")
        return [note for note in explanation.notes if "resolve" in note]

    called = "Hook.resolve is called for every field, as it is on graphql-core"
    assert notes(Hook) == notes(Hook()) == notes(ApolloTracingExtension, Hook, lambda: Hook()) == [called]
    assert notes(ApolloTracingExtension, recording([])) == []
