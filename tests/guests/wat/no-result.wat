;; Calls get-random-u64 as if it returned nothing.
(component
  (import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-u64" (func))))
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (core module $Memory
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "memory" (core memory $mem))
  (alias core export $memory "realloc" (core func $realloc))
  (core func $call (canon lower (func $random "get-random-u64")
    (memory $mem) (realloc $realloc)))
  (core module $Program
    (import "host" "call" (func $call))
    (func (export "handle") (param i32 i32)
      (call $call)
      unreachable))
  (core instance $program (instantiate $Program
    (with "host" (instance (export "call" (func $call))))))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
