"""What a core module that stands alone imports and exports, by name."""

from __future__ import annotations

from dataclasses import dataclass

from unit_wasm.wit.reader import MODULE_PREAMBLE, Malformed, Reader

_CUSTOM, _EXPORTS, _IMPORTS = 0, 7, 2
_TYPES_OF_A_COMPONENT = "component-type"


@dataclass(frozen=True, slots=True)
class ModuleNames:
    """What a core module says of itself.

    Parameters:
        imports: the modules that it imports from, each once.
        exports: what it exports.
        is_embedded: a component can be made of it: its types are in it.
    """

    imports: tuple[str, ...]
    exports: tuple[str, ...]
    is_embedded: bool


def read_module_names(data: bytes) -> ModuleNames:
    """Read a core module, as far as it can be read."""
    reader = Reader(data, len(MODULE_PREAMBLE))
    imports: dict[str, None] = {}
    exports: list[str] = []
    embedded = False
    try:
        while not reader.at_end():
            number, body = reader.section()
            if number == _CUSTOM:
                embedded = embedded or body.name().startswith(_TYPES_OF_A_COMPONENT)
            elif number == _EXPORTS:
                for _ in range(body.u32()):
                    exports.append(body.name())
                    body.byte()
                    body.u32()
            elif number == _IMPORTS:
                for name in _imported(body):
                    imports[name] = None
    except Malformed:
        # What has been read is said; it is for people.
        pass
    return ModuleNames(tuple(imports), tuple(exports), embedded)


def _imported(reader: Reader) -> list[str]:
    """Return the names of modules, up to the first import that is no function."""
    names: list[str] = []
    for _ in range(reader.u32()):
        names.append(reader.name())
        reader.name()
        if reader.byte() != 0:
            break
        reader.u32()
    return names
