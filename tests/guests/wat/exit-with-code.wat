;; Calls exit-with-code(42), which is unstable in WASI 0.2.
(component
  (import "wasi:cli/exit@0.2.0" (instance $exit
    (export "exit-with-code" (func (param "status-code" u8)))))
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (core func $exit-with-code (canon lower (func $exit "exit-with-code")))
  (core module $Program
    (import "host" "exit-with-code" (func $exit-with-code (param i32)))
    (func (export "handle") (param i32 i32)
      (call $exit-with-code (i32.const 42))
      unreachable))
  (core instance $program (instantiate $Program (with "host" (instance
    (export "exit-with-code" (func $exit-with-code))))))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
