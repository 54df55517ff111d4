"""Wall time where every asynchronous resolver sleeps for 5 ms, beside the critical path: three such sleeps one after the other
(posts, then author and comments, then what is below), at most 1.05 times.

Two more rows tell what of it is asyncio's. "bare resolvers": as many coroutines that sleep, level by level, with nothing round them:
no task, no context, nobody who reads what they return. "asyncio by hand": a program without GraphQL that calls the same
resolvers and waits with asyncio.gather.

SPDX-License-Identifier: Apache-2.0
"""

import asyncio
import statistics
import time
from collections.abc import Callable
from typing import Any

import blog
import strawberry
from engines import gyrfalcon_dict, native_only, strawberry_execution
from graphql import parse
from measure import QUICK, Engine, Table, checked, quartiles
from targets import SLEEPS

TIMES = 7 if QUICK else 25


async def chain() -> None:
    for _ in range(3):
        await blog.MODES["sleep(5 ms)"]()


async def bare(*levels: int) -> None:
    def step(coroutine: Any) -> None:
        nonlocal left
        try:
            future = coroutine.send(None)
        except StopIteration:
            left -= 1
            if not left:
                done.set_result(None)
        else:
            future._asyncio_future_blocking = False
            future.add_done_callback(lambda _: step(coroutine))

    for level in levels:
        left = level
        done = asyncio.get_running_loop().create_future()
        for _ in range(level):
            step(blog.resolve_view_count(None, None))
        await done


async def by_hand(limit: int) -> None:
    async def writer(post: Any) -> None:
        await blog.resolve_posts_count(await blog.resolve_author(post, None), None)

    async def discussion(post: Any) -> None:
        comments = await blog.resolve_comments(post, None, 5)
        await asyncio.gather(*(blog.resolve_author(comment, None) for comment in comments))

    async def posts() -> None:
        found = await blog.resolve_posts(None, None, limit, 0)
        await asyncio.gather(*(part(post) for post in found for part in (writer, discussion)))

    async def featured() -> None:
        await blog.resolve_view_count(await blog.resolve_featured(None, None), None)

    await asyncio.gather(posts(), featured())


async def wall(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    await work()
    return (time.perf_counter() - start) * 1e3


async def main() -> None:
    table = Table("sleeps of 5 ms, wall time")
    table.headline("ms")
    schema = strawberry.Schema(blog.Query)
    blog.set_mode("sleep(5 ms)")
    for name, limit in (("full", 10), ("full x10", 100)):
        document = parse(blog.QUERIES[name])
        engines = [
            Engine("critical path", chain),
            Engine("bare resolvers", lambda limit=limit: bare(2, 2 * limit + 1, 6 * limit)),
            Engine("asyncio by hand", lambda limit=limit: by_hand(limit)),
            Engine("Strawberry", strawberry_execution(schema, document)),
            Engine("Gyrfalcon", gyrfalcon_dict(schema._schema, document), runs="native"),
        ]
        taken: dict[str, list[float]] = {engine.name: [] for engine in engines}
        for engine in engines:
            await checked(engine, name)
        for _ in range(TIMES):
            for engine in engines:
                taken[engine.name].append(await wall(engine.work))
        path = taken["critical path"]
        for engine, times in taken.items():
            longer = statistics.median(t / p for t, p in zip(times, path))
            median, spread = quartiles(times)
            above = engine == "Gyrfalcon" and longer > SLEEPS
            wish = f"<= {SLEEPS}" if engine == "Gyrfalcon" else ""
            print(f"{name:<34} {engine:<30} {median:>12.2f} {spread:>9.2f} {longer:>8.2f} {wish:>8}{' above' if above else ''}")
            table.json(name, engine, "ms", median, spread, longer)


with native_only():
    asyncio.run(main())
