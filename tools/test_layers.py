#!/usr/bin/env python3
"""Shows that tools/layers.py catches what it is there to catch.

SPDX-License-Identifier: Apache-2.0
"""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from layers import Project  # noqa: E402

TABLE = """
base:
json: base
language: base
type: language json
cli: include
"""
GOOD = {
    "include/gyr.h": "#include <stddef.h>\n",
    "src/base/a.h": "#include <gyr.h>\n",
    "src/json/read.h": '#include "base/a.h"\n',
    "src/json/read.c": '#include "json/read.h"\n#include <string.h>\n',
    "src/language/ast.h": '#include "base/a.h"\n',
    "src/type/schema.c": '#include "language/ast.h"\n#include "base/a.h"\n',
    "cli/main.c": '#include "own.h"\n#include <gyr.h>\n',
    "cli/own.h": "\n",
    "tests/unit/json/test_read.c": '#include "json/read.h"\n#include "test.h"\n',
    "tests/lib/test.h": "\n",
    "tests/exec/test_all.c": '#include "type/schema.h"\n',
}


class Layers(unittest.TestCase):
    def problems(self, changes=None, table=TABLE):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            for name, text in {"src/LAYERS": table, **GOOD, **(changes or {})}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            project = Project(root)
            project.check()
            return project.problems

    def assert_only(self, problems, *words):
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])

    def test_good_tree(self):
        self.assertEqual(self.problems(), [])

    def test_upward(self):
        found = self.problems({"src/base/a.c": '\n#  include "json/read.h"\n'})
        self.assert_only(found, "src/base/a.c:2:", "base may not include json")

    def test_sideways(self):
        found = self.problems({"src/language/lex.c": '#include "json/read.h"\n'})
        self.assert_only(found, "src/language/lex.c:1:", "language may not include json")

    def test_angle_brackets_hide_nothing(self):
        found = self.problems({"src/base/a.c": "#include <json/read.h>\n"})
        self.assert_only(found, "src/base/a.c:1:", "base may not include json")

    def test_name_without_layer(self):
        found = self.problems({"src/json/write.c": '#include "read.h"\n'})
        self.assert_only(found, "src/json/write.c:1:", 'write "layer/file.h"')

    def test_cli_sees_public_headers_only(self):
        found = self.problems({"cli/run.c": '#include "json/read.h"\n'})
        self.assert_only(found, "cli/run.c:1:", "public headers only")
        found = self.problems({"cli/run.c": '#include "../src/json/read.h"\n'})
        self.assert_only(found, "cli/run.c:1:", "public headers only")

    def test_public_header(self):
        found = self.problems({"include/gyr_host.h": '#include "base/a.h"\n'})
        self.assert_only(found, "include/gyr_host.h:1:", "public header")

    def test_unit_test_belongs_to_its_layer(self):
        found = self.problems({"tests/unit/json/test_x.c": '#include "language/ast.h"\n'})
        self.assert_only(found, "tests/unit/json/test_x.c:1:", "json may not include language")

    def test_circle(self):
        found = self.problems({"src/json/x.h": '#include "json/y.h"\n', "src/json/y.h": '\n#include "json/x.h"\n'})
        self.assert_only(found, "src/json/y.h:2:", "circle", "src/json/x.h -> src/json/y.h -> src/json/x.h")

    def test_unknown_layer(self):
        self.assert_only(self.problems({"src/odd/x.c": "\n"}), "src/odd/x.c:1:", "no layer")

    def test_table_points_down(self):
        self.assert_only(self.problems(table=TABLE.replace("base:\n", "base: json\n")), "src/LAYERS:2:", "base -> json")


if __name__ == "__main__":
    unittest.main()
