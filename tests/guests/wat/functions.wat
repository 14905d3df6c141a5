;; Functions to be served: a cipher, half of a number or an error, what fails, and what an interface
;; has. Nothing is imported.
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
      (call $shift (local.get 0) (local.get 1) (i32.const 23)))
    (data (i32.const 64) "an odd number")
    (func (export "half") (param $n i32) (result i32)
      (i32.store (i32.const 16) (i32.and (local.get $n) (i32.const 1)))
      (i32.store (i32.const 20) (i32.div_u (local.get $n) (i32.const 2)))
      (if (i32.and (local.get $n) (i32.const 1))
        (then
          (i32.store (i32.const 20) (i32.const 64))
          (i32.store (i32.const 24) (i32.const 13))))
      (i32.const 16))
    (func (export "repeat") (param $text i32) (param $size i32) (param $n i32) (result i32)
      (local $at i32) (local $i i32)
      (local.set $at
        (call $realloc (i32.const 0) (i32.const 0) (i32.const 1)
          (i32.mul (local.get $size) (local.get $n))))
      (i32.store (i32.const 16) (local.get $at))
      (i32.store (i32.const 20) (i32.mul (local.get $size) (local.get $n)))
      (block $done
        (loop $next
          (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
          (memory.copy (local.get $at) (local.get $text) (local.get $size))
          (local.set $at (i32.add (local.get $at) (local.get $size)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next)))
      (i32.const 16))
    (func (export "nothing"))
    (func (export "trap") unreachable)
    (func (export "loop") (loop $ever (br $ever)))
    ;; A point comes back with its coordinates changed for one another.
    (func (export "mirror") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 1))
      (i32.store (i32.const 20) (local.get 0))
      (i32.const 16)))
  (core instance $main (instantiate $main))
  (alias core export $main "memory" (core memory $memory))
  (alias core export $main "realloc" (core func $realloc))

  (func (export "encrypt") (param "message" string) (result string)
    (canon lift (core func $main "encrypt") (memory $memory) (realloc $realloc)))
  (func (export "decrypt") (param "message" string) (result string)
    (canon lift (core func $main "decrypt") (memory $memory) (realloc $realloc)))
  (func (export "half") (param "number" u32) (result (result u32 (error string)))
    (canon lift (core func $main "half") (memory $memory) (realloc $realloc)))
  (func (export "repeat") (param "data" (list u8)) (param "times" u32) (result (list u8))
    (canon lift (core func $main "repeat") (memory $memory) (realloc $realloc)))
  (func (export "nothing") (canon lift (core func $main "nothing")))
  (func (export "trap") (canon lift (core func $main "trap")))
  (func (export "loop") (canon lift (core func $main "loop")))

  (type $point' (record (field "x" s32) (field "y" s32)))
  (func $mirror (param "of" $point') (result $point')
    (canon lift (core func $main "mirror") (memory $memory)))
  (component $shapes
    (type $point' (record (field "x" s32) (field "y" s32)))
    (import "point" (type $point (eq $point')))
    (import "mirror" (func $mirror (param "of" $point) (result $point)))
    (export $point-out "point" (type $point))
    (export "mirror" (func $mirror) (func (param "of" $point-out) (result $point-out))))
  (instance $shapes (instantiate $shapes
    (with "point" (type $point')) (with "mirror" (func $mirror))))
  (export "test:functions/shapes@1.0.0" (instance $shapes)))
