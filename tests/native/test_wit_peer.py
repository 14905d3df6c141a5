"""WIT of components, beside what ``wasm-tools component wit`` says of the same ones."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.components import GUESTS
from tests.harness.wrong_types import WRONG_TYPES
from unit_wasm.errors import ComponentError
from unit_wasm.wit import read_world, world_text

TOOL = Path(sys.executable).with_name("wasm-tools")
NAMES = sorted(path.stem for path in GUESTS.glob("*.wasm"))

# What people write by hand, and no compiler does.
TEXTS = {
    "a function of a name that is none of WIT": '(component (import "%s" (func)))',
    "an instance of an interface under a label": """(component
        (import "one" (instance (export "f" (func))))
        (export "a:b/c" (instance 0)))""",
    "a resource that a nested component makes": """(component
        (component $c
            (type $r (resource (rep i32)))
            (export $e "r" (type $r))
            (import "f" (func $f)) (export "g" (func $f)))
        (import "f" (func $f))
        (instance $i (instantiate $c (with "f" (func $f))))
        (export "a:b/c" (instance $i)))""",
    "two instances of one component": """(component
        (component $c (type $r (resource (rep i32))) (export $e "r" (type $r)))
        (instance $i (instantiate $c)) (instance $j (instantiate $c))
        (export "a:b/c" (instance $i)) (export "a:b/d" (instance $j)))""",
    "an alias of an alias": """(component
        (import "a:b/c" (instance $i
            (type $rec (record (field "a" u8))) (export "one" (type $one (eq $rec)))
            (export "two" (type $two (eq $one))) (export "three" (type (eq $two)))))
        (alias export $i "three" (type $three))
        (import "a:b/d" (instance
            (alias outer 1 $three (type $o)) (export "four" (type (eq $o))))))""",
    "a type of a list, and another of it": """(component
        (type $l (list u8))
        (import "one" (type $one (eq $l))) (import "two" (type (eq $l)))
        (import "three" (type (eq $one))) (import "f" (func (param "x" $l))))""",
    "a type of the world in a function": """(component
        (type $e (enum "a" "b")) (import "e" (type $t (eq $e)))
        (import "f" (func (param "x" (option $t)) (result (list $t)))))""",
    "an instance that exports nothing": '(component (import "a:b/c" (instance)))',
    "a bag of functions": """(component
        (import "f" (func $f (param "x" u8)))
        (instance $bag (export "g" (func $f)) (export "h" (func $f)))
        (export "inline" (instance $bag)) (export "a:b/c@0.1.0" (instance $bag)))""",
    "a component that is imported and used": """(component
        (import "c" (component $c (export "f" (func (result string)))))
        (instance $i (instantiate $c))
        (alias export $i "f" (func $f)) (export "f" (func $f)))""",
    "a function with an ascribed type": """(component
        (import "f" (func $f (param "x" u8))) (export "g" (func $f) (func (param "x" u8))))""",
    **WRONG_TYPES,
}


def theirs(file: Path) -> str | None:
    """Return what the tool says, or None where it refuses."""
    done = subprocess.run(
        [TOOL, "component", "wit", file], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout if done.returncode == 0 else None


def ours(data: bytes) -> str | None:
    try:
        return world_text(read_world(data))
    except ComponentError:
        return None


@pytest.mark.parametrize("name", NAMES)
def test_guests(name: str) -> None:
    file = GUESTS / f"{name}.wasm"
    assert ours(file.read_bytes()) == theirs(file)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_texts(text: str, tmp_path: Path) -> None:
    file = tmp_path / "component.wasm"
    (tmp_path / "component.wat").write_text(text)
    made = subprocess.run(
        [TOOL, "parse", tmp_path / "component.wat", "-o", file],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert ours(file.read_bytes()) == theirs(file)
