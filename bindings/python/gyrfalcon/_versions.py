"""Which graphql-core and Strawberry are installed, and whether their code is the code that this package knows.

What is bypassed is checked twice: here, once, that the functions are graphql-core's own when the package is imported, and at
each request that nobody has replaced them since (`Watch.unchanged`). Whoever patches one of them, a test or a tracer, gets graphql-core.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import inspect
import os
import sys
from operator import attrgetter
from types import MethodType
from typing import Any

import graphql
import graphql.execution

from ._known import code_of

VERSION = tuple(graphql.version_info[:2])
G33 = VERSION >= (3, 3)
_parameters = inspect.signature(graphql.execution.execute).parameters
KNOWN = (
    (*VERSION, len(_parameters)) in {(3, 2, 12), (3, 2, 13), (3, 2, 14), (3, 3, 19)}
    and not (3, 2, 14) < graphql.version_info[:3] < (3, 3)
    and not (3, 3) <= graphql.version_info < (3, 3, 2)
)
"""An unknown version runs as if Gyrfalcon was off. The first releases of 3.3 take asynchronous iterables in execute_sync otherwise;
the later ones of 3.2 gave its functions further parameters."""

_execute: Any = sys.modules["graphql.execution.execute"]
COERCES = "max_coercion_errors" in _parameters
"""The coercion of variables has options: 3.3, and 3.2 from 3.2.10."""
HIDES = "hide_suggestions" in _parameters
"""One of them is to give no suggestions: 3.3, and 3.2 from 3.2.14."""
DESCRIBES = G33 or "description" in graphql.OperationDefinitionNode.keys
"""Operations, fragments and variables may have descriptions: 3.3, and 3.2 from 3.2.10."""
CLOSES = not hasattr(_execute, "ensure_future")
"""execute_sync closes the coroutine that it refuses, and starts no task to cancel it: 3.3, and 3.2 from 3.2.13."""
CollectedErrors: Any = getattr(_execute, "CollectedErrors", None)
"""What 3.2 from 3.2.10 collects errors in; None: a list."""


def parameters_of(function: Any) -> tuple[str, ...]:
    """The names of the parameters that may be given by position."""
    parameters = inspect.signature(function).parameters.values()
    return tuple(parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD)


_FOLDER = os.path.dirname(os.path.abspath(graphql.__file__)) + os.sep

if G33:
    from graphql.execution.executor import Executor as BaseExecutor
    from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
    from graphql.execution.incremental.incremental_executor import IncrementalExecutor

    BASES: tuple[type, ...] = (BaseExecutor, ExecutorThrowingOnIncremental, IncrementalExecutor)
else:
    from graphql.execution.execute import ExecutionContext as BaseExecutor

    BASES = (BaseExecutor,)

_METHODS = (
    "build",
    "__init__",
    "execute_operation",
    "execute_fields",
    "execute_fields_serially",
    "execute_field",
    "build_resolve_info",
    "handle_field_error",
    "complete_value",
    "complete_list_value",
    "complete_leaf_value",
    "complete_abstract_value",
    "complete_object_value",
    "collect_subfields",
    "build_response",
)


def is_from(function: Any, folder: str) -> bool:
    """Whether a function's code was compiled from a file below the folder."""
    code = code_of(function.__func__ if type(function) is MethodType else function)
    return code is not None and os.path.abspath(code.co_filename).startswith(folder)


class Watch:
    """Attributes of an object that must stay as they were: `unchanged()` is asked at each request."""

    __slots__ = ("genuine", "get", "owner", "values")

    def __init__(self, owner: Any, names: tuple[str, ...], folder: str) -> None:
        names = tuple(name for name in names if hasattr(owner, name))
        self.owner = owner
        self.get = attrgetter(*names)
        values = [getattr(owner, name) for name in names]
        self.genuine = all(is_from(value, folder) for value in values)
        self.values = self.get(owner)

    def unchanged(self) -> bool:
        return self.genuine and self.get(self.owner) == self.values


_SAFE = frozenset({
    "__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__slots__", "__parameters__", "__orig_bases__",
    "__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__", "__static_attributes__", "__firstlineno__",
    "__abstractmethods__", "_abc_impl", "__final__",
})  # fmt: skip


def overridden(cls: type, known: tuple[type, ...]) -> str | None:
    """The first attribute that a subclass adds to or changes in the known classes, or None."""
    for base in cls.__mro__:
        if base in known:
            return None
        for name in vars(base):
            if name not in _SAFE:
                return f"{cls.__qualname__}.{name}"
    return f"{cls.__qualname__} is no executor of graphql-core"
