"""Components made of hello.wat and more core modules, whose memories and tables grow."""

from collections.abc import Sequence
from pathlib import Path

_HELLO = Path(__file__).resolve().parents[2] / "examples" / "hello" / "hello.wat"

_DIGITS = 10
_AT = 200
"""Where the program's memory has room for numbers."""

MEMORY = """(memory {0})
  (func (export "run") (result i32)
    (loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (memory.size))"""
"""Grows its memory page by page until it gets no more; how many pages it has then."""

TABLE = """(table $t {0} funcref)
  (func (export "run") (result i32)
    (loop $l (br_if $l (i32.ne (table.grow $t (ref.null func) (i32.const 1)) (i32.const -1))))
    (table.size $t))"""
"""The same with a table and its elements."""

OBJECTS = """(type $bytes (array (mut i8)))
  (type $list (struct (field (ref $bytes)) (field (ref null $list))))
  (func (export "run") (result i32) (local $held (ref null $list)) (local $n i32)
    (loop $l
      (local.set $held
        (struct.new $list (array.new $bytes (i32.const 1) (i32.const 65536)) (local.get $held)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $n) (i32.const {0}))))
    (local.get $n))"""
"""Makes so many objects of 64 KiB, and holds them."""

LOOP = """(memory {0}) (tag $t) (type $object (struct (field i32)))
  (func (export "run") (result i32)
    (drop (struct.new $object (i32.const 1)))
    (loop $l (br $l))
    (i32.const 0))"""
"""Makes an object and never returns."""

_NUMBER = f"""
    (func $number (param $n i32) (param $at i32) (local $digit i32)
      (local.set $digit (i32.const {_DIGITS}))
      (loop $l
        (local.set $digit (i32.sub (local.get $digit) (i32.const 1)))
        (i32.store8 (i32.add (local.get $at) (local.get $digit))
          (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
        (local.set $n (i32.div_u (local.get $n) (i32.const 10)))
        (br_if $l (local.get $digit))))
"""


def growing(modules: Sequence[str]) -> str:
    """Return a component that runs these modules in turn, and answers what each of them returned.

    Parameters:
        modules: of the above, formatted: fields of a core module that exports ``run``.
    """
    text = _HELLO.read_text(encoding="utf-8")
    defined = "".join(
        f"(core module $Extra{i} {fields})\n(core instance $extra{i} (instantiate $Extra{i}))\n"
        f'(alias core export $extra{i} "run" (core func $run{i}))\n'
        for i, fields in enumerate(modules)
    )
    count = range(len(modules))
    imports = "".join(f'(import "extra" "{i}" (func $run{i} (result i32)))' for i in count)
    calls = "".join(f"(call $number (call $run{i}) (i32.const {_AT + i * _DIGITS}))" for i in count)
    exports = "".join(f'(export "{i}" (func $run{i}))' for i in count)
    size = len(modules) * _DIGITS
    for old, new in (
        ("(core module $Program\n", f"{defined}(core module $Program\n{imports}"),
        ("    (func $must-be-ok\n", f"{_NUMBER}    (func $must-be-ok\n"),
        ("      (call $request-drop", f"{calls}\n      (call $request-drop"),
        ("(i32.const 48) (i32.const 13)", f"(i32.const {_AT}) (i32.const {size})"),
        (
            '(core instance $program (instantiate $Program (with "host"',
            f'(core instance $program (instantiate $Program (with "extra" (instance {exports}))\n'
            '(with "host"',
        ),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def numbers(text: str) -> list[int]:
    """Return the numbers of an answer."""
    return [int(text[at : at + _DIGITS]) for at in range(0, len(text), _DIGITS)]
