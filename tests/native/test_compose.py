"""Components that are composed by us: types that fit or not, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.component_text import assemble
from tests.harness.composing import checked, is_valid, of_wit
from unit_wasm.component.compose import Composed, Given, compose
from unit_wasm.component.inspect import inspect
from unit_wasm.errors import ComponentError
from unit_wasm.wit import read_world, world_text

Make = Callable[[str, str], Given]
"""Makes a component of the lines of a world, after interfaces."""


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(name: str, wit: str) -> Given:
        path = of_wit(f"package test:{name};\n{wit}", tmp_path / f"{name}.wasm")
        return Given(name, path.read_bytes())

    return made


def refused(socket: Given, *plugs: Given) -> str:
    with pytest.raises(ComponentError) as error:
        compose(socket, plugs)
    return str(error.value)


def open_of(composed: Composed) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.name, one.parts) for one in composed.open]


def adder(version: str = "", body: str = "add: func(a: u32, b: u32) -> u32;") -> str:
    return f"package demo:adder{version} {{ interface add {{ {body} }} }}\n"


# ---- Who fills what ----


def test_an_interface_and_a_function(make: Make) -> None:
    app = make(
        "app",
        adder() + "world w { import demo:adder/add; import log: func(m: string); "
        "export run: func(); }",
    )
    plug = make("plug", adder() + "world w { export demo:adder/add; }")
    logger = make("logger", "world w { export log: func(m: string); }")
    assert open_of(checked(app, plug)) == [("log", ("app",))]
    assert open_of(checked(app, logger)) == [("demo:adder/add", ("app",))]
    assert open_of(checked(app, plug, logger)) == []


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("@0.1.0", "@0.1.5"),
        ("@0.1.5", "@0.1.0"),
        ("@1.0.0", "@1.9.3"),
        ("@0.0.3", "@0.0.3"),
        ("@0.1.0-rc.1", "@0.1.0-rc.1"),
        ("", ""),
    ],
)
def test_versions_that_fit(wanted: str, given: str, make: Make) -> None:
    app = make("app", adder(wanted) + f"world w {{ import demo:adder/add{wanted}; }}")
    plug = make("plug", adder(given) + f"world w {{ export demo:adder/add{given}; }}")
    assert open_of(checked(app, plug)) == []


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("@0.1.0", "@0.2.0"),
        ("@1.0.0", "@2.0.0"),
        ("@0.0.3", "@0.0.4"),
        ("@0.1.0", "@0.1.0-rc.1"),
        ("@0.1.0-rc.1", "@0.1.0-rc.2"),
        ("@0.1.0", ""),
        ("", "@0.1.0"),
    ],
)
def test_versions_that_do_not_fit(wanted: str, given: str, make: Make) -> None:
    app = make("app", adder(wanted) + f"world w {{ import demo:adder/add{wanted}; }}")
    plug = make("plug", adder(given) + f"world w {{ export demo:adder/add{given}; }}")
    assert refused(app, plug) == (
        f"app imports demo:adder/add{wanted}, and plug exports demo:adder/add{given}: the versions "
        "do not fit (versions fit that are the same up to their first number that is not 0)"
    )


def test_of_two_versions_of_a_plug_the_same_one_is_taken_or_the_newest(make: Make) -> None:
    names = [f"demo:adder/add@1.{minor}.0" for minor in (0, 2, 10)]
    made = "".join(
        f'(instance $i{number} (export "f{number}" (func $f)))'
        f' (export "{name}" (instance $i{number}))'
        for number, name in enumerate(names)
    )
    plug = Given("plug", assemble(f'(component (import "f" (func $f)) {made})'))
    for wanted, number in (("1.2.0", 1), ("1.1.0", 2), ("1.0.0", 0), ("1.11.0", 2)):
        body = adder(f"@{wanted}", f"f{number}: func();")
        app = make("app", f"{body} world w {{ import demo:adder/add@{wanted}; }}")
        assert open_of(checked(app, plug)) == [("f", ("plug",))]


def test_over_three_levels(make: Make) -> None:
    """Whatever the order is in which they are given."""
    texts = "".join(
        f"package demo:{name} {{ interface {name} {{ f: func(); }} }}\n" for name in ("a", "b", "c")
    )
    app = make("app", texts + "world w { import demo:a/a; export run: func(); }")
    one = make("one", texts + "world w { export demo:a/a; import demo:b/b; }")
    two = make("two", texts + "world w { export demo:b/b; import demo:c/c; }")
    three = make("three", texts + "world w { export demo:c/c; import end: func(); }")
    assert open_of(checked(app, three, one, two)) == [("end", ("three",))]
    assert open_of(checked(app, one, two)) == [("demo:c/c", ("two",))]
    assert refused(app, one, three) == (
        "the plug three is not used: it exports demo:c/c, which nobody imports "
        "(`unit-wasm inspect` shows what a component imports and exports)"
    )


def test_a_diamond_has_one_instance_of_its_end(make: Make) -> None:
    texts = "".join(
        f"package demo:{name} {{ interface {name} {{ {body} }} }}\n"
        for name, body in (
            ("end", "resource thing { constructor(); }"),
            ("left", "use demo:end/end.{thing}; give: func() -> thing;"),
            ("right", "use demo:end/end.{thing}; take: func(t: thing);"),
        )
    )
    app = make("app", texts + "world w { import demo:left/left; import demo:right/right; }")
    left = make("left", texts + "world w { export demo:left/left; }")
    right = make("right", texts + "world w { export demo:right/right; }")
    end = make("end", texts + "world w { export demo:end/end; }")
    # The resource is the same on all ways, or it would not be valid.
    assert open_of(checked(app, left, right, end)) == []
    assert open_of(checked(app, left, right)) == [("demo:end/end", ("app", "left", "right"))]


def test_one_plug_for_two_imports_and_for_two_parts(make: Make) -> None:
    texts = adder() + "package demo:log { interface log { log: func(m: string); } }\n"
    app = make("app", texts + "world w { import demo:adder/add; import demo:log/log; }")
    both = make("both", texts + "world w { export demo:adder/add; export demo:log/log; }")
    composed = checked(app, both)
    assert open_of(composed) == []
    # It is one instance: three are made, of the two components and none else.
    front = make("front", texts + "world w { import demo:log/log; export demo:adder/add; }")
    logger = make("logger", texts + "world w { export demo:log/log; }")
    assert open_of(checked(app, front, logger)) == []


def test_two_plugs_for_one_import(make: Make) -> None:
    app = make("app", adder() + "world w { import demo:adder/add; }")
    one = make("one", adder() + "world w { export demo:adder/add; }")
    two = make("two", adder() + "world w { export demo:adder/add; import demo:adder/add; }")
    assert refused(app, one, two) == (
        "app imports demo:adder/add, and there is more than one plug for it: one and two (compose "
        "one with what is to stand in front of it, then that with the rest)"
    )
    # As the hint says.
    chained = Given("chained", checked(two, one).data)
    assert open_of(checked(app, chained)) == []


def test_plugs_that_need_each_other(make: Make) -> None:
    texts = adder() + "package demo:log { interface log { log: func(m: string); } }\n"
    app = make("app", texts + "world w { import demo:adder/add; }")
    one = make("one", texts + "world w { export demo:adder/add; import demo:log/log; }")
    two = make("two", texts + "world w { export demo:log/log; import demo:adder/add; }")
    assert refused(app, one, two) in (
        "plugs need each other: one needs two needs one",
        "plugs need each other: two needs one needs two",
    )


def test_a_plug_does_not_fill_what_it_imports_itself(make: Make) -> None:
    """It stands in front of another, which is not there."""
    app = make("app", adder() + "world w { import demo:adder/add; }")
    front = make("front", adder() + "world w { import demo:adder/add; export demo:adder/add; }")
    assert open_of(checked(app, front)) == [("demo:adder/add", ("front",))]


def test_the_same_component_may_be_two_of_them(make: Make) -> None:
    """It is in once, and there are two instances."""
    front = make("front", adder() + "world w { import demo:adder/add; export demo:adder/add; }")
    composed = compose(front, [Given("again", front.data)])
    assert is_valid(composed.data)
    assert composed.data.count(front.data) == 1
    assert inspect(composed.data, served=False).core_instances == 2 * (
        inspect(front.data, served=False).core_instances
    )


def test_a_plug_that_nobody_needs(make: Make) -> None:
    app = make("app", adder() + "world w { import demo:adder/add; }")
    other = make("other", "world w { export log: func(m: string); }")
    assert refused(app, other).startswith(
        "the plug other is not used: it exports log, which nobody imports ("
    )
    nothing = Given("nothing", assemble("(component)"))
    assert refused(app, nothing).startswith("the plug nothing is not used: it exports nothing, ")


# ---- Types ----


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
