#!/usr/bin/env python3
"""Shows that the documentation is current, and that tools/docs.py notices when it is not.

SPDX-License-Identifier: Apache-2.0
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import docs  # noqa: E402

SOURCES = ("src/plan/op.def", "src/base/limits.h", "include/gyr.h", "examples/hello/main.c", "src/validation/rule.def")
DOCUMENT = "".join(f"<!-- generated: {name} -->\n<!-- end -->\n" for name in docs.GENERATED)


class Docs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        for name in SOURCES:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        (self.root / "README.md").write_text(DOCUMENT)
        self.assertEqual(docs.check(self.root, write=True), [])

    def change(self, name, old, new):
        text = (self.root / name).read_text()
        self.assertIn(old, text)
        (self.root / name).write_text(text.replace(old, new, 1))
        return docs.check(self.root)

    def test_the_project(self):
        self.assertEqual(docs.check(ROOT), [])

    def test_written_is_current(self):
        self.assertEqual(docs.check(self.root), [])

    def test_everything_is_in_it(self):
        text = (self.root / "README.md").read_text()
        ops = [line for line in (ROOT / "src/plan/op.def").read_text().splitlines() if line.startswith("OP(")]
        self.assertGreater(len(ops), 20)
        for line in ops:
            self.assertIn(f"| `{line[3:line.index(',')]}` |", text)

    def test_changed_op(self):
        self.assertRegex(self.change("src/plan/op.def", "append the int32", "write the int32")[0], "'ops' is not current")

    def test_changed_rule(self):
        changed = self.change("src/validation/rule.def", "ScalarLeafs", "ScalarLeaves")
        self.assertRegex(changed[0], "'rules' is not current")

    def test_op_in_another_form(self):
        self.assertRegex(self.change("src/plan/op.def", 'OP(i32, SMALL, "TO"', "OP(i32, SMALL, TO")[0], "not understood")

    def test_limit_told_wrongly(self):
        self.assertRegex(self.change("include/gyr.h", "[15000]", "[16000]")[0], "tokens: the header tells 16000")

    def test_limit_without_default(self):
        self.assertRegex(self.change("src/base/limits.h", "LIMIT(tokens,", "LIMIT(token,")[0], "gyr_limits.token:")

    def test_changed_status(self):
        self.assertRegex(self.change("include/gyr.h", "nothing leaked", "nothing lost")[0], "'status' is not current")

    def test_changed_hello(self):
        self.assertRegex(self.change("examples/hello/main.c", "Hello", "Hallo")[0], "'hello' is not current")

    def test_dead_link(self):
        self.assertRegex(self.change("README.md", "<!-- end -->", "<!-- end --> [x](docs/none.md)")[0], "no docs/none.md")

    def test_dead_name(self):
        self.assertRegex(self.change("README.md", "<!-- end -->", "<!-- end --> `src/none.c`")[0], "no src/none.c")

    def test_programs_compile(self):
        compiler = shutil.which("cc")
        if not compiler:
            self.skipTest("there is no cc")
        count = 0
        for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
            for program in re.findall(r"^```c\n(#include .*?)^```$|^```c\n(/\*.*?)^```$", path.read_text(), re.DOTALL | re.MULTILINE):
                options = ["-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-Wno-unused", "-fsyntax-only", "-I", str(ROOT / "include")]
                done = subprocess.run([compiler, *options, "-x", "c", "-"], input="".join(program), text=True, capture_output=True)
                self.assertEqual(done.returncode, 0, f"{path.name}: {done.stderr}")
                count += 1
        self.assertGreater(count, 2)

    def test_output(self):
        (self.root / "README.md").write_text("<!-- output: echo hi; false -->\n<!-- end -->\n")
        with unittest.mock.patch.dict(os.environ, GYR_BUILD="/nowhere"):
            self.assertEqual(len(docs.check(self.root)), 1)
            self.assertEqual(docs.check(self.root, write=True), [])
            self.assertIn("$ echo hi; false\nhi\n", (self.root / "README.md").read_text())
            self.assertEqual(docs.check(self.root), [])


if __name__ == "__main__":
    unittest.main()
