;; A middleware that hands each request on to the handler that it imports.
(component
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (import "wasi:http/incoming-handler@0.2.0" (instance $next
    (alias outer 1 $request (type $outer-request))
    (alias outer 1 $outparam (type $outer-outparam))
    (export "incoming-request" (type $r (eq $outer-request)))
    (export "response-outparam" (type $o (eq $outer-outparam)))
    (export "handle" (func (param "request" (own $r)) (param "response-out" (own $o))))))
  (core func $handle-next (canon lower (func $next "handle")))
  (core module $Program
    (import "next" "handle" (func $handle (param i32 i32)))
    (func (export "handle") (param i32 i32) (call $handle (local.get 0) (local.get 1))))
  (core instance $program (instantiate $Program
    (with "next" (instance (export "handle" (func $handle-next))))))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $program "handle")))
  (component $Handler
    (import "incoming-request" (type $request (sub resource)))
    (import "response-outparam" (type $outparam (sub resource)))
    (import "handle" (func $handle
      (param "request" (own $request)) (param "response-out" (own $outparam))))
    (export $exported-request "incoming-request" (type $request))
    (export $exported-outparam "response-outparam" (type $outparam))
    (export "handle" (func $handle) (func
      (param "request" (own $exported-request)) (param "response-out" (own $exported-outparam)))))
  (instance $handler (instantiate $Handler
    (with "incoming-request" (type $request))
    (with "response-outparam" (type $outparam))
    (with "handle" (func $handle))))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
