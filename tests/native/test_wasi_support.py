"""docs/wasi-support.md has the tables that tools/wasi_support.py writes, and they are true."""

import json

import wasi_support
from unit_wasm.component.inspect import inspect
from unit_wasm.native.rows import host_functions

KNOWN: wasi_support.Known = json.loads(wasi_support.DATA.read_text(encoding="utf-8"))


def test_the_page_is_what_the_program_says() -> None:
    """Run `python tools/wasi_support.py` where this fails, and write the note of what is new."""
    assert wasi_support.completed(KNOWN) == KNOWN
    assert wasi_support.page(KNOWN) == wasi_support.PAGE.read_text(encoding="utf-8")


def test_every_function_that_is_done_is_held_by_a_guest_that_calls_it() -> None:
    imports = {
        guest: {
            (interface.name, function)
            for interface in inspect((wasi_support.GUESTS / f"{guest}.wasm").read_bytes()).imports
            for function in interface.functions
        }
        for guest in {
            row["guest"] for rows in KNOWN.values() for row in rows.values() if "guest" in row
        }
    }
    for function in host_functions():
        row = KNOWN[function.interface][function.name]
        if "guest" not in row:
            assert function.refused or function.interface.startswith("wasi:sockets/"), function
            continue
        assert (function.interface, function.name) in imports[row["guest"]], function
        assert wasi_support.test_of(row["guest"]), row


def test_a_guest_that_nobody_runs_holds_nothing() -> None:
    assert wasi_support.test_of("hello") == "tests/native/test_guests.py"
    assert wasi_support.test_of("files") == "tests/native/test_files.py"
    assert wasi_support.test_of("no-such-guest") == ""
