"""csrc/wasmtime/api.h says what the installed wasmtime package's own declarations say.

The package ships no headers, and its structs have changed between versions. Every size, offset,
constant and signature that the C sources rely on is compared with the package's ctypes
declarations, which are generated from the headers of the same release.
"""

import ctypes
import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.metadata import version
from typing import Any

import pytest
import wasmtime
from wasmtime import _bindings, _ffi

from tests.harness.double_values import ffi, lib

SCALARS: dict[str, Any] = {
    "void": None,
    "bool": ctypes.c_bool,
    "char": ctypes.c_char,
    "int": ctypes.c_int,
    "size_t": ctypes.c_size_t,
    "uint8_t": ctypes.c_uint8,
    "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
}

# The package has no name for them; the test of the epoch callback below calls both.
UNNAMED_CONSTANTS = {"WASMTIME_UPDATE_DEADLINE_CONTINUE", "WASMTIME_UPDATE_DEADLINE_YIELD"}


@dataclass(frozen=True)
class Fact:
    """One row of uw_wasmtime_layout()."""

    kind: str
    name: str
    member: str
    result: str
    arguments: str
    value: int


def _text(pointer: Any) -> str:
    return "" if pointer == ffi.NULL else ffi.string(pointer).decode()


@cache
def facts(kind: str) -> tuple[Fact, ...]:
    count = ffi.new("size_t *")
    first = lib.uw_wasmtime_layout(count)
    rows = [first[i] for i in range(count[0])]
    return tuple(
        Fact(
            kind,
            _text(row.name),
            _text(row.member),
            _text(row.result),
            _text(row.arguments),
            row.value,
        )
        for row in rows
        if _text(row.kind) == kind
    )


def ids(fact: Fact) -> str:
    return f"{fact.name}.{fact.member}" if fact.member else fact.name


def c_type(text: str) -> Any:
    """The ctypes type of a C type; an argument's name may follow it."""
    match = re.fullmatch(r"(?:const )?(\w+) ?(\**)(?:\w+)?", text.strip())
    assert match is not None, text
    base, stars = match[1], len(match[2])
    found: Any
    if base == "void" and stars > 0:
        found, stars = ctypes.c_void_p, stars - 1
    elif base in SCALARS:
        found = SCALARS[base]
    elif any(fact.name == base for fact in facts("callback")):
        found = callback_type(base)
    else:
        found = getattr(_bindings, base)
    for _ in range(stars):
        found = ctypes.POINTER(found)
    return found


def argument_types(text: str) -> list[Any]:
    inside = re.sub(r"\s+", " ", text).strip()[1:-1]
    return [] if inside == "void" else [c_type(argument) for argument in inside.split(",")]


@cache
def callback_type(name: str) -> Any:
    (fact,) = (fact for fact in facts("callback") if fact.name == name)
    # ctypes callbacks cannot return pointers, so the package declares them as integers.
    result = ctypes.c_size_t if fact.result.endswith("*") else c_type(fact.result)
    return ctypes.CFUNCTYPE(result, *argument_types(fact.arguments))


@pytest.mark.parametrize("fact", facts("size"), ids=ids)
def test_size(fact: Fact) -> None:
    assert fact.value == ctypes.sizeof(getattr(_bindings, fact.name))


@pytest.mark.parametrize("struct", sorted({fact.name for fact in facts("offset")}))
def test_members(struct: str) -> None:
    theirs = getattr(_bindings, struct)
    ours = [fact for fact in facts("offset") if fact.name == struct]
    widths = [fact.value for fact in facts("width") if fact.name == struct]
    expected = [
        # The package's private members have names that C reserves.
        (name if not name.startswith("_") else None, getattr(theirs, name).offset, size)
        for name, size in ((n, getattr(theirs, n).size) for n, _ in theirs._fields_)
    ]
    assert [
        (fact.member if not fact.member.startswith("private") else None, fact.value, width)
        for fact, width in zip(ours, widths, strict=True)
    ] == expected


def test_every_struct_has_its_members_listed() -> None:
    structs = {
        fact.name
        for fact in facts("size")
        if issubclass(getattr(_bindings, fact.name), (ctypes.Structure, ctypes.Union))
    }
    assert structs == {fact.name for fact in facts("offset")}


def named_constants() -> dict[str, int]:
    """Every constant of the package: its plain ones, and those of its enums."""
    found = {
        name: value.value
        for name, value in vars(_ffi).items()
        if name.startswith("WASMTIME_") and isinstance(value, ctypes.c_uint8)
    }
    for enum in vars(_bindings).values():
        if isinstance(enum, type) and issubclass(enum, Enum) and enum is not Enum:
            # C counts from 0; the package's generator writes auto(), which counts from 1.
            first = min(member.value for member in enum)
            found.update({member.name: member.value - first for member in enum})
    return found


@pytest.mark.parametrize("fact", facts("constant"), ids=ids)
def test_constant(fact: Fact) -> None:
    if fact.name in UNNAMED_CONSTANTS:
        assert fact.name not in named_constants()
    else:
        assert fact.value == named_constants()[fact.name]


def test_every_kind_of_value_is_declared() -> None:
    others = ("WASMTIME_COMPONENT_VALTYPE_", "WASMTIME_COMPONENT_ITEM_")
    theirs = {
        name
        for name in named_constants()
        if name.startswith("WASMTIME_COMPONENT_") and not name.startswith(others)
    }
    ours = {f.name for f in facts("constant") if f.name.startswith("WASMTIME_COMPONENT_")}
    assert ours == theirs


@pytest.mark.parametrize("fact", facts("callback"), ids=ids)
def test_callback(fact: Fact) -> None:
    theirs: dict[str, Any] = {
        "wasmtime_finalizer_t": _bindings._wasmtime_store_new.argtypes[2],
        "wasmtime_epoch_callback_t": _bindings._wasmtime_store_epoch_deadline_callback.argtypes[1],
    }
    expected: Any = theirs.get(fact.name) or getattr(_bindings, fact.name)
    assert callback_type(fact.name)._argtypes_ == expected._argtypes_
    assert callback_type(fact.name)._restype_ is expected._restype_


@pytest.mark.parametrize("fact", facts("function"), ids=lambda fact: str(fact.name))
def test_function(fact: Fact) -> None:
    theirs = getattr(_bindings, "_" + fact.name)
    assert argument_types(fact.arguments) == list(theirs.argtypes)
    assert c_type(fact.result) is theirs.restype


@pytest.mark.parametrize("fact", facts("function"), ids=lambda fact: str(fact.name))
def test_member_is_named_after_its_symbol(fact: Fact) -> None:
    assert fact.member == fact.name.removeprefix("wasmtime_")


def test_version_is_the_installed_one() -> None:
    major = version("wasmtime").partition(".")[0]
    assert _text(lib.uw_wasmtime_layout_version()).partition(".")[0] == major


def check(path: str, found: str, size: int = 500) -> tuple[int, str]:
    error = ffi.new("char[]", size)
    code = lib.uw_wasmtime_check(path.encode(), found.encode(), error, size)
    return code, _text(error)


def test_the_installed_library_loads() -> None:
    assert check(str(_ffi.filename), version("wasmtime")) == (0, "")


def test_another_major_version_is_refused_before_it_is_opened() -> None:
    code, error = check("/nonexistent/library.so", "5.0.1")
    assert code == -1
    assert error == (
        "libwasmtime 5.0.1 is installed, but unit-wasm is built for 50.0.1: "
        "another major version has other structs"
    )


def test_a_library_that_is_not_there_is_named() -> None:
    code, error = check("/nonexistent/library.so", "50.0.1")
    assert code == -1
    assert error.startswith("cannot open libwasmtime 50.0.1: /nonexistent/library.so: ")


def test_a_missing_function_is_named() -> None:
    # Any library will do that is not libwasmtime; this one is there for certain.
    other = _native_file()
    code, error = check(other, "50.9.9")
    assert code == -1
    assert error == (
        f"libwasmtime 50.9.9 at {other} has no function wasm_byte_vec_new_uninitialized: "
        "unit-wasm is built for 50.0.1"
    )


def _native_file() -> str:
    from unit_wasm import _native

    return str(_native.__file__)


def test_an_error_is_cut_to_the_space_there_is() -> None:
    assert check("/nonexistent/library.so", "5.0.1", size=12) == (-1, "libwasmtime")


LOOP = """
(module (func (export "f") (param i32)
  (loop
    (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
    (br_if 0 (local.get 0)))))
"""


@pytest.mark.parametrize(
    ("name", "polls"),
    [("WASMTIME_UPDATE_DEADLINE_CONTINUE", 1), ("WASMTIME_UPDATE_DEADLINE_YIELD", 2)],
)
def test_what_an_epoch_callback_asks_for(name: str, polls: int) -> None:
    """A guest that yields once takes two polls, one that goes on takes one."""
    (kind,) = (fact.value for fact in facts("constant") if fact.name == name)
    config = wasmtime.Config()
    config.epoch_interruption = True
    engine = wasmtime.Engine(config)
    store = wasmtime.Store(engine)
    module = wasmtime.Module(engine, LOOP)
    function = wasmtime.Instance(store, module, []).exports(store)["f"]
    calls = []

    def on_deadline(context: Any, data: Any, delta: Any, kind_out: Any) -> int:
        calls.append(name)
        delta[0] = 1_000_000
        kind_out[0] = kind
        return 0

    callback = callback_type("wasmtime_epoch_callback_t")(on_deadline)
    no_finalizer = callback_type("wasmtime_finalizer_t")(0)
    _bindings.wasmtime_store_epoch_deadline_callback(store.ptr(), callback, None, no_finalizer)
    _bindings.wasmtime_context_set_epoch_deadline(store._context(), 1)
    _bindings.wasmtime_engine_increment_epoch(engine.ptr())

    assert poll_to_the_end(store, function) == polls
    assert calls == [name]


def poll_to_the_end(store: wasmtime.Store, function: Any) -> int:
    arguments = (_bindings.wasmtime_val_t * 1)()
    arguments[0].of.i32 = 1000
    trap: Any = ctypes.POINTER(_bindings.wasm_trap_t)()
    error: Any = ctypes.POINTER(_bindings.wasmtime_error_t)()
    future = _bindings.wasmtime_func_call_async(
        store._context(),
        ctypes.byref(function._func),
        arguments,
        1,
        None,
        0,
        ctypes.byref(trap),
        ctypes.byref(error),
    )
    polls = 1
    while not _bindings.wasmtime_call_future_poll(future):
        polls += 1
    _bindings.wasmtime_call_future_delete(future)
    assert not trap
    assert not error
    return polls
