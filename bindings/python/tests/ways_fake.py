"""A core made of graphql-core: it says yes, plans and executes as the real one does, by the reference. So the ways in are tested by
themselves: whatever runs on it must give the stock results.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import gc
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any

import graphql
from graphql import GraphQLError, OperationDefinitionNode, parse, validate

import gyrfalcon
from gyrfalcon import _documents, _execute

G33 = graphql.version_info >= (3, 3)


class Stock:
    """install() replaces functions in all modules, but not in here."""

    parse = staticmethod(parse)
    validate = staticmethod(validate)
    execute = staticmethod(_execute.stock_execute)


class Request:
    def __init__(self, **options: Any) -> None:
        self.__dict__.update(options)


class Plan:
    incremental = False

    def __init__(self, document: Document, name: str | None, operation: Any) -> None:
        self.document = document
        self.name = name
        self.operation_type = operation.operation.value
        self.start = operation.loc.start
        self.seen: list[Request] = document.schema.seen

    def explain(self) -> list[tuple[str, str, str, str, str]]:
        return [("hello", "Query", "hello", "call", "")]

    def execute(self, root: Any, context: Any, variables: Any, request: Request) -> Any:
        schema = self.document.schema
        schema.seen.append(request)
        if schema.refuse:
            return NotImplemented
        ast = request.ast()
        options: dict[str, Any] = {}
        if request.is_awaitable is False:
            options["is_awaitable"] = lambda value: False
        elif request.is_awaitable is not None:
            options["is_awaitable"] = request.is_awaitable
        if request.info_factory is not None:
            import strawberry.schema.schema as module

            options["executor_class"] = module.StrawberryGraphQLCoreExecutionContext
            options["operation_extensions"] = request.operation_extensions
        result = Stock.execute(
            schema.graphql_schema,
            ast if not isinstance(ast, tuple) else ast[0],
            root,
            context,
            variables,
            self.name,
            request.field_resolver,
            request.type_resolver,
            middleware=request.middleware,
            **options,
        )
        return later(result, request) if isawaitable(result) else finish(result, request)


def finish(result: Any, request: Request) -> tuple[Any, Any, Any]:
    import json

    if request.json:
        return None, result.errors, json.dumps(result.data, separators=(",", ":")).encode()
    return result.data, result.errors, None


async def later(result: Any, request: Request) -> Any:
    return finish(await result, request)


class Document:
    def __init__(self, schema: Schema, text: str, ast: Any) -> None:
        self.schema = schema
        self.ast = ast

    def plan(self, name: str | None) -> Plan | None:
        nodes = [node for node in self.ast.definitions if isinstance(node, OperationDefinitionNode)]
        if name is not None:
            nodes = [node for node in nodes if node.name and node.name.value == name]
        return Plan(self, name, nodes[0]) if len(nodes) == 1 else None


class Schema:
    """graphql_schema: compiled; `refuse`: plans leave all to graphql-core; `reject`: no document is valid."""

    def __init__(self, graphql_schema: Any) -> None:
        self.graphql_schema = graphql_schema
        self.refuse = self.reject = False
        self.seen: list[Request] = []

    def document(self, text: str) -> Document | None:
        try:
            ast = Stock.parse(text)
        except GraphQLError:
            return None
        if self.reject or Stock.validate(self.graphql_schema, ast):
            return None
        return Document(self, text, ast)


class Conversion:
    introspection = ""
    introspection_fields = ()
    introspection_constant = True

    def __init__(self, graphql_schema: Any) -> None:
        self.graphql_schema = graphql_schema

    def introspection_unchanged(self) -> bool:
        return True

    def leaf(self, name: str) -> Any:
        return self

    json = False


def make_fake(graphql_schema: Any) -> tuple[Schema, Conversion]:
    return Schema(graphql_schema), Conversion(graphql_schema)


@contextmanager
def fake_core(real: bool = False) -> Any:
    """Everything in here runs on the core above, or on the real one; it ends uninstalled, with counters of zero."""
    make, request = _documents.make_core, _execute._Request
    if not real:
        _documents.make_core, _execute._Request = make_fake, Request
    gyrfalcon.reset_stats()
    try:
        yield
    finally:
        gyrfalcon.uninstall()
        _documents.make_core, _execute._Request = make, request
        gyrfalcon.reset_stats()


def core_of(schema: Any) -> Schema:
    return _documents.state_of(getattr(schema, "_schema", schema)).core


def run(awaitable: Any) -> Any:
    async def main() -> Any:
        return await awaitable

    return asyncio.run(main())


def plain(result: Any) -> Any:
    """What can be compared of a result."""
    errors = [error.formatted for error in result.errors] if result.errors else None
    return result.data, errors, result.extensions


def collect() -> None:
    for _ in range(4):
        gc.collect()


__all__ = ["G33", "collect", "core_of", "fake_core", "parse", "plain", "run"]
