"""Which code of Strawberry is known here, function by function.

A shortcut is taken where the code that it stands for is code that somebody has read. Functions are known by a digest of their
source without comments, docstrings and layout, which is the same on every Python; a version in which one of them changed loses
the shortcuts that stand for that one only. A function that was replaced at run time has another source too.
`bindings/python/tools/known.py` prints the digests of installed or downloaded versions.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import hashlib
import inspect
import io
import textwrap
import tokenize
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


def variant(function: Any) -> str | None:
    """The name under which the code of a function is known; None: it is not."""
    code = getattr(function, "__code__", None)
    if code not in _variants:
        _variants[code] = _read(function) if code else None
    return _variants[code]


def _read(function: Any) -> str | None:
    known = DIGESTS.get(function.__code__.co_qualname)
    if known is None or not function.__module__.startswith("strawberry."):
        return None
    try:
        return known.get(digest_of_source(inspect.getsource(function)))
    except (OSError, TypeError, tokenize.TokenError):
        return None


__all__ = ["digest_of_source", "variant"]
