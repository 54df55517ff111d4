"""Schemas of all kinds, with operations for them: what every part of the binding is compared on.

Each module has `schema`, a strawberry.Schema, and `cases`. `modules()` gives those that the installed versions can make.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any


class NotHere(Exception):
    """A module's schema needs something that is not installed."""


@dataclass
class Case:
    """An operation. `context` and `root` are made anew for each run."""

    query: str
    variables: dict[str, Any] | None = None
    context: Callable[[], Any] = lambda: SimpleNamespace(user="ann", log=[])
    root: Callable[[], Any] = field(default=lambda: None)
    sync: bool = True
    """Whether execute_sync can run it."""


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(__path__):
        try:
            yield importlib.import_module(f"{__name__}.{found.name}")
        except NotHere:
            continue
