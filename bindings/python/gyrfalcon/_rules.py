"""Validation: what the engine has found valid, and which further rules have nothing to say about it.

The engine says yes or no for the rules of the specification. Rules beyond those are told apart: rules whose verdict follows from
a bound on the text (a document with three braces is not deeper than two), rules that are known to depend on the document only, run once
for each document on graphql-core, and the user's, run on graphql-core each time. A rule is known by its class or, as limiters make
a class for each instance, by the code of its __init__ and what that closes over.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import graphql
from graphql import NoSchemaIntrospectionCustomRule
from graphql.language.parser import parse as stock_parse
from graphql.validation import validate as stock_validate

from ._documents import Document, origin_of, state_of
from ._stats import counters, switch

COVERED = frozenset({
    "ExecutableDefinitionsRule", "KnownOperationTypesRule", "UniqueOperationNamesRule", "LoneAnonymousOperationRule",
    "SingleFieldSubscriptionsRule", "KnownTypeNamesRule", "FragmentsOnCompositeTypesRule", "VariablesAreInputTypesRule",
    "ScalarLeafsRule", "FieldsOnCorrectTypeRule", "UniqueFragmentNamesRule", "KnownFragmentNamesRule", "NoUnusedFragmentsRule",
    "PossibleFragmentSpreadsRule", "NoFragmentCyclesRule", "UniqueVariableNamesRule", "NoUndefinedVariablesRule",
    "NoUnusedVariablesRule", "KnownDirectivesRule", "UniqueDirectivesPerLocationRule", "KnownArgumentNamesRule",
    "UniqueArgumentNamesRule", "ValuesOfCorrectTypeRule", "ProvidedRequiredArgumentsRule", "VariablesInAllowedPositionRule",
    "OverlappingFieldsCanBeMergedRule", "UniqueInputFieldNamesRule", "MaxIntrospectionDepthRule",
})  # fmt: skip
"""The engine has these rules."""
DEFER = frozenset({
    "DeferStreamDirectiveOnRootField", "DeferStreamDirectiveOnValidOperationsRule", "DeferStreamDirectiveLabel",
    "StreamDirectiveOnListField",
})  # fmt: skip
"""Nothing to say about documents of schemas without @defer and @stream."""

SPECIFIED = tuple(graphql.specified_rules)
_covered = {rule for rule in SPECIFIED if rule.__name__ in COVERED}
_defer = {rule for rule in SPECIFIED if rule.__name__ in DEFER}
_specified_all = all(rule in _covered or rule in _defer for rule in SPECIFIED)


def remaining(rules: Sequence[Any], incremental: bool) -> Sequence[Any]:
    """The rules that the engine's yes does not cover."""
    if _specified_all and not incremental and rules[: len(SPECIFIED)] == SPECIFIED:
        rules = rules[len(SPECIFIED) :]
        if not rules:
            return ()
    return [rule for rule in rules if rule not in _covered and (incremental or rule not in _defer)]


# ---------------------------------------------------------------------- rules known by code

Bound = Callable[[Document, dict[str, Any]], bool]
_by_code: dict[Any, Bound] = {}


def know_code(rule: type, bound: Bound) -> None:
    """Makes known a limiter's rule, by one that it has made: bound(document, what it closes over) says yes without running it."""
    _by_code[rule.__init__.__code__] = bound


def _closure(rule: type) -> dict[str, Any]:
    init = rule.__init__
    return {name: cell.cell_contents for name, cell in zip(init.__code__.co_freevars, init.__closure__ or (), strict=True)}


def _hidden(document: Document) -> bool:
    """No field `__schema` or `__type`: nothing of introspection but __typename."""
    return not document.introspects


def says_yes(rule: Any, schema: Any, document: Document) -> bool | None:
    """Whether a rule accepts a document; None: it may look at anything, and has to be run each time."""
    if rule is NoSchemaIntrospectionCustomRule:
        return _hidden(document) or _once(rule, rule, schema, document)
    if rule in _defer:
        return _once(rule, rule, schema, document)
    try:
        code = rule.__init__.__code__
        bound = _by_code.get(code)
    except AttributeError:
        return None
    if bound is None:
        return None
    closed = _closure(rule)
    parameters = {name: value for name, value in closed.items() if name != "__class__"}
    if any(type(value) not in {int, type(None)} for value in parameters.values()):
        return None
    return bound(document, parameters) or _once((code, *parameters.values()), rule, schema, document)


def _once(key: Any, rule: Any, schema: Any, document: Document) -> bool:
    verdict = document.checks.get(key)
    if verdict is None:
        verdict = not stock_validate(schema, document.ast, [rule])
        if len(document.checks) < 64:
            document.checks[key] = verdict
    return verdict


def few_tokens(document: Document, most: Any) -> bool:
    """Whether graphql-core's parser takes the document with this max_tokens."""
    if type(most) is not int:
        return False
    if len(document.text) <= most:
        return True
    key = ("tokens", most)
    verdict = document.checks.get(key)
    if verdict is None:
        try:
            stock_parse(document.text, max_tokens=most)
            verdict = True
        except Exception:
            verdict = False
        if len(document.checks) < 64:
            document.checks[key] = verdict
    return verdict


# ---------------------------------------------------------------------- Strawberry's validate_document


def needs_own_rules(schema: Any) -> bool:
    """Whether Strawberry's rules for Maybe and @oneOf can have anything to say about documents of a schema."""
    state = state_of(schema)
    if state is None:
        return True
    known = state.extra.get("own rules")
    if known is None:
        known = state.extra["own rules"] = _has_maybe_or_one_of(schema)
    return known


def _has_maybe_or_one_of(schema: Any) -> bool:
    from strawberry.types.base import StrawberryMaybe

    arguments: list[Any] = [argument for directive in schema.directives for argument in directive.args.values()]
    for type_ in schema.type_map.values():
        if type_.name.startswith("__"):
            continue
        definition = type_.extensions.get("strawberry-definition")
        if graphql.is_input_object_type(type_):
            if definition is None or getattr(definition, "is_one_of", False):
                return True
            if any(isinstance(field.type, StrawberryMaybe) for field in definition.fields):
                return True
        elif hasattr(type_, "fields"):
            arguments.extend(argument for field in type_.fields.values() for argument in field.args.values())
    definitions = (argument.extensions.get("strawberry-definition") for argument in arguments)
    return any(isinstance(getattr(definition, "type", None), StrawberryMaybe) for definition in definitions)


def own_rules_say_yes(schema: Any, document: Document, own: tuple[Any, ...]) -> bool:
    """Strawberry's own rules: they depend on the document only."""
    return not needs_own_rules(schema) or all(_once(rule, rule, schema, document) for rule in own)


def validate_document_with(stock: Any, unchanged: Callable[[], bool], own: tuple[Any, ...]) -> Any:
    """Strawberry's `validate_document`, which asks the engine first."""

    def validate_document(schema: Any, document: Any, validation_rules: Any) -> Any:
        rules = _rules_left(schema, document, validation_rules, own) if unchanged() else None
        if rules is None:
            errors = stock(schema, document, validation_rules)
            if not errors and unchanged():
                _note_accepted(schema, document, validation_rules)
            return errors
        if not rules:
            return []
        return stock(schema, document, tuple(rules))

    validate_document.__wrapped__ = stock  # type: ignore[attr-defined]
    return validate_document


def validate_with(stock: Any) -> Any:
    """graphql-core's `validate`, which asks the engine first; the user's rules are run by it as ever."""

    def validate(schema: Any, document_ast: Any, rules: Any = None, max_errors: Any = None, *args: Any, **kwargs: Any) -> Any:
        asked = not args and kwargs.get("type_info") is None and (max_errors is None or type(max_errors) is int)
        given = SPECIFIED if rules is None else rules
        if asked and isinstance(given, (tuple, list)) and all(isinstance(rule, type) for rule in given):
            left = _rules_left(schema, document_ast, given, ())
            if left is not None:
                return stock(schema, document_ast, left, max_errors, **kwargs) if left else []
            errors = stock(schema, document_ast, rules, max_errors, **kwargs)
            if not errors:
                _note_accepted(schema, document_ast, given)
            return errors
        return stock(schema, document_ast, rules, max_errors, *args, **kwargs)

    return validate


def _rules_left(schema: Any, document: Any, rules: Any, own: tuple[Any, ...]) -> list[Any] | None:
    """The rules that have to be run on graphql-core; None: all of them."""
    if switch.off:
        return None
    state = state_of(schema)
    origin = origin_of(document)
    if state is None or origin is None or state.core is None or state.disabled:
        return None
    entry = state.document(origin.text)
    if entry is None:
        return None
    left = [rule for rule in remaining(tuple(rules), state.incremental) if says_yes(rule, schema, entry) is not True]
    if not left and own and not own_rules_say_yes(schema, entry, own):
        return list(rules)
    return left


def _note_accepted(schema: Any, document: Any, rules: Any) -> None:
    """Counts a document that the engine refused and graphql-core, with all of the specification's rules, took."""
    state, origin = state_of(schema), origin_of(document)
    if switch.off or state is None or origin is None or state.core is None or state.disabled:
        return
    if _covered.issubset(rules) and state.document(origin.text) is None:
        counters.accepted += 1
