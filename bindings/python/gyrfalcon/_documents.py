"""What is known of a schema and its documents: caches that hang on the GraphQLSchema itself.

A `State` is an attribute of the GraphQLSchema, so that it lives exactly as long (a dictionary with weak keys would keep every
schema alive: the values refer to the keys). It has the compiled schema and the documents seen, by their text, each with its
plans by operation name.

The AST. graphql-core's AST of a document is parsed when somebody looks into it: a `LazyDocument` is a DocumentNode that
becomes the real one when an attribute is read. Each AST that this package gave out, or has proved to be the parse of its own source
text, carries an `Origin`, which says what the text is. The Origin counts only while `definitions` is the object it knows: an AST that
visit() made of another has the source text of the other, but is not its parse. The nodes of graphql-core 3.2 can be changed in place:
there the Origin also knows what each node had, and an AST with another value anywhere has no origin any more.

Threads: hits take no lock; a document is put in under the state's lock.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from functools import update_wrapper
from operator import attrgetter
from typing import Any

from graphql import DocumentNode, GraphQLSchema, Source, validate_schema
from graphql.language import Node, OperationDefinitionNode
from graphql.language.parser import parse as stock_parse

from ._stats import counters, logger
from ._versions import G33, KNOWN

ATTRIBUTE = "_gyrfalcon"
NO_OPERATION = "the document has no such operation"
MAX_DOCUMENTS = 1024
"""Documents kept for each schema."""
MAX_INTROSPECTIONS = 32
"""Of them, those that introspect."""
MAX_TEXT = 1 << 18
"""Longer documents are left to graphql-core."""


def _nothing() -> None:
    """What caches and origins are copied and pickled as."""


class Unpicklable:
    """A base of what hangs on other people's objects: copies and pickles of those objects go without."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (_nothing, ())

    def __copy__(self) -> None:
        return None

    def __deepcopy__(self, memo: Any) -> None:
        return None


_OPERATION = re.compile(r"(?:query|mutation|subscription)(?:[\s,\ufeff]|#[^\n\r]*)*([_A-Za-z][_0-9A-Za-z]*)?")


class Origin(Unpicklable):
    """Where an AST comes from: it is what graphql-core's parser makes of `text`.

    `definitions`: of the AST, to notice changes; `nodes`: [(node, getter, its values)] where nodes can be changed; `pair`: (the AST,
    another parse of the text) when the nodes' own places were not checked, else None; `requests`: Request objects of this AST, by
    options.
    """

    __slots__ = ("definitions", "nodes", "pair", "requests", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.definitions: Any = None
        self.nodes: list[tuple[Any, Callable[[Any], Any], Any]] = []
        self.pair: Any = None
        self.requests: dict[Any, Any] = {}


class Plan(Unpicklable):
    """An operation of a document, compiled: `core` is None where the engine has none, and `why` says why; or why it is no plan of
    the engine's (_constant.py)."""

    __slots__ = ("core", "incremental", "kind", "name", "why")

    def __init__(self, core: Any, name: str | None, why: str = "") -> None:
        self.core = core
        self.name = name
        self.why = why
        self.kind: str | None = core.operation_type if core is not None else None
        self.incremental: bool = core.incremental if core is not None else False


def introspects(text: str) -> bool:
    """Whether a document has a field __schema or __type, or may have."""
    return "__schema" in text or text.count("__type") != text.count("__typename")


class Document(Unpicklable):
    """A text that the engine found valid for a schema.

    introspects: as the function says; json: its data can be written as JSON by the engine, since
    all leaves are of types whose values are plain JSON; why: why graphql-core has to execute it all the same, or "";
    introspection: why only graphql-core can answer its introspection, and `constants`, where that is asked once (_constant.py).
    """

    __slots__ = (
        *("ast", "checks", "constants", "core", "introspection", "introspects", "json", "origin", "plans", "text", "used", "why"),
    )

    def __init__(self, text: str, core: Any) -> None:
        self.text = text
        self.core = core
        self.origin = Origin(text)
        self.ast: DocumentNode = make_lazy(self.origin)
        self.plans: dict[str | None, Plan] = {}
        self.introspects = introspects(text)
        self.json = True
        self.why = ""
        self.introspection = ""
        self.constants: Any = None
        self.checks: dict[Any, bool] = {}
        """What limiters and rules that only depend on the document have said: True is yes."""
        self.used = False

    def plan(self, name: str | None) -> Plan:
        plan = self.plans.get(name)
        if plan is None:
            plan = self._compile(name)
            if len(self.plans) < 64:
                plan = self.plans.setdefault(name, plan)
        return plan

    def _compile(self, name: str | None) -> Plan:
        try:
            core = self.core.plan(name)
            if core is not None and self.introspection:
                core = self.constants.plan(core, self, name) if self.constants is not None else None
                return Plan(core, name, self.introspection)
        except Exception as error:
            logger.warning("a plan failed", exc_info=True)
            return Plan(None, name, f"the engine failed to plan: {error!r}")
        return Plan(core, name, "" if core is not None else NO_OPERATION)

    def first_name(self) -> str | None:
        """The name of the document's first operation: what Strawberry runs when nobody says which."""
        core = self.plan(None).core
        if core is not None:  # there is one only
            found = _OPERATION.match(self.text, core.start)
            return found[1] if found else None
        for definition in self.ast.definitions:
            if isinstance(definition, OperationDefinitionNode):
                return definition.name.value if definition.name else None
        return None


# ---------------------------------------------------------------------- the lazily parsed AST

_resolving = threading.RLock()


class LazyDocument(DocumentNode):
    """A DocumentNode that is not parsed yet. It is one, class and all, as soon as anything is read from it."""

    if not G33:
        __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        return getattr(resolve(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(resolve(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(resolve(self), name)

    def __eq__(self, other: object) -> bool:
        return resolve(self) == other

    def __ne__(self, other: object) -> bool:
        return resolve(self) != other

    def __hash__(self) -> int:
        return hash(resolve(self))

    def __repr__(self) -> str:
        return repr(resolve(self))

    def __copy__(self) -> Any:
        from copy import copy

        return copy(resolve(self))

    def __deepcopy__(self, memo: Any) -> Any:
        from copy import deepcopy

        return deepcopy(resolve(self), memo)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return resolve(self).__reduce_ex__(protocol)


LazyDocument.kind = DocumentNode.kind
if not G33:
    LazyDocument.keys = DocumentNode.keys
LazyDocument.__name__ = LazyDocument.__qualname__ = "DocumentNode"


def _dict_of(document: Any) -> dict[str, Any]:
    return object.__getattribute__(document, "__dict__")


def make_lazy(origin: Origin) -> DocumentNode:
    document = object.__new__(LazyDocument)
    _dict_of(document)[ATTRIBUTE] = origin
    return document


def resolve(document: Any) -> DocumentNode:
    """Makes a LazyDocument the DocumentNode it stands for; the same object."""
    with _resolving:
        if type(document) is LazyDocument:
            origin = _dict_of(document)[ATTRIBUTE]
            real = stock_parse(origin.text)
            counters.parsed += 1
            for name in ("loc", "definitions"):
                object.__setattr__(document, name, getattr(real, name))
            _dict_of(document).update(vars(real))
            remember(origin, real)
            object.__setattr__(document, "__class__", DocumentNode)
    return document


def origin_of(document: Any) -> Origin | None:
    """The origin of an AST that is known to be the parse of its text."""
    if type(document) is LazyDocument:
        return _dict_of(document)[ATTRIBUTE]
    try:
        origin = document.__dict__.get(ATTRIBUTE)
    except AttributeError:
        return None
    if origin is not None and type(origin) is Origin and origin.definitions is document.definitions:
        if G33 or all(get(node) == values for node, get, values in origin.nodes):
            return origin
    return None


_getters: dict[type, Callable[[Any], Any]] = {}


def remember(origin: Origin, document: DocumentNode) -> None:
    """Notes in the origin of an AST what would tell that it was changed."""
    origin.definitions = document.definitions
    if G33:  # its nodes cannot be changed
        return
    stack: list[Any] = list(document.definitions)
    while stack:
        node = stack.pop()
        get = _getters.get(type(node))
        if get is None:
            # two names at least: of one, attrgetter gives no tuple
            get = _getters[type(node)] = attrgetter("kind", *(key for key in node.keys if key != "loc"))
        values = get(node)
        origin.nodes.append((node, get, values))
        for value in values:
            if isinstance(value, Node):
                stack.append(value)
            elif isinstance(value, tuple):
                stack.extend(item for item in value if isinstance(item, Node))


def mark(document: DocumentNode, text: str) -> None:
    """Notes that an AST has just been parsed from `text` by graphql-core."""
    origin = Origin(text)
    remember(origin, document)
    try:
        document.__dict__[ATTRIBUTE] = origin
    except AttributeError:
        pass


def prove(document: Any) -> Origin | None:
    """Parses the source text of somebody's AST, and compares: its origin when it is the same, else None."""
    loc = getattr(document, "loc", None)
    source = getattr(loc, "source", None)
    text = getattr(source, "body", None)
    if type(text) is not str or type(document) is not DocumentNode or len(text) > MAX_TEXT:
        return None
    try:
        again = stock_parse(text)
        if not same(again, document):
            return None
    except Exception:
        return None
    mark(document, text)
    origin = document.__dict__[ATTRIBUTE]
    origin.pair = (document, again)
    return origin


def same(one: Any, other: Any) -> bool:
    """Whether two ASTs are the same but for their locations."""
    stack = [(one, other)]
    while stack:
        a, b = stack.pop()
        if type(a) is not type(b):
            return False
        if isinstance(a, (tuple, list)):
            if len(a) != len(b):
                return False
            stack.extend(zip(a, b, strict=True))
        elif hasattr(a, "keys") and hasattr(a, "loc"):
            stack.extend((getattr(a, key, None), getattr(b, key, None)) for key in a.keys if key != "loc")
        elif a != b:
            return False
    return True


# ---------------------------------------------------------------------- a schema's state


class State(Unpicklable):
    """All that is kept for a schema."""

    __slots__ = ("core", "disabled", "documents", "extra", "incremental", "lock", "traits", "why")

    def __init__(self) -> None:
        self.core: Any = None
        """The compiled schema, None where there is none: `why` says why."""
        self.why = ""
        self.traits: Any = None
        """_traits.Traits of the schema."""
        self.disabled = False
        self.documents: dict[str, Document] = {}
        self.lock = threading.Lock()
        self.incremental = False
        self.extra: dict[str, Any] = {}
        """What other parts keep for the schema."""

    def document(self, text: str) -> Document | None:
        """The document of a text: None when the engine does not take it."""
        found = self.documents.get(text)
        if found is not None and (not found.introspects or self._is_current()):
            found.used = True
            return found
        if introspects(text):
            self._is_current()
        if self.core is None or len(text) > MAX_TEXT:
            return None
        try:
            core = self.core.document(text)
        except Exception:
            logger.warning("a document failed", exc_info=True)
            return None
        if core is None:
            return None
        document = Document(text, core)
        if self.traits is not None and not self.traits.judge(document):
            return None
        counters.compiled += 1
        return self._keep(document)

    def _is_current(self) -> bool:
        """Whether introspection is what it was when the schema was converted, as it was till now: if not, that is done again."""
        if self.core is None or self.traits is None or self.traits.is_current():
            return True
        with _making:
            if not self.traits.is_current():
                self.core = None
                self.clear()
                _compile_schema(self.traits.schema, self)
        return False

    def _keep(self, document: Document) -> Document:
        with self.lock:
            documents = self.documents
            found = documents.get(document.text)
            if found is not None:
                return found
            while len(documents) >= MAX_DOCUMENTS:
                self._evict()
            documents[document.text] = document
            if document.introspects:  # the answers are large
                texts = [text for text, other in documents.items() if other.introspects]
                for text in texts[:-MAX_INTROSPECTIONS]:
                    del documents[text]
            return document

    def _evict(self) -> None:
        """Takes the oldest document out that was not used since it was last looked at here."""
        documents = self.documents
        text = next(iter(documents))
        oldest = documents.pop(text)
        if oldest.used:
            oldest.used = False
            documents[text] = oldest
        # every entry is put back at most once in a row: the loop ends

    def forget(self, document: Document) -> None:
        with self.lock:
            if self.documents.get(document.text) is document:
                del self.documents[document.text]

    def clear(self) -> None:
        with self.lock:
            self.documents.clear()


_making = threading.RLock()


def state_of(schema: Any) -> State | None:
    """The state of a schema, made at the first call; None for what is no GraphQLSchema."""
    try:
        state = schema.__dict__[ATTRIBUTE]
    except (KeyError, AttributeError):
        state = None
    return state if state is not None else _make(schema)


def _make(schema: Any) -> State | None:
    if not isinstance(schema, GraphQLSchema):
        return None
    with _making:
        state = schema.__dict__.get(ATTRIBUTE)
        if state is None:
            state = State()
            _compile_schema(schema, state)
            schema.__dict__[ATTRIBUTE] = state
    return state


def _compile_schema(schema: GraphQLSchema, state: State) -> None:
    state.incremental = any(directive.name in {"defer", "stream"} for directive in schema.directives)
    if not KNOWN:
        state.why = "this version of graphql-core is unknown"
        return
    from ._traits import Traits

    try:
        if not _has_gil():
            state.why = "the GIL was turned off by force"
            return
        errors = validate_schema(schema)
        if errors:
            state.why = f"the schema is not valid: {errors[0].message}"
            return
        core, conversion = make_core(schema)
        state.traits = Traits(conversion)
        state.core = core
    except Exception as error:
        state.why = f"the schema was not converted: {error}"
        logger.warning("a schema runs on graphql-core: it was not converted", exc_info=True)


def _has_gil() -> bool:
    """False where a free-threaded build was told (PYTHON_GIL=0) not to turn the GIL on for modules that need it, as the core does."""
    from . import _core  # noqa: F401  for which it would have been turned on

    return getattr(sys, "_is_gil_enabled", lambda: True)()


def make_core(schema: GraphQLSchema) -> tuple[Any, Any]:
    """Converts and compiles a schema: the core's, and the conversion. Tests put another function here."""
    from . import _core
    from ._convert import Conversion

    conversion = Conversion(schema)
    return _core.Schema(conversion), conversion


# ---------------------------------------------------------------------- parse


def text_of(source: Any) -> str | None:
    """The text of a str or of a plain Source; None for anything else."""
    if type(source) is str:
        return source
    if type(source) is Source and type(source.body) is str:
        return source.body
    return None


def parse_with(stock: Callable[..., DocumentNode]) -> Callable[..., DocumentNode]:
    """graphql-core's `parse`, which notes where its ASTs come from."""

    def parse(source: Any, *args: Any, **kwargs: Any) -> DocumentNode:
        document = stock(source, *args, **kwargs)
        if not any(args) and (not kwargs or _usual(kwargs)):
            text = text_of(source)
            if text is not None and type(document) is DocumentNode:
                mark(document, text)
        return document

    return dress(parse, stock)


def _usual(options: dict[str, Any]) -> bool:
    """Whether options of `parse` change nothing in what it makes of a text: limits, and what is off."""
    return all(not value or name.startswith("max_") or name == "allow_empty_selection_sets" for name, value in options.items())


def dress(function: Any, stock: Any) -> Any:
    """Gives a function of ours the name, the documentation and the signature of the stock one that it replaces."""
    update_wrapper(function, stock)
    function.__gyrfalcon__ = True
    return function


def is_stock(function: Any, stock: Any) -> bool:
    """Whether a function is the stock one, or ours over it."""
    return function is stock or (getattr(function, "__gyrfalcon__", False) is True and function.__wrapped__ is stock)


def lazy_parse(schema: Any, text: Any) -> DocumentNode | None:
    """The AST of a text that the engine has found valid, not parsed before somebody looks into it. None: parse it."""
    if type(text) is not str:
        return None
    state = state_of(schema)
    if state is None or state.disabled:
        return None
    document = state.document(text)
    if document is None:
        return None
    if origin_of(document.ast) is None:  # somebody has changed it: this request gets another
        state.forget(document)
        document = state.document(text)
    return document.ast if document is not None else None
