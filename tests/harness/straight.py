"""Components without a loop and without a call of their own: nothing in them looks at the clock."""

from tests.harness.component_text import assemble

_COMPONENT = """
(component
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))
    (export "fields" (type $fields (sub resource)))
    (type $cases (variant (case "invalid-syntax") (case "forbidden") (case "immutable")))
    (export "header-error" (type $error (eq $cases)))
    (export "[constructor]fields" (func (result (own $fields))))
    (export "[method]fields.has" (func (param "self" (borrow $fields)) (param "name" string)
      (result bool)))
    (export "[static]fields.from-list" (func (param "entries" (list (tuple string (list u8))))
      (result (result (own $fields) (error $error)))))))
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $pollable (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    (alias outer 1 $pollable (type $outer))
    (export "pollable" (type $p (eq $outer)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $p))))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (core module $Memory (memory (export "memory") {pages}))
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "memory" (core memory $mem))
  (core func $new (canon lower (func $types "[constructor]fields")))
  (core func $has (canon lower (func $types "[method]fields.has") (memory $mem)))
  (core func $from-list (canon lower (func $types "[static]fields.from-list") (memory $mem)))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core func $subscribe (canon lower (func $clock "subscribe-duration")))
  (core module $Program
    (import "host" "new" (func $new (result i32)))
    (import "host" "has" (func $has (param i32 i32 i32) (result i32)))
    (import "host" "from-list" (func $from-list (param i32 i32 i32)))
    (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "host" "block" (func $block (param i32)))
    (func (export "handle") (param i32 i32) (local $fields i32)
      (local.set $fields (call $new))
      {body}
      unreachable))
  (core instance $program (instantiate $Program (with "host" (instance
    (export "new" (func $new))
    (export "subscribe" (func $subscribe))
    (export "block" (func $block))
    (export "has" (func $has))
    (export "from-list" (func $from-list))))))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
"""


def calls_has(calls: int, size: int) -> bytes:
    """Return a guest that asks so often for a name of ``size`` bytes, and then traps."""
    call = f"(drop (call $has (local.get $fields) (i32.const 0) (i32.const {size})))\n"
    return assemble(_COMPONENT.format(pages=size // 65_536 + 1, body=call * calls))


def calls_from_list(calls: int, size: int) -> bytes:
    """Return a guest that hands over so often a list of ``size`` names that are refused."""
    call = f"(call $from-list (i32.const 16) (i32.const {size}) (i32.const 0))\n"
    return assemble(_COMPONENT.format(pages=(16 * size) // 65_536 + 2, body=call * calls))


def pauses(calls: int, size: int) -> bytes:
    """Return a guest as that of :func:`calls_has` that waits for a moment after each call."""
    call = (
        f"(drop (call $has (local.get $fields) (i32.const 0) (i32.const {size})))"
        "(call $block (call $subscribe (i64.const 1000000)))\n"
    )
    return assemble(_COMPONENT.format(pages=size // 65_536 + 1, body=call * calls))
