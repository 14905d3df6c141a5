"""Components that call a function of WASI as if it had another type, and trap if that returns."""

from pathlib import Path

from tests.harness.direct import guest_path

_COMPONENT = """(component
  (import "wasi:io/error@0.2.0" (instance $errors (export "error" (type (sub resource)))))
  (alias export $errors "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (alias outer 1 $error (type $outer-error))
    (export "error" (type $io-error (eq $outer-error)))
    (export "output-stream" (type $output-stream (sub resource)))
    (type $failure (variant (case "last-operation-failed" (own $io-error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $failure)))
    {of_streams}))
  (alias export $streams "output-stream" (type $output-stream))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $output-stream (type $outer))
    (export "output-stream" (type $stream (eq $outer)))
    (export "get-stdout" (func (result (own $stream))))))
  {of_others}
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (core module $Memory
    (memory (export "memory") 1)
    (data (i32.const 16) "\\01\\00\\00\\00\\02\\00\\00\\00a string\\n")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "memory" (core memory $mem))
  (alias core export $memory "realloc" (core func $realloc))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $f (canon lower (func {instance} "{function}") (memory $mem) (realloc $realloc)))
  (core module $Program
    (import "host" "stdout" (func $stdout (result i32)))
    (import "host" "f" (func $f {core}))
    (func (export "handle") (param i32 i32) {call} unreachable))
  (core instance $program (instantiate $Program (with "host" (instance
    (export "stdout" (func $get-stdout)) (export "f" (func $f))))))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))"""


def _of_streams(name: str, type: str, core: str, call: str) -> str:
    function = f"[method]output-stream.{name}"
    type = f'(export "{function}" (func (param "self" (borrow $output-stream)) {type}))'
    return _COMPONENT.format(
        of_streams=type, of_others="", instance="$streams", function=function, core=core, call=call
    )


def _of(interface: str, function: str, type: str, core: str, call: str) -> str:
    other = f'(import "{interface}@0.2.0" (instance $other (export "{function}" (func {type}))))'
    return _COMPONENT.format(
        of_streams="", of_others=other, instance="$other", function=function, core=core, call=call
    )


_NUMBER = "(param i32) (result i32)", "(drop (call $f (call $stdout)))"
_BYTES = "wasi:random/random", "get-random-bytes"
_U64 = "wasi:random/random", "get-random-u64"

WRONG_TYPES = {
    # WASI's have results that may be errors, and the second may wait.
    "wrong-types": _of_streams("check-write", "(result u32)", *_NUMBER),
    "wrong-waiting": _of_streams("blocking-flush", "(result u32)", *_NUMBER),
    # A string where WASI has bytes: a host that carries bytes as strings has to be unharmed.
    "wrong-string": _of_streams(
        "blocking-write-and-flush",
        '(param "contents" string) (result (result (error $stream-error)))',
        "(param i32 i32 i32 i32)",
        "(call $f (call $stdout) (i32.const 24) (i32.const 9) (i32.const 64))",
    ),
    # A list of numbers where WASI has one of pollables.
    "wrong-list": _of(
        *("wasi:io/poll", "poll", '(param "in" (list u32)) (result (list u32))'),
        *("(param i32 i32 i32)", "(call $f (i32.const 16) (i32.const 2) (i32.const 64))"),
    ),
    # A string where WASI has a number.
    "wrong-param": _of(
        *(*_BYTES, '(param "len" string) (result (list u8))'),
        *("(param i32 i32 i32)", "(call $f (i32.const 16) (i32.const 4) (i32.const 32))"),
    ),
    "too-few-params": _of(*_BYTES, "(result (list u8))", "(param i32)", "(call $f (i32.const 16))"),
    "too-many-params": _of(
        *(*_U64, '(param "a" u32) (param "b" string) (result u64)'),
        "(param i32 i32 i32) (result i64)",
        "(drop (call $f (i32.const 1) (i32.const 16) (i32.const 4)))",
    ),
    "wrong-result": _of(*_U64, "(result string)", "(param i32)", "(call $f (i32.const 16))"),
    "no-result": _of(*_U64, "", "", "(call $f)"),
}
"""By name of the case, as component text."""


def component_path(name: str, folder: Path) -> Path:
    """Return the component of a guest, or of one of these: that is written into a folder."""
    if name not in WRONG_TYPES:
        return guest_path(name)
    path = folder / f"{name}.wat"
    path.write_text(WRONG_TYPES[name])
    return path
