"""The core's JSON encoder writes what json.dumps does, or nothing.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import enum
import json
import math
import random
from typing import Any

import pytest

from gyrfalcon._core import dumps


class Text(str):
    __slots__ = ()


class Number(enum.IntEnum):
    ONE = 1


PLAIN = [
    None, True, False, 0, -1, 7, 2**63 - 1, -(2**63), 2**64, -(10**40), 0.0, -0.0, 1.0, 0.1, 1e16, 1e-7, 1.5e300, 5e-324, "", "a",
    "\"\\\b\f\n\r\t\x00\x1f\x7f/", "é", "\u2028", "\U0001f600", "\ud800", "x" * 1000 + "é", [], {}, [[]], [{}], {"": []},
    {"a": 1, "b": [1, 2.5, None, "x"], "é": {"\n": True}},
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: repr(value)[:30])
def test_same_text(value: Any) -> None:
    assert dumps(value) == json.dumps(value, separators=(",", ":"))


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, (1,), Text("a"), Number.ONE, {1: 2}, {Text("a"): 1}, b"x", object(), [object()], 1j]
)
def test_not_plain(value: Any) -> None:
    assert dumps(value) is None
    assert dumps({"a": [value]}) is None


def test_deep_and_cyclic() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    assert dumps(cycle) is None
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    assert dumps(deep) is None
    while deep != 1:
        deep = deep.pop()


def test_random() -> None:
    generator = random.Random(7)

    def value(depth: int) -> Any:
        kind = generator.randrange(9 if depth else 7)
        if kind == 7:
            return [value(depth - 1) for _ in range(generator.randrange(5))]
        if kind == 8:
            return {value_text(): value(depth - 1) for _ in range(generator.randrange(5))}
        return (None, True, generator.randrange(-(10**6), 10**6), generator.random() * 10 ** generator.randrange(-30, 30),
                generator.getrandbits(70), value_text(), "plain")[kind]  # fmt: skip

    def value_text() -> str:
        return "".join(
            chr(generator.choice((generator.randrange(32, 127), generator.randrange(0x3000))))
            for _ in range(generator.randrange(12))
        )

    for _ in range(500):
        made = value(5)
        assert dumps(made) == json.dumps(made, separators=(",", ":"))
