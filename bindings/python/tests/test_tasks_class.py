"""The task that a resolver finds as asyncio.current_task().

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import io
import sys
import weakref

import pytest
from tasks_support import F, S, finish, raw, schema_of


def in_a_task(*functions, query=None):
    """Runs async functions as the resolvers of one request, in tasks of their own."""
    schema = schema_of({f"f{i}": F(S, resolve=lambda _s, _i, f=f: f()) for i, f in enumerate(functions)})

    async def main():
        data, errors, _ = await raw(schema, query or "{" + " ".join(f"f{i}" for i in range(len(functions))) + "}")
        if errors:
            raise errors[0].original_error or errors[0]
        return list(data.values())

    return finish(main())


async def other():
    await asyncio.sleep(0)
    return "other"


def test_what_it_says_of_itself():
    async def ask():
        task = asyncio.current_task()
        await asyncio.sleep(0)
        assert isinstance(task, asyncio.Task)
        assert isinstance(task, asyncio.Future)
        assert task.get_loop() is asyncio.get_running_loop()
        assert task.get_coro().__name__ == "ask"
        assert isinstance(task.get_context(), contextvars.Context)
        assert task.get_name().startswith("gyrfalcon-")
        assert task.get_name() == task.get_name()
        task.set_name("mine")
        assert task.get_name() == "mine"
        assert "mine" in repr(task)
        assert "ask" in repr(task)
        assert [frame.f_code.co_name for frame in task.get_stack(limit=1)] == ["ask"]
        out = io.StringIO()
        task.print_stack(file=out)
        assert "ask" in out.getvalue()
        assert not task.done()
        assert not task.cancelled()
        assert task.cancelling() == task.uncancel() == 0
        assert task._fut_waiter is None
        assert task._must_cancel is False
        for wrong in (task.set_result, task.set_exception):
            with pytest.raises(RuntimeError):
                wrong(None)
        return "told"

    assert in_a_task(ask, other, ask) == ["told", "other", "told"]


def test_names_differ():
    async def name():
        await asyncio.sleep(0)
        return asyncio.current_task().get_name()

    assert len(set(in_a_task(name, name, name))) == 3


@pytest.mark.parametrize("wait", [None, 0, 0.001])
def test_who_waits_for_it_hears_of_its_end(wait):
    calls = []
    waiters = []

    async def watched():
        task = asyncio.current_task()
        task.add_done_callback(lambda done: calls.append(done is task and done.done()))
        waiters.append(asyncio.ensure_future(asyncio.wait({task})))
        if wait is not None:
            await asyncio.sleep(wait)
        return "watched"

    async def main():
        result = await raw(
            schema_of({"a": F(S, resolve=lambda _s, _i: watched()), "b": F(S, resolve=lambda _s, _i: other())}), "{a b}"
        )
        done, pending = await waiters[0]
        return result[0], len(done), len(pending)

    assert finish(main()) == ({"a": "watched", "b": "other"}, 1, 0)
    assert calls == [True]


@pytest.mark.parametrize("wait", [None, 0, 0.001])
def test_nobody_finds_another_coroutine_in_a_task_that_he_kept(wait):
    kept = []

    async def keeps():
        task = asyncio.current_task()
        kept.append(task)
        if wait is not None:
            await asyncio.sleep(wait)
        return "kept"

    in_a_task(keeps, keeps, keeps, other, keeps)
    assert len(set(map(id, kept))) == 4
    assert all(task.done() for task in kept)


@pytest.mark.parametrize("mark", ["weak", "attribute", "name", "cancel"])
def test_marked_tasks_are_not_used_again(mark):
    seen = []

    async def marks():
        task = asyncio.current_task()
        if mark == "weak":
            seen.append(weakref.ref(task))
        elif mark == "attribute":
            assert not hasattr(task, "mine")
            task.mine = len(seen)
            seen.append(1)
        elif mark == "name":
            assert task.get_name() != "mine"
            task.set_name("mine")
        else:
            assert task.cancelling() == 0
            task.cancel()
            task.uncancel()
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                pass
        return "marked"

    assert in_a_task(*[marks] * 5) == ["marked"] * 5
    gc.collect()
    if mark == "weak":
        assert [ref() for ref in seen] == [None] * 5
        assert len(set(map(id, seen))) == 5


def test_weak_dictionaries_by_task():
    known = weakref.WeakKeyDictionary()

    async def note():
        task = asyncio.current_task()
        assert task not in known
        known[task] = 1
        await asyncio.sleep(0)
        assert known[task] == 1
        return "noted"

    in_a_task(*[note] * 5)
    gc.collect()
    assert not known


def test_memory_stays_flat():
    async def main():
        suspends = schema_of({n: F(S, resolve=lambda _s, _i: other()) for n in "abcd"})
        fails = schema_of({n: F(S, resolve=lambda _s, _i: failing()) for n in "abcd"})

        async def failing():
            await asyncio.sleep(0)
            raise ValueError("x")

        async def once():
            await raw(suspends, "{a b c d}")
            await raw(fails, "{a b c d}")
            task = asyncio.ensure_future(raw(suspends, "{a b c d}"))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        for _ in range(20):
            await once()
        gc.collect()
        before = len(gc.get_objects()), sys.getrefcount(None), sys.getallocatedblocks()
        for _ in range(100):
            await once()
        gc.collect()
        after = len(gc.get_objects()), sys.getrefcount(None), sys.getallocatedblocks()
        return [b - a for a, b in zip(before, after, strict=True)]

    objects, _none, blocks = finish(main())
    assert objects < 50
    assert blocks < 300
