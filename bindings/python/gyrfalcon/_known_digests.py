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
    "get_arguments": {"5ffe7eaf04f9d69a": "known", "7c463ca9de9f1364": "known"},
    "CustomGraphQLEnumType.serialize": {"77698a18a36531b6": "known"},
    "CustomGraphQLEnumType.coerce_output_value": {"773d8bcdb25b4325": "known", "de8a69772a04d622": "known"},
    "GraphQLCoreConverter.from_field": {
        "cd62d73151b7b750": "known",
        "957364c0e8a9c9b8": "known",
        "fd95aa2f4a923f6f": "known",
    },
    "GraphQLCoreConverter.from_resolver": {"598d88dcb1bfa460": "known"},
    "GraphQLCoreConverter.from_interface": {"baca9a9f54ffb000": "known", "d94ca3610f89d564": "known"},
    "GraphQLCoreConverter.from_object": {"b266fd38ddcb75db": "known", "0df6386b85ed27cb": "known"},
    "Schema._extend_introspection": {"0317fcb9b22d5f5b": "known"},
    "convert_argument": {
        "b5624556e3d2060e": "shares lists",
        "7c0e285f5f970d7b": "shares lists",
        "264527ccc8e614a0": "copies lists, fills fields",
    },
    "convert_arguments": {"2142e6c293bbebf5": "known", "cc7b02bb4b5e071e": "known"},
    "_is_leaf_type": {"aeed4adc49b82ea7": "known"},
    "_is_optional_leaf_type": {"d8d413f8f7e8c131": "known"},
    "StrawberryField.get_result": {"5b6beb51837f6575": "known"},
    "StrawberryResolver.__call__": {"84eea83b5a7aeb43": "known"},
    "StrawberryUnion.get_type_resolver": {"76fb078fb0abf029": "known", "b17a1e9554cb6303": "known"},
    "get_strawberry_type_cast": {"aa98e37b20fcf894": "known"},
    "get_cast_type_name": {"63fa8db81a8cf61b": "known"},
    "_is_definition_of": {"8834fbffc96abfdd": "known"},
    "StrawberryObjectDefinition.is_implemented_by": {"43661da45199adfa": "known"},
    "PermissionExtension.resolve": {
        "24b6f87c978ded4f": "truth",
        "c19deadbba38fdbc": "truth, no awaitable",
        "c41b5aa9ac90b7f3": "boolean",
    },
    "PermissionExtension.resolve_async": {"2c57cebf15d52d80": "truth", "f9b6b43f738b1a5c": "boolean"},
    "PermissionExtension._on_unauthorized": {"0327e012887c91f5": "known"},
    "SyncToAsyncExtension.resolve_async": {"f1cb257371da5620": "known"},
    "await_maybe": {"5f249e05181cc6e8": "known"},
}
