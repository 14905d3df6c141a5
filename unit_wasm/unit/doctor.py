"""``unit-wasm doctor``: is everything there that an application needs, from Python to Unit?

Each check stands for itself: one that fails ends none of the others.
"""

from __future__ import annotations

import os
import platform
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import unit_wasm
from unit_wasm.errors import ComponentError, HostError, UnitWasmError
from unit_wasm.native.library import wasmtime_library
from unit_wasm.options import Options
from unit_wasm.prepare.cache import Cache
from unit_wasm.unit.check import Check, failed, ok, warning
from unit_wasm.unit.doctor_memory import check_memory
from unit_wasm.unit.doctor_unit import UnitQuestion, check_unit
from unit_wasm.unit.shipped import shipped
from unit_wasm.unit.toolchain import check_toolchain, compiler

_PYTHONS = ((3, 11), (3, 14))


@dataclass(frozen=True, slots=True)
class Question:
    """What to examine.

    Parameters:
        options: those of the application.
        component: what has to answer; the hello example where it is None.
        unit: what is asked about Unit.
    """

    options: Options
    component: Path | None
    unit: UnitQuestion


def examine(question: Question) -> Iterator[Check]:
    """Yield the findings in the order in which things build on each other."""
    yield _python()
    yield _libwasmtime()
    yield _toolchain()
    yield _cache(question.options)
    yield from check_memory(question.options)
    yield _component(question)
    yield from check_unit(question.unit)


def _python() -> Check:
    topic = "python"
    # A tuple of strings, so that no type checker decides the comparison beforehand.
    version = tuple(int(part) for part in platform.python_version_tuple()[:2])
    folder = Path(unit_wasm.__file__).parent
    if not _PYTHONS[0] <= version < _PYTHONS[1]:
        return failed(
            topic, f"{platform.python_version()} is not supported", "use Python 3.11, 3.12 or 3.13"
        )
    return ok(topic, f"{platform.python_version()}, unit_wasm {unit_wasm.__version__} in {folder}")


def _libwasmtime() -> Check:
    topic = "libwasmtime"
    try:
        library = wasmtime_library()
    except HostError as error:
        return failed(topic, error)
    required = _required("wasmtime")
    if required is not None and library.version.split(".")[0] != required.split(".")[0]:
        return failed(
            topic,
            f"{library.version} is installed, but unit_wasm is built for {required}",
            f"pip install wasmtime=={required}",
        )
    return ok(topic, f"{library.version} in {library.path}")


def _required(package: str) -> str | None:
    """Return the lowest version that unit_wasm asks for."""
    try:
        requirements = metadata.requires("unit-wasm") or []
    except metadata.PackageNotFoundError:
        return None
    found = re.search(rf"^{package}\b.*>=\s*([\d.]+)", "\n".join(requirements), re.MULTILINE)
    return found[1] if found else None


def _toolchain() -> Check:
    topic = "build-module"
    try:
        check_toolchain()
        return ok(topic, f"{compiler()}, Python's headers and library")
    except HostError as error:
        return warning(topic, f"modules cannot be built here: {error.message}", error.hint)


def _cache(options: Options) -> Check:
    topic = "cache"
    folder = options.cache_dir
    # What cannot be made or written costs time, and is perhaps only not this user's.
    slow = "every start compiles; set UNIT_WASM_CACHE_DIR (--cache-dir) to a folder of this user"
    try:
        fault = Cache(folder).fault
        if fault is not None:
            return warning(topic, fault, slow)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except HostError as error:
        return failed(topic, error)
    except OSError as error:
        text = f"the cache folder {folder} cannot be written: {error.strerror}"
        return warning(topic, text, slow)
    # unitd compiles as the user that started it, which is seldom the one who asks.
    return ok(topic, f"{folder}, writable for uid {os.geteuid()}")


def _component(question: Question) -> Check:
    topic = "component"
    path = question.component
    if path is None:
        path = shipped("examples/hello/hello.wat")
        if not path.is_file():
            return warning(topic, "there is none to try", "name one with --component")
    try:
        try:
            return _answers(path, question.options)
        except ComponentError:
            # Only who cannot answer requests itself is looked at twice.
            called = _called(path, question.options)
            if called is None:
                raise
            return called
    except UnitWasmError as error:
        return failed(topic, error)
    except ImportError as error:
        return failed(
            topic, f"unit_wasm's extension cannot be loaded: {error}", "pip install unit_wasm again"
        )


def _called(path: Path, options: Options) -> Check | None:
    """Try a component whose functions are served; None: it is none."""
    from unit_wasm.unit.own import compile_own, has_functions

    if not has_functions(str(path)):
        return None
    compile_own(str(path), options)
    return ok("component", f"{path} compiles: its functions can be called")


def _answers(path: Path, options: Options) -> Check:
    from unit_wasm.native.worker import Worker
    from unit_wasm.prepare.compile import compile_component

    topic = "component"
    log: list[str] = []
    worker = Worker(
        compile_component(path, options),
        options,
        name="doctor",
        environment={},
        log=lambda level, line: log.append(line),
    )
    try:
        result = worker.loopback(1)
        pooled = bool(worker.status()["pooled"])
    finally:
        worker.close()
    if result.failed:
        return failed(topic, f"{path} does not answer: {log[-1] if log else 'no reason given'}")
    if options.pooling and not pooled:
        return warning(topic, f"{path} answers, but without a pool: {log[0] if log else ''}")
    return ok(topic, f"{path} answers in {result.nanoseconds / 1e6:.2f} ms")
