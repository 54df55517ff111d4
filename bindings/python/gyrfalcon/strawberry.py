"""`gyrfalcon.strawberry.Schema`: a strawberry.Schema whose operations run on Gyrfalcon.

    from gyrfalcon.strawberry import Schema
    schema = Schema(Query, extensions=[...])

Nothing else of the process is touched. Requests that take the short way (see `_fast`) never see Strawberry's machinery; the others
go through it, with parsing, validation and execution on the engine.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from . import _fast
from ._executor import make_executor
from ._fast import learn_strawberry, module

learn_strawberry()
GyrfalconExecutionContext: Any = make_executor(module.StrawberryGraphQLCoreExecutionContext)
"""Strawberry's execution context class, over the engine."""


def _stock(name: str) -> Any:
    method = getattr(strawberry.Schema, name)
    return getattr(method, "__wrapped__", method)


class Schema(strawberry.Schema):
    """A strawberry.Schema that runs on Gyrfalcon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.execution_context_class is module.StrawberryGraphQLCoreExecutionContext:
            self.execution_context_class = GyrfalconExecutionContext

    def get_extensions(self, sync: bool = False) -> list[Any]:
        from .extension import GyrfalconExtension

        extensions = super().get_extensions(sync)
        # the short way makes and checks the schema's own; ours comes last, and is for the long way only
        if not any(isinstance(extension, GyrfalconExtension) for extension in extensions):
            extensions.append(GyrfalconExtension())
        return extensions

    if not TYPE_CHECKING and _fast.complete:
        execute = _fast.execute_with(_stock("execute"))
        execute_sync = _fast.execute_sync_with(_stock("execute_sync"))


if _fast.complete:
    _fast.trusted_methods.append(_fast._get_methods(Schema))
    _fast.trusted_executes += (Schema.execute, Schema.execute_sync)

__all__ = ["GyrfalconExecutionContext", "Schema"]
