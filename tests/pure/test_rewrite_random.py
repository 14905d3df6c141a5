"""Random bytes cross as strings, in pieces where they are many; the guest cannot tell."""

import random
from collections.abc import Callable
from typing import Any

import pytest
import wasmtime
import wasmtime.component as wc

from tests.harness.component_text import assemble
from tests.harness.streams_host import packed
from unit_wasm.component.rewrite.packing import PIECE
from unit_wasm.component.rewrite.rewrite import rewrite

MOST = 256 << 10
GUEST = """(component
  (import "wasi:random/{interface}@0.2.3" (instance $random
    (export "{name}" (func (param "len" u64) (result (list u8))))
    (export "other" (func (result u64)))))
  (core module $libc
    (memory (export "memory") {pages})
    (global $next (mut i32) (i32.const 4097))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (if (i32.or (i32.or (local.get 0) (local.get 1)) (i32.ne (local.get 2) (i32.const 1)))
        (then unreachable))
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (i32.add (local.get 3) (i32.const 3))))))
  (core instance $libc (instantiate $libc))
  (core func $get (canon lower (func $random "{name}") (memory (core memory $libc "memory"))
    (realloc (core func $libc "realloc"))))
  (core module $user (import "" "get" (func $get (param i64 i32)))
    (func (export "get") (param i64) (result i32)
      (call $get (local.get 0) (i32.const 16)) (i32.const 16)))
  (core instance $user (instantiate $user (with "" (instance (export "get" (func $get))))))
  (func (export "get") (param "len" u64) (result (list u8))
    (canon lift (core func $user "get") (memory (core memory $libc "memory")))))"""


def ask(data: bytes, name: str, sizes: list[int], make: Callable[[int], Any]) -> list[Any]:
    """Let a component ask for bytes, and return what it has got, or that it has trapped."""
    engine = wasmtime.Engine()
    component = wc.Component(engine, data)
    store = wasmtime.Store(engine)
    linker = wc.Linker(engine)
    interface = "insecure" if "insecure" in name else "random"
    with linker.root() as root, root.add_instance(f"wasi:random/{interface}@0.2.3") as instance:
        instance.add_func(name, lambda store, size: make(size))
        instance.add_func("other", lambda store: 7)
    found: list[Any] = []
    instance = linker.instantiate(store, component)
    function = instance.get_func(store, "get")
    assert function is not None
    for size in sizes:
        try:
            found.append(bytes(function(store, size)))
            function.post_return(store)
        except (wasmtime.Trap, wasmtime.WasmtimeError, ValueError):
            found.append("trap")
            break
    return found


@pytest.mark.parametrize("name", ["get-random-bytes", "get-insecure-random-bytes"])
@pytest.mark.parametrize("ascii_", [False, True])
def test_the_same_bytes(name: str, ascii_: bool) -> None:
    interface = "insecure" if "insecure" in name else "random"
    text = GUEST.format(interface=interface, name=name, pages=20)
    outcome = rewrite(assemble(text))
    assert (outcome.rewritten, outcome.reason) == (True, None)
    sizes = [0, 1, 15, 16, 111, 112, 113, 2500, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5, MOST]
    answers = []
    for rewritten in (False, True):
        asked: list[int] = []
        source = random.Random(1)

        def make(
            size: int,
            asked: list[int] = asked,
            source: random.Random = source,
            form: Callable[[bytes], Any] = packed if rewritten else bytes,
        ) -> Any:
            asked.append(size)
            made = source.randbytes(size)
            return form(made.translate(bytes(range(128)) * 2) if ascii_ else made)

        data = outcome.data if rewritten else assemble(text)
        answers.append(ask(data, name, sizes, make))
        if rewritten:
            assert max(asked) <= PIECE
            assert sum(asked) == sum(sizes)
    assert [len(each) for each in answers[0]] == sizes
    assert answers[0] == answers[1]


@pytest.mark.parametrize("size", [MOST + 1, 1 << 32, (1 << 64) - 1])
def test_too_many_are_the_hosts_to_refuse(size: int) -> None:
    text = GUEST.format(interface="random", name="get-random-bytes", pages=20)
    asked: list[int] = []

    def refuse(count: int) -> Any:
        asked.append(count)
        raise ValueError("too many")

    assert ask(rewrite(assemble(text)).data, "get-random-bytes", [size], refuse) == ["trap"]
    assert asked == [size]


def test_bytes_that_do_not_fit_into_the_guests_memory_trap() -> None:
    text = GUEST.format(interface="random", name="get-random-bytes", pages=1)
    for size in (65_536 - 4097, 65_536 - 4096, 65_536):
        answers = [
            ask(data, "get-random-bytes", [size], make)
            for data, make in (
                (assemble(text), bytes),
                (rewrite(assemble(text)).data, lambda count: packed(bytes(count))),
            )
        ]
        assert answers[0] == answers[1]
        assert (answers[0] == ["trap"]) is (size > 65_536 - 4097)


def test_another_type_is_left_alone() -> None:
    text = GUEST.format(interface="random", name="get-random-bytes", pages=1)
    changed = text.replace('(param "len" u64)', '(param "len" u32)').replace("i64", "i32")
    outcome = rewrite(assemble(changed))
    assert outcome.reason is not None
    assert outcome.reason.endswith("has another get-random-bytes than WASI 0.2")
