"""The extensions that come with Strawberry: which of them leave a request alone that the engine has found in order.

An extension is known by its exact class, and only while the class and the module it lives in are as they were when this was
loaded (`Known.watch`, `Known.module`): tests and tracers replace their methods. `check(extension, schema, document)` says yes when
the extension would let the document pass and see nothing of it; all else, a no included, goes Strawberry's own way.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import strawberry
from strawberry import extensions as package
from strawberry.extensions import SchemaExtension

from ._documents import Document, is_stock
from ._rules import few_tokens, know_code, says_yes
from ._versions import Watch

FOLDER = os.path.dirname(os.path.abspath(strawberry.__file__)) + os.sep
_HOOKS = (
    "on_operation",
    "on_parse",
    "on_validate",
    "on_execute",
    "on_stream_result",
    "resolve",
    "get_results",
    "_implements_resolve",
)

Check = Callable[[Any, Any, Document], bool]


class Known:
    """A known extension class."""

    __slots__ = ("check", "globals", "module", "watch")

    def __init__(self, cls: type, check: Check, names: tuple[str, ...]) -> None:
        self.check = check
        self.watch = Watch(cls, _HOOKS, FOLDER)
        self.module = vars(sys.modules[cls.__module__])
        self.globals = [(name, self.module.get(name)) for name in names]

    def unchanged(self) -> bool:
        return self.watch.unchanged() and all(is_stock(self.module.get(name), value) for name, value in self.globals)


def _passes(extension: Any, schema: Any, document: Document) -> bool:
    return True


def _tokens(extension: Any, schema: Any, document: Document) -> bool:
    return few_tokens(document, extension.max_token_count)


def _rules(extension: Any, schema: Any, document: Document) -> bool:
    return all(says_yes(rule, schema, document) is True for rule in extension.validation_rules)


known: dict[type, Known] = {}


def _know(name: str, check: Check, *names: str) -> None:
    cls = getattr(package, name, None)
    if cls is not None:
        entry = Known(cls, check, names)
        if entry.watch.genuine:
            known[cls] = entry


_know("ParserCache", _passes, "parse", "_get_parse_cache")
_know("ValidationCache", _passes, "_get_validate_cache")
_know("DisableValidation", _passes)
_know("MaskErrors", _passes)
_know("PydanticErrorExtension", _passes)
_know("MaxTokensLimiter", _tokens)
_know("AddValidationRules", _rules)
_know("MaxAliasesLimiter", _rules, "count_fields_with_alias")
_know("QueryDepthLimiter", _rules, "determine_depth", "get_fragments", "get_queries_and_mutations")
_know("DisableIntrospection", _rules)


def _few_aliases(document: Document, closed: dict[str, Any]) -> bool:
    # an alias has a colon; with fragments one alias may count more than once
    return "..." not in document.text and document.text.count(":") <= closed.get("max_alias_count", -1)


def _not_deep(document: Document, closed: dict[str, Any]) -> bool:
    # each level is a field's braces, within those of an operation; validity keeps a fragment from being twice on a way down
    if closed.get("callback") is not None or closed.get("should_ignore") is not None:
        return False
    return document.text.count("{") - 1 <= closed.get("max_depth", -1)


def _learn() -> None:
    """Learns the limiters' rules, by rules that they make."""
    try:
        from strawberry.extensions import max_aliases, query_depth_limiter

        know_code(max_aliases.create_validator(1), _few_aliases)
        know_code(query_depth_limiter.create_validator(1, None), _not_deep)
    except Exception:  # another version: its rules run on graphql-core
        return


_learn()


def may_be_plain(extension: Any) -> bool:
    """Whether an entry of `extensions=[...]` may turn out to be a known extension."""
    if isinstance(extension, SchemaExtension):
        return type(extension) in known
    if isinstance(extension, type):
        return extension in known
    return callable(extension)
