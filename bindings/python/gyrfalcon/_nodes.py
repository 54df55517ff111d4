"""Where the nodes of a document are: the core knows fields by their places in the text, graphql-core by AST nodes.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql.language import FieldNode, FragmentDefinitionNode, OperationDefinitionNode

if TYPE_CHECKING:
    from graphql.language import DocumentNode, Node

Index = tuple[dict[int, "Node"], dict[int, OperationDefinitionNode], dict[str, FragmentDefinitionNode]]


def index_nodes(document: DocumentNode | tuple[DocumentNode, DocumentNode]) -> Index:
    """Fields and operations by the character where they begin, fragments by name.

    A pair is a document of the user's own making and one of the same shape that was parsed from the text that
    the core knows: the nodes are the user's, the places those of the text.
    """
    nodes, places = document if isinstance(document, tuple) else (document, document)
    fields: dict[int, Node] = {}
    operations: dict[int, OperationDefinitionNode] = {}
    fragments: dict[str, FragmentDefinitionNode] = {}
    stack: list[tuple[Node, Node]] = []
    for node, place in zip(nodes.definitions, places.definitions, strict=True):
        if isinstance(node, OperationDefinitionNode):
            operations[place.loc.start] = node
        elif isinstance(node, FragmentDefinitionNode):
            fragments[node.name.value] = node
        else:
            continue
        stack.append((node, place))
    while stack:
        node, place = stack.pop()
        if isinstance(node, FieldNode):
            fields[place.loc.start] = node
        below = getattr(node, "selection_set", None)  # a spread has none
        if below:
            stack.extend(zip(below.selections, place.selection_set.selections, strict=True))
    return fields, operations, fragments
