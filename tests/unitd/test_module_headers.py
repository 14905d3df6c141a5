"""What the double declares is what a real Unit declares: needs ``UNIT_SOURCE``, a configured tree.

The module is compiled against its headers too, with all warnings as errors.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.harness.server import ROOT

INCLUDE = ROOT / "tests" / "double" / "include"
HEADERS = (
    "nxt_main.h",
    "nxt_app_queue.h",
    "nxt_application.h",
    "nxt_conf.h",
    "nxt_port.h",
    "nxt_unit.h",
    "nxt_unit_request.h",
    "nxt_unit_response.h",
)
# Of the double's queue of requests, which is shorter than Unit's.
LENGTH = "[1024]"
# Those whose size counts: libunit allocates what the module asks for.
SIZES = ("struct nxt_unit_response_s", "struct nxt_unit_field_s", "nxt_fs_mount_t")


def source() -> Path:
    """Return the real tree."""
    return Path(os.environ["UNIT_SOURCE"])


def real(text: str, folder: Path, *, module: bool = False) -> None:
    """Compile a text, or the module, against the real headers."""
    tree = source()
    file = folder / "check.c"
    file.write_text("".join(f"#include <{name}>\n" for name in HEADERS) + text)
    command = [*os.environ.get("CC", "cc").split(), "-std=gnu11", "-D_GNU_SOURCE"]
    command += ["-fsyntax-only", "-Wall", "-Wextra", "-Werror"]
    command += [f"-isystem{tree / 'src'}", f"-isystem{tree / 'build' / 'include'}"]
    command += [f"-I{ROOT / 'csrc'}", f'-DUW_PYTHON="{sys.executable}"']
    command += sorted(map(str, (ROOT / "csrc").glob("nxt_shim*.c"))) if module else [str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def declarations() -> str:
    """Return the double's declarations without comments and preprocessor lines."""
    text = "".join((INCLUDE / name).read_text() for name in HEADERS)
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL).replace("\\\n", " ")
    return re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)


def structs() -> Iterator[tuple[str, str]]:
    """Yield each struct or union with what is between its braces."""
    pattern = r"(typedef )?((?:struct|union) ?\w*) ?\{([^}]*)\}\s*(\w*)\s*;"
    for typedef, tag, body, name in re.findall(pattern, declarations()):
        yield (name if typedef else tag), body


def members() -> Iterator[tuple[str, str, str]]:
    """Yield type, name of a member, and its type."""
    for owner, body in structs():
        for member in filter(None, (part.strip() for part in body.split(";"))):
            pointer = re.fullmatch(r"(.*?)\(\*(\w+)\)(\(.*\))", member, flags=re.DOTALL)
            if pointer is not None:
                yield owner, pointer[2], f"{pointer[1]}(*){pointer[3]}"
                continue
            plain = re.fullmatch(r"(.*?)(\w+)\s*(\[\d*\])?(\s*:\s*\d+)?", member, flags=re.DOTALL)
            assert plain is not None, member
            if plain[3] == LENGTH:
                yield owner, f"{plain[2]}[0]", plain[1]
            elif plain[4] is None and plain[3] != "[]":
                yield owner, plain[2], plain[1] + (plain[3] or "")


def test_no_header_hides_one_of_units() -> None:
    """Unit's headers include each other, and would find ours of the same name first."""
    ours = {path.name for path in (ROOT / "csrc").rglob("*.h")}
    assert ours & {path.name for path in (source() / "src").glob("*.h")} == set()


def test_the_module_compiles_against_the_real_headers(tmp_path: Path) -> None:
    real("", tmp_path, module=True)


def test_members_are_there_and_have_the_same_types(tmp_path: Path) -> None:
    found = list(members())
    assert len(found) > 60
    real(
        "".join(
            f"_Static_assert(__builtin_types_compatible_p("
            f'__typeof__((({owner} *) 0)->{name}), {kind}), "{owner}.{name}");\n'
            for owner, name, kind in found
        ),
        tmp_path,
    )


def test_functions_have_the_same_types(tmp_path: Path) -> None:
    """A second declaration of another type is an error."""
    pattern = r"^[\w][\w \n]*\*?\b(?:nxt_(?:unit|conf)_\w+)\([^;{]*\)[^;{]*;"
    found = re.findall(pattern, declarations(), flags=re.MULTILINE)
    assert len(found) >= 20
    real("\n".join(found), tmp_path)


def test_numbers_are_the_same(tmp_path: Path) -> None:
    """Enumerations by value, and the sizes that count."""
    names = re.findall(r"\b(NXT_UNIT_\w+|NXT_FS_\w+|NXT_CONF_\w+)\b(?= ?[=,\n])", declarations())
    assert len(names) > 20
    double = tmp_path / "double.c"
    double.write_text(
        "".join(f"#include <{name}>\n" for name in HEADERS)
        + "#include <stdio.h>\nint main(void)\n{\n"
        + "".join(f'printf("%zu {name}\\n", (size_t) {name});\n' for name in names)
        + "".join(f'printf("%zu sizeof({name})\\n", sizeof({name}));\n' for name in SIZES)
        + "return 0;\n}\n"
    )
    command = [*os.environ.get("CC", "cc").split(), "-D_GNU_SOURCE", f"-I{INCLUDE}"]
    subprocess.run([*command, "-o", str(tmp_path / "double"), str(double)], check=True)
    lines = subprocess.run([tmp_path / "double"], capture_output=True, text=True, check=True).stdout
    real(
        "".join(
            f'_Static_assert({name} == {value}, "{name}");\n'
            for value, name in (line.split(" ", 1) for line in lines.splitlines())
        ),
        tmp_path,
    )
