(component
  (component $a (component $b (type $r (resource (rep i32))) (export $e "r" (type $r)))
    (instance $i (instantiate $b)) (export "i" (instance $i)))
  (instance $x (instantiate $a)) (instance $y (instantiate $a))
  (export "x" (instance $x)) (export "y" (instance $y)))
