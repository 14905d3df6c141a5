"""A rewritten component behaves as its original: same results, same memory, same traps."""

from typing import Any

import pytest
import wasmtime.component as wc

from tests.harness.component_text import accepted, assemble, guest, streams_import
from tests.harness.streams_host import DATA, OUTPUT, Host, answering, both, hosts
from unit_wasm.component.rewrite.rewrite import rewrite


@pytest.mark.parametrize("size", [0, 1, 2, 5, 22])
@pytest.mark.parametrize("pointer", [1000, 1001])
def test_write_carries_the_bytes_from_even_and_odd_addresses(pointer: int, size: int) -> None:
    result, calls = both(lambda host: host.write(pointer, size))
    assert result[0] & 0xFF == 0
    expected = (DATA + b"\0")[pointer - 1000 :][:size]
    assert calls == [("write", expected)]


def test_write_carries_every_byte_value_and_more_than_one_page() -> None:
    text = f"(component {streams_import()} {guest(pages=4)})"
    result, calls = both(lambda host: host.write(1001, 200_000), text)
    assert result[0] & 0xFF == 0
    assert len(calls[0][1]) == 200_000
    assert calls[0][1].startswith(DATA[1:])


@pytest.mark.parametrize("answer", [None, "error", "closed"])
def test_write_returns_results_and_errors(answer: Any) -> None:
    result, _ = both(lambda host: answering(host, answer).write(1001, 5))
    case = (result[0] & 0xFF, result[1] & 0xFF if result[0] & 0xFF else None)
    if answer is None:
        assert case == (0, None)
    elif answer == "error":
        assert case == (1, 0)
        assert result[2] == 2  # the handle: the guest's table had the stream in place 1
    else:
        assert case == (1, 1)


@pytest.mark.parametrize("answer", [None, "error", "closed"])
@pytest.mark.parametrize("pointer", [1000, 1001])
@pytest.mark.parametrize("at", [988, 992, 996, 1000, 1004, 1016, 1020, 1024])
def test_the_result_of_a_write_may_lie_among_its_bytes(at: int, pointer: int, answer: Any) -> None:
    """Neither the moving of the bytes nor their way back may touch it."""
    _, calls = both(lambda host: answering(host, answer).write(pointer, 21, at=at))
    assert calls == [("write", (DATA + b"\0")[pointer - 1000 :][:21])]


@pytest.mark.parametrize(
    ("pointer", "size"),
    [
        (65_535, 2),
        (65_536, 1),
        (65_537, 0),
        (0, 65_537),
        (1, 0xFFFF_FFFF),
        (0xFFFF_FFFF, 1),
        (0xFFFF_FFFF, 0xFFFF_FFFF),
        (1000, 0x8000_0000),
        (1000, 0x8000_0001),
        (1000, 0xFFFF_0000),
    ],
)
def test_write_outside_of_memory_traps_before_the_host_is_called(pointer: int, size: int) -> None:
    for host in hosts():
        assert isinstance(host.write(pointer, size), str)
        assert host.calls == []


@pytest.mark.parametrize(("pointer", "size"), [(65_535, 1), (65_536, 0), (0, 65_536)])
def test_write_up_to_the_end_of_memory(pointer: int, size: int) -> None:
    _, calls = both(lambda host: host.write(pointer, size))
    assert [len(data) for _, data in calls] == [size]


@pytest.mark.parametrize(
    "data",
    [b"", b"a", b"\x00", b"\xff", b"\xc3\xa9", bytes(range(256)), b"x" * 40_000, b"\x80" * 40_000],
    ids=["empty", "ascii", "zero", "ff", "utf8", "all", "long", "long-80"],
)
def test_read_returns_the_bytes_and_calls_realloc_once_as_for_a_list(data: bytes) -> None:
    def act(host: Host) -> Any:
        result = answering(host, data).read(1 << 40)
        memory = host.dump(8193 + len(data))
        log = [int.from_bytes(memory[i : i + 4], "little") for i in range(4092, 4112, 4)]
        return result[0] & 0xFF, result[1:], log, memory[result[1] : result[1] + result[2]]

    result, calls = both(act)
    assert calls == [("read", 1 << 40)]
    assert result == (0, (8193, len(data)), [1, 0, 0, 1, len(data)], data)


@pytest.mark.parametrize("size", [*range(1, 20), 111, 112, 113, 130])
def test_read_returns_groups_of_every_size_with_every_high_bit(size: int) -> None:
    # Of a whole group: the corners of its rows.
    places = [place for place in range(size) if size < 100 or place % 16 in (0, 15)]

    def act(host: Host) -> list[bytes]:
        found = []
        for place in places:
            data = bytes(0xFF if i == place else 0x55 for i in range(size))
            result = answering(host, data).read(100)
            found.append(host.dump(result[1] + result[2])[result[1] :])
        return found

    result, _ = both(act, f"(component {streams_import()} {guest(pages=3)})")
    assert result == [bytes(0xFF if i == place else 0x55 for i in range(size)) for place in places]


@pytest.mark.parametrize("answer", ["error", "closed"])
def test_read_returns_errors_without_realloc(answer: Any) -> None:
    def act(host: Host) -> Any:
        result = answering(host, answer).read(10)
        return result[0] & 0xFF, result[1] & 0xFF, host.dump()[4092:4096]

    result, _ = both(act)
    assert result == (1, 0 if answer == "error" else 1, bytes(4))


def test_read_whose_allocation_is_outside_of_memory_traps() -> None:
    for host in hosts():
        host.answer = b"x" * 60_000
        assert isinstance(host.read(60_000), str)


def test_results_outside_of_memory_trap() -> None:
    for host in hosts():
        assert isinstance(host.write(1000, 4, at=65_528), str)
    for host in hosts():
        host.answer = b"abc"
        assert isinstance(host.read(3, at=65_528), str)


def test_many_calls_share_the_scratch_memory_without_mixing() -> None:
    def act(host: Host) -> list[Any]:
        results = []
        for size in (22, 3, 0, 11):
            host.write(1001, size)
            host.answer = bytes([size]) * (size * 3)
            result = host.read(100)
            memory = host.dump()
            results.append((result[1:], memory[result[1] : result[1] + result[2]]))
            host.answer = None
        return results

    results, calls = both(act)
    assert [data for _, data in results] == [bytes([n]) * (n * 3) for n in (22, 3, 0, 11)]
    assert [data for name, data in calls if name == "write"] == [
        (DATA + b"\0")[1:][:n] for n in (22, 3, 0, 11)
    ]


def test_a_nested_component_that_gets_the_instance_passed_is_rewritten_too() -> None:
    text = f"""(component {streams_import()}
      (component $inner {streams_import()} {guest()})
      (instance $it (instantiate $inner
        (with "wasi:io/error@0.2.0" (instance $errors))
        (with "wasi:io/streams@0.2.0" (instance $streams))))
      (export "write" (func $it "write"))
      (export "read" (func $it "read"))
      (export "dump" (func $it "dump")))"""
    result, calls = both(lambda host: host.write(1003, 4), text)
    assert (result[0] & 0xFF, calls) == (0, [("write", b"3456")])
    result, calls = both(lambda host: answering(host, b"\xff\x00").read(9), text)
    assert (result[1:], calls) == ((8193, 2), [("read", 9)])


@pytest.mark.parametrize("made", ["host's", "own"])
def test_an_instance_without_functions_that_carry_bytes_may_be_passed_on(made: str) -> None:
    """Components that are composed hand each other what the host has, often only types of it."""
    files = '(import "wasi:filesystem/types@0.2.0" (instance $files (export "f" (func))))'
    if made == "own":
        files += " (instance $mine)"
    given = "$files" if made == "host's" else "$mine"
    text = f"""(component {streams_import()} {guest()} {files}
      (component $c (import "wasi:filesystem/types@0.2.0" (instance)))
      (instance (instantiate $c (with "wasi:filesystem/types@0.2.0" (instance {given})))))"""
    data = assemble(text)
    assert accepted(data)
    outcome = rewrite(data)
    assert (outcome.rewritten, outcome.reason) == (True, None)
    assert accepted(outcome.data)


def test_core_definitions_before_and_after_keep_their_meaning() -> None:
    """Indexes of all core spaces move; every kind of reference to them has to follow."""
    more = """
      (core module $late (func (export "one") (result i32) (i32.const 1))
        (memory (export "m") 1) (data (i32.const 8) "late")
        (func (export "dtor") (param i32)))
      (core instance $late-1 (instantiate $late))
      (alias core export $late-1 "one" (core func $one))
      (alias core export $late-1 "dtor" (core func $dtor))
      (alias core export $late-1 "m" (core memory $late-memory))
      (type $mine (resource (rep i32) (dtor (core func $dtor))))
      (core func $new (canon resource.new $mine))
      (func (export "one") (result u32) (canon lift (core func $one)))
      (core module $text
        (import "" "m" (memory 1))
        (import "" "new" (func $new (param i32) (result i32)))
        (func (export "t") (result i32)
          (drop (call $new (i32.const 5)))
          (i32.store (i32.const 0) (i32.const 8)) (i32.store (i32.const 4) (i32.const 4))
          (i32.const 0))
        (func (export "post") (param i32) (i32.store8 (i32.const 8) (i32.const 76))))
      (core instance $text-1 (instantiate $text (with "" (instance
        (export "m" (memory $late-memory)) (export "new" (func $new))))))
      (func (export "text") (result string)
        (canon lift (core func $text-1 "t") (memory $late-memory)
          (post-return (core func $text-1 "post"))))
      (component $nested
        (alias outer 1 $late (core module $outer-module))
        (core instance $i (instantiate $outer-module))
        (func (export "two") (result u32) (canon lift (core func $i "one"))))
      (instance $n (instantiate $nested))
      (export "two" (func $n "two"))"""
    text = f"(component {streams_import()} {guest()} {more})"
    result, calls = both(
        lambda host: (
            host.call("one"),
            host.call("text"),
            host.call("text"),
            host.call("two"),
            host.write(1001, 3)[0] & 0xFF,
        ),
        text,
    )
    assert (result, calls) == ((1, "late", "Late", 1, 0), [("write", b"123")])


def test_two_guest_memories_get_a_bridge_each() -> None:
    other = """
      (core module $other (memory (export "memory") 1) (data (i32.const 33) "other"))
      (core instance $other (instantiate $other))
      (core func $w (canon lower (func $write) (memory (core memory $other "memory"))))
      (core func $w2 (canon lower (func $write) (memory $memory)))
      (core module $both
        (import "" "a" (func $a (param i32 i32 i32 i32)))
        (import "" "b" (func $b (param i32 i32 i32 i32)))
        (import "" "d" (func $d (param i32)))
        (func (export "both") (param i32)
          (call $a (local.get 0) (i32.const 33) (i32.const 5) (i32.const 4))
          (call $b (local.get 0) (i32.const 1001) (i32.const 3) (i32.const 64))
          (call $d (local.get 0))))
      (core instance $both (instantiate $both (with "" (instance
        (export "a" (func $w)) (export "b" (func $w2)) (export "d" (func $drop-output))))))
      (func (export "both") (param "self" (borrow $output-stream))
        (canon lift (core func $both "both")))"""
    text = f"(component {streams_import()} {guest()} {other})"

    def act(host: Host) -> Any:
        return host.call("both", wc.ResourceHost.borrow(1, OUTPUT).to_any(host.store))

    assert both(act, text) == (None, [("write", b"other"), ("write", b"123")])
