"""Prints the digests of Strawberry's functions in wheels: known.py WHEEL..., oldest first.

For each function: the digest, the versions that have it. Whoever has read a new one adds it to gyrfalcon/_known_digests.py.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from gyrfalcon._known import digest_of_source  # noqa: E402
from gyrfalcon._known_digests import FILES  # noqa: E402


def functions(text: str) -> dict[str, str]:
    """Qualified names of functions at most one class deep, with their sources."""
    found = {}
    lines = text.splitlines(keepends=True)

    def visit(nodes: list[ast.stmt], prefix: str) -> None:
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                found[prefix + node.name] = "".join(lines[first - 1 : node.end_lineno])

    visit(ast.parse(text).body, "")
    return found


def main() -> None:
    seen: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for wheel in sys.argv[1:]:
        match = re.search(r"strawberry_graphql-([\d.]+)-", wheel)
        assert match, f"{wheel} is no wheel of Strawberry"
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            for file, wanted in FILES.items():
                if f"strawberry/{file}" not in names:
                    continue
                have = functions(archive.read(f"strawberry/{file}").decode())
                for name in wanted:
                    if name in have:
                        seen[name][digest_of_source(have[name])].append(match[1])
    for name, digests in seen.items():
        print(name)
        for digest, versions in digests.items():
            print(f"    {digest}  {versions[0]} .. {versions[-1]}")


if __name__ == "__main__":
    main()
