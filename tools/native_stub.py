"""Writes ``unit_wasm/_native.pyi``: what the extension has, as mypy reads it.

CFFI makes the extension of the headers that build.py names, and knows each function and struct in
it. So types end not at the border to C but behind it: a field that is not there, a number where a
pointer has to be and a pointer to something else are found before anything runs. What CFFI does not
keep (``const``, the names of parameters) is not in it.

``make stub`` writes it; ``make lint`` and a test compare.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unit_wasm._native import ffi, lib

PATH = Path(__file__).resolve().parent.parent / "unit_wasm" / "_native.pyi"

_HEAD = '''"""What the extension has: made by tools/native_stub.py out of what CFFI knows of it."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, Literal, TypeAlias, TypeVar, overload

_T = TypeVar("_T")

class Array(Generic[_T]):
    """An array, or a pointer to what is no struct."""

    def __getitem__(self, index: int, /) -> _T: ...
    def __setitem__(self, index: int, value: _T, /) -> None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[_T]: ...

Bytes: TypeAlias = Array[bytes] | Array[int] | bytes
Data: TypeAlias = bytes | bytearray | memoryview

class Memory:
    """Bytes of C, as they are."""

    def __getitem__(self, index: slice, /) -> bytes: ...
    def __len__(self) -> int: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...

class Field:
    """A field of a struct."""

    type: CType
    offset: int

class CType:
    """A type of C."""

    kind: str
    cname: str
    fields: list[tuple[str, Field]]
    item: CType
    args: tuple[CType, ...]
    result: CType
'''

_FFI = '''
class Ffi:
    """What makes and reads values of C."""

    NULL: Any
    CData: type
    error: type[Exception]
{news}
    def string(self, text: Array[bytes], size: int = ..., /) -> bytes: ...
    @overload
    def unpack(  # type: ignore[overload-overlap]
        self, values: Array[bytes], count: int, /
    ) -> bytes: ...
    @overload
    def unpack(self, values: Array[_T], count: int, /) -> list[_T]: ...
    def buffer(self, values: object, size: int = ..., /) -> Memory: ...
    def gc(self, values: _T, delete: Callable[[_T], None], size: int = ..., /) -> _T: ...
    @overload
    def from_buffer(self, data: Data, /) -> Array[bytes]: ...
    @overload
    def from_buffer(self, kind: Literal["char[]"], data: Data, /) -> Array[bytes]: ...
    def list_types(self) -> tuple[list[str], list[str], list[str]]: ...
    def def_extern(self) -> Callable[[Callable[..., _T]], Callable[..., _T]]: ...
    def new_handle(self, of: object, /) -> Any: ...
    def from_handle(self, handle: Any, /) -> Any: ...
    def typeof(self, of: object, /) -> CType: ...
    def sizeof(self, of: object, /) -> int: ...
    def offsetof(self, kind: str, field: str, /) -> int: ...

ffi: Ffi
lib: Lib
'''

_NUMBERS = ("float", "double")


def stub() -> str:
    """Return the text of the stub."""
    text = "".join([_HEAD, *_structs(), *_functions(), _FFI.format(news=_news())])
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "format", "--quiet", f"--stdin-filename={PATH}", "-"],
        input=text.encode(),
        stdout=subprocess.PIPE,
        check=True,
        cwd=PATH.parent,
    )
    return done.stdout.decode()


def _names() -> list[str]:
    """The structs, those that are only pointed to among them."""
    types, structs, _ = ffi.list_types()
    named = [name for name in types if ffi.typeof(name).kind == "struct"]
    # One without a typedef of its own is known by that of its pointer.
    assert all(f"{name}_t" in named for name in structs), structs
    return sorted(named)


def _structs() -> Iterator[str]:
    for name in _names():
        lines = [f"{field}: {_value(of.type)}" for field, of in _fields(name)]
        body = "".join(f"    {line}\n" for line in lines)
        # A pointer to a struct is as good as the struct in CFFI, and so is an array of them.
        yield f"\nclass {name}:\n{body}    def __getitem__(self, index: int, /) -> {name}: ...\n"
        yield f"    def __add__(self, count: int, /) -> {name}: ...\n"


def _fields(name: str) -> list[tuple[str, Any]]:
    """The fields of a struct; none where only its name is known."""
    try:
        ffi.sizeof(name)
    except ffi.error:
        return []
    return list(ffi.typeof(name).fields)


def _functions() -> Iterator[str]:
    yield '\nclass Lib:\n    """The functions and constants."""\n\n'
    for name in sorted(dir(lib)):
        item: Any = getattr(lib, name)
        if isinstance(item, int):
            yield f"    {name}: int\n"
            continue
        described = ffi.typeof(item)
        arguments = ", ".join(
            f"_{number}: {_argument(of)}" for number, of in enumerate(described.args)
        )
        slash = f", {arguments}, /" if arguments else ""
        yield f"    def {name}(self{slash}) -> {_value(described.result)}: ...\n"


def _value(of: Any) -> str:
    """The type in Python of what C gives."""
    if of.kind == "primitive":
        if of.cname == "char":
            return "bytes"
        if of.cname == "_Bool":
            return "bool"
        return "float" if of.cname in _NUMBERS else "int"
    if of.kind == "enum":
        return "int"
    if of.kind == "void":
        return "None"
    if of.kind == "function" or (of.kind == "pointer" and of.item.kind == "function"):
        return "Callable[..., Any] | None"
    if of.kind == "struct":
        return _struct(of)
    if of.item.kind == "void":
        return "Any"
    return _struct(of.item) if of.item.kind == "struct" else f"Array[{_value(of.item)}]"


def _struct(of: Any) -> str:
    return str(of.cname.removeprefix("struct ") + ("_t" if of.cname.startswith("struct ") else ""))


def _argument(of: Any) -> str:
    """The type in Python of what C takes: bytes where it reads characters."""
    if of.kind == "pointer" and of.item.cname in ("char", "uint8_t"):
        return "Bytes"
    return _value(of)


def _news() -> str:
    """What can be made: a struct, an array of simple values, or of pointers."""
    made = {f"{name} *": name for name in _names() if _fields(name)}
    made |= {f"{name}[]": name for name in _names() if _fields(name)}
    made |= {f"{name} *[]": f"Array[{name}]" for name in _names()}
    for kind, item in (("char", "bytes"), ("uint8_t", "int"), ("size_t", "int"), ("bool", "bool")):
        made |= {f"{kind} *": f"Array[{item}]", f"{kind}[]": f"Array[{item}]"}
        made[f"{kind} **"] = made[f"{kind} *[]"] = f"Array[Array[{item}]]"
    return "".join(
        f"    @overload\n"
        f'    def new(self, kind: Literal["{kind}"], value: Any = ..., /) -> {result}: ...\n'
        for kind, result in made.items()
    ).rstrip("\n")


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        PATH.write_text(stub(), encoding="utf-8")
    elif PATH.read_text(encoding="utf-8") != stub():
        sys.exit("unit_wasm/_native.pyi is not what the extension has: run `make stub`")
