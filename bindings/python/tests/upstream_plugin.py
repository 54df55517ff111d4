"""A pytest plugin: runs somebody's test suite with or without Gyrfalcon and writes down what became of each test.

Loaded by `upstream.py` with `-p upstream_plugin`, before any module of the suite is imported. The environment says what to do:
GYRFALCON_UPSTREAM is `stock` (nothing is replaced), `strawberry` (`gyrfalcon.install()`) or `graphql-core` (the names execute, execute_sync
and subscribe of graphql-core's packages become Gyrfalcon's, so that modules importing them later get ours);
GYRFALCON_UPSTREAM_LOG is a file that gets one JSON line when a test starts and one when it ends.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from typing import Any

mode = os.environ["GYRFALCON_UPSTREAM"]
log = open(os.environ["GYRFALCON_UPSTREAM_LOG"], "a", encoding="utf-8")  # noqa: SIM115
reports: dict[str, Any] = {}


def replace_in_graphql_core(gyrfalcon: Any) -> None:
    """Every module of graphql-core that holds one of the names gets ours; `graphql.execution.execute`, where they are defined, keeps its own."""
    importlib.import_module("graphql")
    definer = sys.modules["graphql.execution.execute"]
    for name in ("execute", "execute_sync", "subscribe"):
        theirs = getattr(sys.modules["graphql.execution"], name, None)
        if not callable(theirs):
            continue
        for module_name, module in list(sys.modules.items()):
            ours = module_name == "graphql" or module_name.startswith("graphql.")
            if ours and module is not definer and getattr(module, name, None) is theirs:
                setattr(module, name, getattr(gyrfalcon, name))


def fit_newer_strawberry() -> None:
    """Newer releases lack a name that the published tests import."""
    with contextlib.suppress(ImportError):
        utils, version = importlib.import_module("strawberry.utils"), importlib.import_module("graphql").version_info
        for name, value in {"IS_GQL_32": version < (3, 3), "IS_GQL_33": version >= (3, 3)}.items():
            if not hasattr(utils, name):
                setattr(utils, name, value)


def counters() -> tuple[int, dict[str, int]]:
    if mode == "stock":
        return 0, {}
    stats = sys.modules["gyrfalcon"].stats()
    return int(stats.get("native", 0)), {str(reason): int(n) for reason, n in stats.get("fallbacks", {}).items()}


if mode != "stock":
    if mode == "graphql-core":
        replace_in_graphql_core(importlib.import_module("gyrfalcon"))
    else:
        importlib.import_module("gyrfalcon").install()
fit_newer_strawberry()
before = counters()


def write(**what: Any) -> None:
    log.write(json.dumps(what) + "\n")
    log.flush()


def pytest_runtest_logstart(nodeid: str) -> None:
    global before
    before = counters()
    reports.clear()
    write(start=nodeid)


def pytest_runtest_logreport(report: Any) -> None:
    if report.when == "call" or report.outcome != "passed":
        outcome = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = "xfailed" if report.skipped else "xpassed"
        elif report.when != "call" and outcome == "failed":
            outcome = "error"
        if reports.get("outcome") not in ("failed", "error"):
            reports["outcome"] = outcome
            reports["text"] = report.longreprtext[-3000:] if outcome in ("failed", "error") else ""


def pytest_runtest_logfinish(nodeid: str) -> None:
    native, fallbacks = counters()
    delta = {reason: n - before[1].get(reason, 0) for reason, n in fallbacks.items() if n != before[1].get(reason, 0)}
    write(
        end=nodeid,
        outcome=reports.get("outcome", "passed"),
        text=reports.get("text", ""),
        native=native - before[0],
        fallbacks=delta,
    )


def pytest_collectreport(report: Any) -> None:
    if report.failed:
        write(end=report.nodeid, outcome="uncollected", text=report.longreprtext[-3000:], native=0, fallbacks={})


def pytest_sessionfinish() -> None:
    write(finished=True)
