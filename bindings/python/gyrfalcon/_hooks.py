"""Which fields a middleware has anything to do with, for middlewares that are known: resolve hooks of tracing extensions, and of
Strawberry's directives.

A hook is known by its function: a subclass that keeps it is known too, a patched one is not. Tracing hooks hand the fields that have
no resolver of their own straight on (`should_skip_tracing`), the hook of directives those that carry none.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import sys
from typing import Any

from ._documents import Document
from ._known import code_of

EVERY, TRACING, DIRECTIVES = 0, 1, 2

_MODULES = {
    "strawberry.extensions.directives": (DIRECTIVES, "process_directive"),
    "strawberry.extensions.tracing.apollo": (TRACING, "should_skip_tracing"),
    "strawberry.extensions.tracing.apollo_federation": (TRACING, "should_skip_tracing"),
    "strawberry.extensions.tracing.datadog": (TRACING, "should_skip_tracing"),
    "strawberry.extensions.tracing.opentelemetry": (TRACING, "should_skip_tracing"),
    "sentry_sdk.integrations.strawberry": (TRACING, "should_skip_tracing"),
}
_known: dict[Any, tuple[int, dict[str, Any], str, Any]] = {}
_looked: set[str] = set()


def _learn(module_name: str) -> None:
    """The `resolve` functions of a module's classes, by the global that they must ask first."""
    kind, needed = _MODULES[module_name]
    module = vars(sys.modules[module_name])
    _looked.add(module_name)
    for cls in list(module.values()):
        resolve = vars(cls).get("resolve") if isinstance(cls, type) and cls.__module__ == module_name else None
        code = code_of(resolve)
        if code is not None and needed in code.co_names and resolve.__module__ == module_name:
            _known[resolve] = (kind, module, needed, module.get(needed))


def kind_of(middleware: Any) -> int:
    """What the core may make of a middleware: one of the three above."""
    cls = type(middleware)
    resolve = getattr(cls, "resolve", None)
    name = getattr(resolve, "__module__", None)
    if name not in _MODULES or "resolve" in getattr(middleware, "__dict__", ()):
        return EVERY
    if name not in _looked and name in sys.modules:
        _learn(name)
    found = _known.get(resolve)
    if found is None or found[1].get(found[2]) is not found[3]:
        return EVERY
    return found[0]


def kinds_of(manager: Any, document: Document) -> tuple[tuple[int, ...] | None, bool]:
    """Request.hooks for a manager, None where nothing is known; and whether some middleware sees all fields.

    Tracing hooks also skip what is below a response key with two underscores: they are asked themselves where there is one.
    """
    kinds = tuple(kind_of(middleware) for middleware in manager.middlewares)
    text = document.text
    if TRACING in kinds and text.count("__") != text.count("__typename"):
        kinds = tuple(EVERY if kind == TRACING else kind for kind in kinds)
    every = EVERY in kinds
    return (kinds if any(kinds) else None), every
