"""Interfaces that are called alike, and types of one that another one uses."""

from pathlib import Path

import pytest

from tests.harness.direct import guest_path
from tests.harness.loading import options
from unit_wasm import load
from unit_wasm.errors import CallError
from unit_wasm.prepare.source import read
from unit_wasm.services.offered import Offers
from unit_wasm.wit import read_world

COMPONENT = """(component
  (core module $m (func (export "f") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m))
  (func $f (param "number" u8) (result u8) (canon lift (core func $i "f")))
  (instance $one (export "keep" (func $f)))
  (export "a:b/types@1.2.0" (instance $one))
  (export "c:d/types@0.1.0" (instance $one))
  (export "c:d/more@0.1.0" (instance $one)))
"""
SEVERAL = "a:b/types@1.2.0, c:d/types@0.1.0"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "alike.wat"
    made.write_text(COMPONENT)
    return made


def test_it_is_said_which_ones_there_are(file: Path) -> None:
    with load(file, options=options()) as component:
        assert component["c:d/types"].keep(3) == component.more.keep(3) == 3
        with pytest.raises(AttributeError) as caught:
            _ = component.types
        assert (
            str(caught.value) == f"component alike.wat exports no types (it is several: {SEVERAL})"
        )
        with pytest.raises(CallError, match=f"^types may be {SEVERAL}$"):
            component["types"]


def test_a_service_suggests_the_first_of_them(file: Path) -> None:
    offers = Offers(read_world(read(file)))
    assert offers.find("types/keep") is None
    assert offers.near("types/keep") == "a:b/types/keep"
    assert offers.near("keep") == "a:b/types/keep"
    assert offers.near("more/kep") == "more/keep"


def test_what_is_of_another_interface_is_used() -> None:
    with load(guest_path("hello"), options=options()) as component:
        assert repr(component).splitlines()[2:4] == [
            "    use types.{incoming-request};",
            "    use types.{response-outparam};",
        ]
