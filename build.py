"""The CFFI builder: makes the extension ``unit_wasm._native`` from ``csrc/``.

setuptools calls it through ``setup.py`` (``pip install .``, ``pip install -e .``). CFFI reads the
same headers as the C compiler: those of ``CDEF_HEADERS`` (unit_wasm/unit/sources.py) hold plain
declarations, and the preprocessor lines that they need as headers are taken out here.

``UW_SANITIZE=address,undefined`` in the environment builds with these sanitizers of the compiler,
``UW_SANITIZE=coverage`` with its counters of what runs.
"""

import importlib.util
import os
import re
from pathlib import Path
from types import ModuleType

from cffi import FFI

MODULE = "unit_wasm._native"

SOURCES = Path("csrc")

TABLE = Path("unit_wasm", "unit", "sources.py")

WARNINGS = (
    "-Wall",
    "-Wextra",
    "-Wmissing-prototypes",
    "-Wwrite-strings",
    "-Wstrict-prototypes",
    "-Wshadow",
    "-Wvla",
    "-Werror",
)

# glibc opens it when a thread ends by pthread_exit(), as Python's do, and ends the process where
# there is no memory for that.
THREADS_END = "-Wl,--push-state,--no-as-needed,-lgcc_s,--pop-state"

# CFFI's generated C is compiled by the same command; these are the only warnings it gives.
GENERATED_PREAMBLE = """
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
"""

# What C calls in Python: unit_wasm/native/settings.py has it. No memory is written to and run for
# that, as a callback of CFFI's that is made at run time would need, and some systems forbid.
FROM_PYTHON = """
extern "Python" void uw_python_log(void *data, int level, const char *line, size_t size);
"""

# Only the cache of compiled components asks for it.
ENGINE_DIGEST = 'static const char *uw_engine_digest(void) {{ return "{}"; }}\n'


def cdef_of(text: str) -> str:
    """Return the declarations of a header without its preprocessor lines.

    Parameters:
        text: the header; its declarations must be ones that CFFI can parse.
    """
    joined = text.replace("\\\n", " ").replace("UW_CHECKED", "")
    return re.sub(r"^[ \t]*#.*$", "", joined, flags=re.MULTILINE)


def load_table() -> ModuleType:
    """Return the module that knows which source belongs to what."""
    # Not imported: where pip builds, the package is not there yet.
    spec = importlib.util.spec_from_file_location("uw_sources", TABLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compiler_flags(sanitizers: str) -> tuple[list[str], list[str]]:
    """Return the flags for compiling and for linking.

    Parameters:
        sanitizers: a list for the compiler's ``-fsanitize=``, ``coverage``, or an empty string.
    """
    compile_flags = ["-std=c11", "-D_GNU_SOURCE", "-fvisibility=hidden", "-pthread", *WARNINGS]
    if not sanitizers:
        return [*compile_flags, "-O3"], ["-pthread", THREADS_END]
    if sanitizers == "coverage":
        # Threads count at the same time.
        return [*compile_flags, "-O0", "--coverage", "-fprofile-update=atomic"], [
            "-pthread",
            "--coverage",
        ]
    sanitize = f"-fsanitize={sanitizers}"
    # The interpreter's own flags define NDEBUG; a checking build wants its asserts.
    checking = ["-O1", "-g", "-UNDEBUG", "-fno-omit-frame-pointer", "-fno-sanitize-recover=all"]
    return [*compile_flags, *checking, sanitize], ["-pthread", sanitize]


def sources_of_extension() -> list[Path]:
    """Return the C sources that are the extension's."""
    return list(load_table().sources(SOURCES, "extension"))


def make_builder() -> FFI:
    """Return the builder of the extension.

    Raises:
        FileNotFoundError: it does not run in the repository's root.
    """
    compile_flags, link_flags = compiler_flags(os.environ.get("UW_SANITIZE", ""))
    table = load_table()
    builder = FFI()
    for header in table.CDEF_HEADERS:
        builder.cdef(cdef_of((SOURCES / header).read_text(encoding="utf-8")))
    builder.cdef("const char *uw_engine_digest(void);")
    builder.cdef(FROM_PYTHON)
    builder.set_source(
        MODULE,
        GENERATED_PREAMBLE
        + "".join(f'#include "{header}"\n' for header in table.CDEF_HEADERS)
        + ENGINE_DIGEST.format(table.engine_digest(SOURCES)),
        sources=[str(path) for path in sources_of_extension()],
        # A changed header or flag has to recompile as a changed source does.
        depends=[
            "build.py",
            str(TABLE),
            *(str(path) for path in table.headers(SOURCES)),
        ],
        include_dirs=[str(SOURCES)],
        extra_compile_args=compile_flags,
        extra_link_args=link_flags,
        libraries=["dl"],
        define_macros=[("UW_DIGEST", f'"{table.sources_digest(SOURCES)}"')],
    )
    return builder


ffibuilder = make_builder()
