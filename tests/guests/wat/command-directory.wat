;; A command that succeeds where its input is a directory: to read that fails, and the error has the
;; code of a file's. Of codes only two have a name here.
(component
  (import "wasi:io/error@0.2.12" (instance $io-error
    (export "error" (type (sub resource)))))
  (alias export $io-error "error" (type $error))
  (import "wasi:io/streams@0.2.12" (instance $streams
    (alias outer 1 $error (type $outer))
    (export "error" (type $error (eq $outer)))
    (type $stream-error' (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (export "input-stream" (type $input (sub resource)))
    (export "[method]input-stream.blocking-read" (func (param "self" (borrow $input))
      (param "len" u64) (result (result (list u8) (error $stream-error)))))))
  (alias export $streams "input-stream" (type $input))
  (import "wasi:cli/stdin@0.2.12" (instance $stdin
    (alias outer 1 $input (type $outer))
    (export "input-stream" (type $input (eq $outer)))
    (export "get-stdin" (func (result (own $input))))))
  (import "wasi:filesystem/types@0.2.12" (instance $files
    (alias outer 1 $error (type $outer))
    (export "error" (type $error (eq $outer)))
    (type $error-code' (enum "access" "is-directory"))
    (export "error-code" (type $error-code (eq $error-code')))
    (export "filesystem-error-code" (func (param "err" (borrow $error))
      (result (option $error-code))))))
  (core module $base
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $base (instantiate $base))
  (alias core export $base "memory" (core memory $memory))
  (alias core export $base "realloc" (core func $realloc))
  (core func $get (canon lower (func $stdin "get-stdin")))
  (core func $read (canon lower (func $streams "[method]input-stream.blocking-read")
    (memory $memory) (realloc $realloc)))
  (core func $code (canon lower (func $files "filesystem-error-code") (memory $memory)))
  (core module $main
    (import "base" "memory" (memory 1))
    (import "host" "get" (func $get (result i32)))
    (import "host" "read" (func $read (param i32 i64 i32)))
    (import "host" "code" (func $code (param i32 i32)))
    (func (export "run") (result i32)
      (call $read (call $get) (i64.const 100) (i32.const 16))
      ;; err(last-operation-failed(...))
      (if (i32.eqz (i32.load8_u (i32.const 16))) (then (return (i32.const 1))))
      (if (i32.load8_u (i32.const 20)) (then (return (i32.const 1))))
      (call $code (i32.load (i32.const 24)) (i32.const 32))
      ;; some(is-directory)
      (i32.ne (i32.load16_u (i32.const 32)) (i32.const 0x0101))))
  (core instance $main (instantiate $main (with "base" (instance $base)) (with "host" (instance
    (export "get" (func $get)) (export "read" (func $read)) (export "code" (func $code))))))
  (func $run (result (result)) (canon lift (core func $main "run")))
  (instance $run-interface (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $run-interface)))
