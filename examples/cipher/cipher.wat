;; A cipher: two functions of text, written by hand, so that no compiler is needed. They move each
;; letter of the Latin alphabet by three places, and back.
(component
  (core module $main
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 4096))
    (func $realloc (export "realloc") (param i32 i32) (param $align i32) (param $size i32)
      (result i32)
      (local $at i32)
      (local.set $at
        (i32.and (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $at) (local.get $size)))
      (block $fits
        (br_if $fits (i32.le_u (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $fits
          (i32.ne (i32.const -1)
            (memory.grow
              (i32.add (i32.const 1)
                (i32.div_u
                  (i32.sub (global.get $top) (i32.mul (memory.size) (i32.const 65536)))
                  (i32.const 65536))))))
        unreachable)
      (local.get $at))
    ;; Letters of ASCII are moved by so many places; returns where text and size are.
    (func $shift (param $text i32) (param $size i32) (param $by i32) (result i32)
      (local $i i32) (local $c i32) (local $base i32)
      (block $done
        (loop $next
          (br_if $done (i32.ge_u (local.get $i) (local.get $size)))
          (local.set $c (i32.load8_u (i32.add (local.get $text) (local.get $i))))
          (local.set $base (i32.sub (i32.or (local.get $c) (i32.const 32)) (i32.const 97)))
          (if (i32.lt_u (local.get $base) (i32.const 26))
            (then
              (i32.store8 (i32.add (local.get $text) (local.get $i))
                (i32.add
                  (i32.sub (local.get $c) (local.get $base))
                  (i32.rem_u (i32.add (local.get $base) (local.get $by)) (i32.const 26))))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next)))
      (i32.store (i32.const 16) (local.get $text))
      (i32.store (i32.const 20) (local.get $size))
      (i32.const 16))
    (func (export "encrypt") (param i32 i32) (result i32)
      (call $shift (local.get 0) (local.get 1) (i32.const 3)))
    (func (export "decrypt") (param i32 i32) (result i32)
      (call $shift (local.get 0) (local.get 1) (i32.const 23))))
  (core instance $main (instantiate $main))
  (alias core export $main "memory" (core memory $memory))
  (alias core export $main "realloc" (core func $realloc))

  (func (export "encrypt") (param "message" string) (result string)
    (canon lift (core func $main "encrypt") (memory $memory) (realloc $realloc)))
  (func (export "decrypt") (param "message" string) (result string)
    (canon lift (core func $main "decrypt") (memory $memory) (realloc $realloc))))
