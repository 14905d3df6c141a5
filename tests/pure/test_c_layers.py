"""The folders of csrc/: who may include whom, no circle, and what a header declares."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pure.c_source import includes, without_comments
from unit_wasm.unit.sources import CDEF_HEADERS, CLIENT_HEADERS, sources

CSRC = Path(__file__).resolve().parents[2] / "csrc"
SHIM = "nxt_shim"

MAY_INCLUDE: dict[str, str] = {
    "base": "",
    "wasmtime": "base",
    "http": "base",
    "engine": "base wasmtime",
    "guest": "base wasmtime engine http",
    "outgoing": "base http",
    "wasi": "base wasmtime engine http guest outgoing",
    "worker": "base wasmtime engine http guest outgoing wasi",
    "python": "base wasmtime engine http guest outgoing wasi worker",
    SHIM: "base http",
    "unit": f"base wasmtime engine http guest outgoing wasi worker {SHIM}",
}
"""The floors of the house, from the ground up; each folder may include itself, too."""

OF_THE_FOLDER = {"wasi/http/common.h", "wasi/filesystem/common.h"}
"""Headers of a whole folder, whose files share what they declare."""

CALLS_UP = {"nxt_shim.h: uw_nxt_handlers": "unit/module.c"}
"""What a lower floor declares and a higher one defines: the way up from Unit."""

ONLY_FOR_CFFI = {"python/tests.h"}
"""Second declarations of what CFFI cannot read where it is."""


def c_files() -> list[str]:
    return sorted(
        path.relative_to(CSRC).as_posix()
        for pattern in ("*.c", "*.h")
        for path in CSRC.rglob(pattern)
    )


def floor_of(name: str) -> str:
    return name.partition("/")[0] if "/" in name else SHIM


def room_of(name: str) -> str:
    """A header and its source are one room."""
    return name.rpartition(".")[0]


def ours(name: str) -> list[str]:
    """Return the headers of csrc/ that a file includes."""
    return [header for header in includes(CSRC / name) if (CSRC / header).exists()]


def against_the_rule(name: str, headers: list[str]) -> list[str]:
    floor = floor_of(name)
    allowed = {floor, *MAY_INCLUDE[floor].split()}
    return [f"{name} includes {header}" for header in headers if floor_of(header) not in allowed]


def test_every_folder_has_a_rule() -> None:
    assert {floor_of(name) for name in c_files()} == set(MAY_INCLUDE)


def test_a_folder_may_only_include_what_is_below_it() -> None:
    below: set[str] = set()
    for floor, others in MAY_INCLUDE.items():
        assert set(others.split()) <= below, floor
        below.add(floor)


@pytest.mark.parametrize("name", c_files())
def test_files_include_what_they_may(name: str) -> None:
    assert against_the_rule(name, ours(name)) == []


def test_an_include_against_the_rule_is_found() -> None:
    headers = ["base/buf.h", "http/body.h", "worker/worker.h", "nxt_shim.h"]
    assert against_the_rule("wasi/cli.c", headers) == [
        "wasi/cli.c includes worker/worker.h",
        "wasi/cli.c includes nxt_shim.h",
    ]
    assert against_the_rule("unit/loop.c", headers) == []
    assert against_the_rule("nxt_shim.c", headers) == ["nxt_shim.c includes worker/worker.h"]


@pytest.mark.parametrize("name", c_files())
def test_an_include_names_the_file_from_csrc(name: str) -> None:
    """The compiler looks beside a file first: that must not find another of ours."""
    beside = (CSRC / name).parent
    if beside == CSRC:
        return
    found = [header for header in includes(CSRC / name) if (beside / header).exists()]
    assert found == []


# ---- No circle ----


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return rooms that lead to each other, or nothing."""
    done: set[str] = set()

    def follow(room: str, path: list[str]) -> list[str]:
        if room in path:
            return path[path.index(room) :]
        if room in done:
            return []
        for other in sorted(edges.get(room, ())):
            found = follow(other, [*path, room])
            if found:
                return found
        done.add(room)
        return []

    for room in sorted(edges):
        found = follow(room, [])
        if found:
            return found
    return []


def rooms() -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {}
    for name in c_files():
        others = {room_of(header) for header in ours(name)} - {room_of(name)}
        edges.setdefault(room_of(name), set()).update(others)
    return edges


def test_there_is_no_circle() -> None:
    assert circle(rooms()) == []


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    edges = rooms()
    edges["base/buf"].add("http/fields")
    assert circle(edges) != []


# ---- What x.h declares, x.c defines ----

DECLARED = re.compile(r"^(?!static|typedef)[a-z][\w ]*[ *](uw_\w+)\([^;{]*\)[^;{}]*;", re.MULTILINE)
DECLARED_DATA = re.compile(r"^extern [^;(]*?\b(uw_\w+)(?:\[\w*\])?;", re.MULTILINE)
DEFINED = re.compile(r"^(uw_\w+)\([^;]*?\)\n\{", re.MULTILINE)
DEFINED_DATA = re.compile(r"^const [^;(={]*?\b(uw_\w+)(?:\[\w*\])? = ", re.MULTILINE)


def code_of(name: str) -> str:
    text = without_comments((CSRC / name).read_text(encoding="utf-8"))
    return re.sub(r"^[ \t]*#.*(?:\\\n.*)*$", "", text, flags=re.MULTILINE)


def declarations(name: str) -> Iterator[str]:
    text = code_of(name)
    for pattern in (DECLARED, DECLARED_DATA):
        yield from pattern.findall(text)


def definitions() -> dict[str, str]:
    """Return which source defines what."""
    found = {}
    for name in c_files():
        if name.endswith(".c"):
            text = code_of(name)
            for pattern in (DEFINED, DEFINED_DATA):
                found.update(dict.fromkeys(pattern.findall(text), name))
    return found


def is_at_home(header: str, name: str, source: str) -> bool:
    if header in OF_THE_FOLDER:
        return Path(source).parent == Path(header).parent
    if header.startswith("wasi/gen/"):
        # What a package has to have is written by hand, in its file or folder.
        # Drafts of one have a folder in common.
        package = f"wasi/{Path(header).stem.partition('-')[0]}"
        return source.startswith((f"wasi/gen/{Path(header).stem}", f"{package}.c", f"{package}/"))
    # A long source may be several: x.c, x_more.c.
    return re.fullmatch(re.escape(room_of(header)) + r"(_\w+)?", room_of(source)) is not None or (
        CALLS_UP.get(f"{header}: {name}") == source
    )


def test_what_a_header_declares_its_source_defines() -> None:
    sources_of = definitions()
    wrong, seen = [], 0
    for header in c_files():
        if not header.endswith(".h") or header in ONLY_FOR_CFFI:
            continue
        for name in declarations(header):
            seen += 1
            source = sources_of.get(name, "nobody")
            if not is_at_home(header, name, source):
                wrong.append(f"{header} declares {name}, {source} defines it")
    assert wrong == []
    assert seen > 400


# ---- Products ----


def test_every_source_belongs_to_a_product() -> None:
    used = {*sources(CSRC, "extension"), *sources(CSRC, "module")}
    assert used == set(CSRC.rglob("*.c"))


def test_what_cffi_reads_is_there() -> None:
    assert set(CLIENT_HEADERS) <= set(CDEF_HEADERS) <= set(c_files())


# ---- libwasmtime ----


def test_what_is_loaded_of_libwasmtime_is_called() -> None:
    table = (CSRC / "wasmtime" / "functions.h").read_text(encoding="utf-8")
    members = re.findall(r"\bX\([^,()]+,\s*(\w+),", table.replace("\\\n", " "))
    folders = (CSRC, CSRC.parent / "bench", CSRC.parent / "tests" / "native")
    text = "".join(
        path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.c")
    )
    called = set(re.findall(r"(?:->|\.)\s*(\w+)", text))
    assert len(members) > 80
    assert [member for member in members if member not in called] == []
