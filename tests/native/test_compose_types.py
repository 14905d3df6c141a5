"""Types of components that are composed: what fits, and what of them is imported and exported."""

import pytest

from tests.harness.component_text import assemble
from tests.harness.composing import checked, is_valid
from tests.native.test_compose import Make, adder, make, open_of, refused
from unit_wasm.component.compose import Given, compose
from unit_wasm.wit import read_world, world_text

__all__ = ["make"]


def test_another_type(make: Make) -> None:
    app = make("app", adder() + "world w { import demo:adder/add; }")
    wrong = adder("", "add: func(a: u32, b: s32) -> u32;") + "world w { export demo:adder/add; }"
    assert refused(app, make("wrong", wrong)) == (
        "app imports the function add of demo:adder/add, and that of wrong (demo:adder/add) has "
        "another type (add: func(a: u32, b: u32) -> u32 is imported, not "
        "add: func(a: u32, b: s32) -> u32)"
    )
    logs = make("logs", "world w { import log: func(m: string); }")
    other = make("other", "world w { export log: func(n: string); }")
    assert refused(logs, other) == (
        "logs imports the function log, and that of other (log) has another type (log: func(m: "
        "string) is imported, not log: func(n: string))"
    )


def test_a_function_that_is_not_there(make: Make) -> None:
    app = make(
        "app", adder("@0.1.5", "f: func(); g: func();") + "world w { import demo:adder/add@0.1.5; }"
    )
    old = make("old", adder("@0.1.0", "f: func();") + "world w { export demo:adder/add@0.1.0; }")
    assert refused(app, old) == (
        "app imports the function g of demo:adder/add@0.1.5, which old (demo:adder/add@0.1.0) does "
        "not export"
    )


RECORDS = """
package demo:geo@1.0.0 {
  interface shapes {
    record point { x: s32, y: s32 }
    variant shape { circle(point), line(tuple<point, point>), none }
    flags perm { read, write }
    enum color { red, green }
    type points = list<point>;
    resource canvas {
      constructor(size: point);
      draw: func(what: shape, how: option<color>) -> result<perm, color>;
      all: static func(of: borrow<canvas>) -> points;
    }
  }
  interface painter {
    use shapes.{point, canvas, points as many};
    paint: func(on: borrow<canvas>, what: many) -> canvas;
  }
}
"""


def test_every_kind_of_type(make: Make) -> None:
    """Filled, and left open."""
    app = make(
        "app", RECORDS + "world w { import demo:geo/painter@1.0.0; export demo:geo/painter@1.0.0; }"
    )
    plug = make(
        "plug", RECORDS + "world w { export demo:geo/shapes@1.0.0; export demo:geo/painter@1.0.0; }"
    )
    painter = make("painter", RECORDS + "world w { export demo:geo/painter@1.0.0; }")
    assert open_of(checked(app, plug)) == []
    composed = checked(app, painter)
    assert open_of(composed) == [("demo:geo/shapes@1.0.0", ("app", "painter"))]
    # Of the interface all is there that one of them needs, and it reads as before.
    text = world_text(read_world(composed.data))
    assert "    use shapes.{point, canvas, points as many};\n" in text
    assert "    type points = list<point>;\n" in text


def test_open_imports_are_those_of_all_parts_once(make: Make) -> None:
    """At the newest version, with all functions that any of them needs."""

    def kv(version: str) -> str:
        return (
            f"package demo:kv@{version} {{ interface store {{ variant problem {{ gone, "
            "other(string) }} resource bucket { get: func(key: string) -> result<string, problem>; "
            "put: func(key: string, value: string); } open: func() -> bucket; } }\n"
        ).replace("}}", "}")

    app = make(
        "app",
        kv("0.2.0") + "package demo:x { interface x { use demo:kv/store@0.2.0."
        "{bucket}; f: func(b: bucket); } } world w { import demo:x/x; "
        "export demo:x/x; }",
    )
    plug = make(
        "plug",
        kv("0.2.7") + "package demo:x { interface x { use demo:kv/store@0.2.7."
        "{bucket}; f: func(b: bucket); } } world w { export demo:x/x; }",
    )
    composed = checked(app, plug)
    assert open_of(composed) == [("demo:kv/store@0.2.7", ("app", "plug"))]


def test_types_with_the_same_name_that_differ(make: Make) -> None:
    app = make("app", adder() + "world w { import demo:adder/add; import log: func(m: string); }")
    plug = make("plug", adder() + "world w { export demo:adder/add; import log: func(m: u8); }")
    assert refused(app, plug) == "app and plug import log with different types"
    other = adder() + "world w { export demo:adder/add; import log: interface { f: func(); } }"
    assert (
        refused(app, make("other", other)) == "app and other import log, and mean different things"
    )
    one = "package demo:k { interface k { record r { a: u8 } f: func(r: r); } }\n"
    two = "package demo:k { interface k { record r { a: u16 } f: func(r: r); } }\n"
    app = make("app", one + adder() + "world w { import demo:k/k; import demo:adder/add; }")
    plug = make("plug", two + adder() + "world w { import demo:k/k; export demo:adder/add; }")
    assert refused(app, plug) == "app and plug import r of demo:k/k with different types"


def test_what_stays_open_and_needs_a_resource_of_a_plug(make: Make) -> None:
    app = make("app", RECORDS + "world w { import demo:geo/painter@1.0.0; }")
    plug = make("plug", RECORDS + "world w { export demo:geo/shapes@1.0.0; }")
    assert refused(app, plug) == (
        "what is imported or exported needs point of demo:geo/shapes@1.0.0, which is that of plug, "
        "so that it has no name outside (what stays open and uses it needs a plug, too)"
    ) or "canvas of demo:geo/shapes@1.0.0" in refused(app, plug)


def test_types_of_the_world(make: Make) -> None:
    world = "world w { record r { a: u8 } import log: func(r: r); export f: func(r: r) -> r; }"
    app = make("app", world)
    plug = make("plug", "world w { record r { a: u8 } export log: func(r: r); }")
    composed = checked(app, plug)
    assert [name for name, _ in open_of(composed)] == ["r"]
    assert "export f: func(r: r) -> r;" in world_text(read_world(composed.data))


def test_types_of_a_plug_in_the_world(make: Make) -> None:
    """Values are said once more; a resource cannot be."""
    plug = make("plug", RECORDS + "world w { export demo:geo/shapes@1.0.0; }")
    world = "world w { use demo:geo/shapes@1.0.0.{point}; export f: func(p: point) -> point; }"
    composed = checked(make("app", RECORDS + world), plug)
    assert open_of(composed) == [("point", ("app",))]
    world = "world w { use demo:geo/shapes@1.0.0.{canvas}; export f: func(c: borrow<canvas>); }"
    assert refused(make("app", RECORDS + world), plug) == (
        "what is imported or exported needs canvas of demo:geo/shapes@1.0.0, which is that of "
        "plug, so that it has no name outside (what stays open and uses it needs a plug, too)"
    )


def test_a_type_that_is_exported(make: Make) -> None:
    text = """(component (import "log" (func $log (param "m" string)))
      (type $own (record (field "a" u8))) (export $r "r" (type $own))
      (core module $m (func (export "f") (param i32)))
      (core instance $m (instantiate $m))
      (func $f (param "x" $r) (canon lift (core func $m "f")))
      (export "f" (func $f)))"""
    plug = make("plug", "world w { export log: func(m: string); }")
    composed = compose(Given("app", assemble(text)), [plug])
    assert is_valid(composed.data)
    assert (composed.exports, composed.open) == (("r", "f"), ())


def test_what_stands_beside_a_name_is_kept(make: Make) -> None:
    text = """(component
      (import "a:b/c" (external-id "x y") (instance (export "f" (external-id "z") (func))))
      (import "log" (func (param "m" string))))"""
    plug = make("plug", "world w { export log: func(m: string); }")
    # libwasmtime has no such names yet.
    composed = compose(Given("app", assemble(text)), [plug])
    assert is_valid(composed.data)
    text = world_text(read_world(composed.data))
    assert '@external-id("x y")' in text
    assert '@external-id("z")' in text


def test_an_interface_in_an_interface_cannot_stay_open(make: Make) -> None:
    text = """(component (import "log" (func (param "m" string)))
      (import "a:b/c" (instance (export "i" (instance (export "f" (func)))))))"""
    plug = make("plug", "world w { export log: func(m: string); }")
    assert refused(Given("app", assemble(text)), plug) == ("i of a:b/c is no function and no type")


def test_interfaces_without_a_name_of_their_own(make: Make) -> None:
    app = make(
        "app",
        "world w { import store: interface { resource b { get: func() -> u8; } } "
        "export run: func(); }",
    )
    plug = make("plug", "world w { export store: interface { resource b { get: func() -> u8; } } }")
    other = make("other", "world w { export run: func(); }")
    assert open_of(checked(app, plug)) == []
    assert refused(app, other).startswith("the plug other is not used: it exports run, ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '(component (import "c" (component)))',
            "x imports c, a component: none can be linked",
        ),
        (
            '(component (import "m" (core module)))',
            "x imports m, a core module: none can be linked",
        ),
        (
            '(component (component $c) (export "c" (component $c)))',
            "x exports c, a component: none can be linked",
        ),
    ],
)
def test_what_cannot_be_linked(text: str, sentence: str, make: Make) -> None:
    plug = make("plug", "world w { export log: func(m: string); }")
    assert refused(Given("x", assemble(text)), plug) == sentence
    assert refused(plug, Given("x", assemble(text))) == sentence


def test_damaged(make: Make) -> None:
    app = make("app", adder() + "world w { import demo:adder/add; }")
    plug = make("plug", adder() + "world w { export demo:adder/add; }")
    short = Given("short", plug.data[:-3])
    assert refused(app, short).startswith("short cannot be read: ")
    assert refused(short, app).startswith("short cannot be read: ")
