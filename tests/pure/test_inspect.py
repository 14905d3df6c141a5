"""What inspection finds, and what it says of files that cannot be served."""

import pytest

from tests.harness.component_text import EMPTY, STREAMS, assemble, boundaries
from unit_wasm.component.info import ComponentInfo, ImportedInterface
from unit_wasm.component.inspect import inspect
from unit_wasm.component.rewrite.coremaker import section, vector
from unit_wasm.component.rewrite.rewrite import rewrite
from unit_wasm.errors import ComponentError

_CORE = b"\0asm\x01\0\0\0"
_HANDLER = "wasi:http/incoming-handler@0.2.3"
_PROXY = "build it for the wasi:http/proxy world"


def _exporting(name: str) -> str:
    return f'(component (instance $i) (export "{name}" (instance $i)))'


def _inspect_fails(data: bytes, message: str, hint: str | None) -> None:
    with pytest.raises(ComponentError) as caught:
        inspect(data)
    assert (caught.value.message, caught.value.hint) == (message, hint)


# ---- What is found ----


def test_an_empty_component() -> None:
    assert inspect(EMPTY) == ComponentInfo((), (), None, 0, 0, 0)


def test_imports_with_versions_functions_and_their_own_resources() -> None:
    info = inspect(assemble(STREAMS))
    assert info.imports == (
        ImportedInterface("wasi:io/error", "0.2.0", (), ("error",)),
        ImportedInterface(
            "wasi:io/streams",
            "0.2.0",
            (
                "[method]input-stream.read",
                "[method]input-stream.blocking-read",
                "[method]output-stream.write",
                "[method]output-stream.blocking-write-and-flush",
            ),
            ("input-stream", "output-stream"),
        ),
    )
    assert info.imports[1].full_name == "wasi:io/streams@0.2.0"
    assert (info.exports, info.handler) == (("read", "write", "dump"), None)
    assert (info.core_instances, info.memories, info.tables) == (2, 1, 0)


def test_costs_of_a_rewritten_component_include_what_was_put_in() -> None:
    info = inspect(rewrite(assemble(STREAMS)).data)
    assert (info.core_instances, info.memories, info.tables) == (4, 2, 0)


def test_imports_that_are_no_interfaces() -> None:
    text = """(component
      (import "f" (func (param "a" u32)))
      (import "m" (core module))
      (import "c" (component))
      (import "r" (type (sub resource)))
      (import "plain" (instance (export "g" (func))))
      (import "acme:kv/store" (instance)))"""
    assert inspect(assemble(text)).imports == (
        ImportedInterface("f", None, (), (), "function"),
        ImportedInterface("m", None, (), (), "core module"),
        ImportedInterface("c", None, (), (), "component"),
        ImportedInterface("r", None, (), ("r",), "type"),
        ImportedInterface("plain", None, ("g",), ()),
        ImportedInterface("acme:kv/store", None, (), ()),
    )


@pytest.mark.parametrize("version", ["0.2.0", "0.2.3", "0.2.12", "0.2.300"])
def test_the_handler_is_found_at_every_version_0_2(version: str) -> None:
    name = f"wasi:http/incoming-handler@{version}"
    info = inspect(assemble(_exporting(name)))
    assert (info.handler, info.exports) == (name, (name,))


@pytest.mark.parametrize(
    "name",
    [
        "wasi:http/incoming-handler@0.2.0-rc-2023-12-05",
        "wasi:http/incoming-handler@0.1.0",
        "wasi:http/incoming-handler@1.2.0",
        "wasi:http/incoming-handler",
        "acme:http/incoming-handler@0.2.0",
        "wasi:http/outgoing-handler@0.2.0",
    ],
)
def test_other_exports_are_no_handler(name: str) -> None:
    assert inspect(assemble(_exporting(name))).handler is None


def test_costs_count_nested_components_as_often_as_they_are_instantiated() -> None:
    text = """(component
      (core module $two (memory 1) (table 1 funcref) (table 1 funcref))
      (core module $imports (import "" "m" (memory 1)) (memory 1))
      (core instance $a (instantiate $two))
      (core instance $b (instantiate $two))
      (component $inner
        (core module $one (memory 1))
        (core instance (instantiate $one)) (core instance (instantiate $one)))
      (component $middle
        (alias outer 1 $inner (component $inner))
        (instance (instantiate $inner)) (instance (instantiate $inner)))
      (instance (instantiate $middle)) (instance (instantiate $inner))
      (component $unused (core module $m (memory 1)) (core instance (instantiate $m))))"""
    info = inspect(assemble(text))
    assert (info.core_instances, info.memories, info.tables) == (2 + 4 + 2, 2 + 4 + 2, 4)


def test_costs_of_an_exported_nested_component_are_known_to_others() -> None:
    text = """(component
      (component $outer
        (component $inner (core module $m (memory 1)) (core instance (instantiate $m)))
        (export "inner" (component $inner)))
      (instance $o (instantiate $outer))
      (alias export $o "inner" (component $i))
      (instance (instantiate $i)) (instance (instantiate $i)))"""
    info = inspect(assemble(text))
    assert (info.core_instances, info.memories) == (2, 2)


def test_costs_that_double_at_every_level_stay_bounded() -> None:
    text = "(component $c0 (core module $m (memory 1)) (core instance (instantiate $m)))"
    for level in range(1, 60):
        twice = f"(instance (instantiate $c{level - 1})) " * 2
        text += f"(component $c{level} (alias outer 1 $c{level - 1} (component $c{level - 1})) "
        text += twice + ")"
    info = inspect(assemble(f"(component {text} (instance (instantiate $c59)))"))
    assert (info.core_instances, info.memories) == (2**31 - 1, 2**31 - 1)


# ---- Files that are no component that can be served ----


def test_empty() -> None:
    _inspect_fails(b"", "the component is empty", None)


@pytest.mark.parametrize("data", [b"#!/bin/sh\n", b"(component)", "\u00e9\u00e8".encode() * 300])
def test_text(data: bytes) -> None:
    _inspect_fails(
        data,
        "this is a text file, not a WebAssembly component",
        "component text needs a file name that ends in .wat",
    )


@pytest.mark.parametrize("data", [b"\x7fELF\x02\x01\x01\0", b"\xff\xfe", b"\0asn\x0d\0\x01\0"])
def test_not_wasm(data: bytes) -> None:
    _inspect_fails(data, "this is not a WebAssembly file", "it does not start with \\0asm")


@pytest.mark.parametrize("end", range(1, 8))
@pytest.mark.parametrize("whole", [EMPTY, _CORE])
def test_cut_in_the_first_bytes(whole: bytes, end: int) -> None:
    _inspect_fails(
        whole[:end],
        "the component is cut short: it ends in its first 8 bytes",
        "build it or copy it again",
    )


def test_core_module() -> None:
    _inspect_fails(
        assemble("(module)"),
        "this is a core WebAssembly module, not a component",
        "make a component of it, for example with `wasm-tools component new`",
    )


def test_unknown_version() -> None:
    _inspect_fails(
        b"\0asm\x0e\0\x01\0",
        "this WebAssembly binary has the unknown version 0e 00 01 00",
        "components start with the version 0d 00 01 00",
    )


def test_truncated_at_every_byte() -> None:
    data = assemble(STREAMS)
    whole = []
    for end in range(1, len(data) + 1):
        try:
            inspect(data[:end])
        except ComponentError as error:
            assert error.message.startswith("the component is cut short: "), end
            assert error.hint == "build it or copy it again"
        else:
            whole.append(end)
    assert whole == boundaries(data)


def test_damaged() -> None:
    _inspect_fails(
        EMPTY + b"\x0a\x04\x01\x00\x01\xff",
        "the component is damaged: a name is not UTF-8 at offset 0xd",
        None,
    )


def test_section_with_bytes_left_over() -> None:
    _inspect_fails(
        EMPTY + b"\x0a\x02\x00\x00",
        "the component is damaged: a section has bytes left over at offset 0xb",
        None,
    )


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x0d\x00", "unknown section 13 at offset 0xa"),
        (b"\x07\x02\x01\x01", "an unknown type 0x01 at offset 0xb"),
        (b"\x07\x03\x01\x70\x62", "unknown value type 0x62 at offset 0xc"),
        (b"\x02\x02\x01\x07", "unknown core instance 0x07 at offset 0xb"),
        (b"\x02\x05\x01\x00\x00\x01\x00", None),
        (b"\x05\x02\x01\x07", "unknown instance 0x07 at offset 0xb"),
        (b"\x06\x02\x01\x09", "unknown sort 0x09 at offset 0xb"),
        (b"\x06\x03\x01\x01\x09", "unknown alias 0x09 at offset 0xc"),
        (b"\x0a\x02\x01\x03", "an unknown kind of name 0x03 at offset 0xb"),
        (b"\x0a\x04\x01\x00\x00\x09", "unknown extern type 0x09 at offset 0xd"),
        (b"\x0a\x05\x01\x00\x00\x00\x09", "unknown core sort at offset 0xe"),
        (b"\x0b\x06\x01\x00\x00\x01\x00\x09", "unknown export flag 0x09 at offset 0xf"),
        (b"\x0b\x05\x01\x00\x00\x09\x00", "unknown sort 0x09 at offset 0xd"),
        (b"\x07\x04\x01\x42\x01\x09", "unknown declaration 0x09 at offset 0xd"),
        (b"\x07\x04\x01\x42\x01\x03", "unknown declaration 0x03 at offset 0xd"),
        (b"\x07\x06\x01\x71\x01\x00\x00\x01", "a case refines another at offset 0xf"),
        (b"\x07\x05\x01\x40\x00\x01\x01", "a function has named results at offset 0xd"),
        (b"\x07\x05\x01\x42\x01\x00\x55", "unknown core type 0x55 at offset 0xe"),
    ],
)
def test_constructs_that_are_not_known(data: bytes, what: str | None) -> None:
    if what is None:
        _inspect_fails(
            EMPTY + data,
            "the component is cut short: unexpected end at offset 0xf",
            "build it or copy it again",
        )
        return
    _inspect_fails(
        EMPTY + data,
        f"the component uses something that this version does not know: {what}",
        None,
    )


def test_nesting_at_the_limit_and_beyond() -> None:
    inspect(_nested_components(64))
    inspect(_nested_types(64))
    unknown = "the component uses something that this version does not know: "
    for data, what in ((_nested_components(65), "components"), (_nested_types(65), "types")):
        message = f"^{unknown}{what} are nested deeper than 64 at offset 0x"
        with pytest.raises(ComponentError, match=message):
            inspect(data)


def _nested_components(levels: int) -> bytes:
    data = EMPTY
    for _ in range(levels):
        data = EMPTY + section(4, data)
    return data


def _nested_types(levels: int) -> bytes:
    definition = b"\x42\x00"
    for _ in range(levels - 1):
        definition = b"\x42\x01\x01" + definition
    return EMPTY + section(7, vector([definition]))


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (_exporting("wasi:http/handler@0.3.0"), "exports wasi:http/handler@0.3.0"),
        (
            _exporting("wasi:cli/run@0.3.0-rc-2025-09-16"),
            "exports wasi:cli/run@0.3.0-rc-2025-09-16",
        ),
        (
            '(component (import "wasi:http/types@0.3.0" (instance)))',
            "imports wasi:http/types@0.3.0",
        ),
    ],
)
def test_wasi_03(text: str, how: str) -> None:
    _inspect_fails(
        assemble(text),
        f"the component is built for WASI 0.3 (it {how})",
        "build it for WASI 0.2, the wasi:http/proxy world",
    )


def test_wasi_03_with_types_of_its_own() -> None:
    text = """(component (import "wasi:http/types@0.3.0" (instance
      (type $s (stream u8)) (type $f (future $s))
      (export "f" (func async (param "a" $s) (result $f))))))"""
    with pytest.raises(ComponentError, match=r"WASI 0\.3 \(it imports wasi:http/types@0\.3\.0\)"):
        inspect(assemble(text))


def test_a_command_names_what_runs_it() -> None:
    _inspect_fails(
        assemble(_exporting("wasi:cli/run@0.2.4")),
        "the component is a command"
        " (it exports wasi:cli/run@0.2.4 and no wasi:http/incoming-handler)",
        "`unit-wasm run` runs it",
    )


def test_a_command_that_has_a_handler_too_is_served() -> None:
    text = f"""(component (instance $i) (export "wasi:cli/run@0.2.4" (instance $i))
      (export "{_HANDLER}" (instance $i)))"""
    assert inspect(assemble(text)).handler == _HANDLER
