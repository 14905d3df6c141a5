"""Component text, and binaries taken apart, for the tests of unit_wasm.component."""

import wasmtime
import wasmtime.component as wc

from unit_wasm.wit.reader import Reader

EMPTY = b"\0asm\x0d\0\x01\0"
"""A component of nothing but its header."""

NOTHING = "it imports no function that moves bytes"
"""Why most components come back from the rewrite as they are."""

_ENGINE = wasmtime.Engine()


def hurried() -> wasmtime.Config:
    """Return what makes an engine compile in a hurry: only its verdict counts."""
    config = wasmtime.Config()
    config.cranelift_opt_level = "none"
    config.parallel_compilation = False
    return config


def accepted(data: bytes, engine: wasmtime.Engine = _ENGINE) -> bool:
    """Return whether libwasmtime takes the bytes for a component."""
    try:
        wc.Component(engine, data)
    except wasmtime.WasmtimeError:
        return False
    return True


def assemble(text: str) -> bytes:
    """Return the binary of component or module text."""
    return bytes(wasmtime.wat2wasm(text))


def sections(data: bytes) -> list[tuple[int, bytes]]:
    """Return number and content of each section of a component."""
    reader, found = Reader(data, len(EMPTY)), []
    while not reader.at_end():
        number, body = reader.section()
        found.append((number, data[body.position : body.end]))
    return found


def boundaries(data: bytes) -> list[int]:
    """Return where a component could end: after its first 8 bytes, and after each section."""
    reader, found = Reader(data, len(EMPTY)), [len(EMPTY)]
    while not reader.at_end():
        found.append(reader.section()[1].end)
    return found


def streams_import(name: str = "wasi:io/streams@0.2.0", functions: str = "") -> str:
    """Return imports of wasi:io/error and of ``name`` with the four functions that move bytes."""
    return f"""
  (import "wasi:io/error@0.2.0" (instance $errors (export "error" (type (sub resource)))))
  (alias export $errors "error" (type $error))
  (type $streams-type (instance
    (alias outer 1 $error (type $outer))
    (export "error" (type $error (eq $outer)))
    (export "input-stream" (type $input (sub resource)))
    (export "output-stream" (type $output (sub resource)))
    (type $own-error (own $error))
    (type $a (variant (case "last-operation-failed" $own-error) (case "closed")))
    (export "stream-error" (type $stream-error (eq $a)))
    (type $borrow-input (borrow $input))
    (type $borrow-output (borrow $output))
    (type $bytes (list u8))
    (type $read-result (result $bytes (error $stream-error)))
    (type $write-result (result (error $stream-error)))
    (type $read (func (param "self" $borrow-input) (param "len" u64) (result $read-result)))
    (type $write (func (param "self" $borrow-output) (param "contents" $bytes)
      (result $write-result)))
    (export "[method]input-stream.read" (func (type $read)))
    (export "[method]input-stream.blocking-read" (func (type $read)))
    (export "[method]output-stream.write" (func (type $write)))
    (export "[method]output-stream.blocking-write-and-flush" (func (type $write)))
    {functions}))
  (import "{name}" (instance $streams (type $streams-type)))
  (alias export $streams "input-stream" (type $input-stream))
  (alias export $streams "output-stream" (type $output-stream))
  (alias export $streams "[method]input-stream.read" (func $read))
  (alias export $streams "[method]output-stream.write" (func $write))"""


_LIBC = """
  (core module $libc
    (memory (export "memory") {pages})
    (global $next (mut i32) (i32.const 8193))
    (data (i32.const 1000) "0123456789\\00\\7f\\80\\ff\\c3\\a9abcdef")
    ;; Bumps, from an odd address on; writes its arguments to a log at 4096, whose size is at 4092.
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.add (i32.const 4096) (i32.shl (i32.load (i32.const 4092)) (i32.const 4))))
      (i32.store (local.get $at) (local.get 0))
      (i32.store offset=4 (local.get $at) (local.get 1))
      (i32.store offset=8 (local.get $at) (local.get 2))
      (i32.store offset=12 (local.get $at) (local.get 3))
      (i32.store (i32.const 4092) (i32.add (i32.load (i32.const 4092)) (i32.const 1)))
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (i32.add (local.get 3) (i32.const 2))))))"""

_USER = """
  (core module $user
    (import "libc" "memory" (memory 0))
    (import "streams" "read" (func $read (param i32 i64 i32)))
    (import "streams" "write" (func $write (param i32 i32 i32 i32)))
    (import "streams" "drop-input" (func $drop-input (param i32)))
    (import "streams" "drop-output" (func $drop-output (param i32)))
    (func (export "read") (param $self i32) (param $count i64) (param $result i32) (result i32)
      (call $read (local.get $self) (local.get $count) (local.get $result))
      (call $drop-input (local.get $self))
      (local.get $result))
    (func (export "write") (param $self i32) (param i32 i32) (param $result i32) (result i32)
      (call $write (local.get $self) (local.get 1) (local.get 2) (local.get $result))
      (call $drop-output (local.get $self))
      (local.get $result))
    (func (export "dump") (param $count i32) (result i32)
      (i32.store (i32.const 4) (local.get $count))
      (i32.const 0)))"""


def guest(pages: int = 1) -> str:
    """Return the inside of a component that exports read, write and dump over its imports.

    Parameters:
        pages: of its memory; ``dump`` returns its first bytes, and overwrites the first 8.
    """
    return f"""{_LIBC.format(pages=pages)}
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $core-read (canon lower (func $read) (memory $memory) (realloc $realloc)))
  (core func $core-write (canon lower (func $write) (memory $memory)))
  (core func $drop-input (canon resource.drop $input-stream))
  (core func $drop-output (canon resource.drop $output-stream))
  {_USER}
  (core instance $user (instantiate $user
    (with "libc" (instance $libc))
    (with "streams" (instance
      (export "read" (func $core-read))
      (export "write" (func $core-write))
      (export "drop-input" (func $drop-input))
      (export "drop-output" (func $drop-output))))))
  (alias core export $user "read" (core func $user-read))
  (alias core export $user "write" (core func $user-write))
  (alias core export $user "dump" (core func $user-dump))
  (type $three (tuple u32 u32 u32))
  (func (export "read") (param "self" (borrow $input-stream)) (param "count" u64)
    (param "at" u32) (result $three)
    (canon lift (core func $user-read) (memory $memory)))
  (func (export "write") (param "self" (borrow $output-stream)) (param "pointer" u32)
    (param "size" u32) (param "at" u32) (result $three)
    (canon lift (core func $user-write) (memory $memory)))
  (func (export "dump") (param "count" u32) (result (list u8))
    (canon lift (core func $user-dump) (memory $memory)))"""


STREAMS = f"(component {streams_import()} {guest()})"
"""A component that reads and writes streams, with a realloc that logs and gives odd addresses."""
