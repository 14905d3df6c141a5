"""Building the module for the Unit whose source tree was configured (docs/unit.md).

A module is right for exactly one version of Unit, because it is compiled against its headers and
linked with its ``nxt_unit.o``; a changed header breaks the build and not the server.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cffi import FFI

import unit_wasm
from unit_wasm.errors import HostError
from unit_wasm.unit.shipped import shipped
from unit_wasm.unit.sources import CLIENT_HEADERS, sources, sources_digest
from unit_wasm.unit.toolchain import check_toolchain, libpython
from unit_wasm.unit.tree import UnitTree

MODULE_TYPES = {
    "wasm-wasi-component": "wasm_wasi_component.unit.so",
    "wasm": "wasm.unit.so",
}
"""Types of application, and the file that serves each."""

# What the module's Python calls.
_PYTHON_HEADERS = (*CLIENT_HEADERS, "unit/question.h", "unit/python.h", "unit/component.h")

_FLAGS = [
    "-std=gnu11",
    "-D_GNU_SOURCE",
    "-O3",
    "-fvisibility=hidden",
    "-pthread",
    "-Wall",
    "-Wextra",
]

# Of what the compiler says, in an error: the cause is at the start.
_MAX_OUTPUT = 4000


def build_module(source: Path, module_type: str, output: Path) -> Path:
    """Compile the module and return its file.

    Parameters:
        source: the configured tree.
        module_type: a key of :data:`MODULE_TYPES`.
        output: the folder for the file.

    Raises:
        ConfigError: the tree cannot be used.
        HostError: our C sources, a compiler or Python's headers are not there, or it does not
            compile.
    """
    tree = UnitTree(source.resolve())
    folder = _sources()
    check_toolchain()
    if not output.is_dir() or not os.access(output, os.W_OK):
        raise HostError(f"{output} is not a folder that this user may write into")
    target = output.resolve() / MODULE_TYPES[module_type]
    builder = _builder(tree, folder, module_type)
    with (
        tempfile.TemporaryDirectory(prefix="unit-wasm-build-") as scratch,
        tempfile.TemporaryFile() as said,
    ):
        try:
            with _output_into(said):
                builder.compile(tmpdir=scratch, target=str(target))
        except Exception as error:
            said.seek(0)
            text = said.read().decode(errors="replace").strip()[:_MAX_OUTPUT]
            raise HostError(f"the module does not compile: {error}\n{text}".rstrip()) from error
    return target


@contextlib.contextmanager
def _output_into(file: IO[bytes]) -> Iterator[None]:
    """Send what this process and the compiler print into a file."""
    kept = [(number, os.dup(number)) for number in (1, 2)]
    said = io.StringIO()
    try:
        for number, _ in kept:
            os.dup2(file.fileno(), number)
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            yield
    finally:
        file.write(said.getvalue().encode())
        for number, copy in kept:
            os.dup2(copy, number)
            os.close(copy)


def _sources() -> Path:
    folder = shipped("csrc")
    if not (folder / "nxt_shim.c").is_file():
        raise HostError(
            f"the C sources are not in {folder}",
            hint="install unit_wasm again, or build from a clone",
        )
    return folder


def _builder(tree: UnitTree, folder: Path, module_type: str) -> FFI:
    builder = FFI()
    builder.cdef(_declarations(folder))
    builder.embedding_api(_IN_PYTHON)
    builder.embedding_init_code(_init_code())
    builder.set_source(
        "_unit_wasm_module",
        "".join(f'#include "{header}"\n' for header in _PYTHON_HEADERS),
        sources=[str(path) for path in sources(folder, "module")],
        include_dirs=[str(folder)],
        extra_objects=[str(tree.library)],
        extra_compile_args=[*_FLAGS, *tree.include_flags],
        extra_link_args=["-pthread", f"-Wl,-rpath,{libpython().parent}"],
        libraries=["dl"],
        define_macros=[
            ("UW_PYTHON", _c_string(sys.executable)),
            ("UW_MODULE_TYPE", _c_string(module_type)),
            ("UW_VERSION", _c_string(unit_wasm.__version__)),
            ("UW_DIGEST", _c_string(sources_digest(folder))),
            ("UW_NOTE", _c_string(_note(module_type, folder))),
        ],
    )
    return builder


def _note(module_type: str, folder: Path) -> str:
    """Return what ``note.py`` reads, but for Unit's version, which its headers give."""
    return (
        f"type={module_type}\n"
        f"version={unit_wasm.__version__}\n"
        f"digest={sources_digest(folder)}\n"
        f"python={sys.executable}\n"
        f"libpython={libpython()}\n"
    )


def _c_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _init_code() -> str:
    """Return what runs when Python starts in a worker: it sees what this Python sees."""
    package = str(Path(unit_wasm.__file__).parent.parent)
    # Not the folder of the script that runs now, nor one that depends on where it runs.
    folders = [folder for folder in sys.path[1:] if os.path.isabs(folder) and folder != package]
    return _INIT_CODE.format(path=[*folders, package])


_IN_PYTHON = """
int uw_python_prepare(const char *terms);
int uw_python_load(uw_worker_t *worker);
int uw_python_start(uw_worker_t *worker);
int uw_python_ask(uw_question_t *question);
int uw_python_returned(const uw_ended_t *ended);
int uw_python_count(void *text);
void uw_python_stop(void);
"""

_INIT_CODE = """
import sys

sys.path[:] = {path!r}

from _unit_wasm_module import ffi, lib
from unit_wasm.errors import UnitWasmError
from unit_wasm.unit.module import ModulePython

client = ModulePython(ffi, lib)


# What is said or raised on standard error becomes lines of Unit's log.
@ffi.def_extern(error=-1)
def uw_python_prepare(terms):
    try:
        client.prepare(terms)
    except UnitWasmError as error:
        print(f"{{error.fault}} error: {{error}}", file=sys.stderr)
        return -1
    return 0


@ffi.def_extern(error=-1)
def uw_python_load(worker):
    return 0 if client.load(worker) else -1


@ffi.def_extern(error=-1)
def uw_python_start(worker):
    client.start(worker)
    return 0


@ffi.def_extern(error=-1)
def uw_python_ask(question):
    return 0 if client.ask(question) else -1


@ffi.def_extern(error=-1)
def uw_python_returned(ended):
    return 0 if client.returned(ended) else -1


@ffi.def_extern(error=-1)
def uw_python_count(text):
    return 0 if client.count(text) else -1


@ffi.def_extern()
def uw_python_stop():
    client.stop()
"""


def _declarations(folder: Path) -> str:
    """Return what Python calls of the module, without the preprocessor's lines."""
    text = "".join((folder / name).read_text(encoding="utf-8") for name in _PYTHON_HEADERS)
    plain = re.sub(r"^[ \t]*#.*$", "", text, flags=re.MULTILINE)
    return plain.replace("UW_CHECKED", "")
