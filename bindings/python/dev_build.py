"""Builds gyrfalcon._core for the running interpreter, into the package itself: `python dev_build.py [cmake options]`.

The build folder is build/python-<version> of the repository. For development only; packages are built by pyproject.toml.

SPDX-License-Identifier: Apache-2.0
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

here = Path(__file__).resolve().parent
suffix = sysconfig.get_config_var("EXT_SUFFIX")
build = here.parent.parent / "build" / f"python{suffix.removesuffix('.so')}"


def run(*command: object) -> None:
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(result.stdout[-8000:] + result.stderr[-8000:])


run("cmake", "-G", "Ninja", "-S", here, "-B", build, "-DCMAKE_BUILD_TYPE=Release", "-DGYR_WERROR=ON",
    f"-DPython_EXECUTABLE={sys.executable}", "-DPython_FIND_VIRTUALENV=ONLY", *sys.argv[1:])  # fmt: skip
run("cmake", "--build", build, "-j2", "--target", "_core")
