"""What a large memory begins with is taken out of its core module, or all stays as it is."""

import random
import struct

import pytest
import wasmtime
from wasmtime import component

from unit_wasm.component.rewrite.images import ALIGNMENT, Image, NoImages, put_images, written
from unit_wasm.wit.reader import COMPONENT_PREAMBLE, MODULE_PREAMBLE, Reader, encode_u32

CODE, DATA, DATA_COUNT = 10, 11, 12
SMALL = 384 << 10
PAGE = 64 << 10


def binary(*modules: str) -> bytes:
    """Return a component that has these core modules, each instantiated."""
    parts = "".join(
        f"(core module $m{i} {fields}) (core instance $i{i} (instantiate $m{i}))"
        for i, fields in enumerate(modules)
    )
    return bytes(wasmtime.wat2wasm(f"(component {parts})"))


def compiles(data: bytes) -> bool:
    try:
        component.Component(wasmtime.Engine(), data)
    except wasmtime.WasmtimeError:
        return False
    return True


def data(at: int, text: str) -> str:
    return f'(data (i32.const {at}) "{text}")'


def test_what_data_make_of_a_memory() -> None:
    """Later ones lie over earlier ones."""
    given = binary(f"(memory 10 20) {data(3, 'abcdef')} {data(5, 'XY')} {data(100_000, 'z')}")
    made, images, memories = put_images(given, SMALL)
    expected = bytearray(100_001)
    expected[3:9] = b"abXYef"
    expected[100_000:] = b"z"
    assert images == (Image(10 * PAGE, bytes(expected)),)
    assert memories == (10 * PAGE,)
    assert compiles(made)
    assert b"abcdef" not in made
    with pytest.raises(NoImages, match="no large memory has data"):
        put_images(made, SMALL)


def test_data_that_code_can_name_keep_their_numbers() -> None:
    given = binary(
        f"""(memory 10) {data(1, "gone")} (data $kept "kept") {data(7, "gone too")}
        (func (memory.init $kept (i32.const 0) (i32.const 0) (i32.const 4))
          (data.drop 2) (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))"""
    )
    made, (image,), _ = put_images(given, SMALL)
    assert image.data == b"\0gone\0\0gone too"
    empty = bytes((1, 0))
    assert made.count(b"\x03" + empty + b"\x01\x04kept" + empty) == 1
    assert compiles(made)


SEGMENTS = f'{data(1, "one")} {data(70_000, "two")} (data $p "three") {data(9, "four")}'


def sections(component: bytes) -> list[tuple[int, bytes]]:
    """Return the sections of the only module of a component: their numbers, and what is in them."""
    _, module = Reader(component, len(COMPONENT_PREAMBLE)).section()
    module.skip(len(MODULE_PREAMBLE))
    found = []
    while not module.at_end():
        section, body = module.section()
        found.append((section, component[body.position : body.end]))
    return found


def announcing(code: str, count: int) -> bytes:
    """Return a component whose module announces so many data, as those of compilers do."""
    module = b""
    for section, body in sections(binary(f"(memory 10) {SEGMENTS} {code}")):
        if section == CODE:
            module += bytes((DATA_COUNT, 1, count))
        if section != DATA_COUNT:
            module += bytes((section,)) + encode_u32(len(body)) + body
    module = MODULE_PREAMBLE + module
    instance = bytes((1, 0, 0, 0))
    return b"".join(
        (
            *(COMPONENT_PREAMBLE, b"\x01", encode_u32(len(module)), module),
            *(b"\x02", encode_u32(len(instance)), instance),
        )
    )


def left(component: bytes) -> tuple[int | None, int]:
    """Return how many data a module announces that got an image, and how many it has."""
    made, _, _ = put_images(component, SMALL)
    assert compiles(made) == compiles(component)
    found = dict(sections(made))
    counted = found.get(DATA_COUNT)
    return None if counted is None else counted[0], found[DATA][0]


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("(func)", 0),
        ("(func (drop (i64.const 0x09fc09fc)))", 0),
        ("(func (data.drop 0))", 1),
        ("(func (data.drop $p) (data.drop 0))", 3),
        ("(func (memory.init $p (i32.const 0) (i32.const 0) (i32.const 0)))", 3),
        ("(func) (func (param i32) (block (br_table 0 0 (local.get 0))) (data.drop 1))", 2),
        ("(func (data.drop 3))", 4),
        # Code that is not known may name any of them.
        ("(func (result (ref i31)) (ref.i31 (i32.const 1)))", 4),
    ],
)
def test_how_many_data_are_left(code: str, kept: int) -> None:
    """Up to the last one that code names: for each of them an instance takes time."""
    assert left(announcing(code, 4)) == (kept, kept)


@pytest.mark.parametrize("count", [0, 3, 5])
def test_data_that_are_announced_wrongly(count: int) -> None:
    """It is for the compiler to refuse them."""
    given = announcing("(func)", count)
    assert not compiles(given)
    assert left(given) == (count, 4)


def test_data_that_nobody_announces() -> None:
    """No code can name them, so that even a passive one is there for nothing."""
    assert left(binary(f"(memory 10) {SEGMENTS} (func)")) == (None, 0)


def test_modules_at_every_depth_and_beside_each_other() -> None:
    inner = f"(core module $m (memory 9) {data(0, 'inner')}) (core instance (instantiate $m))"
    text = f"""(component
      (core module $a (memory 10) {data(0, "outer")}) (core instance (instantiate $a))
      (component $c {inner}) (instance (instantiate $c))
      (core module $s (memory 1) {data(0, "small")}) (core instance (instantiate $s))
      (core module $n (memory 11)) (core instance (instantiate $n)))"""
    made, images, memories = put_images(bytes(wasmtime.wat2wasm(text)), SMALL)
    assert images == (Image(10 * PAGE, b"outer"), Image(9 * PAGE, b"inner"))
    assert memories == (9 * PAGE, 10 * PAGE, 11 * PAGE)
    assert b"small" in made
    assert compiles(made)


MUCH = "m" * (SMALL + 1)


@pytest.mark.parametrize(
    ("modules", "why"),
    [
        ((f"(memory 1) {data(0, 'a')}",), "no large memory has data"),
        (("(memory 10)",), "no large memory has data"),
        (('(memory 10) (data "a")',), "no large memory has data"),
        (
            ('(import "a" "b" (global i32)) (memory 10) (data (global.get 0) "a")',),
            "data go to an address that is no constant",
        ),
        (
            ('(memory 10) (data (i32.add (i32.const 1) (i32.const 2)) "a")',),
            "data go to an address that is no constant",
        ),
        ((f"(memory 10) {data(10 * PAGE, 'a')}",), "data do not fit into their memory"),
        ((f"(memory 10) {data(-1, 'a')}",), "data do not fit into their memory"),
        ((f"(memory 20) {data(20 * PAGE - 1, 'a')}",), "data are far apart"),
        (('(memory i64 10) (data (i64.const 0) "a")',), "a memory that is shared, or of another"),
        ((f"(memory 10 10 shared) {data(0, 'a')}",), "a memory that is shared, or of another"),
        (
            ('(memory 10) (memory 1) (data (memory 1) (i32.const 0) "a")',),
            "data of a second memory",
        ),
        (
            (f"(memory 10) {data(0, 'a')}", f"(memory 10 12) {data(0, 'b')}"),
            "two memories begin with the same size",
        ),
        ((f"(memory 10) {data(0, 'a')}", "(memory 10)"), "two memories begin with the same size"),
        (
            (f"(memory 10) {data(0, 'a')}", f"(memory 9) (memory 1) {data(0, MUCH)}"),
            f"{SMALL + 1} bytes of data would be copied all the same",
        ),
        (
            tuple(f"(memory {i}) {data(0, 'a')}" for i in range(10, 19)),
            "9 memories would begin as images",
        ),
    ],
)
def test_what_gets_none(modules: tuple[str, ...], why: str) -> None:
    with pytest.raises(NoImages, match=why):
        put_images(binary(*modules), SMALL)


def test_a_memory_that_is_imported_is_its_owners() -> None:
    """What others put into it they put there as before."""
    text = f"""(component
      (core module $a (memory (export "m") 10) {data(0, "owner")})
      (core instance $a (instantiate $a))
      (core module $b (import "a" "m" (memory 1)) {data(2, "other")})
      (core instance (instantiate $b (with "a" (instance $a)))))"""
    made, images, _ = put_images(bytes(wasmtime.wat2wasm(text)), SMALL)
    assert images == (Image(10 * PAGE, b"owner"),)
    assert b"other" in made
    assert compiles(made)


def test_images_in_their_file() -> None:
    file = written([Image(10 * PAGE, b"abc"), Image(12 * PAGE, bytes(range(256)) * 257)])
    head = struct.pack("=5Q", 2, 10 * PAGE, ALIGNMENT, 12 * PAGE, 2 * ALIGNMENT)
    assert file[: len(head)] == head
    assert file[ALIGNMENT : 2 * ALIGNMENT] == b"abc".ljust(ALIGNMENT, b"\0")
    assert file[2 * ALIGNMENT :] == (bytes(range(256)) * 257).ljust(2 * ALIGNMENT, b"\0")


def same_verdict(given: bytes) -> bool:
    """Whether it was changed; what comes out compiles if, and only if, what went in does."""
    try:
        made, _, _ = put_images(given, SMALL)
    except NoImages:
        return False
    assert compiles(made) == compiles(given), given.hex()
    return True


def test_what_is_cut_short() -> None:
    whole = binary(f'(memory 10 20) {data(3, "abcdef")} (data "p") (func (data.drop 1))')
    assert same_verdict(whole)
    changed = [size for size in range(len(whole)) if same_verdict(whole[:size])]
    assert 0 < len(changed) < 8


def test_damaged_components_are_refused_by_the_compiler_as_before() -> None:
    whole = binary(
        f'(memory 10 20) {data(3, "abc")} {data(70_000, "z")} (data $p "p") (func (data.drop $p))'
    )
    choices = random.Random(1)
    changed = 0
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(choices.randint(1, 2)):
            damaged[choices.randrange(8, len(whole))] = choices.randrange(256)
        changed += same_verdict(bytes(damaged))
    assert changed > 100
