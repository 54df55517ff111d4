"""Gyrfalcon: GraphQL schemas of Strawberry and graphql-core, unchanged, on a compiled engine.

    import gyrfalcon
    gyrfalcon.install()

runs all schemas of the process; `gyrfalcon.strawberry.Schema`, `gyrfalcon.extension.GyrfalconExtension` and `gyrfalcon.execute`
do it for one schema, or one call. What the engine does not do runs on graphql-core: `stats()`, `on_fallback()` and `explain()` say what
and why. GYRFALCON=off in the environment turns everything off.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError as _NotFound
from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

from ._documents import state_of as _state_of
from ._explain import Explanation, FieldExplanation, explain
from ._functions import execute_json
from ._install import install, is_installed, uninstall
from ._stats import Fallback, on_fallback, reset_stats, stats

if TYPE_CHECKING:
    from graphql import execute, execute_sync, subscribe  # the types are those of the installed version

    from ._executor import GyrfalconExecutor
else:
    from ._functions import execute, execute_sync, subscribe

try:
    __version__ = _version("gyrfalcon")
except _NotFound:  # run from its sources
    __version__ = "0"

__all__ = [
    "Explanation",
    "Fallback",
    "FieldExplanation",
    "GyrfalconExecutor",
    "disable",
    "enable",
    "execute",
    "execute_json",
    "execute_sync",
    "explain",
    "install",
    "is_installed",
    "on_fallback",
    "reset_stats",
    "stats",
    "subscribe",
    "uninstall",
]


def disable(schema: Any) -> None:
    """Runs one schema, of graphql-core or Strawberry, on graphql-core whatever is installed."""
    _switch(schema, True)


def enable(schema: Any) -> None:
    """Takes back `disable(schema)`."""
    _switch(schema, False)


def _switch(schema: Any, disabled: bool) -> None:
    state = _state_of(getattr(schema, "_schema", schema))
    if state is None:
        raise TypeError(f"expected a schema of graphql-core or Strawberry, not {type(schema).__name__}")
    state.disabled = disabled


def __getattr__(name: str) -> Any:
    if name == "GyrfalconExecutor":
        from ._executor import GyrfalconExecutor

        return GyrfalconExecutor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
