;; Calls a function of wasi:io/streams that has another type than WASI's: check-write, on a real
;; stream, as if it returned a u32 and not a result<u64, stream-error>.
(component
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $output-stream (sub resource)))
    (export "[method]output-stream.check-write"
      (func (param "self" (borrow $output-stream)) (result u32)))))
  (alias export $streams "output-stream" (type $output-stream))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $output-stream (type $outer))
    (export "output-stream" (type $stream (eq $outer)))
    (export "get-stdout" (func (result (own $stream))))))
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $check-write (canon lower (func $streams "[method]output-stream.check-write")))
  (core module $Program
    (import "host" "get-stdout" (func $get-stdout (result i32)))
    (import "host" "check-write" (func $check-write (param i32) (result i32)))
    (func (export "handle") (param i32 i32)
      (drop (call $check-write (call $get-stdout)))
      unreachable))
  (core instance $program (instantiate $Program (with "host" (instance
    (export "get-stdout" (func $get-stdout))
    (export "check-write" (func $check-write))))))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
