"""Execution alone, of parsed documents: nine queries over the blog, their asynchronous resolvers in three modes; the introspection
of GitHub's schema.

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

MODES = {
    "no suspension": tuple(blog.QUERIES),
    "sleep(0)": (*blog.SIX_LEVELS, "full x10"),
    "futures": (*blog.SIX_LEVELS, "full x10"),
}


async def queries(table: Table) -> None:
    schema, core_schema = strawberry.Schema(blog.Query), blog.graphql_core_schema()
    for mode, names in MODES.items():
        blog.set_mode(mode)
        for name in names:
            document = parse(blog.QUERIES[name])
            engines = [
                Engine("Strawberry", strawberry_execution(schema, document)),
                Engine("graphql-core", graphql_core(core_schema, document)),
                Engine("Gyrfalcon, dicts", gyrfalcon_dict(schema._schema, document), runs="native"),
                Engine("Gyrfalcon, JSON", gyrfalcon_json(schema._schema, document), runs="native"),
                Engine("Gyrfalcon, graphql-core schema", gyrfalcon_dict(core_schema, document), runs="native"),
            ]
            for engine in engines:
                engine.result = data_of
            await table.compare(name if name in blog.LISTS else f"{name}, {mode}", engines)
    blog.set_mode("no suspension")


async def introspection(table: Table) -> None:
    shared = Path(os.environ.get("GYR_SHARED") or Path(__file__).resolve().parents[3] / "shared")
    path = shared / "conformance/schemas/github-2019.graphql"
    if not path.exists():
        if os.environ.get("GYR_NO_SKIP"):
            raise SystemExit(f"introspection of GitHub's schema: there is no {path}")
        print(f"introspection of GitHub's schema: left out, there is no {path}")
        return
    schema = build_schema(path.read_text(), assume_valid=True)
    document = parse(get_introspection_query())
    await table.compare(
        "introspection, GitHub",
        [
            Engine("graphql-core", graphql_core(schema, document), result=data_of),
            Engine("Gyrfalcon, dicts", gyrfalcon_dict(schema, document), result=data_of, runs="native"),
            Engine("Gyrfalcon, JSON", gyrfalcon_json(schema, document), result=data_of, runs="native"),
        ],
    )


async def main() -> None:
    table = Table("execution")
    table.headline()
    with native_only():
        await queries(table)
        await introspection(table)


asyncio.run(main())
