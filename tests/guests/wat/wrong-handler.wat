;; Exports incoming-handler with a function of another type than WASI's.
(component
  (core module $Program
    (func (export "handle") (param i32) (result i32) (local.get 0)))
  (core instance $program (instantiate $Program))
  (func $handle (param "request" u32) (result u32) (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
