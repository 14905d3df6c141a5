;; A command: its arguments go to stderr, a line each, and `tty` where stdout is a terminal; then its
;; input to its output. By the first letter of its second argument it ends otherwise: `fail`, `code`
;; (the status 42), `trap`, `loop`.
(component
  (import "wasi:io/error@0.2.12" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.12" (instance $streams
    (alias outer 1 $error (type $outer-error))
    (export "error" (type $error (eq $outer-error)))
    (type $stream-error' (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (export "input-stream" (type $input-stream (sub resource)))
    (export "output-stream" (type $output-stream (sub resource)))
    (export "[method]input-stream.blocking-read"
      (func (param "self" (borrow $input-stream)) (param "len" u64)
        (result (result (list u8) (error $stream-error)))))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $output-stream)) (param "contents" (list u8))
        (result (result (error $stream-error)))))))
  (alias export $streams "input-stream" (type $input-stream))
  (alias export $streams "output-stream" (type $output-stream))
  (import "wasi:cli/environment@0.2.12" (instance $environment
    (export "get-arguments" (func (result (list string))))))
  (import "wasi:cli/exit@0.2.12" (instance $exit
    (export "exit-with-code" (func (param "status-code" u8)))))
  (import "wasi:cli/stdin@0.2.12" (instance $stdin
    (alias outer 1 $input-stream (type $outer))
    (export "input-stream" (type $stream (eq $outer)))
    (export "get-stdin" (func (result (own $stream))))))
  (import "wasi:cli/stdout@0.2.12" (instance $stdout
    (alias outer 1 $output-stream (type $outer))
    (export "output-stream" (type $stream (eq $outer)))
    (export "get-stdout" (func (result (own $stream))))))
  (import "wasi:cli/stderr@0.2.12" (instance $stderr
    (alias outer 1 $output-stream (type $outer))
    (export "output-stream" (type $stream (eq $outer)))
    (export "get-stderr" (func (result (own $stream))))))
  (import "wasi:cli/terminal-output@0.2.12" (instance $terminal
    (export "terminal-output" (type (sub resource)))))
  (alias export $terminal "terminal-output" (type $terminal-output))
  (import "wasi:cli/terminal-stdout@0.2.12" (instance $terminal-stdout
    (alias outer 1 $terminal-output (type $outer))
    (export "terminal-output" (type $output (eq $outer)))
    (export "get-terminal-stdout" (func (result (option (own $output)))))))
  (core module $base
    (memory (export "memory") 4)
    (data (i32.const 8) "\n")
    (data (i32.const 12) "tty\n")
    (global $top (export "top") (mut i32) (i32.const 4096))
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32)
      (result i32)
      (local $at i32)
      (local.set $at
        (i32.and (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $at) (local.get $new)))
      (local.get $at)))
  (core instance $base (instantiate $base))
  (alias core export $base "memory" (core memory $memory))
  (alias core export $base "realloc" (core func $realloc))
  (core func $arguments
    (canon lower (func $environment "get-arguments") (memory $memory) (realloc $realloc)))
  (core func $code (canon lower (func $exit "exit-with-code")))
  (core func $in (canon lower (func $stdin "get-stdin")))
  (core func $out (canon lower (func $stdout "get-stdout")))
  (core func $err (canon lower (func $stderr "get-stderr")))
  (core func $tty
    (canon lower (func $terminal-stdout "get-terminal-stdout") (memory $memory)))
  (core func $read (canon lower (func $streams "[method]input-stream.blocking-read")
    (memory $memory) (realloc $realloc)))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
    (memory $memory) (realloc $realloc)))
  (core module $main
    (import "base" "memory" (memory 4))
    (import "base" "top" (global $top (mut i32)))
    (import "host" "arguments" (func $arguments (param i32)))
    (import "host" "code" (func $code (param i32)))
    (import "host" "in" (func $in (result i32)))
    (import "host" "out" (func $out (result i32)))
    (import "host" "err" (func $err (result i32)))
    (import "host" "tty" (func $tty (param i32)))
    (import "host" "read" (func $read (param i32 i64 i32)))
    (import "host" "write" (func $write (param i32 i32 i32 i32)))
    (func (export "run") (result i32)
      (local $in i32) (local $out i32) (local $err i32)
      (local $list i32) (local $left i32) (local $letter i32) (local $mark i32)
      (local.set $in (call $in)) (local.set $out (call $out)) (local.set $err (call $err))
      (call $arguments (i32.const 32))
      (local.set $list (i32.load (i32.const 32)))
      (local.set $left (i32.load (i32.const 36)))
      (if (i32.ge_u (local.get $left) (i32.const 2))
        (then (if (i32.load offset=12 (local.get $list))
          (then (local.set $letter (i32.load8_u (i32.load offset=8 (local.get $list))))))))
      (loop $next
        (if (local.get $left) (then
          (call $write (local.get $err) (i32.load (local.get $list)) (i32.load offset=4 (local.get $list)) (i32.const 64))
          (call $write (local.get $err) (i32.const 8) (i32.const 1) (i32.const 64))
          (local.set $list (i32.add (local.get $list) (i32.const 8)))
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (br $next))))
      (call $tty (i32.const 40))
      (if (i32.load8_u (i32.const 40))
        (then (call $write (local.get $err) (i32.const 12) (i32.const 4) (i32.const 64))))
      (if (i32.eq (local.get $letter) (i32.const 102)) (then (return (i32.const 1))))
      (if (i32.eq (local.get $letter) (i32.const 99)) (then (call $code (i32.const 42))))
      (if (i32.eq (local.get $letter) (i32.const 116)) (then unreachable))
      (if (i32.eq (local.get $letter) (i32.const 108)) (then (loop $ever (br $ever))))
      (local.set $mark (global.get $top))
      (loop $more
        (global.set $top (local.get $mark))
        (call $read (local.get $in) (i64.const 4096) (i32.const 80))
        (if (i32.load8_u (i32.const 80))
          ;; closed is the end; anything else a failure
          (then (return (i32.ne (i32.load8_u (i32.const 84)) (i32.const 1)))))
        (call $write (local.get $out) (i32.load (i32.const 84)) (i32.load (i32.const 88)) (i32.const 64))
        (if (i32.load8_u (i32.const 64)) (then (return (i32.const 1))))
        (br $more))
      unreachable))
  (core instance $main (instantiate $main
    (with "base" (instance $base))
    (with "host" (instance
      (export "arguments" (func $arguments)) (export "code" (func $code))
      (export "in" (func $in)) (export "out" (func $out)) (export "err" (func $err))
      (export "tty" (func $tty)) (export "read" (func $read)) (export "write" (func $write))))))
  (func $run (result (result)) (canon lift (core func $main "run")))
  (instance $instance (export "run" (func $run)))
  (export "wasi:cli/run@0.2.12" (instance $instance)))
