"""Random documents over a model, and data and variables for them.

With `wrong` 0 a document is valid: a response name always stands for the same field with the same arguments and type, a
variable has the type of the place it is used at, a fragment spreads finished ones alone. Else each decision is a wrong one
with that probability.

SPDX-License-Identifier: Apache-2.0
"""
import collections
import re

import schemas
from schemas import Member, Type, named

INPUT = [Member("name", "String!"), Member("description", "String"), Member("type", "__Type!"), Member("defaultValue", "String"),
         Member("isDeprecated", "Boolean!"), Member("deprecationReason", "String")]
OLD = [Member("includeDeprecated", "Boolean!", default="false")]
META = {t.name: t for t in [
    Type("object", "__Schema", members=[
        Member("description", "String"), Member("queryType", "__Type!"), Member("mutationType", "__Type"),
        Member("subscriptionType", "__Type")]),
    Type("object", "__Type", members=[
        Member("kind", "__TypeKind!"), Member("name", "String"), Member("description", "String"),
        Member("specifiedByURL", "String"), Member("fields", "[__Field!]", OLD), Member("interfaces", "[__Type!]"),
        Member("possibleTypes", "[__Type!]"), Member("enumValues", "[__EnumValue!]", OLD),
        Member("inputFields", "[__InputValue!]", OLD), Member("ofType", "__Type"), Member("isOneOf", "Boolean")]),
    Type("object", "__Field", members=[
        Member("name", "String!"), Member("description", "String"), Member("args", "[__InputValue!]!", OLD),
        Member("type", "__Type!"), Member("isDeprecated", "Boolean!"), Member("deprecationReason", "String")]),
    Type("object", "__InputValue", members=INPUT),
    Type("object", "__EnumValue", members=[
        Member("name", "String!"), Member("description", "String"), Member("isDeprecated", "Boolean!"),
        Member("deprecationReason", "String")]),
    Type("enum", "__TypeKind", members=[Member("SCALAR")]),
]}


class Document:
    def __init__(self, model, wrong):
        self.model, self.rng, self.wrong = model, model.rng, wrong
        self.keys = {}  # response name -> what it stands for
        self.variables = {}  # name -> (type, default)
        self.fragments = {}  # name -> (type, text)
        self.used = collections.defaultdict(set)  # type -> names of fields
        self.size = 0

    def slip(self, factor=1):
        return self.rng.random() < self.wrong * factor

    def type(self, name):
        return META.get(name) or self.model.types.get(name)

    def fields(self, name):
        t = self.type(name)
        found = [] if t is None or t.kind == "union" else list(t.members) if t.kind in ("object", "interface") else []
        if name == self.model.roots["query"] and self.rng.random() < 0.3:
            found += [Member("__schema", "__Schema!"), Member("__type", "__Type", [Member("name", "String!")])]
        return found

    def composite(self, name):
        t = self.type(name)
        return t is not None and t.kind in ("object", "interface", "union")

    # ---- values

    def variable(self, type_text, default=False):
        same = [n for n, (t, _) in self.variables.items() if t == type_text or self.slip(3)]
        if same and self.rng.random() < 0.6:
            return "$" + self.rng.choice(same)
        name = "v%d" % (len(self.variables) + 1)
        declared = type_text
        if self.slip():
            declared = self.rng.choice([type_text.rstrip("!"), self.model.wrapped(self.rng.choice([*self.model.types, "Int"]))])
        elif not type_text.endswith("!") and self.rng.random() < 0.2:
            declared += "!"
        value = self.model.literal(declared) if self.rng.random() < 0.25 else None
        if self.slip():
            value = self.model.anything(2)
        self.variables[name] = (declared, value)
        return "$" + name

    def value(self, type_text, depth=2):
        if self.slip():
            return self.rng.choice([self.model.anything(2), "$" + self.rng.choice(["v1", "v2", "none"]), "null"])
        if self.rng.random() < 0.3 and depth > 0:
            return self.variable(type_text)
        inner = type_text.rstrip("!")
        t = self.model.types.get(inner)
        if depth > 0 and t is not None and t.kind == "input" and self.rng.random() < 0.7:
            return self.object_value(t, depth)
        if depth > 0 and inner.startswith("[") and self.rng.random() < 0.7:
            return "[" + ", ".join(self.value(inner[1:-1], depth - 1) for _ in range(self.rng.randint(0, 2))) + "]"
        return self.model.literal(type_text, depth)

    def object_value(self, t, depth):
        rng = self.rng
        if t.one_of and not self.slip(3):
            m = rng.choice(t.members)
            return "{%s: %s}" % (m.name, self.value(m.type + "!", depth - 1))
        chosen = [m for m in t.members if (m.required and not self.slip()) or rng.random() < 0.5]
        parts = ["%s: %s" % (schemas.near(rng, m.name) if self.slip() else m.name, self.value(m.type, depth - 1)) for m in chosen]
        return "{" + ", ".join(parts + (parts[:1] if self.slip() else [])) + "}"

    def arguments(self, defined):
        rng = self.rng
        chosen = [a for a in defined if (a.required and not self.slip()) or rng.random() < 0.4]
        rng.shuffle(chosen)
        parts = ["%s: %s" % (schemas.near(rng, a.name) if self.slip() else a.name, self.value(a.type)) for a in chosen]
        if self.slip():
            parts += rng.choice([parts[:1], [rng.choice(schemas.ARGS) + ": " + self.model.anything()]])
        return "(" + ", ".join(parts) + ")" if parts else ""

    def directives(self, location):
        rng, out = self.rng, []
        if location in ("FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"):
            for name in rng.sample(["skip", "include"], 2):
                if rng.random() < 0.07:
                    out.append("@%s(if: %s)" % (name, rng.choice(["true", "false", self.variable("Boolean!")])))
        for d in self.model.directives.values():
            if location in d.locations and rng.random() < 0.15 or self.slip():
                out += ["@" + d.name + self.arguments(d.args)] * (2 if d.repeatable and rng.random() < 0.3 or self.slip() else 1)
        if self.slip():
            out.append(rng.choice(["@skip", "@include(if: 1)", "@none", "@deprecated", "@incluse(if: true)", "@skip(iff: true)"]))
        return "".join(" " + d for d in out)

    # ---- selections

    def selections(self, name, depth, count=None):
        rng, out = self.rng, []
        for _ in range(count or rng.randint(1, 4)):
            r = rng.random()
            if r < 0.72 or depth <= 0 or self.size > 120:
                out.append(self.field(name, depth))
            elif r < 0.86:
                out.append(self.inline_fragment(name, depth))
            else:
                out.append(self.spread(name, depth))
        return "{\n" + "\n".join(out) + "\n}"

    def field(self, parent, depth):
        rng = self.rng
        self.size += 1
        known = self.fields(parent)
        leaves = [f for f in known if not self.composite(named(f.type))]
        if depth <= 0 or self.size > 120:
            known = leaves
        f = rng.choice(known) if known and rng.random() < 0.94 else Member("__typename", "String!")
        if self.slip():
            f = Member(rng.choice([schemas.near(rng, f.name), rng.choice(schemas.FIELDS)]), f.type, f.args)
        self.used[parent].add(f.name)
        args = self.arguments(f.args)
        directives = self.directives("FIELD")
        key = self.key(f, args)
        sub = ""
        if self.composite(named(f.type)) != self.slip():
            sub = " " + self.selections(named(f.type), depth - 1)
        return (key + ": " if key != f.name else "") + f.name + args + directives + sub

    def key(self, f, args):
        """A response name that stands for nothing else."""
        rng = self.rng
        key = f.name if rng.random() < 0.75 else rng.choice(["a", "b", "name", "id"])
        if self.slip(2):
            return key
        meaning = (f.name, f.type, args)
        while self.keys.setdefault(key, meaning) != meaning:
            key = "a%d" % rng.randint(1, 99)
        return key

    def inside(self, name):
        """A type condition that can hold for a value of the type."""
        types = self.model.types
        if name not in types:
            return name
        here = set(self.model.possible(name))
        fits = [n for n, t in types.items() if self.composite(n) and (n == name or here & set(self.model.possible(n)))]
        return self.rng.choice([*types, "None", "Int"] if self.slip() else fits or [name])

    def inline_fragment(self, name, depth):
        on = None if self.rng.random() < 0.15 else self.inside(name)
        head = "..." + (" on " + on if on else "") + self.directives("INLINE_FRAGMENT")
        return head + " " + self.selections(on or name, depth - 1)

    def spread(self, name, depth):
        rng = self.rng
        directives = self.directives("FRAGMENT_SPREAD")
        if self.slip(2):
            return "..." + rng.choice([*self.fragments, "F1", "F2", "None"]) + directives
        on = self.inside(name)
        known = [f for f, (t, _) in self.fragments.items() if t == on]
        if known and rng.random() < 0.5:
            return "..." + rng.choice(known) + directives
        body = self.selections(on, depth - 1)
        fragment = "F%d" % (len(self.fragments) + 1)
        head = "fragment %s on %s" % (fragment, schemas.near(rng, on) if self.slip() else on)
        self.fragments[fragment] = (on, head + self.directives("FRAGMENT_DEFINITION") + " " + body)
        return "..." + fragment + directives

    # ---- definitions

    def operation(self, kind, name):
        rng = self.rng
        root = self.model.roots.get(kind)
        if kind == "subscription":
            leaf = [f for f in self.model.types[root].members if not self.composite(named(f.type))]
            body = self.subscribed(root, leaf)
        else:
            body = self.selections(root, rng.randint(1, 4))
        directives = self.directives(kind.upper())
        needed = self.needed(body + directives)
        if self.slip(3):
            needed = [v for v in self.variables if rng.random() < 0.8]
        declared = []
        for v in needed:
            t, default = self.variables[v]
            declared.append("$%s: %s%s%s" % (v, t, " = " + default if default is not None else "", self.constant_directives()))
        if self.slip() and declared:
            declared.append(declared[0])
        head = kind + (" " + name if name else "") + ("(" + ", ".join(declared) + ")" if declared else "") + directives
        return ("" if head == "query" and rng.random() < 0.7 else head + " ") + body

    def subscribed(self, root, leaves):
        if self.slip(5) or not leaves:
            return self.selections(root, 2, 2 if self.slip(5) else 1)
        f = self.rng.choice(leaves)
        return "{\n%s\n}" % (f.name + self.arguments(f.args))

    def constant_directives(self):
        uses = [" " + self.model.application(d) for d in self.model.directives.values()
                if "VARIABLE_DEFINITION" in d.locations or self.slip()]
        return self.rng.choice(uses) if uses and self.rng.random() < 0.2 else ""

    def needed(self, text):
        """The variables that a text uses, through fragments too, in order of declaration."""
        seen, todo, found = set(), [text], set()
        while todo:
            part = todo.pop()
            found |= set(re.findall(r"\$(\w+)", part))
            for f in re.findall(r"\.\.\.(\w+)", part):
                if f in self.fragments and f not in seen:
                    seen.add(f)
                    todo.append(self.fragments[f][1])
        return [v for v in self.variables if v in found]

    def text(self):
        rng = self.rng
        count = 1 if rng.random() < 0.85 else 2
        out = []
        for i in range(count):
            kind = rng.choice(["query", "query", "query", *self.model.roots])
            name = "Q%d" % i if count > 1 or rng.random() < 0.3 else ""
            out.append(self.operation(kind, "" if self.slip() else name))
        out += [text for _, text in self.fragments.values()]
        if rng.random() < 0.3:
            rng.shuffle(out)
        if self.slip():
            out.append(rng.choice(out))
        return indented("\n".join(out))


def indented(text):
    out, depth = [], 0
    for line in text.split("\n"):
        depth -= line.startswith("}")
        out.append("  " * max(depth, 0) + line)
        depth += line.endswith("{")
    return "\n".join(out) + "\n"


# ---- data and variables

class Data:
    """A tree for the fields that a document uses; `wrong` is the share of answers that do not fit their types."""

    def __init__(self, document, wrong):
        self.document, self.model, self.rng, self.wrong = document, document.model, document.rng, wrong
        self.left = 250

    def fields(self, name):
        """Those of an object type that are asked for, on it or on what it belongs to."""
        around = [t.name for t in self.model.types.values() if name in t.members or t.name in self.model.types[name].interfaces]
        used = set().union(*(self.document.used[n] for n in [name, *around]))
        return [f for f in self.model.types[name].members if f.name in used]

    def object(self, name, depth):
        self.left -= 1
        out = {"__typename": name}
        for f in self.fields(name):
            out[f.name] = self.value(f.type, depth)
        return out

    def value(self, t, depth):
        rng = self.rng
        if rng.random() < self.wrong:
            return rng.choice([None, {"$error": "failed"}, [], [None, 1], 1.5, "text", True, -3, {"a": 1}])
        strict = t.endswith("!")
        t = t.rstrip("!")
        if not strict and rng.random() < 0.08:
            return None
        if t.startswith("["):
            return [self.value(t[1:-1], depth) for _ in range(rng.choice([0, 1, 2, 2, 3]) if depth > 0 else 0)]
        if self.model.kind(t) in ("object", "interface", "union"):
            possible = self.model.possible(t)
            if not possible or depth <= 0 or self.left <= 0:
                return None
            if rng.random() < self.wrong:
                possible = ["None", "Int", *self.model.types]
                return {"__typename": rng.choice(possible)}
            return self.object(rng.choice(possible), depth - 1)
        return self.leaf(t)

    def leaf(self, t):
        rng = self.rng
        found = self.model.types.get(t)
        if found is not None and found.kind == "enum":
            return rng.choice(found.members).name
        return json_scalar(rng, t)


def json_scalar(rng, t):
    pool = {
        "Int": [0, 1, -5, 2147483647, "12", True, 3],
        "Float": [0, 1, 0.5, -1.25e-7, 1e21, 123456789.5, "1.5", False],
        "String": ["", "words", "\u00e9\u2028\"\\\n", "\U0001f600", 5, True, 0.5],
        "Boolean": [True, False, 0, 1],
        "ID": ["a", "", 7, -1, "7"],
    }
    return rng.choice(pool.get(t) or ["custom", 1, 2.5, True, {"a": [1, None]}, ["x", {}]])


def json_value(model, rng, t, wrong, depth=3):
    """A value of a variable."""
    if rng.random() < wrong:
        return rng.choice([None, 1, 2147483648, 1.5, "x", True, [], [None], {}, {"id": 1, "name": "x"}, "RED", [[1], "a"], 1e300])
    strict, t = t.endswith("!"), t.rstrip("!")
    if not strict and rng.random() < 0.1:
        return None
    if t.startswith("["):
        if rng.random() < 0.15:
            return json_value(model, rng, t[1:-1], wrong, depth - 1)
        return [json_value(model, rng, t[1:-1], wrong, depth - 1) for _ in range(rng.randint(0, 2) if depth > 0 else 0)]
    found = model.types.get(t)
    if found is None or found.kind not in ("enum", "input"):
        pool = {"Int": [0, 5, -2147483648], "Float": [1, 2.5, -1e10], "String": ["", "s\u00fc"], "Boolean": [True, False],
                "ID": ["i", 4, -1]}
        return rng.choice(pool.get(t) or ["c", 3, {"x": [None, 0.25]}, [True], "\u00e9"])
    if found.kind == "enum":
        return rng.choice(found.members).name
    members = found.members
    if found.one_of and rng.random() >= wrong:
        m = rng.choice(members) if depth > 0 else members[0]
        return {m.name: json_value(model, rng, m.type + "!", wrong, depth - 1)}
    out = {m.name: json_value(model, rng, m.type, wrong, depth - 1) for m in members
           if (m.required and rng.random() >= wrong) or (depth > 0 and rng.random() < 0.4)}
    if rng.random() < wrong and members:
        out[schemas.near(rng, rng.choice(members).name)] = 1
    return out


def variables(document, wrong):
    out = {}
    for name, (t, default) in document.variables.items():
        if (t.endswith("!") and default is None and document.rng.random() >= wrong) or document.rng.random() < 0.6:
            out[name] = json_value(document.model, document.rng, t, wrong)
    return out
