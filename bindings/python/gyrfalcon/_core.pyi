"""The module in C. Internal: what is promised to users is in `gyrfalcon` itself.

SPDX-License-Identifier: Apache-2.0
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Self, TypeAlias, final

from graphql import DocumentNode, GraphQLError

_Outcome: TypeAlias = tuple[dict[str, Any] | None, list[GraphQLError] | None, bytes | None]
"""data, errors, and in place of the data its JSON."""

library_version: str

@final
class Schema:
    """The engine's schema of a GraphQLSchema."""

    conversion: Final[Any]

    def __new__(cls, conversion: Any) -> Self: ...
    def document(self, text: str, /) -> Document | None:
        """Parses and validates. None: the engine said no, graphql-core tells why."""

@final
class Document:
    """A document that is valid for a Schema."""

    text: Final[str]
    schema: Final[Schema]

    def plan(self, operation_name: str | None, /) -> Plan | None:
        """None: there is no such operation, or several to choose from, or the engine cannot plan it."""

@final
class Plan:
    """One operation of a Document."""

    document: Final[Document]
    @property
    def operation_type(self) -> str: ...
    @property
    def incremental(self) -> bool: ...
    @property
    def start(self) -> int: ...
    def execute(
        self, root: Any, context: Any, variables: Mapping[str, Any] | None, request: Request, /
    ) -> _Outcome | Awaitable[_Outcome]:
        """NotImplemented: graphql-core has to do it; nothing of the user's has run yet."""

    def explain(self) -> list[tuple[str, str, str, str, str]]:
        """Of each field: path, parent type, name, how it is read, and why not more directly."""

@final
class Request:
    """How requests run. It does not change; many may share it."""

    json: Final[bool]
    sync: Final[bool]
    middleware: Final[Any]
    field_resolver: Final[Callable[..., Any] | None]
    type_resolver: Final[Callable[..., Any] | None]
    is_awaitable: Final[Callable[[Any], bool] | bool | None]
    info_factory: Final[Callable[..., Any] | None]
    ast: Final[Callable[[], DocumentNode | tuple[DocumentNode, DocumentNode]] | None]
    operation_extensions: Final[Any]
    hooks: Final[Any]
    options: Final[dict[str, Any] | None]

    def __new__(cls, **options: Any) -> Self: ...

def dumps(value: Any, /) -> str | None:
    """As json.dumps(value, separators=(",", ":")); None for what is no plain JSON."""

def copy(value: Any, /) -> Any:
    """Dictionaries and lists, at any depth, are made anew; all else is shared."""
