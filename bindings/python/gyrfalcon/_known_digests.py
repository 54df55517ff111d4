"""Digests of functions of Strawberry that have been read, and what each means to us (`_known.py`).

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

FILES = {
    "schema/schema_converter.py": [
        "get_arguments",
        "CustomGraphQLEnumType.serialize",
        "CustomGraphQLEnumType.coerce_output_value",
        "GraphQLCoreConverter.from_field",
        "GraphQLCoreConverter.from_resolver",
        "GraphQLCoreConverter.from_interface",
        "GraphQLCoreConverter.from_object",
    ],
    "schema/schema.py": ["Schema._extend_introspection"],
    "types/arguments.py": ["convert_argument", "convert_arguments", "_is_leaf_type", "_is_optional_leaf_type"],
    "types/field.py": ["StrawberryField.get_result"],
    "types/fields/resolver.py": ["StrawberryResolver.__call__"],
    "types/union.py": ["StrawberryUnion.get_type_resolver"],
    "types/cast.py": ["get_strawberry_type_cast", "get_cast_type_name", "_is_definition_of"],
    "types/base.py": ["StrawberryObjectDefinition.is_implemented_by"],
    "permission.py": [
        "PermissionExtension.resolve",
        "PermissionExtension.resolve_async",
        "PermissionExtension._on_unauthorized",
    ],
    "extensions/field_extension.py": ["SyncToAsyncExtension.resolve_async"],
    "utils/await_maybe.py": ["await_maybe"],
}
"""Where the functions are: for tools/known.py."""

DIGESTS: dict[str, dict[str, str]] = {
    "get_arguments": {"472ddf77ecba03ca": "known", "6e31639362da626e": "known"},
    "CustomGraphQLEnumType.serialize": {"695b490ab5da2fff": "known"},
    "CustomGraphQLEnumType.coerce_output_value": {"149b3086019b2cf2": "known", "62b5a37a99194537": "known"},
    "GraphQLCoreConverter.from_field": {
        "c0bad58c66ae9bab": "known",
        "51ee7539eec0481a": "known",
        "6962e4f03fe1e46d": "known",
    },
    "GraphQLCoreConverter.from_resolver": {"9ee20389d3c1fb8c": "known"},
    "GraphQLCoreConverter.from_interface": {"275d9d57c3a012b0": "known", "9bed2ef21f2da793": "known"},
    "GraphQLCoreConverter.from_object": {"ede9c7836a714bd6": "known", "fea815e70c7f8b99": "known"},
    "Schema._extend_introspection": {"ceaf4e85eeb505ce": "known"},
    "convert_argument": {
        "c4b261ac98217c2a": "shares lists",
        "f2dae86f22d0b539": "shares lists",
        "fc7fedec226f0872": "copies lists, fills fields",
    },
    "convert_arguments": {"e9a886e805692985": "known", "348b19d843b9e003": "known"},
    "_is_leaf_type": {"a42d880318997064": "known"},
    "_is_optional_leaf_type": {"4117fd44b4b002d9": "known"},
    "StrawberryField.get_result": {"d30d3c0fef09861c": "known"},
    "StrawberryResolver.__call__": {"fd08a3812a7f80de": "known"},
    "StrawberryUnion.get_type_resolver": {"2a59a3c15ef7f691": "known", "6be88519d189c558": "known"},
    "get_strawberry_type_cast": {"40f9c82b1fb3a8ed": "known"},
    "get_cast_type_name": {"708737557d3f9cee": "known"},
    "_is_definition_of": {"44a2106bf27a93f8": "known"},
    "StrawberryObjectDefinition.is_implemented_by": {"dbd79b0e2b33eb4a": "known"},
    "PermissionExtension.resolve": {
        "a542089abeacd941": "truth",
        "e65f6a2c755190d5": "truth, no awaitable",
        "023b5cd699dd4ee5": "boolean",
    },
    "PermissionExtension.resolve_async": {"af8dca9862d665e7": "truth", "f328a185091c6ddb": "boolean"},
    "PermissionExtension._on_unauthorized": {"396ebb10f5680f9e": "known"},
    "SyncToAsyncExtension.resolve_async": {"eca6cb364b0f4ba9": "known"},
    "await_maybe": {"10a7f3cc94ab5533": "known"},
}
