"""Execution alone, of parsed documents: nine queries over the blog, asynchronous resolvers in three modes; GitHub's introspection.

SPDX-License-Identifier: Apache-2.0
"""

import asyncio
import os
from pathlib import Path

import blog
import strawberry
from engines import (
    data_of,
    graphql_core,
    gyrfalcon_dict,
    gyrfalcon_json,
    native_only,
    strawberry_execution,
)
from graphql import build_schema, get_introspection_query, parse
from measure import Engine, Table

# How many times as fast as Strawberry: as dicts, as JSON.
TARGETS = {
    "no suspension": dict.fromkeys(blog.SIX_LEVELS, (15, None))
    | {"full": (40, 40), "full x10": (40, 40), "flat 10k x 5": (60, 80), "nested 1k x 10": (60, 80)},
    "sleep(0)": {"full": (15, 15), "full x10": (15, 15)},
    "futures": {"full": (6, 6), "full x10": (6, 6)},
}


async def queries(table: Table) -> None:
    schema, core_schema = strawberry.Schema(blog.Query), blog.graphql_core_schema()
    for mode, targets in TARGETS.items():
        blog.set_mode(mode)
        for name, (as_dict, as_json) in targets.items():
            document = parse(blog.QUERIES[name])
            engines = [
                Engine("Strawberry", strawberry_execution(schema, document)),
                Engine("graphql-core", graphql_core(core_schema, document)),
                Engine("Gyrfalcon, dicts", gyrfalcon_dict(schema._schema, document), as_dict),
                Engine("Gyrfalcon, JSON", gyrfalcon_json(schema._schema, document), as_json),
                Engine("Gyrfalcon, graphql-core schema", gyrfalcon_dict(core_schema, document)),
            ]
            for engine in engines:
                engine.result = data_of
            await table.compare(name if name in blog.LISTS else f"{name}, {mode}", engines)
    blog.set_mode("no suspension")


async def introspection(table: Table) -> None:
    shared = Path(os.environ.get("GYR_SHARED") or Path(__file__).resolve().parents[3] / "shared")
    path = shared / "conformance/schemas/github-2019.graphql"
    if not path.exists():
        print(f"introspection of GitHub's schema: left out, there is no {path}")
        return
    schema = build_schema(path.read_text(), assume_valid=True)
    document = parse(get_introspection_query())
    await table.compare(
        "introspection, GitHub",
        [
            Engine("graphql-core", graphql_core(schema, document), result=data_of),
            Engine("Gyrfalcon, dicts", gyrfalcon_dict(schema, document), 50, result=data_of),
            Engine("Gyrfalcon, JSON", gyrfalcon_json(schema, document), 200, result=data_of),
        ],
    )


async def main() -> None:
    table = Table("execution")
    table.headline()
    with native_only():
        await queries(table)
        await introspection(table)


asyncio.run(main())
