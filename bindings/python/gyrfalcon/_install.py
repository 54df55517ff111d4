"""`gyrfalcon.install()`: all schemas of the process run on Gyrfalcon; `uninstall()` puts everything back.

Two kinds of places are replaced. Functions of graphql-core (`execute`, `execute_sync`, `subscribe`, `parse`, `validate`, and what
`graphql` goes through): in every module that has imported them by name. Strawberry's own seams: the names in
strawberry.schema.schema, `Schema.execute`, the HTTP views. A place whose value is not the expected one is left alone, and so is, when
uninstalling, a place that somebody else has changed since; what is left there by then behaves as the stock function.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import threading
from collections.abc import Callable
from typing import Any

import graphql

from . import _execute, _functions
from ._documents import dress, is_stock, lazy_parse, parse_with, stock_parse
from ._rules import few_tokens, stock_validate, validate_document_with, validate_with
from ._stats import env_off, logger, switch
from ._versions import G33, KNOWN
from ._whole import impl_with, stock_impl

_lock = threading.RLock()
_patches: list[tuple[Any, str, Any, Any]] = []
installed = False


def _put(owner: Any, name: str, value: Any) -> None:
    """Replaces an attribute of a module, a class or a function."""
    _patches.append((owner, name, _get(owner, name), value))
    setattr(owner, name, value)


def _get(owner: Any, name: str) -> Any:
    """An attribute as it is stored: no method is bound, no property read."""
    return vars(owner)[name] if name in vars(owner) else getattr(owner, name, None)


def _put_everywhere(stock: Any, value: Any, but: str = "") -> None:
    """Replaces a function in all modules that have it by the name it has there.

    but: the module whose own functions call it: what is handed back to those must not come round again; or a package.
    """
    for module_name, module in list(sys.modules.items()):
        if module is None or module_name.partition(".")[0] in ("gyrfalcon", but) or module_name == but:
            continue
        names = getattr(module, "__dict__", None)
        if type(names) is not dict:
            continue
        for name, found in list(names.items()):
            if found is stock:
                _put(module, name, value)


def install(*, strawberry: bool = True, graphql_core: bool = True, json: bool = True) -> bool:
    """Runs the operations of all schemas of this process on Gyrfalcon, those made before included.

    strawberry, graphql_core: for which of them; json: whether Strawberry's HTTP views may have JSON bytes. Returns whether it is
    installed: not where the environment says GYRFALCON=off, or this version of graphql-core is unknown. Calling it again does nothing.
    """
    global installed
    with _lock:
        switch.off = env_off()
        if switch.off or not KNOWN:
            if not switch.off:
                logger.warning("graphql-core %s is unknown: nothing is installed", graphql.version)
            return False
        if installed:
            return True
        try:
            if strawberry and importlib.util.find_spec("strawberry") is not None:
                _install_strawberry(json)
            if graphql_core:
                _install_graphql()
            _note_seams()
        except BaseException:
            _restore()
            raise
        installed = True
        return True


def _note_seams() -> None:
    """Tells the short way what it will find in Strawberry's module."""
    fast = sys.modules.get(__package__ + "._fast")
    for owner, name, _, new in _patches:
        if fast is not None and owner is fast.module:
            fast.seams.expect(name, new)


def uninstall() -> None:
    """Puts back everything that `install()` has replaced."""
    global installed
    with _lock:
        _restore()
        installed = False


def is_installed() -> bool:
    return installed


def _restore() -> None:
    for owner, name, old, new in reversed(_patches):
        if _get(owner, name) is new:
            setattr(owner, name, old)
        else:
            logger.warning("%s.%s was replaced by somebody else: left alone", getattr(owner, "__name__", owner), name)
    _patches.clear()
    fast = sys.modules.get(__package__ + "._fast")
    if fast is not None:
        fast.seams.reset()
    http = sys.modules.get(__package__ + "._http")
    if http is not None:
        http.put = None
        http.forget()


# ---------------------------------------------------------------------- graphql-core


def _install_graphql() -> None:
    execute, execute_sync, subscribe = _execute.stock_execute, _execute.stock_execute_sync, _execute.stock_subscribe
    replaced = {
        execute: _guarded(_functions.execute_with(execute), execute),
        execute_sync: _guarded(_functions.execute_sync_with(execute_sync), execute_sync),
        subscribe: _guarded(_functions.subscribe_with(subscribe), subscribe),
        stock_parse: parse_with(stock_parse),
        stock_validate: _guarded(validate_with(stock_validate), stock_validate),
    }
    inner = execute
    if G33:
        inner = _execute.stock_incrementally
        replaced[inner] = _guarded(_functions.execute_with(inner, incrementally=True), inner)
    # Strawberry validates by a function of its own, which is replaced too
    but = {inner: "graphql.execution.execute", stock_validate: "strawberry"}
    for stock, ours in replaced.items():
        _put_everywhere(stock, ours, but.get(stock, ""))
    harness = _install_harness(replaced)
    impl = stock_impl()
    if impl is not None:
        values = tuple(replaced.values())

        def is_ours(owner: Any, name: str) -> bool:
            if not name:
                return harness is not None and owner is harness
            found = getattr(owner, name)
            return any(found is value for value in values)

        _put_everywhere(impl, impl_with(impl, is_ours))


def _install_harness(replaced: dict[Any, Any]) -> Any:
    """The functions that `graphql()` of graphql-core 3.3 takes by default are in a tuple made at import: ours in its place."""
    harness = getattr(sys.modules.get("graphql.harness"), "default_harness", None)
    if harness is None:
        return None
    ours = harness._replace(**{name: replaced[value] for name, value in harness._asdict().items() if value in replaced})
    _put_everywhere(harness, ours)
    for function in vars(sys.modules["graphql.graphql"]).values():
        for name in ("__defaults__", "__kwdefaults__"):
            defaults = getattr(function, name, None) if inspect.isfunction(function) else None
            if isinstance(defaults, tuple) and harness in defaults:
                _put(function, name, tuple(ours if value is harness else value for value in defaults))
            elif isinstance(defaults, dict) and harness in defaults.values():
                _put(function, name, {key: ours if value is harness else value for key, value in defaults.items()})
    return ours


def _guarded(ours: Any, stock: Any) -> Any:
    """Ours as long as it is installed: somebody may keep the function longer."""
    if inspect.iscoroutinefunction(stock):

        async def function(*args: Any, **kwargs: Any) -> Any:
            return await (ours if installed else stock)(*args, **kwargs)

    else:

        def function(*args: Any, **kwargs: Any) -> Any:
            return (ours if installed else stock)(*args, **kwargs)

    return dress(function, stock)


# ---------------------------------------------------------------------- Strawberry


def _install_strawberry(json: bool) -> None:
    module = importlib.import_module("strawberry.schema.schema")
    try:
        from . import _fast
    except Exception:
        logger.warning("this version of Strawberry is unknown: only its calls of graphql-core are replaced", exc_info=True)
        return
    _fast.learn_strawberry()
    schema_class: Any = module.Schema
    _seam(module, "_parse_operation_document", ("execution_context",), _parse_with)
    own = _fast.own_rules
    if all(own) and hasattr(module, "validate"):
        unchanged = _same(module, "validate", "MaybeNullValidationRule", "OneOfInputValidationRule")
        _seam(
            module,
            "validate_document",
            ("schema", "document", "validation_rules"),
            lambda stock: validate_document_with(stock, lambda: installed and unchanged(), own),
        )
    _install_context(module)
    if not _fast.complete:
        return
    if _signature(schema_class.execute) == _fast.SIGNATURE and _signature(schema_class.execute_sync) == _fast.SIGNATURE:
        stock, stock_sync = schema_class.execute, schema_class.execute_sync
        _put(schema_class, "execute", _fast.execute_with(stock))
        _put(schema_class, "execute_sync", _fast.execute_sync_with(stock_sync))
        if json:
            _install_views(stock, stock_sync, schema_class.execute, schema_class.execute_sync)


def _signature(function: Any) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _same(owner: Any, *names: str) -> Callable[[], bool]:
    """Whether some names of a module are what they are now."""
    namespace = vars(owner)
    values = [(name, namespace[name]) for name in names]
    return lambda: all(namespace.get(name) is value for name, value in values)


def _seam(module: Any, name: str, signature: tuple[str, ...], make: Callable[[Any], Any]) -> None:
    """Replaces a function of Strawberry's module, if it has the expected parameters."""
    stock = getattr(module, name, None)
    if stock is None or _signature(stock) != signature:
        return
    _put(module, name, make(stock))


def _parse_with(stock: Any) -> Any:
    """Strawberry's `_parse_operation_document`, with a lazily parsed AST for what the engine has found valid."""
    import strawberry.schema.schema as module

    def _parse_operation_document(execution_context: Any) -> Any:
        if installed and not switch.off and execution_context.graphql_document is None and is_stock(module.parse, stock_parse):
            document = parsed_lazily(execution_context)
            if document is not None:
                execution_context.graphql_document = document
                return None
        return stock(execution_context)

    _parse_operation_document.__wrapped__ = stock  # type: ignore[attr-defined]
    return _parse_operation_document


def parsed_lazily(execution_context: Any) -> Any:
    """The lazily parsed AST for a request of Strawberry, or None."""
    options = execution_context.parse_options
    graphql_schema = execution_context.schema._schema
    document = lazy_parse(graphql_schema, execution_context.query)
    if document is None or not options:
        return document
    if set(options) == {"max_tokens"}:
        from ._documents import state_of

        state = state_of(graphql_schema)
        entry = state.document(execution_context.query) if state is not None else None
        if entry is not None and few_tokens(entry, options["max_tokens"]):
            return document
    return None


def _install_context(module: Any) -> None:
    """`ExecutionContext.operation_name` and `operation_type`: answered without an AST."""
    from strawberry.types.graphql import OperationType

    from ._documents import LazyDocument, origin_of, state_of

    context: Any = module.ExecutionContext
    name_property, type_property = vars(context).get("operation_name"), vars(context).get("operation_type")
    if not (isinstance(name_property, property) and isinstance(type_property, property)):
        return

    def entry_of(self: Any) -> Any:
        document = self.graphql_document
        if type(document) is not LazyDocument:
            return None
        state = state_of(self.schema._schema)
        origin = origin_of(document)
        return state.document(origin.text) if state is not None and origin is not None else None

    def operation_name(self: Any) -> Any:
        if self._provided_operation_name is not None:
            return self._provided_operation_name
        entry = entry_of(self)
        return name_property.fget(self) if entry is None else entry.first_name()

    def operation_type(self: Any) -> Any:
        entry = entry_of(self)
        if entry is not None:
            name = operation_name(self)
            plan = entry.plan(name) if name is None or type(name) is str else None
            if plan is not None and plan.kind is not None:
                return OperationType(plan.kind)
        return type_property.fget(self)

    _put(context, "operation_name", property(operation_name, doc=name_property.__doc__))
    _put(context, "operation_type", property(operation_type, doc=type_property.__doc__))


def _install_views(stock: Any, stock_sync: Any, ours: Any, ours_sync: Any) -> None:
    try:
        from . import _http
    except Exception:
        logger.warning("this version of Strawberry's views is unknown: they get dictionaries", exc_info=True)
        return
    if not _http.complete:
        return
    _http.use(stock, stock_sync, ours, ours_sync)
    _http.put = _put
    _put(_http.AsyncBaseHTTPView, "execute_single", _http.async_single_with(_http.AsyncBaseHTTPView.execute_single))
    _put(_http.SyncBaseHTTPView, "execute_single", _http.sync_single_with(_http.SyncBaseHTTPView.execute_single))
    for owner in _http.encoders():
        _put(owner, "encode_json", _http.encode_json_with(owner.encode_json))
    for module, name, value in _http.quick_checks():
        _put(module, name, value)
    _http.forget()
