"""Fronts of real guests, and what is compiled where a component cannot have one."""

from pathlib import Path
from typing import Any

import pytest

from tests.harness.component_text import accepted, assemble
from tests.harness.direct import CACHE, guest_path
from tests.harness.wrong_types import WRONG_TYPES, component_path
from tests.native.test_guests import ROWS
from unit_wasm.component.prepared import FULL_RESERVATION, Prepared
from unit_wasm.component.rewrite import rewrite
from unit_wasm.errors import ComponentError
from unit_wasm.native import worker as native
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
from unit_wasm.prepare.compiler import candidates_of, compile_first
from unit_wasm.prepare.source import open_source

# Written by hand: they export a function of types that have no name, as no toolchain does. The last
# imports nothing.
WITHOUT = {
    *("exit-with-code", "timezone", "wrong-handler"),
    *WRONG_TYPES,
}


@pytest.mark.parametrize("name", sorted({row.guest for row in ROWS}))
def test_whether_a_guest_has_one(name: str, tmp_path: Path) -> None:
    prepared = compile_component(component_path(name, tmp_path), Options(cache_dir=CACHE))
    assert prepared.fronted == (name not in WITHOUT)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, bool]]:
    """Whether each component that is compiled had a front, and was rewritten."""
    found: list[tuple[bool, bool]] = []
    compile_as_ever = native.compile_component

    def note(prepared: Prepared, component: bytes, options: Options) -> bytes:
        found.append((prepared.fronted, prepared.rewritten))
        return compile_as_ever(prepared, component, options)

    monkeypatch.setattr(native, "compile_component", note)
    return found


def _compile(path: Path, options: Options) -> Prepared:
    """Compile in this process, where it can be looked at."""
    candidates = candidates_of(open_source(path), options, lambda step: None)
    return compile_first(candidates, options, FULL_RESERVATION, lambda step: None)[0]


def _options(folder: Path, **settings: object) -> Options:
    return Options(cache_dir=folder / "cache", **settings)  # type: ignore[arg-type]


def test_what_is_tried_in_turn(tmp_path: Path, tried: list[tuple[bool, bool]]) -> None:
    with_front = _compile(guest_path("hello"), _options(tmp_path))
    assert tried == [(True, True)]
    first = compile_component(guest_path("hello"), _options(tmp_path))
    again = compile_component(guest_path("hello"), _options(tmp_path))
    assert (with_front.fronted, first.fronted, again.fronted, again.cached) == (True,) * 4
    del tried[:]
    without = _compile(component_path("no-result", tmp_path), _options(tmp_path))
    assert tried == [(True, False), (False, False)]
    assert (without.fronted, without.unrewritten) == (False, None)
    del tried[:]
    as_built = _compile(guest_path("hello"), _options(tmp_path, rewrite=False))
    assert tried == [(False, False)]
    assert (as_built.fronted, as_built.rewritten) == (False, False)


def test_what_is_not_tried_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take memory while the first one is compiled, nearly always for nothing."""
    rewritten: list[bytes] = []
    rewrite_as_ever = rewrite.rewrite

    def note(data: bytes, **more: Any) -> rewrite.Rewritten:
        rewritten.append(data)
        return rewrite_as_ever(data, **more)

    monkeypatch.setattr(rewrite, "rewrite", note)
    hello = guest_path("hello").read_bytes()
    _compile(guest_path("hello"), _options(tmp_path))
    assert rewritten
    assert hello not in rewritten
    _compile(guest_path("hello"), _options(tmp_path, without="merge"))
    assert hello in rewritten


def test_one_that_does_not_compile(tmp_path: Path, tried: list[tuple[bool, bool]]) -> None:
    """The message is that of the component as it was built."""
    broken = bytearray(guest_path("hello").read_bytes())
    # The code of the first core module ends otherwise than it has to.
    place = broken.index(b"\0asm\x01\0\0\0")
    broken[broken.index(b"\x0b", place + 400)] = 0x01
    file = tmp_path / "broken.wasm"
    file.write_bytes(broken)
    assert not accepted(bytes(broken))
    with pytest.raises(ComponentError, match=r"^the component does not compile: "):
        _compile(file, _options(tmp_path))
    # The last but one has guards, but carries no bytes: that is not called rewritten.
    # The first is one whose core modules have become one.
    assert tried == [(True, True), (True, True), (False, True), (False, False), (False, False)]


def test_a_row_that_is_not_there(tmp_path: Path) -> None:
    """Only a front may import by rows."""
    file = tmp_path / "rows.wasm"
    file.write_bytes(
        assemble(
            """(component (import "h1" (func)) (instance $handler)
              (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))"""
        )
    )
    with pytest.raises(ComponentError) as caught:
        compile_component(file, _options(tmp_path))
    assert str(caught.value) == (
        "the component imports the function h1, which the host does not provide "
        "(only interfaces can be provided by a host, such as wasi:http/types@0.2.0)"
    )
