(component
  (type $v (variant (case "a") (case "b" u8) (case "c" (tuple u8 char))))
  (import "v" (type $vt (eq $v)))
  (type $e (enum "red" "blue")) (import "e" (type $et (eq $e)))
  (type $fl (flags "one" "two")) (import "fl" (type $ft (eq $fl)))
  (import "f" (func (param "v" $vt) (param "e" (list $et)) (result (result $ft (error string)))))
  (import "inline" (instance (export "g" (func (param "x" f64)))))
  (import "m" (core module)))
