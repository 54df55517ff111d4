"""Which code of Strawberry is known here, function by function.

A shortcut is taken where the code that it stands for is code that somebody has read. Functions are known by a digest of their
source without comments, docstrings and layout, which is the same on every Python; a version in which one of them changed loses
the shortcuts that stand for that one only. Nor is one known whose running code is not what its module's source is compiled to:
tracers and mocks replace functions, or their code. Where there are no sources, nothing is known.
`bindings/python/tools/known.py` prints the digests of downloaded versions.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import hashlib
import inspect
import io
import linecache
import sys
import textwrap
import tokenize
from functools import cache
from importlib.machinery import SourceFileLoader
from types import CodeType, FunctionType
from typing import Any

from ._known_digests import DIGESTS

_LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}


def digest_of_source(source: str) -> str:
    """Of a function's source text. Blanks do not count, so that f-strings, which Python 3.12 takes apart, count the same."""
    tokens: list[str] = []
    begins = True
    for token in tokenize.generate_tokens(io.StringIO(textwrap.dedent(source)).readline):
        if token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            begins = True
            if token.type != tokenize.NEWLINE:
                tokens.append("indent" if token.type == tokenize.INDENT else "dedent")
        if token.type in _LAYOUT:
            continue
        if not (begins and token.type == tokenize.STRING):  # a docstring
            tokens.append(token.string)
        begins = False
    text = "".join("".join(tokens).split()).replace("{{", "{").replace("}}", "}")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


_variants: dict[Any, str | None] = {}
"""By code object: each source is read once a process."""


def code_of(function: Any) -> CodeType | None:
    """The code of a function; None for anything else: proxies have a __code__ too, of what they wrap."""
    return function.__code__ if type(function) is FunctionType else None


def variant(function: Any) -> str | None:
    """The name under which the code of a function is known; None: it is not."""
    code = code_of(function)
    if code is None:
        return None
    if code not in _variants:
        _variants[code] = _read(code, function.__globals__)
    return _variants[code]


def _read(code: CodeType, names: dict[str, Any]) -> str | None:
    known, module = DIGESTS.get(code.co_qualname), names.get("__name__", "")
    if known is None or not module.startswith("strawberry."):
        return None
    try:
        # inspect.getsource would look through all modules for the one that is known here
        lines = linecache.getlines(code.co_filename, names)[code.co_firstlineno - 1 :]
        name = known.get(digest_of_source("".join(inspect.getblock(lines))))
        return name if name and code in _compiled(module) else None
    except Exception:  # noqa: BLE001  no source, or a loader that cannot say: OSError, ImportError, SyntaxError, ...
        return None


@cache
def _compiled(module: str) -> frozenset[CodeType]:
    """The functions of a module and of its classes, as its source is compiled: where there is a .pyc of it, that is read."""
    spec = sys.modules[module].__spec__
    assert spec is not None
    loader: Any = spec.loader
    if type(loader) is SourceFileLoader:
        code = loader.get_code(module)
    else:
        code = compile(loader.get_source(module), spec.origin or module, "exec", dont_inherit=True)
    found, todo = [], [code]
    for scope in todo:
        inner = [const for const in scope.co_consts if isinstance(const, CodeType)]
        found += inner
        todo += [const for const in inner if const.co_name == const.co_qualname and not const.co_flags & inspect.CO_OPTIMIZED]
    return frozenset(found)


__all__ = ["code_of", "digest_of_source", "variant"]
