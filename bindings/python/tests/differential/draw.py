"""Random choices that can be written down, replayed and made simpler.

Everything random is decided by `Draw.below(n)`. The numbers drawn are the case: the same numbers give the same case, zeros and fewer
numbers give a simpler one, so that shrinking is a search over lists of numbers and knows nothing of GraphQL.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    def __init__(self, seed: int | None = None, numbers: Sequence[int] = ()) -> None:
        self.random = None if seed is None else random.Random(seed)
        self.given = numbers
        self.numbers: list[int] = []

    def below(self, n: int) -> int:
        if self.random is not None:
            number = self.random.randrange(n)
        else:
            at = len(self.numbers)
            number = min(self.given[at], n - 1) if at < len(self.given) else 0
        self.numbers.append(number)
        return number

    def chance(self, percent: int) -> bool:
        """True with this probability; 0 means no."""
        return self.below(100) >= 100 - percent

    def pick(self, choices: Sequence[T]) -> T:
        """The first is the simplest."""
        return choices[self.below(len(choices))]

    def count(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)


def shrink(numbers: list[int], fails: Callable[[list[int]], bool], seconds: float = 20) -> list[int]:
    """A simpler list that still fails: pieces are left out, then numbers made smaller, as long as that helps and time is left."""
    end = time.monotonic() + seconds
    progress = True
    while progress and time.monotonic() < end:
        progress = False
        size = max(len(numbers) // 2, 1)
        while size and time.monotonic() < end:
            at = 0
            while at < len(numbers) and time.monotonic() < end:
                for candidate in (numbers[:at] + numbers[at + size :], numbers[:at] + [0] * size + numbers[at + size :]):
                    if len(candidate) <= len(numbers) and candidate != numbers and fails(candidate):
                        numbers, progress = candidate, True
                        break
                else:
                    at += size
            size //= 2
    return numbers
