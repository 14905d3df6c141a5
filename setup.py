"""What pyproject.toml has no place for: the CFFI builder, and what a wheel carries beside Python.

``unit-wasm build-module`` compiles the C sources, and ``doctor`` tries a component. In a clone both
lie beside the package; a wheel has them in it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = ("csrc", "examples/hello/hello.wat")
"""Found by unit_wasm/unit/shipped.py."""


class BuildPy(build_py):
    """Puts what is shipped into the folder that a wheel is made of."""

    def run(self) -> None:
        """Build; a package that is only linked to has its clone beside it."""
        super().run()
        if self.editable_mode:
            return
        for name in SHIPPED:
            target = Path(self.build_lib, "unit_wasm", "shipped", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if Path(name).is_dir():
                # What an older build has left behind would be compiled, too.
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(name, target)
            else:
                shutil.copyfile(name, target)


setup(
    cffi_modules=["build.py:ffibuilder"],
    cmdclass={"build_py": BuildPy},
    # CFFI keeps to Python's limited interface: one wheel is for every version from this one on.
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
