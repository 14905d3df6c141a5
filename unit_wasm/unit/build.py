"""Building the module for the Unit whose source tree was configured (DESIGN section 2).

A module is right for exactly one version of Unit, because it is compiled against its headers and
linked with its ``nxt_unit.o``; a changed header breaks the build and not the server.
"""

from __future__ import annotations

import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cffi import FFI

import unit_wasm
from unit_wasm.errors import ConfigError, HostError

__all__ = ["MODULE_TYPES", "UnitTree", "build_module"]

MODULE_TYPES = {
    "wasm-wasi-component": "wasm_wasi_component.unit.so",
    "wasm": "wasm.unit.so",
}
"""Types of application, and the file that serves each."""

_NOT_IN_MODULE = frozenset({"asgi_shim.c", "loopback.c", "wasmtime_layout.c"})
_FLAGS = [
    "-std=gnu11",
    "-D_GNU_SOURCE",
    "-O3",
    "-fvisibility=hidden",
    "-pthread",
    "-Wall",
    "-Wextra",
]


@dataclass(frozen=True)
class UnitTree:
    """A configured source tree of NGINX Unit or FreeUnit.

    Parameters:
        source: its folder.

    Raises:
        ConfigError: it is no such tree, is not configured, or libunit was not built in it.
    """

    source: Path

    def __post_init__(self) -> None:
        if not (self.source / "src" / "nxt_unit.h").is_file():
            raise ConfigError(
                f"{self.source} is not the source tree of NGINX Unit or FreeUnit",
                hint="name the folder that has ./configure and src/nxt_unit.h",
            )
        if not (self.source / "build" / "include" / "nxt_auto_config.h").is_file():
            raise ConfigError(
                f"the source tree {self.source} is not configured",
                hint="run ./configure in it, with the options of the unitd that runs",
            )
        if not self.library.is_file():
            raise ConfigError(
                f"{self.library} is missing", hint="run `make build/src/nxt_unit.o` in the tree"
            )

    @property
    def library(self) -> Path:
        """The object that every module of this tree is linked with."""
        return self.source / "build" / "src" / "nxt_unit.o"

    @property
    def include_flags(self) -> list[str]:
        """Its headers; as system headers, because their warnings are not ours."""
        return [
            f"-isystem{self.source / 'src'}",
            f"-isystem{self.source / 'build' / 'include'}",
        ]


def build_module(source: Path, module_type: str, output: Path) -> Path:
    """Compile the module and return its file.

    Parameters:
        source: the configured tree.
        module_type: a key of :data:`MODULE_TYPES`.
        output: the folder for the file.

    Raises:
        ConfigError: the tree cannot be used.
        HostError: our C sources are not there, or the compiler fails.
    """
    tree = UnitTree(source.resolve())
    sources = _sources()
    target = output.resolve() / MODULE_TYPES[module_type]
    builder = _builder(tree, sources, module_type)
    with tempfile.TemporaryDirectory(prefix="unit-wasm-build-") as scratch:
        try:
            builder.compile(tmpdir=scratch, target=str(target))
        except Exception as error:
            raise HostError(f"the module does not compile: {error}") from error
    return target


def _sources() -> Path:
    folder = Path(unit_wasm.__file__).parent.parent / "csrc"
    if not (folder / "nxt_shim.c").is_file():
        raise HostError(
            f"the C sources are not in {folder}", hint="build the module from a clone of unit_wasm"
        )
    return folder


def _builder(tree: UnitTree, folder: Path, module_type: str) -> FFI:
    builder = FFI()
    # Python inside a worker starts with the first call of such a function, and not before.
    builder.embedding_api("int uw_python_started(void);")
    builder.embedding_init_code(_INIT_CODE)
    libraries = sysconfig.get_config_var("LIBDIR")
    builder.set_source(
        "_unit_wasm_module",
        "",
        sources=[
            str(path) for path in sorted(folder.glob("*.c")) if path.name not in _NOT_IN_MODULE
        ],
        include_dirs=[str(folder)],
        extra_objects=[str(tree.library)],
        extra_compile_args=[*_FLAGS, *tree.include_flags],
        extra_link_args=["-pthread", f"-Wl,-rpath,{libraries}"],
        libraries=["dl"],
        define_macros=[
            ("UW_PYTHON", _c_string(sys.executable)),
            ("UW_MODULE_TYPE", _c_string(module_type)),
            ("UW_VERSION", _c_string(unit_wasm.__version__)),
        ],
    )
    return builder


def _c_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_INIT_CODE = f"""
import sys

sys.path[:] = {sys.path!r}

from _unit_wasm_module import ffi


@ffi.def_extern()
def uw_python_started():
    return 1
"""
