"""What tools/bindgen.py has written is what it would write, and the host has all of WASI.

The WIT files come from the npm package that also builds the guests (tools/guest_toolchains.py). A
missing row would keep components from linking; an extra one, or one of another type, can never be
called.
"""

import json
import re
from pathlib import Path

import pytest

import bindgen
from bindgen_rows import Ids, read_rows
from unit_wasm.native.rows import host_functions, host_resources, host_rows
from unit_wasm.native.types import HostResource
from unit_wasm.wit import known_interface, known_packages, model

VERSION = "0.2.12"
BUILT_IN = {
    **dict.fromkeys(("cli", "clocks", "filesystem", "http", "io", "random", "sockets"), ("0.2.",)),
    "config": ("0.2.0-rc.1", "0.2.0-draft", "0.2.0-draft-2024-09-27"),
    "logging": ("0.1.0-draft", ""),
    "keyvalue": ("0.2.0-draft",),
    "keyvalue-draft2": ("0.2.0-draft2",),
}
"""Keys of the packages that the host has, with their versions."""


def interfaces() -> list[tuple[model.Interface, tuple[str, ...]]]:
    """Return what a component may import, with its versions."""
    found = []
    for package in known_packages():
        if package.key in BUILT_IN:
            assert package.versions == BUILT_IN[package.key]
            version = package.versions[0] if package.versions[0][-1:] != "." else VERSION
            for name in package.interfaces:
                interface = known_interface(f"{package.name}/{name}@{version}")
                assert interface is not None
                found += [] if package.exported(name) else [(interface, package.versions)]
    return found


def test_data_is_what_the_wit_files_say() -> None:
    """Run `python tools/bindgen.py` where this fails."""
    for path, text in bindgen.data_files().items():
        assert path.read_text(encoding="utf-8") == text, path.name


def test_c_is_what_the_data_says() -> None:
    """Run `python tools/bindgen.py` where this fails."""
    files = bindgen.c_files()
    assert {*bindgen.GENERATED.iterdir(), bindgen.IDS} == {*files}
    for path, text in files.items():
        assert path.read_text(encoding="utf-8") == text, path.name


def test_rows_are_those_of_the_wit() -> None:
    """The rows are written from the data: this is about what the extension was built from."""
    expected = {
        (interface.owner.partition("@")[0], versions, function.name): (
            len(function.params),
            0 if function.result is None else 1,
        )
        for interface, versions in interfaces()
        for function in interface.functions
    }
    rows = host_functions()
    assert len(rows) == len(expected) == 207
    found = {(row.interface, row.versions, row.name): (row.params, row.results) for row in rows}
    assert found == expected


def test_resources_are_those_of_the_wit() -> None:
    expected = {
        HostResource(interface.owner.partition("@")[0], versions, each.name)
        for interface, versions in interfaces()
        for each in interface.types
        if isinstance(each.type, model.Resource)
    }
    assert len(host_resources()) == len(expected) == 28
    assert set(host_resources()) == expected


def test_what_the_rows_say_of_functions_is_in_bindgen_toml() -> None:
    said = read_rows(bindgen.ROWS)
    keys = {(each.name, each.versions): each.key for each in known_packages()}
    for row in host_functions():
        package, _, interface = row.interface.partition("/")
        rows = said[keys[package, row.versions]].get(interface)
        waits = () if rows is None else rows.waits
        assert row.waits == (row.name in waits), row


def test_refused_functions_do_not_wait() -> None:
    assert not [row for row in host_functions() if row.refused and row.waits]


@pytest.mark.parametrize("name", ["[method]fields.no", "no"])
def test_a_function_that_is_not_there(name: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.toml"
    path.write_text(f'[http.types]\nwaits = ["{name}"]\n', encoding="utf-8")
    with pytest.raises(KeyError, match=re.escape(name)):
        read_rows(path)


# ---- The ids of rows ----


def test_ids_are_never_given_twice() -> None:
    ids = [id for rows in known_ids().values() for id in rows.values()]
    assert len(ids) == len(set(ids)) > 200
    assert min(ids) == 1


def test_a_row_has_its_id_wherever_it_stands() -> None:
    known = {
        (interface, name): id
        for interface, rows in known_ids().items()
        for name, id in rows.items()
        if (interface, name) in host_rows()
    }
    assert host_rows().items() >= known.items()
    assert {*host_rows().values()} == {*known.values()}


def test_a_row_is_known_by_each_of_its_versions() -> None:
    rows = host_rows()
    assert {key: key in rows for key in ONES} == ONES
    assert len({rows[key] for key in ONES if ONES[key] and key[0].startswith("wasi:config")}) == 1


ONES = {
    ("wasi:config/store@0.2.0-rc.1", "get"): True,
    ("wasi:config/store@0.2.0-draft", "get"): True,
    ("wasi:config/store", "get"): False,
    ("wasi:logging/logging", "log"): True,
    ("wasi:logging/logging@0.1.0-draft", "log"): True,
    ("wasi:io/poll", "poll"): True,
    ("wasi:io/poll@0.2.0", "poll"): False,
}


def test_a_new_row_gets_an_id_that_nobody_had() -> None:
    """Also where the row with the highest one is no more."""
    known = known_ids()
    most = max(id for rows in known.values() for id in rows.values())
    ids = Ids({**known, "wasi:gone/for-good": {"last": most + 5}})
    before = ids.of("wasi:io/poll@0.2.0", "poll")
    assert ids.of("wasi:io/poll@0.2.0", "peek") == most + 6
    assert ids.of("wasi:new/thing@0.1.0-draft", "first") == most + 7
    assert ids.of("wasi:io/poll@0.2.0", "poll") == before == known["wasi:io/poll"]["poll"]


def known_ids() -> dict[str, dict[str, int]]:
    known: dict[str, dict[str, int]] = json.loads(bindgen.IDS.read_text(encoding="utf-8"))
    return known
