"""The types that are told are those that there are: mypy over a user's program, stubtest over the module in C.

SPDX-License-Identifier: Apache-2.0
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import gyrfalcon

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is there with the newest versions only"),
]


@pytest.mark.parametrize(
    "command",
    [
        ("mypy", "--strict", "--follow-imports=silent", Path(__file__).with_name("typed_use.py")),
        ("mypy.stubtest", "gyrfalcon._core"),
    ],
    ids=["mypy", "stubtest"],
)
def test_types(command, tmp_path):
    folder = Path(gyrfalcon.__file__).resolve().parents[1]
    environment = os.environ | ({} if folder.name == "site-packages" else {"MYPYPATH": str(folder)})
    whole = [sys.executable, "-m", *map(str, command)]
    done = subprocess.run(whole, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
