"""A component's world, read from its binary and written as WIT.

The texts in tests/data/wit are what ``wasm-tools component wit`` says of the components beside
them; some of these are made of ``source.txt``, some by other people's tools. Their core modules are
left out, and they are written in hex.
tests/native/test_wit_peer.py asks the tool itself, about all guests.
"""

from pathlib import Path

import pytest
import wasmtime

from tests.harness.component_text import boundaries
from tests.harness.server import ROOT
from unit_wasm.errors import ComponentError
from unit_wasm.wit import model as wit
from unit_wasm.wit import read_world, type_text, world_text
from unit_wasm.wit.reader import encode_u32

DATA = ROOT / "tests" / "data" / "wit"
FILES = sorted(DATA.glob("*.hex"))


def world_of(name: str) -> wit.World:
    return read_world(data_of(name))


def data_of(name: str) -> bytes:
    return bytes.fromhex((DATA / f"{name}.hex").read_text())


def component(text: str) -> bytes:
    return bytes(wasmtime.wat2wasm(text))


def text_of(text: str) -> str:
    """Return the WIT of a component's text, without the lines around its world."""
    lines = world_text(read_world(component(text))).splitlines()
    assert lines[:3] == ["package root:component;", "", "world root {"]
    return "\n".join(lines[3 : lines.index("}", 2)])


def refused(text: str) -> str:
    with pytest.raises(ComponentError) as error:
        world_text(read_world(component(text)))
    return str(error.value)


# ---- The text ----


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_text_is_that_of_wasm_tools(path: Path) -> None:
    assert world_text(world_of(path.stem)) == path.with_suffix(".wit").read_text()


def test_there_are_such_files() -> None:
    assert len(FILES) == 11


def test_all_types_of_values() -> None:
    text = """(component (import "f" (func
        (param "a" bool) (param "b" s8) (param "c" u8) (param "d" s16) (param "e" u16)
        (param "f" s32) (param "g" u32) (param "h" s64) (param "i" u64) (param "j" f32)
        (param "k" f64) (param "l" char) (param "m" string) (param "n" (list u8))
        (param "o" (tuple u8 string)) (param "p" (option (option u8))) (param "q" (result))
        (param "r" (result u8)) (param "s" (result (error string))) (param "t" (result u8
        (error (list char)))) (result (list (list string))))))"""
    assert text_of(text) == (
        "  import f: func(a: bool, b: s8, c: u8, d: s16, e: u16, %f: s32, g: u32, h: s64, "
        "i: u64, j: f32, k: f64, l: char, m: string, n: list<u8>, o: tuple<u8, string>, "
        "p: option<option<u8>>, q: result, r: result<u8>, s: result<_, string>, "
        "t: result<u8, list<char>>) -> list<list<string>>;"
    ).replace("%f", "f")


def test_the_same_package_in_two_versions() -> None:
    text = """(component
        (import "a:b/c@1.0.0" (instance $one (export "t" (type (sub resource)))))
        (alias export $one "t" (type $t))
        (import "a:b/c@2.0.0-rc.1+x" (instance
            (alias outer 1 $t (type $o)) (export "u" (type (eq $o)))))
        (import "z:z/z" (instance)))"""
    assert world_text(read_world(component(text))) == (
        "package root:component;\n\nworld root {\n  import a:b/c@1.0.0;\n"
        "  import a:b/c@2.0.0-rc.1+x;\n  import z:z/z;\n}\n"
        "package a:b@1.0.0 {\n  interface c {\n    resource t;\n  }\n}\n\n\n"
        "package a:b@2.0.0-rc.1+x {\n  interface c {\n    use a:b/c@1.0.0.{t as u};\n  }\n}\n\n\n"
        "package z:z {\n  interface z {\n  }\n}\n"
    )


def test_packages_come_after_those_that_they_use() -> None:
    """Here the first one to appear uses one that appears later."""
    text = """(component
        (import "m:first/a" (instance $a (export "t" (type (sub resource)))))
        (import "n:second/b" (instance $b (export "r" (type (sub resource)))))
        (alias export $b "r" (type $r))
        (import "m:first/c" (instance
            (alias outer 1 $r (type $o)) (export "r" (type (eq $o))))))"""
    world = read_world(component(text))
    assert world.packages == ("n:second", "m:first")
    assert [interface.name for interface in world.interfaces()] == [
        "m:first/a",
        "n:second/b",
        "m:first/c",
    ]


def test_an_interface_that_is_imported_and_exported_is_one() -> None:
    world = world_of("both")
    (imported,) = (item.value for item in world.imports if isinstance(item.value, wit.Interface))
    (exported,) = (item.value for item in world.exports if isinstance(item.value, wit.Interface))
    assert imported is exported


def test_what_a_nested_component_makes() -> None:
    """Types of the instance that is exported are those that were given to the component."""
    text = """(component
        (import "a:b/types" (instance $types
            (export "r" (type $r (sub resource)))
            (type $rec (record (field "x" u8))) (export "rec" (type (eq $rec)))))
        (alias export $types "r" (type $r)) (alias export $types "rec" (type $rec))
        (component $inner
            (import "in-r" (type $r (sub resource)))
            (type $plain (record (field "x" u8))) (import "in-rec" (type $rec (eq $plain)))
            (export "r" (type $r)) (export "rec" (type $rec))
            (type $own (record (field "y" s8))) (export "own-one" (type $own)))
        (instance $made (instantiate $inner
            (with "in-r" (type $r)) (with "in-rec" (type $rec))))
        (export "a:b/handler" (instance $made)))"""
    handler = read_world(component(text)).exports[0].value
    assert isinstance(handler, wit.Interface)
    used = [
        definition.type.of if isinstance(definition.type, wit.Alias) else None
        for definition in handler.types
    ]
    assert [
        (type.owner, type.name) if isinstance(type, wit.TypeDef) else None for type in used
    ] == [
        ("a:b/types", "r"),
        ("a:b/types", "rec"),
        None,
    ]
    assert isinstance(handler.types[2].type, wit.Record)


def test_an_instance_that_is_passed_on() -> None:
    """An import is exported as it is; wasm-tools has no words for it."""
    text = """(component
        (import "a:b/c" (instance $i (export "r" (type (sub resource)))
            (type $rec (record (field "a" u8))) (export "rec" (type (eq $rec)))))
        (export "a:b/c" (instance $i)))"""
    assert world_text(read_world(component(text))) == (
        "package root:component;\n\nworld root {\n  import a:b/c;\n\n  export a:b/c;\n}\n"
        "package a:b {\n  interface c {\n    resource r;\n\n    record rec {\n      a: u8,\n"
        "    }\n  }\n}\n"
    )


# ---- The model ----


def function_of(world: wit.World, owner: str, name: str) -> wit.Function:
    (found,) = (
        function
        for interface in world.interfaces()
        for function in interface.functions
        if interface.owner == owner and function.name == name
    )
    return found


def test_functions_that_wait_and_what_they_carry() -> None:
    world = world_of("everything")
    go = function_of(world, "my:all/asy@1.2.3", "go")
    assert go.is_async
    assert [param.type for param in go.params] == [
        wit.Stream(wit.PRIMITIVES["u8"]),
        wit.Future(wit.PRIMITIVES["string"]),
        wit.Future(),
        wit.Stream(),
    ]
    assert go.result == wit.Stream(wit.List(wit.PRIMITIVES["string"]))
    context = function_of(world, "my:all/asy@1.2.3", "ec")
    assert context.params[0].type == wit.PRIMITIVES["error-context"]
    assert not context.is_async
    fixed = function_of(world, "my:all/asy@1.2.3", "fixed")
    assert fixed.params[0].type == wit.List(wit.PRIMITIVES["u8"], 4)


def test_functions_of_a_resource() -> None:
    world = world_of("everything")
    functions = {
        function.label: (function.kind, function.is_async)
        for interface in world.interfaces()
        for function in interface.functions
        if function.resource is not None and function.resource.name in ("canvas", "job")
    }
    assert functions == {
        "canvas": (wit.FunctionKind.CONSTRUCTOR, False),
        "draw": (wit.FunctionKind.METHOD, False),
        "open": (wit.FunctionKind.STATIC, False),
        "take": (wit.FunctionKind.METHOD, False),
        "job": (wit.FunctionKind.CONSTRUCTOR, False),
        "wait": (wit.FunctionKind.METHOD, True),
        "start": (wit.FunctionKind.STATIC, True),
    }
    opened = function_of(world, "my:all/shapes@1.2.3", "[static]canvas.open")
    assert isinstance(opened.result, wit.Option)
    assert isinstance(opened.result.item, wit.Own)
    assert isinstance(opened.result.item.resource.type, wit.Resource)
    assert type_text(opened.result) == "option<canvas>"


def test_types_without_a_name_compare_by_what_they_are_made_of() -> None:
    one = wit.Tuple((wit.PRIMITIVES["u8"], wit.Result(None, wit.PRIMITIVES["string"])))
    assert one == wit.Tuple((wit.PRIMITIVES["u8"], wit.Result(None, wit.PRIMITIVES["string"])))
    assert hash(one) == hash(
        wit.Tuple((wit.PRIMITIVES["u8"], wit.Result(None, wit.PRIMITIVES["string"])))
    )
    assert wit.TypeDef("a", "", one) != wit.TypeDef("a", "", one)


def test_what_wit_has_no_words_for_is_listed() -> None:
    text = """(component
        (import "m" (core module)) (import "c" (component)) (import "ok" (func))
        (type $r (resource (rep i32))) (export "r" (type $r))
        (component $inner) (export "inner" (component $inner)))"""
    world = read_world(component(text))
    assert world.others == (
        wit.Other("m", "core module", True),
        wit.Other("c", "component", True),
        wit.Other("r", "type", False),
        wit.Other("inner", "component", False),
    )
    assert [item.name for item in world.imports] == ["ok"]


# ---- What is refused ----


def test_a_record_without_a_name() -> None:
    data = bytearray(component('(component (import "f" (func (param "a" (tuple u8)))))'))
    # The tuple becomes a record: 0x6f, one type, becomes 0x72, one field with a name.
    at = data.index(b"\x6f\x01\x7d")
    data[at : at + 3] = b"\x72\x01\x01x\x7d"
    data[9] += 2
    with pytest.raises(ComponentError, match="^a record has no name$"):
        read_world(bytes(data))


def test_a_type_of_the_world_in_an_inline_interface() -> None:
    """WIT cannot say it, and wasm-tools ends with a panic."""
    text = """(component (type $r (record (field "x" u8))) (import "r" (type $t (eq $r)))
        (import "inline" (instance (alias outer 1 $t (type $o)) (export "t" (type (eq $o))))))"""
    assert refused(text) == "a type of 'the world' is used elsewhere"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "the component is empty"),
        (b"\0asm\x01\0\0\0", "this is a core WebAssembly module, not a component"),
        (b"\0asm\x0d\0", "the component is cut short: it ends in its first 8 bytes"),
        (b"\0asm\x07\0\0\0", "this WebAssembly binary has the unknown version 07 00 00 00"),
        (b"(component)", "this is a text file, not a WebAssembly component"),
        (b"\x7fELF\x02\x01\x01\0", "this is not a WebAssembly file"),
        (b"\0asm\x0d\0\x01\0\x07\x05", "the component is cut short: "),
        (b"\0asm\x0d\0\x01\0\x63\x01\0", "the component uses something that this version does "),
    ],
)
def test_what_is_no_component(data: bytes, sentence: str) -> None:
    with pytest.raises(ComponentError) as caught:
        read_world(data)
    assert caught.value.message.startswith(sentence)


@pytest.mark.parametrize("name", ["add-c", "kv-c", "keys"])
def test_truncated_at_every_byte(name: str) -> None:
    """Between two sections it is a smaller component; nothing else is one."""
    data = data_of(name)
    whole = [size for size in range(len(data) + 1) if _is_read(data[:size])]
    assert whole == boundaries(data)


def _is_read(data: bytes) -> bool:
    try:
        read_world(data)
    except ComponentError:
        return False
    return True


def _with_types(definitions: list[bytes]) -> bytes:
    body = encode_u32(len(definitions)) + b"".join(definitions)
    return b"\0asm\x0d\0\x01\0\x07" + encode_u32(len(body)) + body


def _index(number: int) -> bytes:
    low = number & 0x7F
    return bytes([number]) if number < 64 else bytes([low | 0x80, number >> 7])


@pytest.mark.parametrize(("depth", "fine"), [(100, True), (101, False)])
def test_nested_types(depth: int, fine: bool) -> None:
    lists = [b"\x70\x7d"] + [b"\x70" + _index(number) for number in range(depth - 1)]
    data = _with_types(lists)
    if fine:
        assert read_world(data).imports == ()
    else:
        with pytest.raises(ComponentError, match="a type is nested deeper than 100 at offset"):
            read_world(data)


def test_a_type_that_doubles_with_each_definition() -> None:
    """Forty lines would be a text of a terabyte."""
    tuples = [b"\x6f\x02\x7d\x7d"]
    tuples += [b"\x6f\x02" + _index(number) * 2 for number in range(40)]
    with pytest.raises(ComponentError, match="a type has more than 100000 parts at offset"):
        read_world(_with_types(tuples))


@pytest.mark.parametrize(("depth", "fine"), [(64, True), (65, False)])
def test_nested_components(depth: int, fine: bool) -> None:
    data = b"\0asm\x0d\0\x01\0"
    for _ in range(depth):
        data = b"\0asm\x0d\0\x01\0\x04" + encode_u32(len(data)) + data
    assert _is_read(data) == fine


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a:b/c@1", "the version of 'a:b/c@1' is not of the form 1.2.3"),
        ("[method]r.f", "'[method]r.f' is of a resource that is not there"),
        ("[static]r.f", "'[static]r.f' is of a resource that is not there"),
        ("[other]r.f", "'[other]r.f' is no name of a function"),
        ("a\nb", "'a\\nb' is no name of a function"),
    ],
)
def test_names_that_are_none(name: str, sentence: str) -> None:
    """A component that no engine takes may have any name."""
    is_function = "/" not in name
    declared = b"\x40\x00\x01\x00" if is_function else b"\x42\x00"
    text = name.encode()
    entry = b"\x01\x00" + bytes([len(text)]) + text + (b"\x01" if is_function else b"\x05") + b"\0"
    data = _with_types([declared]) + b"\x0a" + bytes([len(entry)]) + entry
    with pytest.raises(ComponentError) as error:
        world_text(read_world(data))
    assert str(error.value) == sentence
