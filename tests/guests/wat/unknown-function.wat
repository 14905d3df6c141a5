;; Imports a function that wasi:io/streams does not have.
(component
  (import "wasi:io/streams@0.2.0" (instance
    (export "output-stream" (type $output-stream (sub resource)))
    (export "[method]output-stream.write-twice"
      (func (param "self" (borrow $output-stream)) (param "contents" (list u8))))))
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (core module $Program
    (func (export "handle") (param i32 i32) unreachable))
  (core instance $program (instantiate $Program))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
