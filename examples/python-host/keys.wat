;; package docs:keys;
;; interface store {
;;   resource connection {
;;     constructor();
;;     get: func(key: string) -> option<string>;
;;     set: func(key: string, value: string);
;;   }
;; }
;; world keys {
;;   import store;
;;   import log: func(message: string);
;;   export replace-value: func(key: string, value: string) -> option<string>;
;; }
(component
  (import "docs:keys/store" (instance $store
    (export "connection" (type $connection (sub resource)))
    (export "[constructor]connection" (func (result (own $connection))))
    (export "[method]connection.get" (func (param "self" (borrow $connection))
      (param "key" string) (result (option string))))
    (export "[method]connection.set" (func (param "self" (borrow $connection))
      (param "key" string) (param "value" string)))))
  (import "log" (func $log (param "message" string)))
  (alias export $store "connection" (type $connection))

  (core module $base
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32) (param $size i32) (result i32)
      (local $at i32)
      (local.set $at (global.get $top))
      (global.set $top (i32.add (local.get $at) (local.get $size)))
      (if (i32.gt_u (global.get $top) (i32.const 65536)) (then unreachable))
      (local.get $at))
    (func (export "reset") (param i32) (global.set $top (i32.const 1024))))
  (core instance $base (instantiate $base))
  (alias core export $base "memory" (core memory $memory))
  (alias core export $base "realloc" (core func $realloc))

  (core func $new (canon lower (func $store "[constructor]connection")))
  (core func $get (canon lower (func $store "[method]connection.get")
    (memory $memory) (realloc $realloc)))
  (core func $set (canon lower (func $store "[method]connection.set") (memory $memory)))
  (core func $say (canon lower (func $log) (memory $memory)))
  (core func $drop (canon resource.drop $connection))

  (core module $code
    (import "host" "new" (func $new (result i32)))
    (import "host" "get" (func $get (param i32 i32 i32 i32)))
    (import "host" "set" (func $set (param i32 i32 i32 i32 i32)))
    (import "host" "say" (func $say (param i32 i32)))
    (import "host" "drop" (func $drop (param i32)))
    (func (export "replace-value") (param $key i32) (param $key-size i32) (param $value i32)
      (param $value-size i32) (result i32)
      (local $connection i32)
      (local.set $connection (call $new))
      (call $get (local.get $connection) (local.get $key) (local.get $key-size) (i32.const 16))
      (call $set (local.get $connection) (local.get $key) (local.get $key-size)
        (local.get $value) (local.get $value-size))
      (call $drop (local.get $connection))
      (call $say (local.get $key) (local.get $key-size))
      (i32.const 16)))
  (core instance $code (instantiate $code (with "host" (instance
    (export "new" (func $new)) (export "get" (func $get)) (export "set" (func $set))
    (export "say" (func $say)) (export "drop" (func $drop))))))

  (func (export "replace-value") (param "key" string) (param "value" string)
    (result (option string))
    (canon lift (core func $code "replace-value") (memory $memory) (realloc $realloc)
      (post-return (core func $base "reset")))))
