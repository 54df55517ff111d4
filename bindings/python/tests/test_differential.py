"""Random requests give on Gyrfalcon what they give on graphql-core and on Strawberry: data, errors, effects.

GYRFALCON_CASES says how many (100 of each kind if it doesn't), GYRFALCON_SEED where to start. A difference is shrunk and shown; `Case(Draw(numbers=...))`
makes it again.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import gc
import os
import warnings
from types import SimpleNamespace
from typing import Any

import graphql
import pytest
import strawberry
from differential.case import Case, Draw, Outcome, TooLarge, broken_reference, differences, show
from differential.draw import shrink
from differential.http_case import HttpCase
from differential.strawberry_case import StrawberryCase

import gyrfalcon
import gyrfalcon.strawberry

CASES = int(os.environ.get("GYRFALCON_CASES", "100"))
SEED = int(os.environ.get("GYRFALCON_SEED", "1"))
BLOCK = 100
STOCK: dict[type[Case], Any] = {Case: graphql, StrawberryCase: strawberry.Schema, HttpCase: strawberry.Schema}

# graphql-core 3.2 leaves coroutines behind; that ours are not is counted by the comparison.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def nothing_left_to_other_tests() -> Any:
    """The coroutines that graphql-core 3.2 leaves behind die here, with their warnings."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


def compare(case: Case, engine: Any) -> list[str]:
    stock = STOCK[type(case)]
    reference = case.run(stock)
    if (case.invalid and type(case) is Case) or broken_reference(reference):
        return []
    return differences(case, reference, case.run(engine), stock)


def replayed(kind: type[Case], numbers: list[int], engine: Any) -> list[str]:
    try:
        case = kind(Draw(numbers=numbers))
    except Exception:
        return []
    return compare(case, engine)


def check(case: Case, engine: Any) -> None:
    found = compare(case, engine)
    if found:
        kind = type(case)
        numbers = shrink(case.draw.numbers, lambda candidate: bool(replayed(kind, candidate, engine)))
        small = kind(Draw(numbers=numbers))
        pytest.fail("\n".join([show(small), *replayed(kind, numbers, engine), f"{kind.__name__}, {numbers}"]), pytrace=False)


def cases(first: int, count: int, kind: type[Case] = Case) -> Any:
    for seed in range(first, first + count):
        try:
            yield kind(Draw(seed))
        except (graphql.GraphQLError, TooLarge):
            continue


def test_a_few_random_requests() -> None:
    for case in cases(1_000_000, 40):
        check(case, gyrfalcon)
    for kind in (StrawberryCase, HttpCase):
        for case in cases(1_000_000, 15, kind):
            check(case, gyrfalcon.strawberry.Schema)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(SEED, SEED + CASES, BLOCK))
def test_random_requests(first: int) -> None:
    for case in cases(first, min(BLOCK, SEED + CASES - first)):
        check(case, gyrfalcon)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(SEED, SEED + CASES, BLOCK))
def test_random_requests_to_strawberry(first: int) -> None:
    for case in cases(first, min(BLOCK, SEED + CASES - first), StrawberryCase):
        check(case, gyrfalcon.strawberry.Schema)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(SEED, SEED + CASES, BLOCK))
def test_random_posts_to_strawberry(first: int) -> None:
    for case in cases(first, min(BLOCK, SEED + CASES - first), HttpCase):
        check(case, gyrfalcon.strawberry.Schema)


def wrong(change: Any) -> Any:
    """graphql-core with a fault in its results."""

    def execute(schema: Any, document: Any, **arguments: Any) -> Any:
        result = graphql.execute(schema, document, **arguments)
        if isinstance(result, graphql.ExecutionResult):
            return change(result)

        async def later() -> Any:
            return change(await result)

        return later()

    return SimpleNamespace(execute=execute, execute_sync=execute, subscribe=graphql.subscribe)


def reordered(result: Any) -> Any:
    data = dict(reversed(list((result.data or {}).items())))
    return graphql.ExecutionResult(data if result.data is not None else None, result.errors)


def without_an_error(result: Any) -> Any:
    return graphql.ExecutionResult(result.data, (result.errors or [])[1:] or None)


def misplaced(result: Any) -> Any:
    for error in result.errors or ():
        error.path = [*(error.path or ()), 0]
    return result


def a_float_for_an_int(result: Any) -> Any:
    data = {k: float(v) if type(v) is int else v for k, v in (result.data or {}).items()}
    return graphql.ExecutionResult(data if result.data is not None else None, result.errors)


def calling_twice() -> Any:
    def twice(following: Any, source: Any, info: Any, **arguments: Any) -> Any:
        if getattr(info.parent_type, "name", "") == "Query" and info.parent_type.fields[info.field_name].resolve is following:
            value = following(source, info, **arguments)
            if hasattr(value, "close"):
                value.close()
        return following(source, info, **arguments)

    def execute(schema: Any, document: Any, **arguments: Any) -> Any:
        if arguments.get("middleware") is None:
            arguments["middleware"] = graphql.MiddlewareManager(twice)
        return graphql.execute(schema, document, **arguments)

    return SimpleNamespace(execute=execute, execute_sync=execute, subscribe=graphql.subscribe)


FAULTS = {
    "reordered": wrong(reordered),
    "without an error": wrong(without_an_error),
    "misplaced": wrong(misplaced),
    "a float for an int": wrong(a_float_for_an_int),
    "calling twice": calling_twice(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_executor_is_caught(fault: str) -> None:
    assert any(compare(case, FAULTS[fault]) for case in cases(1, 300))


def test_the_cases_are_worth_running() -> None:
    """Enough of everything occurs."""
    outcomes: list[Outcome] = [case.run(graphql) for case in cases(1, 130) if not case.invalid]
    assert len(outcomes) > 50
    for what in (
        [o for o in outcomes if o.errors],
        [o for o in outcomes if o.data and o.errors],
        [o for o in outcomes if any(group for group, _ in o.log)],
        [o for o in outcomes if o.events],
        [o for o in outcomes if len(o.log) > 20],
    ):
        assert len(what) >= 5


def test_shrinking_keeps_the_difference() -> None:
    engine = FAULTS["a float for an int"]
    case = next(c for c in cases(1, 1000) if compare(c, engine))
    numbers = shrink(case.draw.numbers, lambda candidate: bool(replayed(Case, candidate, engine)), 5)
    assert replayed(Case, numbers, engine)
    assert len(numbers) < len(case.draw.numbers)
