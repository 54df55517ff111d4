"""What may differ between the engine and graphql-js, each with its reason, and how answers are compared.

SPDX-License-Identifier: Apache-2.0
"""
import json
import re

FAILED = {"died", "threw", "schema_errors", "failed_before"}  # answers that are none
BUILT_IN = ("Int", "Float", "String", "Boolean", "ID", "skip", "include", "deprecated", "specifiedBy", "oneOf")


def failed(found):
    """Whether a side gave no answer to (request, answer, answer)."""
    return any(FAILED & set(answer) for answer in found[1:])


def words(message):
    """Of an object whose type is not known the reference says its own ways to tell types, and the text that it was given in
    place of one; here a type is told by a number. A value in a message is cut after 300 bytes."""
    if "use an inline fragment on" in message:  # by an order that is none: how it is sorted depends on the version of Node
        return " ".join(sorted(re.findall(r"\w+", message)))
    message = re.sub(r"((?:found|value): .{250}).*", r"\1", message, flags=re.S)
    return re.sub(r'^(Abstract type "\w+") (must resolve to|was resolved to) .*$', r"\1: no type", message, flags=re.S)


def by_place(answer):
    """The errors of an answer; their order is not specified."""
    return sorted(json.dumps([e.get("path"), e.get("locations"), words(e["message"])]) for e in answer.get("errors") or [])


# ---- each operation: two answers in comparable form

def sdl(ours, theirs):
    a, b = by_place(ours), by_place(theirs)
    if "threw" in theirs:  # a mistake that the reference does not expect at that stage
        return ({}, {}) if ours["stage"] == "type" else (ours, theirs)
    # Directives on directives, and extensions of directives: drafts that the reference has.
    if any('Error: Expected \\"on\\", found \\"@\\".' in e or 'Error: Unexpected Name \\"directive\\".' in e for e in a):
        return {}, {}
    # What defines a built-in scalar anew is ignored; the reference does not look into it at all.
    a = [e for e in a if e in b or not re.search(r'"(Int|Float|String|Boolean|ID)\.', e)]
    # The reference builds the schema to look at these, and stops at the first; here they are told with all others.
    a = [e for e in a if e in b or not re.search(r'"Argument \\"@(deprecated|specifiedBy)\(', e)]
    # Of a member that is defined three times, and first in an extension, which of the others an error names is up to the engine.
    a, b = ([re.sub(r'.*("[^"]*can only be defined once\.")', r"\1", e) for e in side] for side in (a, b))
    # Operations and fragments among the definitions of types are passed over here; the reference looks at their directives.
    b = [e for e in b if not re.search(r"may not be used on [A-Z_]+\.", e) or e in a]
    if not b and theirs.get("stage") != "ok":
        return {}, {}
    if theirs.get("stage") == ours.get("stage") == "ok":
        return {"printed": ours["printed"]}, {"printed": theirs["printed"]}
    return {"ok": ours["stage"] == "ok", "errors": a}, {"ok": theirs["stage"] == "ok", "errors": b}


def introspect(ours, theirs):
    return introspected(ours["introspection"]["__schema"]), introspected(theirs["introspection"]["__schema"])


def introspected(schema):
    """The order of types and directives is not specified. What is built in is described in other words. Deprecated
    directives are a draft that the reference implements: their places, and their part of __Directive and __Schema."""
    out = dict(schema)
    for name in ("types", "directives"):
        out[name] = sorted((t for t in schema[name] if not t["name"].startswith("__")), key=lambda t: t["name"])
        for t in out[name]:
            if t["name"] in BUILT_IN:
                t["description"] = None
                for a in t.get("args") or []:
                    a["description"] = None
                if t["name"] == "deprecated":
                    t["locations"] = [x for x in t["locations"] if x != "DIRECTIVE_DEFINITION"]
    return out


def ast(ours, theirs):
    return bare(ours), bare(theirs)


def bare(tree):
    """A tree without empty lists: which of those a parser leaves out is up to it."""
    if isinstance(tree, dict):
        return {name: bare(item) for name, item in tree.items() if item != []}
    return [bare(item) for item in tree] if isinstance(tree, list) else tree


def validate(ours, theirs):
    """A variable in a OneOf input object must be non-null also where the argument is required: the reference misses it there."""
    if too_many(ours) and too_many(theirs):
        return {}, {}
    a, b = by_place(ours), by_place(theirs)
    return {"errors": [e for e in a if e in b or not one_of_variable(e)]}, {"errors": b}


def one_of_variable(error):
    return "must be non-nullable to be used for OneOf Input Object" in error


def too_many(answer):
    """Which errors are the first hundred is up to the engine."""
    return any("Too many validation errors" in e["message"] for e in answer.get("errors") or [])


def execute(ours, theirs):
    """Beside an error that reaches a common parent, who is still called is up to the engine: coerced arguments are those of
    fields that both called."""
    errors = by_place(ours["response"])
    if too_many(theirs["response"]) and len(errors) > 100:  # the adapter executes without limits
        return {}, {}
    if "data" not in ours["response"] and any(map(one_of_variable, errors)):  # see validate
        return {}, {}
    a, b = ours.get("args") or {}, theirs.get("args") or {}
    both = [path for path in a if path in b]
    return response(ours, {path: a[path] for path in both}), response(theirs, {path: b[path] for path in both})


def response(answer, args):
    r = answer["response"]
    return {"data": json.dumps(r["data"]) if "data" in r else None, "errors": by_place(r), "args": args}


def diff(ours, theirs):
    """Deprecated directives are a draft that the reference implements."""
    changes = [c for c in theirs.get("breaking", ()) if c["description"] != "DIRECTIVE_DEFINITION was removed from @deprecated."]
    return ours, {**theirs, "breaking": changes} if "breaking" in theirs else theirs


COMPARABLE = {f.__name__: f for f in (sdl, introspect, diff, ast, validate, execute)}


def comparable(request, ours, theirs):
    if FAILED & set(ours) or (FAILED & set(theirs) and request["op"] != "sdl"):
        return ours, theirs
    return COMPARABLE.get(request["op"], lambda a, b: (a, b))(ours, theirs)


def is_good(answer):
    return not answer.get("errors") and "error" not in answer
