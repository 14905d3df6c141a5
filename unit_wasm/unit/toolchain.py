"""What this machine needs beside Unit's source tree to build the module."""

from __future__ import annotations

import shlex
import shutil
import sysconfig
from importlib import util
from pathlib import Path

from unit_wasm.errors import HostError


def check_toolchain() -> None:
    """Check the compiler, Python's headers and library, and what drives them.

    Raises:
        HostError: something is missing.
    """
    compiler()
    header = Path(sysconfig.get_path("include")) / "Python.h"
    if not header.is_file():
        raise HostError(
            f"{header} is missing", hint="install Python's headers, e.g. python3-dev, python3-devel"
        )
    libpython()
    # CFFI compiles with distutils, which has lived in setuptools since Python 3.12.
    if util.find_spec("setuptools") is None:
        raise HostError(
            "the package setuptools is not installed", hint="python -m pip install setuptools"
        )


def compiler() -> str:
    """Return the C compiler that Python's own modules are built with.

    Raises:
        HostError: it is not there.
    """
    words = shlex.split(sysconfig.get_config_var("CC") or "cc")
    found = shutil.which(words[0])
    if found is None:
        raise HostError(f"there is no C compiler {words[0]}", hint="install gcc or clang")
    return found


def libpython() -> Path:
    """Return the shared library of this Python, which the module is linked with.

    Raises:
        HostError: there is none: this Python was built without one.
    """
    folder = sysconfig.get_config_var("LIBDIR") or ""
    name = sysconfig.get_config_var("INSTSONAME") or sysconfig.get_config_var("LDLIBRARY") or ""
    path = Path(folder) / name
    if ".so" not in name or not path.is_file():
        raise HostError(
            f"this Python has no shared library ({path})",
            hint="install its headers, e.g. python3-dev, or a Python built with --enable-shared",
        )
    return path
