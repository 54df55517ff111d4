"""What specs say is what Strawberry does: the gallery, run stock and by specs.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import asyncio
import copy
import re
from types import ModuleType
from typing import Any

import gallery
import pytest
from spec_interpreter import by_specs

from gyrfalcon._spec import How

MODULES = list(gallery.modules())
CASES = [(module, case) for module in MODULES for case in module.cases]
IDS = [f"{module.__name__.removeprefix('gallery.')}-{i}" for module in MODULES for i in range(len(module.cases))]


def outcome(result: Any) -> Any:
    errors = [
        (e.message, e.path, [tuple(at) for at in e.locations or []], e.extensions, repr(e.original_error))
        for e in result.errors or ()
    ]
    return result.data, sorted(errors, key=repr)


async def events(schema: Any, *args: Any) -> list[Any]:
    stream = await schema.subscribe(*args)
    if not hasattr(stream, "__aiter__"):
        return [outcome(stream)]
    return [outcome(result) async for result in stream]


def run(module: ModuleType, case: gallery.Case) -> Any:
    """All that can be seen of a run: results, errors, what resolvers noted in the context."""
    context, root, variables = case.context(), case.root(), copy.deepcopy(case.variables)
    if case.query.startswith("subscription"):
        seen: Any = asyncio.run(events(module.schema, case.query, variables, context, root))
    elif case.sync:
        seen = outcome(module.schema.execute_sync(case.query, variables, context, root))
    else:
        seen = outcome(asyncio.run(module.schema.execute(case.query, variables, context, root)))
    log = getattr(context, "log", None)
    return re.sub(r" at 0x[0-9a-f]+", "", repr((seen, log)))


@pytest.mark.parametrize(("module", "case"), CASES, ids=IDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_specs_do_what_strawberry_does(module: ModuleType, case: gallery.Case) -> None:
    stock = run(module, case)
    with by_specs(module.schema._schema):
        assert run(module, case) == stock
    assert run(module, case) == stock  # nothing was left behind


def specs(name: str) -> dict[str, Any]:
    (module,) = (module for module in MODULES if module.__name__ == f"gallery.{name}")
    with by_specs(module.schema._schema) as all_specs:
        return all_specs


def test_plain_fields_need_no_wrapper() -> None:
    found = specs("plain")
    ways = {coordinate: spec.how for coordinate, spec in found.items()}
    assert ways["Animal.name"] == ways["Animal.otherName"] == How.ATTRIBUTE
    assert found["Animal.otherName"].name == "renamed"
    assert {how for c, how in ways.items() if c not in ("Animal.withFree",)} == {How.ATTRIBUTE, How.CALL}
    assert all(spec.fallback.how == How.RESOLVE for spec in found.values())


def test_permissions_are_guards() -> None:
    found = specs("permissions")
    assert all(spec.how in (How.ATTRIBUTE, How.CALL) for c, spec in found.items() if c != "Thing.upper")
    assert [len(guard.permissions) for guard in found["Thing.two"].guards] == [2, 1]
    assert [guard.asynchronous for guard in found["Thing.two"].guards] == [True, False]
    assert found["Thing.upper"].reason == "field extension Upper"


def test_what_is_not_known_stays_with_strawberry_and_says_why() -> None:
    found = specs("extended")
    reasons = {c: spec.reason for c, spec in found.items() if spec.how == How.RESOLVE}
    assert reasons == {
        "Item.doubled": "field extension Double",
        "Item.described": "field extension Describes",
        "Item.twice": "field extension Both",
        "Item.later": "field extension Later",
        "Item.coroutine": "field extension Both",
        "Item.own": "resolver class OwnResolver",
        "Item.upper": "field class UpperField overrides get_result",
        "Mutation.create": "field extension InputMutationExtension",
    }
    assert found["Item.name"].reason == "default resolver read"


def test_classes_are_named_where_there_is_one_answer_only() -> None:
    from gallery import abstract

    from gyrfalcon._convert import Conversion

    conversion = Conversion(abstract.schema._schema)
    assert conversion.type("Being").by_class == {abstract.Dog: "Dog", abstract.Cat: "Cat", abstract.Puppy: "Puppy"}
    assert conversion.type("Things").by_class == {abstract.Dog: "Dog", abstract.Cat: "Cat", abstract.Rock: "Rock"}
    assert conversion.type("Edges").by_class == {abstract.Text: "Text"}
    assert conversion.type("Shape").by_class is None
    assert conversion.type("Dog").classes == (abstract.Dog,)
    assert conversion.type("Rock").classes == ()
