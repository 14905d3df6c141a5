(component
  (import "a:b/types@1.0.0" (instance $types
    (export "r" (type $r (sub resource)))
    (type $rec (record (field "x" u8) (field "y" (list string)))) (export "rec" (type $t (eq $rec)))
    (type $own (own $r)) (type $borrow (borrow $r))
    (type $ctor (func (param "a" $t) (result $own))) (export "[constructor]r" (func (type $ctor)))
    (type $get (func (param "self" $borrow) (result $t))) (export "[method]r.get" (func (type $get)))))
  (alias export $types "r" (type $r)) (alias export $types "rec" (type $rec))
  (import "a:b/more@1.0.0" (instance
    (alias outer 1 $rec (type $o)) (export "rec" (type $t (eq $o)))
    (type $f (func (param "x" $t) (result (option $t)))) (export "f" (func (type $f)))))
  (component $inner
    (import "in-r" (type $r (sub resource)))
    (import "f" (func $f (param "x" (borrow $r))))
    (export "r" (type $r)) (export "f" (func $f)))
  (import "f" (func $f (param "x" (borrow $r))))
  (instance $made (instantiate $inner (with "in-r" (type $r)) (with "f" (func $f))))
  (export "a:b/handler" (instance $made)))
