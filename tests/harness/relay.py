"""Components whose functions have bytes: one gives them to the host and back, one has its own."""

_MANY = " ".join(f'(param "n{number}" u32)' for number in range(15))
# The core parameters of each function, its result where that is a single number, and which of its
# parameters are borrowed handles.
_CORE = {
    **dict.fromkeys(("plain", "nested", "pairs", "entries", "tried", "shout"), ("i32 i32", "", ())),
    "maybe": ("i32 i32 i32", "", ()),
    "either": ("i32 i64 i32", "", ()),
    "choose": ("i32 i64 i32 i32 i32 i32", "", ()),
    "mixed": ("i32 i32 i32 i32 i64 i32 i32 f32", "", ()),
    "many": ("i32", "", ()),
    "silent": ("i32 i32", "none", ()),
    "size": ("i32 i32", "i64", ()),
    "make": ("i32 i32", "i32", ()),
    "look": ("i32 i32 i32 i32", "", (0, 3)),
    "take": ("i32 i32 i32", "", ()),
    "add": ("i32 i32 i32", "", (0,)),
}


def _relayed() -> str:
    """Return a core module that calls a function of the host for each of its own."""
    imports, functions = [], []
    for name, (params, result, borrows) in _CORE.items():
        takes = f"(param {params}{' i32' if not result else ''})"
        gives = f"(result {result})" if result in ("i32", "i64") else ""
        imports.append(f'(import "host" "{name}" (func ${name} {takes} {gives}))')
        given = " ".join(f"(local.get {number})" for number in range(len(params.split())))
        drops = " ".join(f"(call $drop (local.get {number}))" for number in borrows)
        if result:
            body = f"(param {params}) {gives} (call ${name} {given}) {drops}"
        else:
            body = (
                f"(param {params}) (result i32) (local $at i32) (local.set $at "
                "(call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 128))) "
                f"(call ${name} {given} (local.get $at)) {drops} (local.get $at)"
            )
        functions.append(f'(func (export "{name}") {body})')
    return f"""(core module $relayed
      (import "base" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
      (import "host" "drop" (func $drop (param i32)))
      {" ".join(imports)} {" ".join(functions)})"""


_IN_MEMORY = "(memory $memory) (realloc $realloc)"
_BASE = """
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
      (global.set $top (i32.add (local.get $at) (local.get 3)))
      (block $fits
        (br_if $fits (i32.le_u (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $fits (i32.ne (i32.const -1) (memory.grow (i32.add (i32.const 1)
          (i32.div_u (i32.sub (global.get $top) (i32.mul (memory.size) (i32.const 65536)))
            (i32.const 65536))))))
        unreachable)
      (local.get $at))"""
_LIFTED = {
    "plain": '(param "data" (list u8)) (result (list u8))',
    "nested": '(param "data" (list (list u8))) (result (list (list u8)))',
    "pairs": """(param "data" (list (tuple u8 (list u8) u64)))
      (result (list (tuple u8 (list u8) u64)))""",
    "entries": '(param "data" (list $entry)) (result (list $entry))',
    "maybe": '(param "data" (option (list u8))) (result (option (list u8)))',
    "either": """(param "data" (result (list u8) (error u64)))
      (result (tuple (result (list u8) (error u64))))""",
    "choose": '(param "data" $choice) (result $choice)',
    "tried": '(param "data" (list u8)) (result (result (list u8) (error string)))',
    "mixed": """(param "text" string) (param "data" (list u8)) (param "n" u64)
      (param "color" $color) (param "modes" $modes) (param "f" float32)
      (result (tuple string (list u8) u64 $color $modes float32))""",
    "many": f'{_MANY} (param "data" (list u8)) (result (tuple u32 (list u8)))',
    "silent": '(param "data" (list u8))',
    "size": '(param "data" (list u8)) (result u64)',
    "make": '(param "data" (list u8)) (result (own $handle))',
    "look": """(param "one" (borrow $handle)) (param "data" (list u8))
      (param "other" (borrow $handle)) (result (list u8))""",
    "take": '(param "one" (own $handle)) (param "data" (list u8)) (result (list u8))',
    "add": '(param "self" (borrow $handle)) (param "data" (list u8)) (result (list u8))',
}
_TYPES = {
    "entry": '(record (field "name" string) (field "data" (list u8)) (field "n" u8))',
    "choice": """(variant (case "number" float64) (case "data" (list u8)) (case "wide" u64)
      (case "nothing") (case "entry" $entry))""",
    "color": '(enum "red" "green")',
    "modes": '(flags "r" "w")',
}


def _shim() -> str:
    """Return the component of which what is exported is an instance, as toolchains make it."""
    imported = "".join(
        f'(type $own-{name} {text}) (import "{name}" (type ${name} (eq $own-{name})))'
        for name, text in _TYPES.items()
    ) + "".join(f'(import "{name}" (func $f-{name} {text}))' for name, text in _LIFTED.items())
    exported = "".join(
        f'(export $e-{name} "{name}" (type ${name}))' for name in ("handle", *_TYPES)
    )
    for name, text in _LIFTED.items():
        for type in ("handle", *_TYPES):
            text = text.replace(f"${type}", f"$e-{type}")
        exported += f'(export "{name}" (func $f-{name}) (func {text}))'
    handle = '(import "handle" (type $handle (sub resource)))'
    return f"(component $shim {handle} {imported} {exported})"


RELAY = f"""(component
  (import "test:relay/host@1.0.0" (instance $host
    (export "handle" (type $handle (sub resource)))
    {
    "".join(
        f'(type $own-{name} {text}) (export "{name}" (type ${name} (eq $own-{name})))'
        for name, text in _TYPES.items()
    )
}
    {
    "".join(
        f'(export "{"[method]handle.add" if name == "add" else name}" (func {text}))'
        for name, text in _LIFTED.items()
    )
}))
  (import "shout" (func $shout (param "data" (list u8)) (result (list u8))))
  (core module $base {_BASE})
  (core instance $base (instantiate $base))
  (alias core export $base "memory" (core memory $memory))
  (alias core export $base "realloc" (core func $realloc))
  (alias export $host "entry" (type $entry))
  (alias export $host "choice" (type $choice))
  (alias export $host "color" (type $color))
  (alias export $host "modes" (type $modes))
  (alias export $host "handle" (type $handle))
  (alias export $host "[method]handle.add" (func $add))
  {"".join(f'(alias export $host "{name}" (func ${name}))' for name in _LIFTED if name != "add")}
  (core func $drop (canon resource.drop $handle))
  {
    "".join(
        f"(core func $core-{name} (canon lower (func ${name}) (memory $memory) (realloc $realloc)))"
        for name in _CORE
    )
}
  {_relayed()}
  (core instance $relayed (instantiate $relayed
    (with "base" (instance $base))
    (with "host" (instance
      (export "drop" (func $drop))
      {"".join(f'(export "{name}" (func $core-{name}))' for name in _CORE)}))))
  (func (export "shouted") (param "data" (list u8)) (result (list u8))
    (canon lift (core func $relayed "shout") (memory $memory) (realloc $realloc)))
  {
    "".join(
        f'(func $own-{name} {text} (canon lift (core func $relayed "{name}") {_IN_MEMORY}))'
        for name, text in _LIFTED.items()
    )
}
  {_shim()}
  (instance $guest (instantiate $shim
    {"".join(f'(with "{name}" (type ${name}))' for name in ("handle", *_TYPES))}
    {"".join(f'(with "{name}" (func $own-{name}))' for name in _LIFTED)}))
  (export "test:relay/guest@1.0.0" (instance $guest)))"""

# A guest with a memory and a resource of its own.
STORE = f"""(component
  (core module $m{_BASE}
    (func (export "free") (param i32) (global.set $top (i32.const 1024)))
    (func (export "used") (result i32) (global.get $top))
    (func (export "add") (param $self i32) (param $at i32) (param $size i32) (result i32)
      (i32.store8 (local.get $at) (local.get $self))
      (i32.store (i32.const 16) (local.get $at))
      (i32.store (i32.const 20) (local.get $size))
      (i32.const 16))
    (func (export "trap") (param i32 i32) unreachable)
    (func (export "outside") (result i32)
      (i32.store (i32.const 16) (i32.const 65530))
      (i32.store (i32.const 20) (i32.const 0x7fffffff))
      (i32.const 16))
    (func (export "end") (param i32)))
  (core instance $i (instantiate $m))
  (type $store (resource (rep i32) (dtor (core func $i "end"))))
  (core func $new (canon resource.new $store))
  (core module $n
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "new") (param i32 i32) (result i32) (call $new (local.get 1))))
  (core instance $j (instantiate $n (with "" (instance (export "new" (func $new))))))
  (alias core export $i "memory" (core memory $memory))
  (alias core export $i "realloc" (core func $realloc))
  (component $shape
    (import "store" (type $store (sub resource)))
    (import "new" (func $new (param "data" (list u8)) (result (own $store))))
    (import "add" (func $add (param "self" (borrow $store)) (param "data" (list u8))
      (result (list u8))))
    (export $out "store" (type $store))
    (export "[constructor]store" (func $new)
      (func (param "data" (list u8)) (result (own $out))))
    (export "[method]store.add" (func $add)
      (func (param "self" (borrow $out)) (param "data" (list u8)) (result (list u8)))))
  (func $new (param "data" (list u8)) (result (own $store))
    (canon lift (core func $j "new") (memory $memory) (realloc $realloc)))
  (func $add (param "self" (borrow $store)) (param "data" (list u8)) (result (list u8))
    (canon lift (core func $i "add") (memory $memory) (realloc $realloc)
      (post-return (core func $i "free"))))
  (instance $stores (instantiate $shape
    (with "store" (type $store)) (with "new" (func $new)) (with "add" (func $add))))
  (export "test:relay/stores" (instance $stores))
  (func (export "used") (result u32) (canon lift (core func $i "used")))
  (func (export "trap") (param "data" (list u8))
    (canon lift (core func $i "trap") (memory $memory) (realloc $realloc)))
  (func (export "outside") (result (list u8))
    (canon lift (core func $i "outside") (memory $memory))))"""
