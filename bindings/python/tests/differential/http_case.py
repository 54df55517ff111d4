"""The same cases once more, as POST requests to Strawberry's ASGI view: where nobody can see the data it goes out as JSON bytes.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import copy
import json
from typing import Any

from strawberry.asgi import GraphQL

from .case import TURNS, Outcome, shared_loop
from .strawberry_case import StrawberryCase
from .world import current


class View(GraphQL):
    """Of one case."""

    world: Any = None
    root: Any = None

    async def get_context(self, request: Any, response: Any) -> Any:
        return self.world

    async def get_root_value(self, request: Any) -> Any:
        return self.root


class HttpCase(StrawberryCase):
    def run(self, engine: Any, schema: Any = None, loop: Any = None) -> Outcome:
        self.world = world = self.make_world()
        outcome = Outcome(None, [], world.log, 0, "", 0, 0, [])
        if self.subscription:
            return outcome
        view = self.schemas.get(engine) or View(engine(**self.arguments_of_schema))
        self.schemas[engine] = view
        view.world, view.root = world, world.make("Mutation" if self.text.startswith("mutation") else "Query", (), (), 0)
        status, body = 0, b""
        try:
            status, body = shared_loop().run_until_complete(self.post(view))
        except Exception as error:
            outcome.raised = f"{type(error).__name__}: {error}"
        try:
            response = json.loads(body)
        except ValueError:
            response = {"data": None, "text": body.decode()}
        outcome.data = response.get("data")
        outcome.errors = [self.error(e) for e in response.get("errors") or ()]
        outcome.events = [status, list(response), response.get("extensions"), response.get("text")]
        outcome.unstarted, outcome.unfinished = world.finish()
        outcome.batches = world.batches
        return outcome

    def error(self, error: dict[str, Any]) -> tuple[Any, ...]:
        places = tuple((p["line"], p["column"]) for p in error.get("locations") or ())
        return error.get("message"), tuple(error.get("path") or ()), places, repr(error.get("extensions")), list(error)

    async def post(self, view: Any) -> tuple[int, bytes]:
        current.set(())
        body = json.dumps({"query": self.text, "variables": copy.deepcopy(self.variables)}).encode()
        headers = [(b"content-type", b"application/json"), (b"host", b"test")]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "query_string": b"",
            "headers": headers,
            "http_version": "1.1",
            "scheme": "http",
        }
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await view({**scope, "server": ("test", 80), "client": ("test", 1), "root_path": ""}, receive, send)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        status = next(m["status"] for m in sent if m["type"] == "http.response.start")
        return status, b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
