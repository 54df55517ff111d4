"""JSON bytes from the engine straight to Strawberry's HTTP views.

A view's `execute_single` is called with a stand-in for the view whose schema answers with `JSONData` where it can: so the wish for bytes
belongs to that one call, and nothing that a resolver executes in its turn sees it. The view's `encode_json` then puts the bytes
into the response. Only views whose methods between the two are Strawberry's own get this (`eligible`), an overridden
`process_result` or `encode_json` may look at the data, or write it in another way.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any
from weakref import WeakKeyDictionary

import strawberry.http
from strawberry.http import async_base_view, sync_base_view
from strawberry.http.async_base_view import AsyncBaseHTTPView
from strawberry.http.base import BaseView
from strawberry.http.sync_base_view import SyncBaseHTTPView
from strawberry.types import ExecutionResult

from . import _fast
from ._core import dumps
from ._documents import dress
from ._extensions import FOLDER
from ._fast import JSONData
from ._stats import switch
from ._versions import is_from

METHODS = ("run", "execute_operation", "execute_single", "process_result", "create_response", "encode_json")
_get_methods = attrgetter(*METHODS)
_names = frozenset(METHODS)
_process_result = strawberry.http.process_result
_classes: WeakKeyDictionary[type, tuple[Any, ...] | None] = WeakKeyDictionary()
complete = all(hasattr(base, "execute_single") for base in (AsyncBaseHTTPView, SyncBaseHTTPView))


def _trusted(function: Any) -> bool:
    stock = getattr(function, "__wrapped__", function)
    return getattr(function, "__gyrfalcon__", False) or (stock is function and is_from(function, FOLDER))


def _look(cls: type) -> tuple[Any, ...] | None:
    """A view class's methods, if all can be trusted and its encoder is ours: a module with views may come after install()."""
    methods = _get_methods(cls)
    if not all(_trusted(method) for method in methods) or "channels" in cls.__module__.split("."):
        return None
    owner = next(base for base in cls.__mro__ if "encode_json" in vars(base))
    if not getattr(vars(owner)["encode_json"], "__gyrfalcon__", False):
        if owner not in encoders() or put is None:
            return None
        put(owner, "encode_json", encode_json_with(vars(owner)["encode_json"]))
        methods = _get_methods(cls)
    return methods


put: Any = None
"""Replaces an attribute until it is uninstalled: set by install()."""


def eligible(view: Any) -> bool:
    """Whether nothing between this view's schema and its response can look at the data."""
    cls = type(view)
    methods = _classes.get(cls, 0)
    if methods == 0:
        methods = _classes[cls] = _look(cls)
    return methods is not None and _get_methods(cls) == methods and _names.isdisjoint(view.__dict__) and _modules_unchanged()


def _modules_unchanged() -> bool:
    """The functions that the views' modules have imported are the ones they came with."""
    return async_base_view.process_result is _process_result and sync_base_view.process_result is _process_result


class Schema:
    """Stands for a view's schema: `execute` and `execute_sync` may answer with JSONData."""

    __slots__ = ("_gyr_schema",)

    def __init__(self, schema: Any) -> None:
        self._gyr_schema = schema

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        return _json_execute(self._gyr_schema, *args, **kwargs)

    def execute_sync(self, *args: Any, **kwargs: Any) -> Any:
        return _json_execute_sync(self._gyr_schema, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gyr_schema, name)


class View:
    """Stands for a view in one call of execute_single."""

    __slots__ = ("_gyr_view", "schema")

    def __init__(self, view: Any) -> None:
        self._gyr_view = view
        self.schema = Schema(view.schema)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gyr_view, name)


_json_execute: Any = None
_json_execute_sync: Any = None
_plain_execute: tuple[Any, ...] = ()


def use(stock_execute: Any, stock_execute_sync: Any, *trusted: Any) -> None:
    """Says what answers with bytes, and which `Schema.execute` methods they may stand in for."""
    global _json_execute, _json_execute_sync, _plain_execute
    _json_execute = _fast.execute_with(stock_execute, json=True)
    _json_execute_sync = _fast.execute_sync_with(stock_execute_sync, json=True)
    _plain_execute = trusted


def _wants(view: Any, name: str) -> bool:
    """Whether this call of execute_single may have bytes: the view is eligible, and the schema's method is ours."""
    if switch.off or not eligible(view):
        return False
    schema = view.schema
    method = getattr(type(schema), name, None)
    return (method in _plain_execute or method in _fast.trusted_executes) and name not in schema.__dict__


def async_single_with(stock: Callable[..., Any]) -> Any:
    # a function that gives the stock method's coroutine: one coroutine less for each request
    def execute_single(self: Any, *args: Any, **kwargs: Any) -> Any:
        return stock(View(self) if _wants(self, "execute") else self, *args, **kwargs)

    return dress(execute_single, stock)


def sync_single_with(stock: Callable[..., Any]) -> Any:
    def execute_single(self: Any, *args: Any, **kwargs: Any) -> Any:
        return stock(View(self) if _wants(self, "execute_sync") else self, *args, **kwargs)

    return dress(execute_single, stock)


_stock_dumps = json.dumps
_COMPACT = (",", ":")


def encode_json_with(stock: Callable[..., Any]) -> Any:
    # Strawberry's encoder has these separators, older versions had none: then the text would not be the same
    compact = _COMPACT in stock.__code__.co_consts

    def encode_json(self: Any, data: Any) -> Any:
        kind = type(data)
        if kind is dict:
            if type(data.get("data")) is JSONData:
                return _splice(self, data, stock)
        elif kind is list and any(type(item) is dict and type(item.get("data")) is JSONData for item in data):
            return b"[" + b",".join(_bytes(self.encode_json(item)) for item in data) + b"]"
        if kind is dict and compact and json.dumps is _stock_dumps and not switch.off:
            text = dumps(data)
            if text is not None:
                return text
        return stock(self, data)

    return dress(encode_json, stock)


def _splice(view: Any, data: dict[str, Any], stock: Callable[..., Any]) -> bytes:
    """A response with JSONData as its data."""
    text = data["data"].json
    if len(data) == 1:
        return b'{"data":' + text + b"}"
    rest = _bytes(stock(view, {key: value for key, value in data.items() if key != "data"})).lstrip()
    return b'{"data":' + text + b"," + rest[1:]


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


# ---------------------------------------------------------------------- what a view does for every request


def quick_checks() -> Iterator[tuple[Any, str, Any]]:
    """(module, name, replacement) for what takes a view longer than a small operation, and always says the same."""
    for module in (async_base_view, sync_base_view):
        stock = getattr(module, "parse_content_type", None)
        if stock is not None and is_from(stock, FOLDER):
            yield module, "parse_content_type", remembering(stock)
    protocol: Any = getattr(async_base_view, "SubscriptionExecutionResult", None)
    if isinstance(protocol, type) and not isinstance(ExecutionResult(None, None), protocol):
        yield async_base_view, "SubscriptionExecutionResult", not_for(protocol, ExecutionResult)


def remembering(stock: Callable[[str], tuple[str, dict[str, str]]]) -> Any:
    """Strawberry's parse_content_type, by way of a MIME parser made for e-mail: clients send a few headers only."""
    found: dict[str, tuple[str, dict[str, str]]] = {}

    def parse_content_type(content_type: str) -> tuple[str, dict[str, str]]:
        if type(content_type) is not str or len(content_type) > 100:
            return stock(content_type)
        known = found.get(content_type)
        if known is None:
            known = stock(content_type)
            if len(found) < 64:
                found[content_type] = known
        return known[0], dict(known[1])

    return dress(parse_content_type, stock)


def not_for(protocol: Any, plain: type) -> Any:
    """A protocol whose instance check has its answer ready for a plain class: the check of typing takes all its attributes in turn."""

    class Check(type):
        def __instancecheck__(cls, instance: Any) -> bool:
            return type(instance) is not plain and isinstance(instance, protocol)

    return Check(protocol.__name__, (), {"__doc__": protocol.__doc__, "__module__": protocol.__module__})


def encoders() -> list[type]:
    """The classes with an encode_json of Strawberry's: the base of all views, and Django's, whose own encoder writes
    what the engine's data has in the same way."""
    import sys

    found: list[type] = [BaseView]
    django = sys.modules.get("strawberry.django.views")
    if django is not None and "encode_json" in vars(getattr(django, "BaseView", object)):
        found.append(django.BaseView)
    return found


def forget() -> None:
    """After methods were replaced: views are looked at anew."""
    _classes.clear()
