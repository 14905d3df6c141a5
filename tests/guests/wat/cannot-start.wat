;; Traps while it is instantiated.
(component
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (core module $Program
    (func $start unreachable)
    (start $start)
    (func (export "handle") (param i32 i32)))
  (core instance $program (instantiate $Program))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
