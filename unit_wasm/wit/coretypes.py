"""Step over core types that stand inside a component's types (only their length matters here)."""

from __future__ import annotations

from unit_wasm.wit.reader import Reader, UnknownConstruct


def skip_core_type(reader: Reader) -> None:
    """Step over one ``core:type``: a module type, or a type of WebAssembly 3.0.

    Raises:
        UnknownConstruct: an opcode that is not known.
    """
    first = reader.peek()
    if first == 0x50:
        reader.byte()
        for _ in range(reader.u32()):
            _module_declaration(reader)
    else:
        if first == 0x00:
            reader.byte()
        _recursive_group(reader)


def _module_declaration(reader: Reader) -> None:
    opcode = reader.byte()
    if opcode == 0x00:
        reader.name()
        reader.name()
        _extern_type(reader)
    elif opcode == 0x01:
        _recursive_group(reader)
    elif opcode == 0x02:
        reader.skip(2)
        reader.u32()
        reader.u32()
    elif opcode == 0x03:
        reader.name()
        _extern_type(reader)
    else:
        raise UnknownConstruct(f"unknown module declaration {opcode:#04x}", reader.position - 1)


def _extern_type(reader: Reader) -> None:
    opcode = reader.byte()
    if opcode == 0x00:
        reader.u32()
    elif opcode == 0x01:
        _value_type(reader)
        _limits(reader)
    elif opcode == 0x02:
        _limits(reader)
    elif opcode == 0x03:
        _value_type(reader)
        reader.byte()
    elif opcode == 0x04:
        reader.byte()
        reader.u32()
    else:
        raise UnknownConstruct(f"unknown core extern type {opcode:#04x}", reader.position - 1)


def _limits(reader: Reader) -> None:
    flags = reader.byte()
    if flags > 0x07:
        raise UnknownConstruct(f"unknown limits {flags:#04x}", reader.position - 1)
    # 64-bit limits are LEB128 too; only their length matters, so one loop serves both.
    for _ in range(1 + (flags & 1)):
        while reader.byte() & 0x80:
            pass


def _recursive_group(reader: Reader) -> None:
    if reader.peek() != 0x4E:
        _subtype(reader)
        return
    reader.byte()
    for _ in range(reader.u32()):
        _subtype(reader)


def _subtype(reader: Reader) -> None:
    if reader.peek() in (0x4F, 0x50):
        reader.byte()
        for _ in range(reader.u32()):
            reader.u32()
    opcode = reader.byte()
    if opcode == 0x60:
        for _ in range(2):
            for _ in range(reader.u32()):
                _value_type(reader)
    elif opcode == 0x5F:
        for _ in range(reader.u32()):
            _field(reader)
    elif opcode == 0x5E:
        _field(reader)
    else:
        raise UnknownConstruct(f"unknown core type {opcode:#04x}", reader.position - 1)


def _field(reader: Reader) -> None:
    if reader.peek() in (0x77, 0x78):  # i16 and i8, which only fields may have
        reader.byte()
    else:
        _value_type(reader)
    reader.byte()


def _value_type(reader: Reader) -> None:
    opcode = reader.byte()
    if opcode in (0x63, 0x64):
        reader.s33()
    elif not 0x68 <= opcode <= 0x7F:
        raise UnknownConstruct(f"unknown core value type {opcode:#04x}", reader.position - 1)
