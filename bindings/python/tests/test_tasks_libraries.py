"""What asyncio, anyio, sniffio and uvloop offer, used in resolvers, with the loop's own tasks, a task factory and eager tasks.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import sys

import anyio
import anyio.to_thread
import pytest
import sniffio
from tasks_support import Clock, F, S, answered, same, schema_of

try:
    import uvloop
except ImportError:
    uvloop = None


async def timeout(_source, _info):
    try:
        async with asyncio.timeout(0.002):
            await asyncio.sleep(5)
    except TimeoutError:
        return "handled"


async def timeout_raised(_source, _info):
    async with asyncio.timeout(0.002):
        await asyncio.sleep(5)


async def wait_for(_source, _info):
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.002)
    except TimeoutError:
        return "handled"


async def group_fails(_source, _info):
    async def bad():
        await asyncio.sleep(0.001)
        raise ValueError

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(bad())
            await asyncio.sleep(5)
    except ExceptionGroup as errors:
        return repr(errors.exceptions)


async def group(_source, _info):
    async with asyncio.TaskGroup() as tasks:
        a = tasks.create_task(asyncio.sleep(0, 1))
        b = tasks.create_task(asyncio.sleep(0.001, 2))
    return str(a.result() + b.result())


async def anyio_scope(_source, _info):
    with anyio.move_on_after(0.002) as scope:
        await anyio.sleep(5)
    return str(scope.cancelled_caught)


async def anyio_group(_source, _info):
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(anyio.sleep, 10)
        await anyio.sleep(0.001)
        tasks.cancel_scope.cancel()
    return "cancelled"


async def anyio_fails(_source, _info):
    try:
        with anyio.fail_after(0.002):
            await anyio.sleep(1)
    except TimeoutError:
        return "handled"


async def anyio_thread(_source, _info):
    return await anyio.to_thread.run_sync(lambda: "thread")


async def thread(_source, _info):
    return await asyncio.to_thread(lambda: "thread")


async def shield(_source, _info):
    return await asyncio.shield(asyncio.sleep(0.001, "shielded"))


async def library(_source, _info):
    await asyncio.sleep(0)
    return sniffio.current_async_library()


async def self_cancelled(_source, _info):
    asyncio.current_task().cancel()
    try:
        await asyncio.sleep(0.01)
    except asyncio.CancelledError:
        return f"{asyncio.current_task().cancelling()} {asyncio.current_task().uncancel()}"


async def listed(_source, _info):
    await asyncio.sleep(0.001)
    return str(asyncio.current_task() in asyncio.all_tasks())


async def same_task(_source, _info):
    before = asyncio.current_task()
    await asyncio.sleep(0.001)
    return str(before is asyncio.current_task())


async def is_task(_source, _info):
    return str((isinstance(asyncio.current_task(), asyncio.Task), asyncio.isfuture(asyncio.current_task())))


async def lock(_source, _info):
    lock = asyncio.Lock()
    async with lock:
        await asyncio.sleep(0)
    return "released"


async def condition(_source, _info):
    condition = asyncio.Condition()

    async def notify():
        async with condition:
            condition.notify()

    async with condition:
        task = asyncio.ensure_future(notify())
        await condition.wait()
    await task
    return "notified"


async def queue(_source, _info):
    queue = asyncio.Queue(1)
    task = asyncio.ensure_future(queue.put("item"))
    item = await queue.get()
    await task
    return item


async def gathered(_source, _info):
    me = asyncio.current_task()

    async def inner():
        return asyncio.current_task() is me

    return str((await inner(), await asyncio.ensure_future(inner()), await asyncio.gather(inner(), asyncio.sleep(0))))


async def context(_source, _info):
    task = asyncio.current_task()
    return str(task.get_loop() is asyncio.get_running_loop())


RESOLVERS = {
    r.__name__: r
    for r in (
        *(timeout, timeout_raised, wait_for, group_fails, group, anyio_scope, anyio_group, anyio_fails, anyio_thread),
        *(thread, shield, library, self_cancelled, listed, same_task, is_task, lock, condition, queue, gathered, context),
    )
}
FACTORIES = ["none", "own", *(["eager"] if sys.version_info >= (3, 12) else [])]
LOOPS = [Clock, *([uvloop.new_event_loop] if uvloop else [])]


def set_factory(kind):
    loop = asyncio.get_running_loop()
    if kind == "own":
        loop.set_task_factory(lambda loop, coroutine, **options: asyncio.Task(coroutine, loop=loop, **options))
    elif kind == "eager":
        loop.set_task_factory(asyncio.eager_task_factory)


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: "asyncio" if loop is Clock else "uvloop")
@pytest.mark.parametrize("factory", FACTORIES)
def test_all_at_once(factory, loop):
    if loop is not Clock and factory == "eager":
        pytest.skip("uvloop's own coroutines fail with eager tasks")

    async def scenario(run):
        set_factory(factory)
        me = asyncio.current_task()
        schema = schema_of({name: F(S, resolve=resolver) for name, resolver in RESOLVERS.items()})
        result = await answered(run(schema, "{" + " ".join(RESOLVERS) + "}"))
        return result, me.cancelling(), me is asyncio.current_task()

    (data, errors), cancelling, same_caller = same(scenario, loop)
    assert [path for _, path in errors] == [["timeout_raised"]]
    assert cancelling == 0
    assert same_caller
    assert data["gathered"] == "(True, False, [False, None])"
    assert data["is_task"] == "(True, True)"


@pytest.mark.parametrize("name", RESOLVERS)
def test_alone(name):
    async def scenario(run):
        result = await answered(run(schema_of({"x": F(S, resolve=RESOLVERS[name])}), "{x}"))
        return result, asyncio.current_task().cancelling()

    same(scenario)


@pytest.mark.parametrize("factory", FACTORIES[1:])
def test_the_factory_makes_the_tasks_in_order(factory):
    async def scenario(run):
        made = []
        set_factory(factory)
        inner = asyncio.get_running_loop().get_task_factory()

        def counting(loop, coroutine, **options):
            task = inner(loop, coroutine, **options)
            made.append(task)
            return task

        order = []

        def resolver(tag):
            async def resolve(_source, _info):
                order.append(tag)
                first = asyncio.current_task()
                await asyncio.sleep(0)
                assert asyncio.current_task() is first
                return tag

            return resolve

        asyncio.get_running_loop().set_task_factory(counting)
        schema = schema_of({n: F(S, resolve=resolver(n)) for n in "abc"})
        result = await answered(run(schema, "{a b c}"))
        return result, len(made), order

    assert same(scenario)[1:] == (3, ["a", "b", "c"])


@pytest.mark.parametrize("factory", FACTORIES[1:])
def test_cancelled_with_a_factory(factory):
    async def scenario(run):
        set_factory(factory)
        log = []

        async def resolve(_source, _info):
            try:
                await asyncio.sleep(5)
            finally:
                log.append("settled")

        async def request():
            return await run(schema_of({n: F(S, resolve=resolve) for n in "ab"}), "{a b}")

        task = asyncio.ensure_future(request())
        await asyncio.sleep(0.002)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return log

    assert same(scenario) == ["settled", "settled"]
