"""The code that tools/bindgen.py writes reads, and makes, values of every type of WASI."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bindgen_c import owners_in_c, packages_in_c, types_in_c
from bindgen_codecs import kind_of
from bindgen_rows import Ids, Rows
from bindgen_types import Names, by_address, has_handle, is_handle, members, resolved
from tests.harness.server import ROOT
from unit_wasm.wit import model
from unit_wasm.wit.wasi import known_packages

CODE = ROOT / "tests" / "native" / "codecs.c"
CSRC = ROOT / "csrc"
VALUES = ROOT / "tests" / "fuzz" / "c"
USED = (
    *("guest/codec.c", "guest/call.c", "guest/val.c", "guest/latin1.c", "guest/resource.c"),
    "guest/rows.c",
    *("base/arena.c", "base/buf.c"),
)
FLAGS = (
    *("-std=c11", "-D_GNU_SOURCE", "-pthread", "-g", "-O1", "-UNDEBUG", "-Wall", "-Wextra"),
    *("-Wmissing-prototypes", "-Wwrite-strings", "-Wstrict-prototypes", "-Wshadow", "-Wvla"),
    *("-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)

EVERYTHING: dict[str, dict[str, Rows]] = {package.key: {} for package in known_packages()}

NUMBERS = {
    "bool": ("false", "true"),
    "u8": ("0", "UINT8_MAX"),
    "u16": ("0", "UINT16_MAX"),
    "u32": ("0", "UINT32_MAX"),
    "u64": ("0", "UINT64_MAX"),
    "s64": ("INT64_MIN", "INT64_MAX"),
    "s32": ("INT32_MIN", "INT32_MAX"),
}


def samples(type: model.Type) -> list[str]:
    """Return values of the type, as expressions of the functions in codecs.c."""
    type = resolved(type)
    if isinstance(type, model.Primitive):
        if type.name == "string":
            return ['of_string("")', 'of_string("h\\303\\251")']
        return [f"uw_val_{type.name}({number})" for number in NUMBERS[type.name]]
    if isinstance(type, model.TypeDef):
        return list(of_named(type))
    if isinstance(type, model.Own | model.Borrow):
        return [f"of_handle({kind_of(Names(owners_in_c(), ''), type)})"]
    if isinstance(type, model.List):
        if resolved(type.element) == model.PRIMITIVES["u8"]:
            return ['of_bytes("")', 'of_bytes("\\377x")']
        return ["of_list(0)", f"of_list(2, {', '.join([samples(type.element)[-1]] * 2)})"]
    if isinstance(type, model.Option):
        return ["uw_val_option(ABI, NULL)", *(f"of_some({v})" for v in samples(type.item))]
    if isinstance(type, model.Result):
        return [*side("ok", type.ok), *side("err", type.err)]
    return [f"of_tuple({len(row)}, {', '.join(row)})" for row in together(type)]


def side(name: str, type: model.Type | None) -> list[str]:
    if type is None:
        return [f"uw_val_{name}(ABI, NULL)"]
    return [f"of_{name}({value})" for value in samples(type)]


def together(type: model.Type) -> Iterator[list[str]]:
    """Yield values of all parts: each value of a part is in one of them."""
    parts = [samples(part) for _, part in members(type) if part is not None]
    for number in range(max(map(len, parts))):
        yield [values[number % len(values)] for values in parts]


def of_named(type: model.TypeDef) -> Iterator[str]:
    kind = type.type
    if isinstance(kind, model.Record):
        for row in together(type):
            fields = (f'"{f.name}", {v}' for f, v in zip(kind.fields, row, strict=True))
            yield f"of_record({len(row)}, {', '.join(fields)})"
    elif isinstance(kind, model.Enum):
        yield from (f'uw_val_enum(ABI, "{name}")' for name in kind.cases)
    elif isinstance(kind, model.Flags):
        for chosen in (kind.names, kind.names[:1], kind.names[-1:], ()):
            quoted = [f'"{name}"' for name in chosen]
            yield f"of_flags({', '.join([str(len(chosen)), *quoted])})"
    elif isinstance(kind, model.Variant):
        for case in kind.cases:
            if case.type is None:
                yield f'of_variant("{case.name}")'
            else:
                yield from (f'of_case("{case.name}", {v})' for v in samples(case.type))


def refused(type: model.Type) -> Iterator[str]:
    """Yield values that are of another type."""
    type = resolved(type)
    yield "uw_val_char('x')"
    if isinstance(type, model.Tuple):
        yield "of_tuple(0)"
    elif isinstance(type, model.Option):
        yield "of_some(uw_val_char('x'))"
    elif isinstance(type, model.TypeDef):
        yield from refused_named(type)


def refused_named(type: model.TypeDef) -> Iterator[str]:
    kind = type.type
    if isinstance(kind, model.Record):
        yield "of_record(0)"
    elif isinstance(kind, model.Enum):
        yield 'uw_val_enum(ABI, "no-such-name")'
    elif isinstance(kind, model.Flags):
        yield 'of_flags(1, "no-such-name")'
    elif isinstance(kind, model.Variant):
        yield 'of_variant("no-such-name")'
        for case in kind.cases:
            if case.type is not None:
                yield f'of_variant("{case.name}")'
                yield f"of_case(\"{case.name}\", uw_val_char('x'))"


def round_trip(names: Names, type: model.Type) -> str:
    """Return a function that reads a value of the type and makes it again."""
    of = names.of(type)
    argument = "&value" if by_address(type) else "value"
    make = f"uw_make_{of}(call, {argument}"
    made = f"return {make}, out);" if has_handle(type) else f"*out = {make});\n    return true;"
    return (
        f"static bool\ntrip_{of}(uw_call_t *call, const uw_val_t *in, uw_val_t *out)\n{{\n"
        f"    {names.c(type)} value;\n\n"
        f"    if (!uw_read_{of}(call, in, &value)) {{\n        return false;\n    }}\n"
        f"    {made}\n}}\n"
    )


def written() -> Iterator[tuple[Names, model.Type]]:
    """Yield the types that have code of their own."""
    for package, type in types_in_c(EVERYTHING):
        kind = resolved(type)
        ready = isinstance(kind, model.Primitive | model.List | model.Own | model.Borrow)
        resource = isinstance(kind, model.TypeDef) and isinstance(kind.type, model.Resource)
        if not ready and not resource and not is_handle(kind):
            yield Names(owners_in_c(), package), type


def cases() -> str:
    """Return codecs_cases.h."""
    functions, checks = [], []
    for names, type in written():
        of = names.of(type)
        functions.append(round_trip(names, type))
        checks += [f'check("{of}", trip_{of}, {value});' for value in samples(type)]
        checks += [f'check_refused("{of}", trip_{of}, {value});' for value in refused(type)]
    includes = [f'#include "wasi/gen/{key}.h"\n' for key in EVERYTHING]
    body = "\n".join(f"    {check}" for check in checks)
    run = f"static int\nrun_cases(void)\n{{\n{body}\n\n    return {len(checks)};\n}}\n"
    return "\n".join(["".join(includes), *functions, run])


@pytest.mark.no_asan  # has the sanitizers itself
def test_values_of_every_type(tmp_path: Path) -> None:
    generated = tmp_path / "wasi" / "gen"
    generated.mkdir(parents=True)
    files = packages_in_c(EVERYTHING, Ids({}), both=True)
    for name, text in files.items():
        (generated / name).write_text(text)
    # They are defined beside the rows, which need all functions.
    kinds = re.findall(
        r"^extern (const uw_resource_type_t uw_\w+_type);", "".join(files.values()), re.M
    )
    types = [f"{kind} = {{ {id}, NULL, NULL }};\n" for id, kind in enumerate(kinds, 1)]
    (tmp_path / "codecs_cases.h").write_text(cases() + "".join(types))
    code = [path for path in generated.glob("*.c") if not path.stem.endswith("_rows")]
    program = tmp_path / "codecs"
    sources = [CODE, *code, *(CSRC / name for name in USED)]
    compiler = os.environ.get("CC", "cc")
    include = [f"-I{folder}" for folder in (tmp_path, CSRC, VALUES)]
    command = [compiler, *FLAGS, *include, "-o", program, *sources]
    built = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr, lines[:-1]) == (0, "", [])
    assert int(lines[-1].partition(" ")[0]) > 400


def test_rows_of_every_package_compile(tmp_path: Path) -> None:
    """What is not built in yet would compile, too, functions of filesystem and sockets included."""
    generated = tmp_path / "wasi" / "gen"
    generated.mkdir(parents=True)
    for name, text in packages_in_c(EVERYTHING, Ids({})).items():
        (generated / name).write_text(text)
    names = sorted(path.stem for path in generated.glob("*_rows.c"))
    assert names == sorted(f"{key}_rows" for key in EVERYTHING)
    source = tmp_path / "all.c"
    source.write_text("".join(f'#include "wasi/gen/{name}.c"\n' for name in names))
    command = [os.environ.get("CC", "cc"), "-fsyntax-only", *FLAGS]
    command += [f"-I{tmp_path}", f"-I{CSRC}", str(source)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")


def test_names_in_c_are_unique() -> None:
    names = [names.of(type) for names, type in written()]
    functions = [
        line.partition("(")[0]
        for text in packages_in_c(EVERYTHING, Ids({})).values()
        for line in text.splitlines()
        if line.startswith("uw_step_t ")
    ]
    assert len(functions) == len(set(functions)) > 180
    assert len(names) == len(set(names)) > 60
