;; Calls the host from its realloc, where a component must not call anything: that traps, and is
;; none of the traps that a core module has.
(component
  (import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))
    (export "get-random-u64" (func (result u64)))))
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (core func $u64 (canon lower (func $random "get-random-u64")))
  (core module $Memory
    (import "host" "u64" (func $u64 (result i64)))
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (drop (call $u64))
      (i32.const 64)))
  (core instance $memory (instantiate $Memory
    (with "host" (instance (export "u64" (func $u64))))))
  (core func $bytes (canon lower (func $random "get-random-bytes")
    (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core module $Program
    (import "host" "bytes" (func $bytes (param i64 i32)))
    (func (export "handle") (param i32 i32)
      (call $bytes (i64.const 8) (i32.const 0))))
  (core instance $program (instantiate $Program
    (with "host" (instance (export "bytes" (func $bytes))))))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
