;; Functions to be called that wait, and that print.
(component
  (import "wasi:io/poll@0.2.12" (instance $poll
    (export "pollable" (type $pollable (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:io/error@0.2.12" (instance $error
    (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.12" (instance $streams
    (alias outer 1 $error (type $outer-error))
    (export "error" (type $error (eq $outer-error)))
    (type $stream-error' (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (export "output-stream" (type $output-stream (sub resource)))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $output-stream)) (param "contents" (list u8))
        (result (result (error $stream-error)))))))
  (alias export $streams "output-stream" (type $output-stream))
  (import "wasi:clocks/monotonic-clock@0.2.12" (instance $clock
    (alias outer 1 $pollable (type $outer-pollable))
    (export "pollable" (type $pollable (eq $outer-pollable)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
  (import "wasi:cli/stdout@0.2.12" (instance $stdout
    (alias outer 1 $output-stream (type $outer-stream))
    (export "output-stream" (type $output-stream (eq $outer-stream)))
    (export "get-stdout" (func (result (own $output-stream))))))
  (core module $base
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $base (instantiate $base))
  (alias core export $base "memory" (core memory $memory))
  (alias core export $base "realloc" (core func $realloc))
  (core func $subscribe (canon lower (func $clock "subscribe-duration")))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core func $drop (canon resource.drop $pollable))
  (core func $get (canon lower (func $stdout "get-stdout")))
  (core func $write
    (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
      (memory $memory) (realloc $realloc)))
  (core func $drop-stream (canon resource.drop $output-stream))
  (core module $main
    (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "host" "block" (func $block (param i32)))
    (import "host" "drop" (func $drop (param i32)))
    (import "host" "get" (func $get (result i32)))
    (import "host" "write" (func $write (param i32 i32 i32 i32)))
    (import "host" "drop-stream" (func $drop-stream (param i32)))
    (func (export "nap") (param $ns i64) (local $pollable i32)
      (local.set $pollable (call $subscribe (local.get $ns)))
      (call $block (local.get $pollable))
      (call $drop (local.get $pollable)))
    (func (export "say") (param i32 i32) (local $stream i32)
      (local.set $stream (call $get))
      (call $write (local.get $stream) (local.get 0) (local.get 1) (i32.const 16))
      (call $drop-stream (local.get $stream))))
  (core instance $main (instantiate $main (with "host" (instance
    (export "subscribe" (func $subscribe)) (export "block" (func $block))
    (export "drop" (func $drop)) (export "get" (func $get)) (export "write" (func $write))
    (export "drop-stream" (func $drop-stream))))))
  (func (export "nap") (param "time" u64) (canon lift (core func $main "nap")))
  (func (export "say") (param "text" string)
    (canon lift (core func $main "say") (memory $memory) (realloc $realloc))))
