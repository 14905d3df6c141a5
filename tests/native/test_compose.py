"""Components that are composed by us: who fills what, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.component_text import assemble
from tests.harness.composing import checked, is_valid, of_wit
from unit_wasm.component.compose import Composed, Given, compose
from unit_wasm.component.inspect import inspect
from unit_wasm.errors import ComponentError

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
    two = make("two", adder() + "world w { export demo:adder/add; }")
    front = make("front", adder() + "world w { export demo:adder/add; import demo:adder/add; }")
    reason = (
        "imports demo:adder/add, and there is more than one plug for it: one and two (one that "
        "imports what it exports would stand in front of another)"
    )
    assert refused(app, one, two) == f"app {reason}"
    assert refused(app, one, front, two) == f"app {reason}"
    assert refused(front, one, two) == f"front {reason}"


def test_a_chain_without_an_end_stays_open(make: Make) -> None:
    app = make("app", adder() + "world w { import demo:adder/add; }")
    chain = [
        make(name, adder() + "world w { import demo:adder/add; export demo:adder/add; }")
        for name in ("one", "two", "three")
    ]
    assert open_of(checked(app, *chain)) == [("demo:adder/add", ("three",))]
    assert open_of(checked(app, *reversed(chain))) == [("demo:adder/add", ("one",))]


def test_versions_in_a_chain(make: Make) -> None:
    """Those of a version that does not fit are none of it."""
    app = make("app", adder("@0.2.0") + "world w { import demo:adder/add@0.2.0; }")
    front = make(
        "front",
        adder("@0.2.1") + "world w { import demo:adder/add@0.2.1; export demo:adder/add@0.2.1; }",
    )
    end = make("end", adder("@0.2.5") + "world w { export demo:adder/add@0.2.5; }")
    assert open_of(checked(app, front, end)) == []
    older = make("older", adder("@0.1.0") + "world w { export demo:adder/add@0.1.0; }")
    assert refused(app, front, older) == (
        "front imports demo:adder/add@0.2.1, and older exports demo:adder/add@0.1.0: the versions "
        "do not fit (versions fit that are the same up to their first number that is not 0)"
    )


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
