"""Fails the n-th allocation of a request, for every n, and says what became of each: `python memory_faults.py PATH [FIRST [LAST]]`.

Allocations are those of the extension, made itself or by what it calls of CPython, Python code excepted: memory_faults.c must be
preloaded, and PYTHONMALLOC=malloc be set.

PATH is a name of memory_paths.PATHS. Each time the request must end in one of these ways: with MemoryError; with the answer that it
has with enough memory (something was done without, or another way was taken); with that answer but for fields, or all data, whose
error is MemoryError. Afterwards, with enough memory, it must have its answer again. Prints a line for each time that was otherwise,
and at last how often each way came; the exit status is 1 when there was any.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import collections
import ctypes
import gc
import inspect
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import memory_paths


def region(*, of: str) -> tuple[int, int]:
    """The addresses at which a file is mapped."""
    with open("/proc/self/maps") as maps:
        rows = [line.split() for line in maps if of in line]
    return int(rows[0][0].split("-")[0], 16), int(rows[-1][0].split("-")[1], 16)


def function_regions(*names: str) -> list[int]:
    """Where functions of the interpreter are."""
    rows = subprocess.run(["nm", "-D", "-S", sys.executable], capture_output=True, text=True, check=True).stdout
    sizes = {row.split()[-1]: int(row.split()[1], 16) for row in rows.splitlines() if len(row.split()) == 4}
    firsts = [ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0 for name in names]
    return [at for first, name in zip(firsts, names, strict=True) for at in (first, first + sizes[name])]


PRELOADED = ctypes.CDLL(None)


def regions() -> list[Any]:
    return [
        ctypes.c_size_t(at)
        for at in (*region(of="/_core."), *function_regions("_PyEval_EvalFrameDefault", "_PyFunction_Vectorcall"))
    ]


def disarm() -> int:
    """How many allocations there were."""
    return PRELOADED.faults_disarm()


Answer = tuple[Any, list[Any]]


def answer(result: Any) -> Answer:
    return getattr(result, "data", result), list(getattr(result, "errors", None) or [])


def plain(result: Answer) -> Any:
    return repr(result[0]), [(error.message, error.path) for error in result[1]]


def finish(loop: asyncio.AbstractEventLoop, path: Callable[[], Any]) -> Answer:
    async def wait() -> Any:
        result = path()
        return await result if inspect.isawaitable(result) else result

    return answer(loop.run_until_complete(wait()))


class Faults:
    def __init__(self, name: str) -> None:
        self.name, self.path = name, memory_paths.PATHS[name]
        self.loop = asyncio.new_event_loop()
        for _ in range(3):
            self.expected = plain(finish(self.loop, self.path))
        self.regions = regions()
        self.ways: collections.Counter[str] = collections.Counter()
        self.wrong = self.seen = 0

    def faulty(self, n: int) -> Any:
        """The answer or exception when the n-th allocation fails."""
        gc.collect()  # and CPython's lists of free objects

        async def wait() -> Any:
            PRELOADED.faults_arm(ctypes.c_long(n), *self.regions)
            try:
                result = self.path()
                return await result if inspect.isawaitable(result) else result
            finally:
                self.seen = disarm()

        coroutine = wait()
        try:
            return self.loop.run_until_complete(coroutine)
        except BaseException as error:  # noqa: BLE001
            return error
        finally:
            disarm()

    def judge(self, got: Any) -> str:
        if isinstance(got, MemoryError):
            return "MemoryError"
        if isinstance(got, BaseException):
            return f"WRONG: {type(got).__name__}: {got}"
        data, errors = answer(got)
        if plain((data, errors)) == self.expected:
            return "as always"
        if any(isinstance(error.original_error or error, MemoryError) for error in errors):
            return "field error"
        return f"WRONG: {data!r} {errors!r}"

    def run(self, first: int, last: int) -> None:
        for n in range(first, last):
            way = self.judge(self.faulty(n))
            if self.seen <= n:
                break
            self.settle()
            again = plain(finish(self.loop, self.path))
            if again != self.expected:
                way = f"WRONG afterwards: {again}"
            if way.startswith("WRONG"):
                self.wrong += 1
                print(f"{self.name}, allocation {n}: {way}"[:400], flush=True)
            self.ways[way.split(":")[0]] += 1

    def settle(self) -> None:
        """What a failed request left goes on to its end."""
        for _ in range(3):
            self.loop.run_until_complete(asyncio.sleep(0))
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        if left:
            self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def main() -> int:
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda _: None
    name, first, last = sys.argv[1], int((sys.argv[2:] or [0])[0]), int((sys.argv[3:] or [100_000])[0])
    faults = Faults(name)
    faults.loop.set_exception_handler(lambda *_: None)
    gc.collect()
    faults.run(first, last)
    print(f"{name}: {dict(faults.ways)}")
    faults.loop.close()
    return 1 if faults.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
