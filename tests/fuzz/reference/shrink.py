"""Makes a request that two engines answer differently as small as it gets while they differ in the same part of the answer:
lines with their blocks, bracketed groups, runs of tokens and members of JSON values are left out, larger ones first.

SPDX-License-Identifier: Apache-2.0
"""
import json

import known
from schemas import tokens

TEXTS = ("document", "query", "source", "sdl", "schema", "before", "after")
TREES = ("variables_json", "root_json")
CLOSING = {"{": "}", "(": ")", "[": "]"}


def blocks(text):
    """The text without a line, or without a line and the block that it opens."""
    lines = text.split("\n")
    spans = []
    for i, line in enumerate(lines):
        end, depth = i, line.count("{") - line.count("}")
        while depth > 0 and end + 1 < len(lines):
            end += 1
            depth += lines[end].count("{") - lines[end].count("}")
        spans.append((i, end + 1))
    for start, end in sorted(spans, key=lambda s: s[0] - s[1]):
        yield "\n".join(lines[:start] + lines[end:])


def groups(text):
    """The text without a bracketed group."""
    parts, stack, spans = tokens(text), [], []
    for i, t in enumerate(parts):
        if t in CLOSING:
            stack.append(i)
        elif t in CLOSING.values() and stack:
            spans.append((stack.pop(), i + 1))
    for start, end in sorted(spans, key=lambda s: s[0] - s[1]):
        yield "".join(parts[:start] + parts[end:])


def runs(text):
    """The text without some tokens in a row."""
    parts = tokens(text)
    for size in (24, 12, 7, 5, 3, 2, 1):
        for at in range(0, len(parts) - size + 1, max(1, size // 2)):
            yield "".join(parts[:at] + parts[at + size:])


def less(text):
    """The JSON text of a smaller value."""
    yield from (json.dumps(v) for v in sorted(smaller_values(json.loads(text)), key=lambda v: len(json.dumps(v))))


def smaller_values(value):
    if isinstance(value, dict):
        for name in value:
            yield {n: v for n, v in value.items() if n != name}
            yield from ({**value, name: v} for v in smaller_values(value[name]))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield value[:i] + value[i + 1:]
            yield from (value[:i] + [v] + value[i + 1:] for v in smaller_values(item))


def kind(found):
    """What differs: a smaller request must differ in the same."""
    _, ours, theirs = found
    return {n for n in {*ours, *theirs} if ours.get(n) != theirs.get(n)}


class Shrinking:
    def __init__(self, found, ask, tries):
        self.found, self.ask, self.tries, self.wanted = found, ask, tries, kind(found)

    def step(self, name, versions, skip):
        """Goes on with the first version that still differs; how many versions were passed, or None: there is none."""
        request = self.found[0]
        for i, text in enumerate(versions(request[name])):
            if i < skip or text == request[name]:
                continue
            if self.tries <= 0:
                return None
            self.tries -= 1
            again = self.ask({**request, name: text})
            if not known.failed(again) and kind(again) == self.wanted:
                self.found = again
                return i
        return None

    def sweep(self, name, versions):
        before, at = self.found, 0
        while at is not None:
            at = self.step(name, versions, at)
        return self.found is not before


def smaller(found, ask, tries=5000):
    """found: (request, ours, theirs); ask gives the same for another request."""
    s, better = Shrinking(found, ask, tries), True
    while better and s.tries > 0:
        better = False
        for name in found[0]:
            for versions in (blocks, groups, runs) if name in TEXTS else (less,) if name in TREES else ():
                better = s.sweep(name, versions) or better
    return s.found
