"""Reading: attributes and graphql-core's default resolver, of every kind of object.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import types
from collections.abc import Mapping
from typing import Any, NamedTuple
from unittest import mock

import pytest
from core_compare import compare
from graphql import build_schema, execute, parse
from plain_conversion import PlainConversion, run

from gyrfalcon import _core

SCHEMA = "type Query { a: String  b: Int  inner: Query  list: [Query] }"
TEXT = "{ a b x: a inner { a b } list { b a } __typename }"


class Plain:
    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class Slots:
    __slots__ = ("a", "b", "inner", "list")

    def __init__(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)


@dataclasses.dataclass
class Data:
    a: Any = None
    b: Any = 5
    inner: Any = None
    list: Any = None


class Tuple(NamedTuple):
    a: Any = "in a tuple"
    b: Any = 1
    inner: Any = None
    list: Any = None


class Property:
    @property
    def a(self) -> str:
        return "computed"

    @property
    def b(self) -> int:
        raise ZeroDivisionError("cannot be computed")

    inner = None

    @property
    def list(self) -> list:
        raise AttributeError("not there at all")


class GetAttr:
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None if name in ("inner", "list") else 7


class GetAttribute:
    def __getattribute__(self, name: str) -> Any:
        if name in ("a", "b"):
            return len(name)
        return super().__getattribute__(name)


class Descriptor:
    def __get__(self, instance: Any, owner: Any) -> Any:
        return "described"


class Described:
    a = Descriptor()
    b = 3


class Methods:
    def a(self, info: Any) -> str:
        return f"called {info.field_name}"

    @staticmethod
    def b(info: Any) -> int:
        return 9

    @classmethod
    def inner(cls, info: Any) -> Any:
        return {"a": lambda info: info.path.as_list()[0]}

    def list(self, info: Any) -> Any:
        raise RuntimeError("not today")


class Callable:
    def __call__(self, info: Any) -> str:
        return "an object that is called"


class OwnDict(dict):
    def get(self, key: Any, default: Any = None) -> Any:
        return f"own {key}"


class OwnMapping(Mapping):
    def __getitem__(self, key: str) -> Any:
        if key == "b":
            raise KeyError(key)
        return f"item {key}"

    def __iter__(self) -> Any:
        return iter("a")

    def __len__(self) -> int:
        return 1

    a = "an attribute that nobody sees"


class SaysItIsADict:
    @property
    def __class__(self) -> Any:
        return dict

    def get(self, name: str) -> Any:
        return {"a": "got"}.get(name)

    a = "attribute"


class Color(enum.Enum):
    a = 1


MAKE = {
    "dict": lambda: {"a": "x", "b": 1, "inner": {"a": None}, "list": [{}, {"b": 2}]},
    "empty dict": dict,
    "ordered": lambda: collections.OrderedDict(a="x"),
    "default dict": lambda: collections.defaultdict(lambda: "made"),
    "own dict": OwnDict,
    "own mapping": OwnMapping,
    "mapping proxy": lambda: types.MappingProxyType({"a": "x"}),
    "user dict": lambda: collections.UserDict(a="x"),
    "chain map": lambda: collections.ChainMap({"a": "x"}),
    "plain": lambda: Plain(a="x", b=1, inner=Plain(a="y"), list=[Plain(), Plain(b=2), {"b": 3}, Slots(a="s")]),
    "plain with callables": lambda: Plain(a=lambda info: info.field_name, b=int, inner=Plain),
    "slots": lambda: Slots(a="x", b=1, inner=Slots(b=2), list=(Slots(),)),
    "data": lambda: Data(a="x", inner=Data("z"), list=[Data(), Data(b="no number")]),
    "tuple": lambda: Tuple(inner=Tuple()),
    "property": Property,
    "getattr": GetAttr,
    "getattribute": GetAttribute,
    "described": Described,
    "methods": Methods,
    "callable": lambda: Plain(a=Callable(), b=Callable()),
    "class": lambda: Plain(inner=types.SimpleNamespace(a=Plain), a=Plain),
    "says it is a dict": SaysItIsADict,
    "mock of a dict": lambda: mock.Mock(spec=dict, get=lambda name: "m" if name == "a" else None),
    "mock": lambda: mock.Mock(a=1, b=2, inner=None, list=None, spec=["a", "b", "inner", "list"]),
    "module": lambda: types,
    "enum": lambda: Color.a,
    "number": lambda: 5,
    "text": lambda: "text",
    "none": lambda: None,
    "namespace": lambda: types.SimpleNamespace(a="x"),
}


@pytest.mark.parametrize("name", MAKE)
def test_default_resolver(name: str) -> None:
    compare(SCHEMA, TEXT, make_root=MAKE[name])
    if "mock" not in name:  # as values they are called
        compare(SCHEMA, TEXT, make_root=lambda: {"inner": MAKE[name](), "list": [MAKE[name](), Plain(a="after")]})


def test_a_class_may_become_a_mapping() -> None:
    class Late:
        a = "attribute"

        def get(self, name: str) -> Any:
            return f"got {name}" if name == "a" else None

    schema = build_schema(SCHEMA)
    plan = _core.Schema(PlainConversion(schema)).document("{ list { a } }").plan(None)
    root = {"list": [Late(), Late()]}

    def both() -> list[Any]:
        ours, _, _ = plan.execute(root, None, None, _core.Request())
        assert ours == execute(schema, parse("{ list { a } }"), root).data
        return ours["list"]

    assert both() == [{"a": "attribute"}] * 2
    Late.other = 1
    assert both() == [{"a": "attribute"}] * 2
    Mapping.register(Late)
    assert both() == [{"a": "got a"}] * 2


def test_a_class_may_become_awaitable() -> None:
    class Late:
        a = "a"

    schema = build_schema(SCHEMA)
    plan = _core.Schema(PlainConversion(schema)).document("{ inner { a } }").plan(None)
    root = {"inner": Late()}
    assert plan.execute(root, None, None, _core.Request()) == ({"inner": {"a": "a"}}, None, None)
    Late.__await__ = lambda self: iter(())  # type: ignore[attr-defined]
    waits = plan.execute(root, None, None, _core.Request())
    assert not isinstance(waits, tuple)
    waits.close()
    del Late.__await__  # type: ignore[attr-defined]
    assert plan.execute(root, None, None, _core.Request()) == ({"inner": {"a": "a"}}, None, None)


def told_shortly(errors: Any) -> list[Any]:
    """Without the addresses of objects; 3.2 has them in another order."""
    return sorted((str(error.path), error.message.split(" at ")[0]) for error in errors or ())


ATTRIBUTES = ["plain", "slots", "data", "tuple", "property", "getattr", "getattribute", "described", "namespace", "none"]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes(name: str) -> None:
    """ATTRIBUTE is getattr(source, name); one that is missing is an error."""
    schema = build_schema(SCHEMA)
    for field in schema.query_type.fields.values():
        field.resolve = lambda source, info: getattr(source, info.field_name)
    expected = execute(schema, parse(TEXT), MAKE[name]())
    for json in (False, True):
        plain = build_schema(SCHEMA)
        data, errors, _ = run(plain, TEXT, MAKE[name](), attributes=True, json=json)
        assert json or data == expected.data
        assert told_shortly(errors) == told_shortly(expected.errors)


def test_reads_are_in_document_order_and_each_once() -> None:
    def trace(run_one: Any) -> list[str]:
        seen: list[str] = []

        class Noisy:
            def __init__(self, name: str) -> None:
                self.own = name

            def __getattr__(self, name: str) -> Any:
                if name.startswith("__"):
                    raise AttributeError(name)
                seen.append(f"{self.own}.{name}")
                if name == "inner":
                    return Noisy(self.own + "i") if len(self.own) < 3 else None
                if name == "list":
                    return [Noisy(self.own + str(number)) for number in range(2)]
                return None

        run_one(Noisy("r"))
        return seen

    schema = build_schema(SCHEMA)
    text = "{ b inner { a list { a b } b } x: a list { inner { a } b } y: b ... { a z: inner { b } } }"
    expected = trace(lambda root: execute(schema, parse(text), root))
    assert len(expected) > 15
    assert trace(lambda root: run(schema, text, root)) == expected
    assert trace(lambda root: run(schema, text, root, json=True)) == expected


@pytest.mark.parametrize("condition", [True, False])
def test_conditions(condition: bool) -> None:
    text = "query ($c: Boolean!) { a @include(if: $c) b @skip(if: $c) inner { ... @include(if: $c) { a } b } }"
    schema = build_schema(SCHEMA)
    root = {"a": "x", "b": 1, "inner": {"a": "y", "b": 2}}
    expected = execute(schema, parse(text), root, variable_values={"c": condition})
    assert run(schema, text, root, {"c": condition}) == (expected.data, None, None)
