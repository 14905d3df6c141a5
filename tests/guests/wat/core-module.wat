;; A core module, not a component: what `zig cc` or `rustc` make before the last step.
(module
  (memory (export "memory") 1)
  (func (export "_start")))
