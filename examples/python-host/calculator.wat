;; package docs:calculator@1.0.0;
;; interface arithmetic {
;;   enum fault { division-by-zero }
;;   divide: func(a: s32, b: s32) -> result<s32, fault>;
;; }
;; world calculator { export arithmetic; }
(component
  (core module $code
    (memory (export "memory") 1)
    ;; A result is in memory: 0 and the number, or 1 and the fault.
    (func (export "divide") (param $a i32) (param $b i32) (result i32)
      (i64.store (i32.const 0) (i64.const 1))
      (if (local.get $b) (then
        (i32.store (i32.const 0) (i32.const 0))
        (i32.store (i32.const 4) (i32.div_s (local.get $a) (local.get $b)))))
      (i32.const 0)))
  (core instance $code (instantiate $code))
  (type $fault (enum "division-by-zero"))
  (func $divide (param "a" s32) (param "b" s32) (result (result s32 (error $fault)))
    (canon lift (core func $code "divide") (memory (core memory $code "memory"))))
  (component $arithmetic
    (type $own-fault (enum "division-by-zero"))
    (import "fault" (type $fault (eq $own-fault)))
    (import "divide" (func $divide (param "a" s32) (param "b" s32)
      (result (result s32 (error $fault)))))
    (export $fault-out "fault" (type $fault))
    (export "divide" (func $divide)
      (func (param "a" s32) (param "b" s32) (result (result s32 (error $fault-out))))))
  (instance $arithmetic (instantiate $arithmetic
    (with "fault" (type $fault))
    (with "divide" (func $divide))))
  (export "docs:calculator/arithmetic@1.0.0" (instance $arithmetic)))
