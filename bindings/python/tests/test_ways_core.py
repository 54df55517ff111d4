"""Ways in for graphql-core: execute and its kin, the executor class, install; on a core made of graphql-core.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import pickle
import threading
import warnings
import weakref
from typing import Any

import graphql
import pytest
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    MiddlewareManager,
    parse,
    print_ast,
    validate,
)
from ways_fake import G33, collect, core_of, fake_core, plain, run

import gyrfalcon
from gyrfalcon import _documents, _execute, _functions, _stats, _versions

EXECUTOR = "executor_class" if G33 else "execution_context_class"
SIZE = graphql.GraphQLEnumType("Size", {"SMALL": 1, "LARGE": 2})


def make_schema(**fields: Any) -> GraphQLSchema:
    async def later(root: Any, info: Any) -> str:
        await asyncio.sleep(0)
        return "later"

    def fail(root: Any, info: Any) -> str:
        raise ValueError("no")

    async def events(root: Any, info: Any) -> Any:
        for number in range(3):
            yield {"tick": str(number)}

    query = {
        "hello": GraphQLField(
            GraphQLString, args={"name": GraphQLArgument(GraphQLString)}, resolve=lambda r, i, name="x": "hi " + name
        ),
        "root": GraphQLField(GraphQLString),
        "context": GraphQLField(GraphQLString, resolve=lambda r, i: str(i.context)),
        "later": GraphQLField(GraphQLString, resolve=later),
        "fail": GraphQLField(GraphQLString, resolve=fail),
        **fields,
    }
    return GraphQLSchema(
        GraphQLObjectType("Query", query),
        subscription=GraphQLObjectType("Subscription", {"tick": GraphQLField(GraphQLString, subscribe=events)}),
    )


def fallbacks() -> dict[str, int]:
    return gyrfalcon.stats()["fallbacks"]


def native() -> int:
    return gyrfalcon.stats()["native"]


@pytest.fixture(autouse=True)
def core() -> Any:
    with fake_core(real=True):
        yield


@pytest.fixture
def fake() -> Any:
    with fake_core():
        yield


REST = (
    {} if G33 else {"execute": _functions._REST, "execute_sync": _functions._REST_SYNC, "subscribe": _functions._REST_SUBSCRIBE}
)


def test_signatures_are_graphql_cores() -> None:
    for name in ("execute", "execute_sync", "subscribe"):
        stock = getattr(_execute, f"stock_{name}")
        assert inspect.signature(getattr(gyrfalcon, name)) == inspect.signature(stock)
        # the parameters behind the signature too
        written = inspect.signature(getattr(gyrfalcon, name), follow_wrapped=False).parameters
        variadic = {"custom": ["custom_context_args"], "args": list(REST.get(name, ())), "kwargs": []}
        names = [known for parameter in written for known in variadic.get(parameter, [parameter])]
        assert names == list(inspect.signature(stock).parameters)


def test_replaced_functions_look_as_they_did() -> None:
    names = ("parse", "validate", "execute", "execute_sync", "subscribe")
    before = [getattr(graphql, name) for name in names]
    gyrfalcon.install()
    for name, stock in zip(names, before, strict=True):
        now = getattr(graphql, name)
        assert now is not stock
        for attribute in ("__module__", "__qualname__", "__doc__"):
            assert getattr(now, attribute) == getattr(stock, attribute)
        assert inspect.signature(now) == inspect.signature(stock)


@pytest.mark.parametrize("query", ["{ hello }", '{ hello(name: "you") root context }', "{ later hello }", "{ fail hello }"])
def test_execute(query: str) -> None:
    schema, document = make_schema(), parse(query)
    want = graphql.execute(schema, document, {"root": "r"}, "c")
    got = gyrfalcon.execute(schema, document, {"root": "r"}, "c")
    assert inspect.isawaitable(got) == inspect.isawaitable(want)
    if inspect.isawaitable(want):
        want, got = run(want), run(got)
    assert type(got) is graphql.ExecutionResult
    assert plain(got) == plain(want)
    assert native() == 1
    assert not fallbacks()
    for error in got.errors or ():
        assert error.nodes[0] is document.definitions[0].selection_set.selections[0]


def test_execute_sync_takes_awaitables_for_values(fake: Any) -> None:
    schema, document = make_schema(), parse("{ later }")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        got = gyrfalcon.execute_sync(schema, document)
        assert "coroutine" in got.errors[0].message
        del got
        collect()
    assert core_of(schema).seen[0].is_awaitable is False
    assert core_of(schema).seen[0].sync


def test_variables_and_operation_names() -> None:
    schema = make_schema()
    document = parse("query A($n: String) { hello(name: $n) } query B { root }")
    got = gyrfalcon.execute(schema, document, variable_values={"n": "v"}, operation_name="A")
    assert got.data == {"hello": "hi v"}
    for name in (None, "C", ""):
        got = gyrfalcon.execute(schema, document, operation_name=name)
        assert plain(got) == plain(graphql.execute(schema, document, operation_name=name))
    assert fallbacks() == {"the document has no such operation": 3}
    assert native() == 1


def test_options_reach_the_core(fake: Any) -> None:
    schema, document = make_schema(), parse("{ hello }")

    def middleware(following: Any, *args: Any, **kwargs: Any) -> Any:
        return following(*args, **kwargs) + "!"

    got = gyrfalcon.execute(schema, document, middleware=[middleware])
    assert got.data == {"hello": "hi x!"}
    manager = MiddlewareManager(middleware)
    assert gyrfalcon.execute(schema, document, middleware=manager).data == {"hello": "hi x!"}
    assert core_of(schema).seen[-1].middleware is manager
    gyrfalcon.execute(schema, document, middleware=MiddlewareManager())
    assert core_of(schema).seen[-1].middleware is None
    resolver = lambda source, info, **args: "resolved"  # noqa: E731
    assert gyrfalcon.execute(schema, parse("{ root }"), field_resolver=resolver).data == {"root": "resolved"}
    with pytest.raises(TypeError):
        gyrfalcon.execute(schema, document, middleware=3)


def test_requests_are_shared_where_they_can_be(fake: Any) -> None:
    schema, document = make_schema(), parse("{ hello }")
    for _ in range(3):
        gyrfalcon.execute(schema, document)
    gyrfalcon.execute(schema, document, middleware=[lambda f, *a, **k: f(*a, **k)])
    seen = core_of(schema).seen
    assert seen[0] is seen[1] is seen[2] is not seen[3]


def test_invalid_documents_are_left_to_graphql_core() -> None:
    schema, document = make_schema(), parse("{ nothing hello }")
    assert plain(gyrfalcon.execute(schema, document)) == plain(graphql.execute(schema, document))
    assert fallbacks() == {"the engine did not take the document": 1}


def test_an_ast_that_is_not_its_text_is_left_to_graphql_core() -> None:
    schema = make_schema()
    document = parse("{ hello root }")

    class Drop(graphql.Visitor):
        def enter_field(self, node: Any, *_: Any) -> Any:
            return graphql.REMOVE if node.name.value == "root" else None

    gyrfalcon.execute(schema, document)  # now it has an origin: what visit() makes of it must not have it
    changed = graphql.visit(document, Drop())
    assert changed.loc.source.body == "{ hello root }"
    assert gyrfalcon.execute(schema, changed).data == {"hello": "hi x"}
    bare = parse("{ hello }", no_location=True)
    assert gyrfalcon.execute(schema, bare).data == {"hello": "hi x"}
    assert fallbacks() == {"the AST is not the parse of its source text": 2}
    for altered in (copy.copy(document), copy.deepcopy(document), pickle.loads(pickle.dumps(document))):
        assert gyrfalcon.execute(schema, altered).data == {"hello": "hi x", "root": None}


def test_an_ast_that_is_changed_in_place_is_noticed() -> None:
    schema, document = make_schema(), parse("{ hello root }")
    gyrfalcon.execute(schema, document)
    object.__setattr__(document, "definitions", parse("{ hello }").definitions)
    assert gyrfalcon.execute(schema, document).data == {"hello": "hi x"}


@pytest.mark.skipif(G33, reason="the nodes of graphql-core 3.3 cannot be changed")
def test_an_ast_whose_nodes_are_changed_in_place_is_noticed() -> None:
    schema, text = make_schema(), '{ hello(name: "a") root }'
    stale = parse(text)
    gyrfalcon.install()
    for document in (stale, graphql.parse(text)):
        for _ in range(2):
            got = gyrfalcon.execute(schema, document)
            assert got.data == {"hello": "hi a", "root": None}
        hello = document.definitions[0].selection_set.selections[0]
        hello.arguments[0].value.value = "b"
        assert gyrfalcon.execute(schema, document).data == {"hello": "hi b", "root": None}
        hello.arguments = ()
        assert graphql.execute(schema, document).data == {"hello": "hi x", "root": None}
        document.definitions[0].selection_set.selections = (hello,)
        assert gyrfalcon.execute(schema, document).data == {"hello": "hi x"}
    assert native() == 4


def test_foreign_executors_fall_back() -> None:
    schema, document = make_schema(), parse("{ hello }")
    base = graphql.execution.Executor if G33 else graphql.ExecutionContext

    class Custom(base):  # type: ignore[misc, valid-type]
        def execute_field(self, *args: Any, **kwargs: Any) -> Any:
            return "custom"

    class Same(base):  # type: ignore[misc, valid-type]
        """Changes nothing."""

    assert gyrfalcon.execute(schema, document, **{EXECUTOR: Custom}).data == {"hello": "custom"}
    assert native() == 0
    (reason,) = fallbacks()
    assert "Custom.execute_field" in reason
    assert gyrfalcon.execute(schema, document, **{EXECUTOR: Same}).data == {"hello": "hi x"}
    assert native() == 1


def test_a_patched_executor_falls_back(monkeypatch: Any) -> None:
    schema, document = make_schema(), parse("{ hello }")
    base = graphql.execution.Executor if G33 else graphql.ExecutionContext
    assert gyrfalcon.execute(schema, document).data == {"hello": "hi x"}
    monkeypatch.setattr(base, "execute_field", lambda self, *args, **kwargs: "patched")
    assert gyrfalcon.execute(schema, document).data == {"hello": "patched"}
    assert fallbacks() == {"graphql-core's executor was patched": 1}
    assert gyrfalcon.explain(schema, "{ hello }").reason == "graphql-core's executor was patched"
    monkeypatch.undo()
    gyrfalcon.execute(schema, document)
    assert native() == 2


@pytest.mark.skipif(not G33, reason="graphql-core 3.3 only")
def test_options_of_33_fall_back() -> None:
    from graphql.execution import ExecutionHooks
    from graphql.pyutils import AbortController

    schema, document = make_schema(), parse("{ hello }")
    gyrfalcon.execute(schema, document, hooks=ExecutionHooks())
    gyrfalcon.execute(schema, document, abort_signal=AbortController().signal)
    with pytest.raises(TypeError):
        gyrfalcon.execute(schema, document, unknown_option=1)
    with pytest.raises(TypeError):
        gyrfalcon.execute(schema, document, executor_class=graphql.execution.Executor, operation_extensions={})
    assert native() == 0


def test_a_core_that_refuses(fake: Any) -> None:
    schema, document = make_schema(), parse("{ hello }")
    core_of(schema).refuse = True
    assert gyrfalcon.execute(schema, document).data == {"hello": "hi x"}
    assert fallbacks() == {"the engine left the request to graphql-core": 1}
    core_of(schema).refuse, core_of(schema).reject = False, True
    assert gyrfalcon.execute(schema, parse("{ root }")).data == {"root": None}


def test_a_schema_that_is_not_converted(monkeypatch: Any, caplog: Any) -> None:
    def fail(schema: Any) -> Any:
        raise RuntimeError("cannot")

    monkeypatch.setattr(_documents, "make_core", fail)
    schema = make_schema()
    assert gyrfalcon.execute(schema, parse("{ hello }")).data == {"hello": "hi x"}
    assert fallbacks() == {"the schema was not converted: cannot": 1}


def test_wrong_arguments_raise_as_graphql_core_does() -> None:
    invalid = GraphQLSchema(GraphQLObjectType("Query", {}))
    for schema, document, variables in (
        (invalid, parse("{ a }"), None),
        (None, parse("{ a }"), None),
        (make_schema(), None, None),
        (make_schema(), parse("{ hello }"), ["no"]),
    ):
        try:
            want = plain(graphql.execute(schema, document, variable_values=variables))  # type: ignore[arg-type]
        except Exception as error:
            with pytest.raises(type(error)) as caught:
                gyrfalcon.execute(schema, document, variable_values=variables)
            assert str(caught.value) == str(error)
        else:
            assert plain(gyrfalcon.execute(schema, document, variable_values=variables)) == want


def test_switches(monkeypatch: Any) -> None:
    schema, document = make_schema(), parse("{ hello }")
    gyrfalcon.disable(schema)
    gyrfalcon.execute(schema, document)
    assert native() == 0
    gyrfalcon.enable(schema)
    gyrfalcon.execute(schema, document)
    assert native() == 1
    monkeypatch.setenv("GYRFALCON", "off")
    assert not gyrfalcon.install()
    gyrfalcon.execute(schema, document)
    assert native() == 1
    assert gyrfalcon.explain(schema, "{ hello }").engine == "graphql-core"
    monkeypatch.delenv("GYRFALCON")
    assert gyrfalcon.install()
    gyrfalcon.execute(schema, document)
    assert native() == 2
    with pytest.raises(TypeError):
        gyrfalcon.disable(3)


@pytest.mark.parametrize("name", ["execute", "execute_sync", "execute_json"])
def test_switched_off_nothing_is_looked_at(name: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(_stats.switch, "off", True)
    schema, document = make_schema(), parse("{ hello }")
    getattr(gyrfalcon, name)(schema, document)
    if G33:
        getattr(gyrfalcon, name)(schema, document, hooks=graphql.ExecutionHooks())
    gyrfalcon.execute_sync(schema, document, check_sync=True)
    assert not hasattr(schema, "_gyrfalcon")
    assert fallbacks() == {}


def test_callbacks() -> None:
    schema, seen = make_schema(), []

    def fail(event: gyrfalcon.Fallback) -> None:
        raise RuntimeError

    remove_failing, remove = gyrfalcon.on_fallback(fail), gyrfalcon.on_fallback(seen.append)
    try:
        gyrfalcon.execute(schema, parse("query Q { nothing }"), operation_name="Q")
    finally:
        remove()
        remove_failing()
    gyrfalcon.execute(schema, parse("{ nothing }"))
    (event,) = seen
    assert (event.schema, event.query, event.operation_name) == (schema, "query Q { nothing }", "Q")
    assert event.reason in fallbacks()


@pytest.mark.parametrize("query", ["{ hello }", "{ later }", "{ fail }", "{ nothing }"])
def test_executor_class(query: str) -> None:
    schema, document = make_schema(), parse(query)
    want = graphql.execute(schema, document)
    got = graphql.execute(schema, document, **{EXECUTOR: gyrfalcon.GyrfalconExecutor})
    assert inspect.isawaitable(got) == inspect.isawaitable(want)
    if inspect.isawaitable(want):
        want, got = run(want), run(got)
    assert plain(got) == plain(want)
    assert native() == (query != "{ nothing }")


def test_a_changed_executor_class_of_ours_falls_back() -> None:
    schema, document = make_schema(), parse("{ hello }")

    class Custom(gyrfalcon.GyrfalconExecutor):
        def execute_field(self, *args: Any, **kwargs: Any) -> Any:
            return "custom"

    assert graphql.execute(schema, document, **{EXECUTOR: Custom}).data == {"hello": "custom"}
    assert native() == 0


def test_subscriptions() -> None:
    schema = make_schema()

    async def main(subscribe: Any, query: str) -> Any:
        stream = subscribe(schema, parse(query))
        if inspect.isawaitable(stream):
            stream = await stream
        return plain(stream) if isinstance(stream, graphql.ExecutionResult) else [plain(result) async for result in stream]

    got = run(main(gyrfalcon.subscribe, "subscription { tick }"))
    assert got == run(main(graphql.subscribe, "subscription { tick }"))
    assert got[2] == ({"tick": "2"}, None, None)
    assert native() == 3
    assert run(main(gyrfalcon.subscribe, "subscription { no }")) == run(main(graphql.subscribe, "subscription { no }"))


@pytest.mark.skipif(not G33, reason="graphql-core 3.3 only")
def test_subscriptions_with_our_executor_class() -> None:
    schema = make_schema()

    async def main() -> Any:
        stream = graphql.subscribe(schema, parse("subscription { tick }"), executor_class=gyrfalcon.GyrfalconExecutor)
        return [result.data async for result in stream]

    assert run(main()) == [{"tick": "0"}, {"tick": "1"}, {"tick": "2"}]


def test_install_and_uninstall() -> None:
    import graphql.execution as execution
    import graphql.language as language

    places = [(graphql, "execute"), (graphql, "execute_sync"), (graphql, "parse"), (graphql, "subscribe"), (execution, "execute"),
              (execution, "execute_sync"), (language, "parse")]  # fmt: skip
    before = [vars(module)[name] for module, name in places]
    schema = make_schema()
    assert gyrfalcon.install()
    assert gyrfalcon.install()
    assert gyrfalcon.is_installed()
    kept = graphql.execute
    try:
        assert graphql.graphql_sync(schema, "{ hello }").data == {"hello": "hi x"}
        assert native() == 1, fallbacks()
        assert run(graphql.graphql(schema, "{ later }")).data == {"later": "later"}
        assert graphql.execute(schema, graphql.parse("{ hello }")).data == {"hello": "hi x"}
        assert native() == 3
    finally:
        gyrfalcon.uninstall()
    assert [vars(module)[name] for module, name in places] == before
    assert kept(schema, parse("{ hello }")).data == {"hello": "hi x"}
    assert native() == 3
    assert not gyrfalcon.is_installed()


def test_an_ast_of_before_is_proved_when_seen_again() -> None:
    schema, document = make_schema(), parse("{ hello }")
    gyrfalcon.install()
    for _ in range(3):
        assert graphql.execute(schema, document).data == {"hello": "hi x"}
    assert native() == 2
    assert list(fallbacks().values()) == [1]


def test_the_lazy_document_is_one() -> None:
    schema = make_schema()
    query = '{ hello(name: "a") }'
    state = _documents.state_of(schema)

    def lazy(text: str = query) -> Any:
        state.clear()
        return state.document(text).ast

    real = parse(query)
    assert type(lazy()) is not graphql.DocumentNode
    assert isinstance(lazy(), graphql.DocumentNode)
    for look in (
        lambda d: d == real,
        lambda d: real == d,
        lambda d: not d != real,  # noqa: SIM202
        lambda d: hash(d) == hash(real),
        lambda d: copy.copy(d) == real and type(copy.copy(d)) is graphql.DocumentNode,
        lambda d: copy.deepcopy(d) == real,
        lambda d: pickle.loads(pickle.dumps(d)) == real,
        lambda d: repr(d) == repr(real),
        lambda d: print_ast(d) == print_ast(real),
        lambda d: d.to_dict(locations=True) == real.to_dict(locations=True),
        lambda d: not validate(schema, d),
        lambda d: d.kind == "document" and d.keys == real.keys,
        lambda d: d.loc.end == real.loc.end,
        lambda d: d.__class__ is graphql.DocumentNode,
    ):
        document = lazy()
        assert look(document)
        assert type(document) is graphql.DocumentNode
    document = lazy()
    threads = [threading.Thread(target=lambda: document.definitions) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert document.definitions is document.definitions


def test_documents_are_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr(_documents, "MAX_DOCUMENTS", 8)
    schema = make_schema()
    state = _documents.state_of(schema)
    kept = state.document("{ hello }")
    for number in range(50):
        state.document(f"{{ a{number}: hello }}")
        assert state.document("{ hello }") is kept
        assert len(state.documents) <= 8


def test_threads() -> None:
    schema, failures = make_schema(), []

    def work(seed: int) -> None:
        for number in range(40):
            name = f"a{(seed + number) % 20}"
            got = gyrfalcon.execute(schema, parse(f"{{ {name}: hello }}"))
            if got.data != {name: "hi x"}:
                failures.append(got)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(_documents.state_of(schema).documents) == 20


def test_schemas_are_collected() -> None:
    gyrfalcon.install()
    references = []
    for _ in range(50):
        schema = make_schema()
        graphql.graphql_sync(schema, "{ hello }")
        graphql.graphql_sync(schema, "{ fail }")
        gyrfalcon.explain(schema, "{ hello }")
        references.append(weakref.ref(schema))
    del schema
    collect()
    assert sum(reference() is not None for reference in references) == 0


def test_a_schema_is_copied_and_pickled_without_its_state() -> None:
    schema = make_schema()
    gyrfalcon.execute(schema, parse("{ hello }"))
    assert copy.copy(schema).__dict__.get("_gyrfalcon") is None
    assert copy.deepcopy(schema).__dict__.get("_gyrfalcon") is None


def test_explain() -> None:
    schema = make_schema()
    explanation = gyrfalcon.explain(schema, "{ hello }")
    assert explanation.engine == "gyrfalcon"
    assert "hello" in str(explanation)
    assert "Cannot query field" in str(gyrfalcon.explain(schema, "{ nothing }"))
    assert "Syntax Error" in str(gyrfalcon.explain(schema, "{"))
    several = "query A { root } query B { hello }"
    assert "several operations" in gyrfalcon.explain(schema, several).reason
    assert [item.path for item in gyrfalcon.explain(schema, several, "B").fields] == ["hello"]
    assert "no such operation" in gyrfalcon.explain(schema, several, "C").reason
    assert "not valid: Query root type must be provided" in gyrfalcon.explain(GraphQLSchema(), "{ a }").reason
    for depth, engine in ((30, "gyrfalcon"), (31, "graphql-core")):
        nested = graphql.build_schema(f"type Query {{ a: {'[' * depth}Int{']' * depth} }}")
        explanation = gyrfalcon.explain(nested, "{ a }")
        assert explanation.engine == engine
        assert not explanation.reason or explanation.reason.endswith("List types nest deeper than 30.")
    gyrfalcon.disable(schema)
    assert gyrfalcon.explain(schema, "{ hello }").engine == "graphql-core"
    with pytest.raises(TypeError):
        gyrfalcon.explain(3, "{ hello }")
    with pytest.raises(TypeError, match="expected the text of a document, not DocumentNode"):
        gyrfalcon.explain(schema, parse("{ hello }"))  # type: ignore[arg-type]


@pytest.mark.skipif(not G33, reason="graphql-core 3.3 only")
def test_subscriptions_share_variables_between_events() -> None:
    seen: list[Any] = []

    async def events(root: Any, info: Any, values: Any) -> Any:
        for _ in range(2):
            yield {}

    def resolve(root: Any, info: Any, values: Any) -> str:
        seen.append(values)
        return "x"

    values = {"values": GraphQLArgument(graphql.GraphQLList(GraphQLString))}
    subscription = GraphQLObjectType("Subscription", {"tick": GraphQLField(GraphQLString, values, resolve, events)})
    schema = GraphQLSchema(GraphQLObjectType("Query", {"a": GraphQLField(GraphQLString)}), subscription=subscription)

    async def main() -> None:
        document = parse("subscription($v: [String]) { tick(values: $v) }")
        stream = gyrfalcon.subscribe(schema, document, variable_values={"v": ["a"]})
        assert [result.data async for result in stream] == [{"tick": "x"}, {"tick": "x"}]

    run(main())
    assert seen == [["a"], ["a"]]
    assert seen[0] is seen[1]
    assert list(fallbacks()) == ["a subscription with variables that can change"]


@pytest.mark.skipif(not G33, reason="graphql-core 3.3 only")
def test_async_iterables_in_execute_sync() -> None:
    async def generator(root: Any, info: Any) -> Any:
        yield "a"

    schema = make_schema(items=GraphQLField(graphql.GraphQLList(GraphQLString), resolve=generator))
    document = parse("{ items hello }")
    assert plain(gyrfalcon.execute_sync(schema, document)) == plain(graphql.execute_sync(schema, document))
    assert run(gyrfalcon.execute(schema, document)).data == {"items": ["a"], "hello": "hi x"}


@pytest.mark.skipif(not G33, reason="graphql-core 3.3 only")
def test_experimental_directives_fall_back() -> None:
    from graphql import GraphQLDeferDirective, GraphQLStreamDirective, specified_directives
    from graphql.type.directives import GraphQLDisableErrorPropagationDirective

    query = GraphQLObjectType(
        "Query", {"a": GraphQLField(graphql.GraphQLNonNull(GraphQLString)), "b": GraphQLField(GraphQLString)}
    )
    for directive in (GraphQLDeferDirective, GraphQLStreamDirective):
        schema = GraphQLSchema(query, directives=[*specified_directives, directive])
        with pytest.raises(graphql.GraphQLError):
            gyrfalcon.execute(schema, parse("{ b }"))
    schema = GraphQLSchema(query, directives=[*specified_directives, GraphQLDisableErrorPropagationDirective])
    document = parse("query @experimental_disableErrorPropagation { a b }")
    assert plain(gyrfalcon.execute(schema, document)) == plain(graphql.execute(schema, document))
    assert gyrfalcon.execute(schema, document).data == {"a": None, "b": None}
    assert native() == 0


@pytest.mark.parametrize("name", ["execute", "execute_sync"])
def test_options_for_the_coercion_of_variables(name: str) -> None:
    ours, stock = getattr(gyrfalcon, name), getattr(graphql, name)
    schema = make_schema(sized=GraphQLField(GraphQLString, args={"size": GraphQLArgument(SIZE)}))
    document = parse("query($a: Size, $b: Size) { sized(size: $a) x: sized(size: $b) }")
    given = [{"max_coercion_errors": 1}, {"max_coercion_errors": 0}, {"hide_suggestions": True}, {}]
    given = [options for options in given if options.keys() <= inspect.signature(stock).parameters.keys()]
    texts = set()
    for options in given:
        values = {"a": "LARG", "b": []}
        got = ours(schema, document, variable_values=values, **options)
        assert plain(got) == plain(stock(schema, document, variable_values=values, **options))
        texts.add(str(got.errors))
    assert len(texts) == len(given)
    assert native() == len(given)


@pytest.mark.parametrize("depth", [100, 199, 200, 201, 400])
def test_variables_that_are_nested_deeply(depth: int) -> None:
    tree: Any = graphql.GraphQLInputObjectType("Tree", lambda: {"tree": graphql.GraphQLInputField(tree)})
    schema = make_schema(deep=GraphQLField(GraphQLString, args={"tree": GraphQLArgument(tree)}, resolve=lambda *_, **__: "deep"))
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"tree": value}
    document = parse("query($tree: Tree) { deep(tree: $tree) }")

    def outcome(execute: Any) -> Any:
        try:
            return plain(execute(schema, document, variable_values={"tree": value}))
        except RecursionError:
            return "too deep"

    assert outcome(gyrfalcon.execute) == outcome(graphql.execute)


@pytest.mark.parametrize("name", ["execute", "execute_sync", "subscribe"])
def test_parameters_by_position(name: str) -> None:
    """Each by its place in the installed version, and one too many."""
    ours, stock = getattr(gyrfalcon, name), getattr(graphql, name)
    parameters = inspect.signature(stock).parameters.values()
    values = [parameter.default for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD][2:]
    schema, document = make_schema(), parse("subscription { tick }" if name == "subscribe" else "{ hello }")

    async def outcome(function: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            result = function(schema, document, *args, **kwargs)
            result = await result if inspect.isawaitable(result) else result
            return plain(result) if isinstance(result, graphql.ExecutionResult) else [plain(event) async for event in result]
        except Exception as error:
            return type(error), str(error).replace("_with.<locals>.", " ").split()[-1]

    for count in range(len(values) + 1):
        assert run(outcome(ours, *values[:count])) == run(outcome(stock, *values[:count]))
    assert native() == (len(values) + 1) * (3 if name == "subscribe" else 1)
    for args, kwargs in (([*values, 1], {}), ([], {"unknown_option": 1}), ([None], {"root_value": 1})):
        assert run(outcome(ours, *args, **kwargs))[0] is run(outcome(stock, *args, **kwargs))[0] is TypeError


@pytest.mark.skipif("hide_suggestions" not in inspect.signature(graphql.subscribe).parameters, reason="of 3.2.14, and of 3.3")
def test_subscriptions_hide_suggestions() -> None:
    tick = GraphQLField(GraphQLString, args={"size": GraphQLArgument(SIZE)}, subscribe=lambda *_, **__: None)
    schema = GraphQLSchema(make_schema().query_type, subscription=GraphQLObjectType("Subscription", {"tick": tick}))
    document, values = parse("subscription($a: Size) { tick(size: $a) }"), {"a": "LARG"}

    async def errors(subscribe: Any, **options: Any) -> Any:
        result = subscribe(schema, document, variable_values=values, **options)
        return plain(await result if inspect.isawaitable(result) else result)

    for options in ({}, {"hide_suggestions": True}, {"max_coercion_errors": 0}):
        assert run(errors(gyrfalcon.subscribe, **options)) == run(errors(graphql.subscribe, **options))


@pytest.mark.skipif(not _versions.CollectedErrors, reason="graphql-core 3.2 from 3.2.10")
@pytest.mark.parametrize("query", ["{ hello fail }", "{ later }", "query($a: String!) { hello(name: $a) }"])
def test_our_executor_class_has_what_execute_reads(query: str) -> None:
    schema, document = make_schema(), parse(query)

    async def result(**options: Any) -> Any:
        result = _execute.stock_execute(schema, document, **options)
        return plain(await result if inspect.isawaitable(result) else result)

    assert run(result(execution_context_class=gyrfalcon.GyrfalconExecutor)) == run(result())
    assert native() == 1


def test_execute_json() -> None:
    import json

    schema = make_schema()
    for query in ("{ hello }", "{ later }", "{ fail hello }", "{ nothing }"):
        want = graphql.execute(schema, parse(query))
        got = gyrfalcon.execute_json(schema, parse(query))
        assert inspect.isawaitable(got) == inspect.isawaitable(want)
        if inspect.isawaitable(want):
            want, got = run(want), run(got)
        assert json.loads(got) == want.formatted


WHOLE = [
    "{ hello }",
    '{ hello(name: "you") root context }',
    "{ fail hello }",
    "{ nothing }",
    "{ hello",
    "query A { root } query B { hello }",
    "",
]


def whole(query: Any, asynchronous: bool, **options: Any) -> Any:
    try:
        if asynchronous:
            return plain(run(graphql.graphql(schema_of_whole, query, {"root": "r"}, "c", **options)))
        return plain(graphql.graphql_sync(schema_of_whole, query, {"root": "r"}, "c", **options))
    except Exception as error:
        return type(error), str(error)


schema_of_whole = make_schema()


@pytest.mark.parametrize("asynchronous", [False, True])
def test_whole_requests_of_graphql_core(asynchronous: bool) -> None:
    class Deny(graphql.ValidationRule):
        def enter_field(self, node: Any, *_: Any) -> None:
            self.report_error(graphql.GraphQLError("denied", node))

    cases: list[tuple[Any, dict[str, Any]]] = [(query, {}) for query in (*WHOLE, graphql.Source("{ hello }", "a name"), None)]
    cases += [(WHOLE[0], {"middleware": [lambda following, *args, **kwargs: following(*args, **kwargs)]})]
    cases += [(WHOLE[5], {"operation_name": name}) for name in ("A", "B", "C", 3)]
    cases += [("query($n: String) { hello(name: $n) }", {"variable_values": {"n": value}}) for value in ("x", 3)]
    if G33:
        cases += [(WHOLE[1], options) for options in ({"max_tokens": 3}, {"max_lexical_tokens": 3}, {"no_location": True})]
        cases += [
            (WHOLE[0], {"rules": [Deny]}),
            (WHOLE[0], {"rules": []}),
            (WHOLE[3], {"rules": []}),
            (WHOLE[3], {"max_errors": 0}),
        ]
    want = [whole(query, asynchronous, **options) for query, options in cases]
    gyrfalcon.install()
    for _ in range(2):
        assert [whole(query, asynchronous, **options) for query, options in cases] == want
    gyrfalcon.reset_stats()
    whole(WHOLE[0], asynchronous)
    assert (native(), gyrfalcon.stats()["parsed"]) == (1, 0)


def test_validate_asks_the_engine_and_runs_the_rules_of_users() -> None:
    seen = []

    class Note(graphql.ValidationRule):
        def enter_field(self, node: Any, *_: Any) -> None:
            seen.append(node.name.value)

    class Deny(graphql.ValidationRule):
        def enter_field(self, node: Any, *_: Any) -> None:
            self.report_error(graphql.GraphQLError("denied", node))

    gyrfalcon.install()
    assert inspect.signature(graphql.validate) == inspect.signature(validate)
    schema = make_schema()
    for query in ("{ hello root }", "{ hello nothing }"):
        document = graphql.parse(query)
        for rules in (None, [Note], [*graphql.specified_rules, Note], (Deny,), [Deny, Note], [], graphql.specified_rules):
            for options in ({}, {"max_errors": 1}):
                want = validate(schema, document, rules, **options)
                noted, seen[:] = list(seen), []
                assert graphql.validate(schema, document, rules, **options) == want
                assert seen == noted
                seen.clear()
    for wrong in ([3], 3, "x"):
        with pytest.raises(Exception) as raised:  # noqa: PT011
            validate(schema, document, wrong)  # type: ignore[arg-type]
        with pytest.raises(raised.type):
            graphql.validate(schema, document, wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        graphql.validate(GraphQLSchema(), graphql.parse("{ a }"))


@pytest.mark.parametrize("name", ["parse", "validate", "execute"])
def test_replaced_functions_of_whole_requests_are_called(name: str, monkeypatch: Any) -> None:
    import sys

    gyrfalcon.install()
    whole("{ hello }", False)
    called = []

    def watched(*args: Any, **kwargs: Any) -> Any:
        called.append(name)
        return stock(*args, **kwargs)

    if G33:
        harness = sys.modules["graphql.harness"].default_harness
        stock = getattr(harness, name)
        assert whole("{ hello }", False, harness=harness._replace(**{name: watched}))[0] == {"hello": "hi x"}
    else:
        module = sys.modules["graphql.validation" if name == "validate" else "graphql.graphql"]
        stock = getattr(module, name)
        monkeypatch.setattr(module, name, watched)
        assert whole("{ hello }", False)[0] == {"hello": "hi x"}
    assert called == [name]


def test_what_is_loaded_after_install_has_the_stock_functions() -> None:
    """Some modules of the package are loaded when they are needed: what they import by name is ours by then."""
    text = """
import graphql, gyrfalcon
gyrfalcon.install()
Odd = graphql.GraphQLScalarType("Odd", parse_value=str, parse_literal=lambda node, variables=None: node.value)
arguments = {"a": graphql.GraphQLArgument(Odd), "b": graphql.GraphQLArgument(graphql.GraphQLList(Odd))}
field = graphql.GraphQLField(graphql.GraphQLString, arguments, resolve=lambda *_, **arguments: str(arguments))
schema = graphql.GraphQLSchema(graphql.GraphQLObjectType("Query", {"f": field}))
for query in ('{ f(a: "x") }', 'query Q($a: Odd) { f(a: "x", b: [$a]) __typename }', 'query("d" $a: Odd) { f(a: $a) }'):
    for _ in range(2):
        result = graphql.graphql_sync(schema, query, variable_values={"a": 1})
        assert result.data or "$" in query and "Syntax Error" in result.errors[0].message, result
        document = graphql.parse(query) if result.data else None
        assert not document or (graphql.validate(schema, document) == [] and graphql.execute(schema, document).data)
assert gyrfalcon.stats()["native"], gyrfalcon.stats()
gyrfalcon.explain(schema, "{ nothing }")
"""
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
