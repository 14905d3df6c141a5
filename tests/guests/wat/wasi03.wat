;; A service of WASI 0.3: the interface is called handler there, and its types are others.
(component
  (import "wasi:http/types@0.3.0" (instance $types
    (export "request" (type (sub resource)))
    (export "response" (type (sub resource)))))
  (alias export $types "request" (type $request))
  (alias export $types "response" (type $response))
  (core module $Program
    (func (export "handle") (param i32) (result i32) unreachable))
  (core instance $program (instantiate $Program))
  (func $handle (param "request" (own $request)) (result (own $response))
    (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/handler@0.3.0" (instance $handler)))
