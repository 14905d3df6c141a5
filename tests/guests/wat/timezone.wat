;; Asks for the timezone, which is unstable in WASI 0.2, and exits: with success where it is UTC.
(component
  (import "wasi:clocks/wall-clock@0.2.0" (instance $wall-clock
    (type $record (record (field "seconds" u64) (field "nanoseconds" u32)))
    (export "datetime" (type (eq $record)))))
  (alias export $wall-clock "datetime" (type $datetime))
  (import "wasi:clocks/timezone@0.2.0" (instance $timezone
    (alias outer 1 $datetime (type $outer))
    (export "datetime" (type $time (eq $outer)))
    (type $record (record
      (field "utc-offset" s32) (field "name" string) (field "in-daylight-saving-time" bool)))
    (export "timezone-display" (type $display (eq $record)))
    (export "display" (func (param "when" $time) (result $display)))
    (export "utc-offset" (func (param "when" $time) (result s32)))))
  (import "wasi:cli/exit@0.2.0" (instance $exit
    (export "exit" (func (param "status" (result))))))
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (core module $Memory
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)))
  (core instance $memory (instantiate $Memory))
  (core func $display (canon lower (func $timezone "display")
    (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core func $utc-offset (canon lower (func $timezone "utc-offset")))
  (core func $exit-program (canon lower (func $exit "exit")))
  (core module $Program
    (import "memory" "memory" (memory 1))
    (import "host" "display" (func $display (param i64 i32 i32)))
    (import "host" "utc-offset" (func $utc-offset (param i64 i32) (result i32)))
    (import "host" "exit" (func $exit (param i32)))
    (func $require (param i32)
      (if (i32.eqz (local.get 0)) (then unreachable)))
    (func (export "handle") (param i32 i32)
      ;; The offset at 0, the name's address and size at 4 and 8, daylight saving at 12.
      (call $display (i64.const 1) (i32.const 2) (i32.const 0))
      (call $require (i32.eqz (i32.load (i32.const 0))))
      (call $require (i32.eq (i32.load (i32.const 8)) (i32.const 3)))
      (call $require (i32.eq
        (i32.and (i32.load (i32.load (i32.const 4))) (i32.const 0xffffff)) (i32.const 0x435455)))
      (call $require (i32.eqz (i32.load8_u (i32.const 12))))
      (call $require (i32.eqz (call $utc-offset (i64.const 1) (i32.const 2))))
      (call $exit (i32.const 0))
      unreachable))
  (core instance $program (instantiate $Program
    (with "memory" (instance $memory))
    (with "host" (instance
      (export "display" (func $display))
      (export "utc-offset" (func $utc-offset))
      (export "exit" (func $exit-program))))))
  (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
    (canon lift (core func $program "handle")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
