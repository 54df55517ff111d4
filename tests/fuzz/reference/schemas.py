"""Random type systems: a model, valid by the rules of section 3, and its text, part of it in extensions.

Names are near to each other (`name`, `names`, `nam`), so that suggestions have what to suggest. Interfaces take their
fields from one common set, so that any of them can stand beside any other; implementations add arguments and narrow types.
`mistaken` breaks one rule of a model, `changed` gives another version of it, `disturbed` moves tokens of any text.

SPDX-License-Identifier: Apache-2.0
"""
import copy
import dataclasses
import re

SCALARS = ["Int", "Float", "String", "Boolean", "ID"]
FIELDS = ["id", "name", "names", "nam", "node", "nodes", "owner", "count", "counts", "size", "sizes", "first", "fist", "kind"]
ARGS = ["id", "ids", "first", "fist", "filter", "filters", "order", "size", "kind"]
VALUES = ["RED", "RAD", "GREEN", "GREED", "BLUE", "BLACK", "OPEN", "OPENED"]
EXECUTABLE = ["QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT",
              "VARIABLE_DEFINITION"]
TYPE_SYSTEM = ["SCHEMA", "SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM",
               "ENUM_VALUE", "INPUT_OBJECT", "INPUT_FIELD_DEFINITION"]
KEYWORD = {"object": "type", "interface": "interface", "union": "union", "enum": "enum", "input": "input", "scalar": "scalar"}


@dataclasses.dataclass
class Member:
    """A field, argument, input field or enum value."""
    name: str
    type: str = ""
    args: list = dataclasses.field(default_factory=list)
    default: str = None
    text: str = ""  # description
    applied: list = dataclasses.field(default_factory=list)

    @property
    def required(self):
        return self.type.endswith("!") and self.default is None


@dataclasses.dataclass
class Type:
    kind: str
    name: str
    text: str = ""
    applied: list = dataclasses.field(default_factory=list)
    interfaces: list = dataclasses.field(default_factory=list)
    members: list = dataclasses.field(default_factory=list)  # of a union: names
    one_of: bool = False


@dataclasses.dataclass
class Directive:
    name: str
    args: list
    locations: list
    repeatable: bool = False
    text: str = ""


def named(type_text):
    return type_text.strip("[]!")


class Model:
    def __init__(self, rng):
        self.rng = rng
        self.types, self.directives, self.roots = {}, {}, {"query": "Query"}
        self.explicit = False  # schema { ... } is written
        self.text = ""

    # ---- what there is

    def of_kind(self, *kinds):
        return [t for t in self.types.values() if t.kind in kinds]

    def of(self, *kinds):
        return [t.name for t in self.of_kind(*kinds)]

    def kind(self, name):
        return "scalar" if name in SCALARS else self.types[name].kind if name in self.types else None

    def possible(self, name):
        t = self.types[name]
        if t.kind == "union":
            return list(t.members)
        if t.kind == "interface":
            return [o for o in self.of("object") if name in self.types[o].interfaces]
        return [name]

    # ---- values as literals

    def literal(self, type_text, depth=2):
        """A constant that the type takes."""
        rng = self.rng
        if depth < -9:  # in a cycle that an alteration made
            return "null"
        if type_text.endswith("!"):
            return self.literal_of(type_text[:-1], depth)
        return "null" if rng.random() < 0.1 else self.literal_of(type_text, depth)

    def literal_of(self, t, depth):
        rng = self.rng
        if t.startswith("["):
            if rng.random() < 0.2 and not t[1:-1].endswith("!"):
                return self.literal(t[1:-1] + "!", depth)
            return "[" + ", ".join(self.literal(t[1:-1], depth - 1) for _ in range(rng.randint(0, 2))) + "]"
        if t in SCALARS:
            return self.scalar(t)
        found = self.types.get(t)
        if found is not None and found.kind == "enum" and found.members:
            return rng.choice(found.members).name
        return self.object_literal(found, depth) if found is not None and found.kind == "input" and found.members else self.anything(depth)

    def object_literal(self, t, depth):
        rng = self.rng
        if t.one_of:
            m = rng.choice(t.members) if depth > 0 else t.members[0]
            return "{%s: %s}" % (m.name, self.literal(m.type + "!", depth - 1))
        chosen = [m for m in t.members if m.required or (depth > 0 and rng.random() < 0.4)]
        rng.shuffle(chosen)
        return "{" + ", ".join("%s: %s" % (m.name, self.literal(m.type, depth - 1)) for m in chosen) + "}"

    def scalar(self, name):
        return self.rng.choice({
            "Int": ["0", "1", "-7", "2147483647", "-2147483648"],
            "Float": ["0", "1.5", "-2e3", "1e21", "0.1", "123456789012"],
            "String": ['""', '"words"', '"\\u00e9\\n\\"q\\""', '"""block\n  text"""', '"\U0001f600"'],
            "Boolean": ["true", "false"],
            "ID": ['"a1"', "5", '""'],
        }[name])

    def anything(self, depth=1):
        rng = self.rng
        if depth > 0 and rng.random() < 0.3:
            items = [self.anything(depth - 1) for _ in range(rng.randint(0, 2))]
            if rng.random() < 0.5:
                return "[" + ", ".join(items) + "]"
            return "{" + ", ".join("%s: %s" % pair for pair in zip(rng.sample(ARGS, len(items)), items)) + "}"
        return rng.choice([self.scalar(rng.choice(SCALARS)), rng.choice(VALUES), "null"])

    # ---- making one

    def wrapped(self, name, strict=0.35):
        rng = self.rng
        for _ in range(rng.choice([0, 0, 0, 0, 1, 1, 2])):
            name = "[" + name + ("!" if rng.random() < strict else "") + "]"
        return name + ("!" if rng.random() < strict else "")

    def described(self):
        return self.rng.choice(["", "", "", '"Words."', '"""\nLines\n  of \\""" words\n"""', '"\\u00e9 #"'])

    def use(self, location, p=0.12):
        """Directives applied at a place."""
        rng, out = self.rng, []
        for d in self.directives.values():
            while location in d.locations and rng.random() < p:
                out.append(self.application(d))
                if not d.repeatable:
                    break
        return out

    def application(self, d):
        given = [a for a in d.args if a.required or self.rng.random() < 0.5]
        return "@" + d.name + ("(" + ", ".join("%s: %s" % (a.name, self.literal(a.type)) for a in given) + ")" if given else "")

    def deprecated(self, p=0.12):
        if self.rng.random() >= p:
            return []
        return [self.rng.choice(["@deprecated", '@deprecated(reason: "Use \\"x\\".")'])]

    def input_type(self, strict=0.3):
        known = self.of("scalar", "enum", "input")
        return self.wrapped(self.rng.choice(SCALARS * (1 if known else 2) + known), strict)

    def output_type(self):
        known = self.of("scalar", "enum", "object", "interface", "union")
        return self.wrapped(self.rng.choice(SCALARS + known * 2))

    def argument(self, name, location="ARGUMENT_DEFINITION", default=0.35):
        a = Member(name, self.input_type(), text=self.described())
        if self.rng.random() < default:
            a.default = self.literal(a.type)
        a.applied = self.use(location, 0.06) + ([] if a.required else self.deprecated(0.06))
        return a

    def arguments(self):
        return [self.argument(n) for n in self.rng.sample(ARGS, self.rng.choice([0, 0, 0, 1, 1, 2, 3]))]

    def field(self, name):
        return Member(name, self.output_type(), self.arguments(), None, self.described(),
                      self.use("FIELD_DEFINITION", 0.06) + self.deprecated())


def implementation(model, field):
    """A field for an interface's: more arguments, a narrower type."""
    rng, out = model.rng, copy.deepcopy(field)
    out.text = model.described()
    taken = {a.name for a in out.args}
    for name in rng.sample(ARGS, 2):
        if name not in taken and rng.random() < 0.2:
            extra = model.argument(name)
            if not extra.required:
                out.args.append(extra)
    if not out.type.endswith("!") and rng.random() < 0.3:
        out.type += "!"
    narrower = model.possible(named(out.type)) if model.kind(named(out.type)) in ("union", "interface") else []
    if narrower and rng.random() < 0.4:
        out.type = out.type.replace(named(out.type), rng.choice(narrower))
    return out


def names(rng, count, stems):
    """Names that are near to each other."""
    pool = [stem + tail for stem in stems for tail in ("", "s", "2")]
    return rng.sample(pool, min(count, len(pool)))


def declare(model, kind, count, stems):
    for name in names(model.rng, count, stems):
        model.types[name] = Type(kind, name, model.described())


def fill_inputs(model):
    """An input object's required members and defaults look at earlier ones alone: no cycle needs a value of itself."""
    rng, seen = model.rng, []
    for t in model.of_kind("input"):
        t.one_of = rng.random() < 0.25
        known = model.of("scalar", "enum") + seen
        for name in rng.sample(FIELDS, rng.randint(1, 4)):
            loose = rng.random() < 0.2 and t.members  # the first is what a cycle ends with
            m = Member(name, model.wrapped(rng.choice(SCALARS + known)), text=model.described())
            if loose:
                m.type = rng.choice(["%s", "[%s!]", "[%s]"]) % rng.choice(model.of("input"))
            if t.one_of:
                m.type = m.type.rstrip("!")
            elif not loose and rng.random() < 0.3:
                m.default = model.literal(m.type)
            m.applied = model.use("INPUT_FIELD_DEFINITION", 0.06) + ([] if m.required else model.deprecated(0.06))
            t.members.append(m)
        seen.append(t.name)


def fill_outputs(model):
    rng = model.rng
    common = {}  # fields of interfaces
    for t in model.of_kind("union"):
        objects = model.of("object")
        t.members = rng.sample(objects, rng.randint(1, len(objects)))
    interfaces, seen = model.of("interface"), []
    for t in model.of_kind("interface"):
        for parent in seen:
            if rng.random() < 0.3:
                t.interfaces += [i for i in model.types[parent].interfaces + [parent] if i not in t.interfaces]
        for name in rng.sample(FIELDS[:8], rng.randint(1, 3)):
            common.setdefault(name, model.field(name))
            t.members.append(copy.deepcopy(common[name]))
        seen.append(t.name)
    for t in model.of_kind("object"):
        for i in rng.sample(interfaces, rng.choice([0, 0, 1, 1, 2]) if len(interfaces) > 1 else rng.randint(0, len(interfaces))):
            t.interfaces += [x for x in model.types[i].interfaces + [i] if x not in t.interfaces]
    for t in model.of_kind("interface"):
        implement(model, t, lambda m: copy.deepcopy(m))
    for t in model.of_kind("object"):
        for name in rng.sample(FIELDS, rng.randint(1, 5)):
            t.members.append(model.field(name))
        implement(model, t, lambda m: implementation(model, m))
        rng.shuffle(t.members)


def implement(model, t, version):
    """The members that the interfaces of t demand, in place of its own of the same name."""
    demanded = {m.name: m for i in t.interfaces for m in model.types[i].members}
    t.members = [m for m in t.members if m.name not in demanded] + [version(m) for m in demanded.values()]


def fill_directives(model):
    rng = model.rng
    for name in names(rng, rng.choice([0, 0, 1, 2, 3]), ["tag", "note", "cost"]):
        locations = rng.sample(EXECUTABLE + TYPE_SYSTEM, rng.randint(1, 8))
        args = [Member(a, model.input_type(), text=model.described()) for a in rng.sample(ARGS, rng.choice([0, 1, 1, 2]))]
        for a in args:
            if rng.random() < 0.3:
                a.default = model.literal(a.type)
        model.directives[name] = Directive(name, args, locations, rng.random() < 0.4, model.described())


def random_model(rng):
    m = Model(rng)
    declare(m, "scalar", rng.choice([0, 1, 2]), ["Date", "Url"])
    declare(m, "enum", rng.choice([0, 1, 2]), ["Color", "State"])
    for name in m.of("enum"):
        m.types[name].members = [Member(v, text=m.described(), applied=m.deprecated())
                                 for v in rng.sample(VALUES, rng.randint(1, 5))]
    declare(m, "input", rng.choice([0, 1, 2, 3]), ["Filter", "Order", "Input"])
    fill_inputs(m)
    fill_directives(m)
    declare(m, "interface", rng.choice([0, 1, 1, 2, 3]), ["Node", "Named", "Owner"])
    declare(m, "object", rng.randint(1, 5), ["User", "Repo", "Issue"])
    declare(m, "union", rng.choice([0, 0, 1, 2]), ["Any", "Actor"])
    fill_outputs(m)
    add_roots(m)
    for t in m.types.values():
        t.applied = m.use({"object": "OBJECT", "input": "INPUT_OBJECT"}.get(t.kind, t.kind.upper()))
        if t.kind == "scalar" and rng.random() < 0.3:
            t.applied.append('@specifiedBy(url: "https://example.com/%s")' % t.name)
        if t.one_of:
            t.applied.append("@oneOf")
    return m


def add_roots(m):
    rng = m.rng
    composite = m.of("object", "interface", "union")
    m.roots = {"query": rng.choice(["Query", "Query", "Query", "Root"])}
    for operation in ("mutation", "subscription"):
        if rng.random() < 0.4:
            m.roots[operation] = operation.capitalize()
    for name in m.roots.values():
        root = Type("object", name, m.described())
        for field in rng.sample(FIELDS, rng.randint(2, 7)):
            f = m.field(field)
            if rng.random() < 0.5:
                f.type = m.wrapped(rng.choice(composite), 0.25)
            root.members.append(f)
        m.types[name] = root
    m.explicit = m.roots["query"] != "Query" or rng.random() < 0.1
    m.text = m.described() if m.explicit else ""


# ---- text

def spaced(parts):
    return " ".join(p for p in parts if p)


def input_text(m):
    return spaced([m.text, m.name + ": " + m.type, "= " + m.default if m.default is not None else "", *m.applied])


def args_text(args):
    return "(" + ", ".join(input_text(a) for a in args) + ")" if args else ""


def member_text(kind, m):
    if kind == "enum":
        return spaced([m.text, m.name, *m.applied])
    if kind == "input":
        return input_text(m)
    return spaced([m.text, m.name + args_text(m.args) + ": " + m.type, *m.applied])


def block(head, lines):
    return head + " {\n  " + "\n  ".join(lines) + "\n}" if lines else head


def type_text(t, prefix=""):
    interfaces = "implements " + " & ".join(t.interfaces) if t.interfaces else ""
    head = spaced(["" if prefix else t.text, prefix, KEYWORD[t.kind], t.name, interfaces, *t.applied])
    if t.kind == "union":
        return head + (" = " + " | ".join(t.members) if t.members else "")
    return block(head, [member_text(t.kind, m) for m in t.members])


def directive_text(d):
    return spaced([d.text, "directive", "@" + d.name + args_text(d.args), "repeatable" if d.repeatable else "", "on",
                   " | ".join(d.locations)])


def split(rng, t):
    """The type without some of its members, and an extension with them."""
    base, extra = copy.copy(t), Type(t.kind, t.name)
    if len(t.members) < 2:
        return [t]
    at = rng.randint(1, len(t.members) - 1)
    base.members, extra.members = t.members[:at], t.members[at:]
    if t.interfaces and rng.random() < 0.3:
        base.interfaces, extra.interfaces = [], t.interfaces
    return [base, extra]


def sdl(model):
    """The text of a model: definitions in any order, some members in extensions."""
    rng, out = model.rng, []
    if model.explicit:
        applied = model.use("SCHEMA")
        out.append(block(spaced([model.text, "schema", *applied]), ["%s: %s" % pair for pair in model.roots.items()]))
    out += [directive_text(d) for d in model.directives.values()]
    for t in model.types.values():
        parts = split(rng, t) if rng.random() < 0.15 else [t]
        out += [type_text(p, "extend" if i else "") for i, p in enumerate(parts)]
    if rng.random() < 0.5:
        rng.shuffle(out)
    return "\n\n".join(out) + "\n"


# ---- other versions

def near(rng, name):
    """A name mistyped."""
    at = rng.randrange(len(name))
    return rng.choice([
        name[:at] + name[at + 1:] or "x", name[:at] + name[at] + name[at:], name + "s", name.swapcase(),
        name[:at] + "x" + name[at + 1:], "zzz" + name, name[::-1]])


def members_of(model, *kinds):
    return [(t, m) for t in model.types.values() if t.kind in kinds for m in t.members]


def all_inputs(model):
    found = [m for _, m in members_of(model, "input")]
    found += [a for _, m in members_of(model, "object", "interface") for a in m.args]
    return found + [a for d in model.directives.values() for a in d.args]


def retype(model, name):
    return model.wrapped(model.rng.choice([name, near(model.rng, name), *SCALARS, *model.types]))


def alter_type(model):
    rng = model.rng
    t, m = rng.choice(members_of(model, "object", "interface"))
    inputs = all_inputs(model)
    if inputs and rng.random() < 0.5:
        m = rng.choice(inputs)
    m.type = retype(model, named(m.type))


def alter_names(model):
    rng = model.rng
    t, m = rng.choice(members_of(model, "object", "interface", "input", "enum"))
    m.name = rng.choice(["__" + m.name, rng.choice(t.members).name, near(rng, m.name), "true"])


def alter_members(model):
    rng = model.rng
    t = rng.choice(list(model.types.values()))
    if t.kind == "union":
        t.members = rng.choice([[], t.members * 2, t.members + [rng.choice(list(model.types))], t.members + ["Missing"]])
    elif t.members:
        t.members = rng.choice([[], t.members + t.members[:1], t.members[1:], t.members[::-1]])


def alter_interfaces(model):
    rng = model.rng
    t = rng.choice(model.of_kind("object", "interface"))
    extra = rng.choice([*model.types, "Missing", t.name, *model.of("interface") * 3])
    t.interfaces = rng.choice([t.interfaces[1:], t.interfaces + [extra], t.interfaces * 2])


def alter_default(model):
    inputs = all_inputs(model)
    if inputs:
        m = model.rng.choice(inputs)
        m.default = model.rng.choice([model.anything(2), None, "{}", "null", model.literal(m.type)])


def alter_directives(model):
    rng = model.rng
    t, m = rng.choice([(t, m) for t, m in members_of(model, *KEYWORD) if isinstance(m, Member)])
    uses = [model.application(d) for d in model.directives.values()]
    uses += ["@deprecated", "@deprecated(reason: null)", "@oneOf", "@specifiedBy(url: 1)", "@missing", "@deprecatd",
             "@skip(if: true)", "@deprecated @deprecated", "@specifiedBy", "@oneOf(if: true)"]
    target = rng.choice([t.applied, m.applied, m.applied, *(a.applied for a in m.args)])
    target.append(rng.choice(uses))


def alter_definitions(model):
    rng = model.rng
    if model.directives and rng.random() < 0.5:
        d = rng.choice(list(model.directives.values()))
        rng.choice([lambda: d.locations.append(rng.choice(["FIELDS", "OBJECT", d.locations[0]])),
                    lambda: d.args.append(model.argument(rng.choice(ARGS))),
                    lambda: setattr(d, "name", rng.choice(["skip", "__x", "deprecated", "tag"]))])()
        for a in d.args:
            a.applied += ["@" + d.name] * (rng.random() < 0.3)
        return
    t = rng.choice(list(model.types.values()))
    t.name = rng.choice([near(rng, t.name), rng.choice(list(model.types)), "__Own", "String", "Query"])


def alter_roots(model):
    rng = model.rng
    model.explicit = True
    model.roots[rng.choice(["query", "mutation", "subscription"])] = rng.choice([*model.types, "Missing", "Int"])
    if rng.random() < 0.2:
        model.roots.pop("query", None)


def alter_one_of(model):
    t = model.of_kind("input")
    if t:
        t = model.rng.choice(t)
        t.one_of = not t.one_of
        t.applied = [a for a in t.applied if a != "@oneOf"] + ["@oneOf"] * t.one_of


ALTERATIONS = [alter_type, alter_type, alter_names, alter_members, alter_interfaces, alter_default, alter_directives,
               alter_definitions, alter_roots, alter_one_of]


def altered(model, count):
    """Another version of the model, valid or not."""
    out = copy.deepcopy(model)
    out.rng = model.rng
    for _ in range(count):
        model.rng.choice(ALTERATIONS)(out)
    return out


TOKEN = re.compile(r'"""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n])*"|\.\.\.|[A-Za-z_]\w*|-?\d[\w.]*|\S|\s+')
NAME = re.compile(r"[A-Za-z_]")


def tokens(text):
    return TOKEN.findall(text)


def disturbed(rng, text):
    """The text with a token moved, lost, doubled, or a name in place of another."""
    parts = tokens(text)
    at = [i for i, t in enumerate(parts) if not t.isspace()]
    a, b = rng.choice(at), rng.choice(at)
    words = [i for i in at if NAME.match(parts[i])]
    choice = rng.random()
    if choice < 0.7 and words:
        a = rng.choice(words)
        parts[a] = near(rng, parts[a]) if rng.random() < 0.3 else parts[rng.choice(words)]
    elif choice < 0.8:
        parts[a], parts[b] = parts[b], parts[a]
    elif choice < 0.9:
        parts[a] = ""
    else:
        parts[a] += " " + parts[b]
    return "".join(parts)
