"""The program of a component's functions: what C reads in guest/types.c."""

from __future__ import annotations

import pytest

from unit_wasm.errors import ComponentError
from unit_wasm.wit import model as wit
from unit_wasm.wit.crossing import crossing
from unit_wasm.wit.drop import drop_name
from unit_wasm.wit.program import Program, make_program

U8, S32, STRING = wit.PRIMITIVES["u8"], wit.PRIMITIVES["s32"], wit.PRIMITIVES["string"]


def function(
    name: str, params: list[wit.Type], result: wit.Type | None = None, *, is_async: bool = False
) -> wit.Function:
    named = tuple(wit.Param(f"p{number}", type) for number, type in enumerate(params))
    return wit.Function(name, name, wit.FunctionKind.FREE, None, named, result, is_async)


def interface(name: str, *functions: wit.Function) -> wit.Interface:
    return wit.Interface(name, name, (), functions)


def world(imports: list[wit.Item], exports: list[wit.Item]) -> wit.World:
    return wit.World(tuple(imports), tuple(exports), ())


def program_of(*params: wit.Type, result: wit.Type | None = None) -> Program:
    return make_program(world([], [wit.Item("f", function("f", list(params), result))]))


OF_F = crossing(None, "f")


def dropped(interface: str, name: str) -> str:
    """Return the names of a function that drops."""
    drop = drop_name(interface, name)
    return f"{drop} {crossing(None, drop)}"


def line(*params: wit.Type, result: wit.Type | None = None) -> str:
    program = program_of(*params, result=result)
    assert [(one.number, one.interface) for one in program.exports] == [(0, None)]
    return program.text.decode()


@pytest.mark.parametrize(
    ("name", "letter"),
    list(
        zip(
            ("bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64")
            + ("char", "string"),
            "bcChHiIqQfdus",
            strict=True,
        )
    ),
)
def test_primitives(name: str, letter: str) -> None:
    assert (
        line(wit.PRIMITIVES[name], result=wit.PRIMITIVES[name])
        == f"E - f {OF_F} 1;{letter} {letter}\n"
    )


def named(
    type: wit.Record | wit.Variant | wit.Enum | wit.Flags | wit.Alias | wit.List,
) -> wit.TypeDef:
    return wit.TypeDef("named", "a:b/c", type)


@pytest.mark.parametrize(
    ("type", "text"),
    [
        (wit.List(U8), "[C"),
        (wit.Option(wit.Option(STRING)), "??s"),
        (wit.Result(), "=.."),
        (wit.Result(S32), "=i."),
        (wit.Result(None, STRING), "=.s"),
        (wit.Tuple((U8, STRING, wit.Tuple((S32,)))), "(3;Cs(1;i"),
        (
            named(wit.Record((wit.Field("a-b", U8), wit.Field("c", wit.List(STRING))))),
            "{2;a-b:Cc:[s",
        ),
        (named(wit.Variant((wit.Case("x"), wit.Case("y", STRING)))), "|2;x:.y:s"),
        (named(wit.Enum(("one", "two"))), "e2;one:two:"),
        (named(wit.Flags(("r", "w"))), "&2;r:w:"),
        (named(wit.Alias(named(wit.List(U8)))), "[C"),
    ],
)
def test_compound_types(type: wit.Type, text: str) -> None:
    assert line(type, result=type) == f"E - f {OF_F} 1;{text} {text}\n"


def test_no_parameters_and_no_result() -> None:
    assert line() == f"E - f {OF_F} 0; .\n"


@pytest.mark.parametrize(
    ("type", "reason"),
    [
        (wit.Stream(U8), "values of stream<u8> are not supported"),
        (wit.Option(wit.Future()), "values of future are not supported"),
        (wit.Map(U8, STRING), "values of map<u8, string> are not supported"),
        (wit.List(U8, 4), "values of list<u8, 4> are not supported"),
        (wit.PRIMITIVES["error-context"], "values of error-context are not supported"),
        (wit.Own(wit.TypeDef("pollable", "wasi:io/poll@0.2.0", wit.Resource())),
         "handles of the host's pollable are not supported"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_is_refused(type: wit.Type, reason: str) -> None:
    good = function("good", [U8])
    bad = function("bad", [U8, type])
    program = make_program(world([], [wit.Item("a:b/c", interface("a:b/c", bad, good))]))
    assert program.refused == {("a:b/c", "bad"): reason}
    assert program.text.decode() == f"E a:b/c good {crossing('a:b/c', 'good')} 1;C .\n"
    assert [(one.number, one.interface, one.function.name) for one in program.exports] == [
        (0, "a:b/c", "good")
    ]
    with pytest.raises(ComponentError) as caught:
        make_program(world([wit.Item("a:b/c", interface("a:b/c", good, bad))], []), {"a:b/c"})
    assert str(caught.value) == (
        f"the component imports bad of a:b/c, which the host cannot provide: {reason}"
    )


def test_an_asynchronous_function_is_refused() -> None:
    program = make_program(world([], [wit.Item("f", function("f", [], is_async=True))]))
    assert (program.exports, program.refused) == ((), {(None, "f"): "it is asynchronous"})


def test_only_what_is_asked_for_is_imported() -> None:
    imports = [
        wit.Item("a:b/c@1.0.0", interface("a:b/c@1.0.0", function("f", [U8]), function("g", []))),
        wit.Item("log", function("log", [STRING])),
        wit.Item("wasi:cli/run@0.2.0", interface("wasi:cli/run@0.2.0", function("run", []))),
    ]
    program = make_program(world(imports, []), {"a:b/c@1.0.0", "log"})
    assert program.text.decode().splitlines() == [
        f"I a:b/c@1.0.0 f {crossing('a:b/c@1.0.0', 'f')} 1;C .",
        f"I a:b/c@1.0.0 g {crossing('a:b/c@1.0.0', 'g')} 0; .",
        f"I - log {crossing(None, 'log')} 1;s .",
    ]
    assert [(one.number, one.interface, one.function.name) for one in program.imports] == [
        (0, "a:b/c@1.0.0", "f"),
        (1, "a:b/c@1.0.0", "g"),
        (2, None, "log"),
    ]
    assert make_program(world(imports, [])).imports == ()


def test_resources_of_the_component_and_of_the_host() -> None:
    thing = wit.TypeDef("thing", "a:b/c", wit.Resource())
    other = wit.TypeDef("other", "x:y/z", wit.Resource())
    alias = wit.TypeDef("renamed", "a:b/c", wit.Alias(other))
    both = interface("a:b/c", function("f", [wit.Own(thing), wit.Borrow(alias)], wit.Own(thing)))
    imports = [wit.Item("x:y/z", interface("x:y/z", function("g", [wit.Borrow(other)])))]
    program = make_program(world(imports, [wit.Item("a:b/c", both)]), {"x:y/z"})
    assert program.text.decode().splitlines() == [
        f"R h x:y/z {crossing('x:y/z', 'other')} other",
        f"R g a:b/c {crossing('a:b/c', 'thing')} thing",
        f"I x:y/z g {crossing('x:y/z', 'g')} 1;p0; .",
        f"E a:b/c f {crossing('a:b/c', 'f')} 2;o1;p0; o1;",
        f"E - {dropped('a:b/c', 'thing')} 1;o1; .",
    ]
    assert (len(program.exports), program.drops) == (1, {1: 1})
    assert program.resources == (other, thing)
    assert program.own == {1}
    assert program.resource(alias, exported=True) == 0
    assert program.resource(thing, exported=True) == 1
    with pytest.raises(KeyError):
        program.resource(thing, exported=False)


def test_a_resource_that_is_imported_and_exported_has_two_numbers() -> None:
    thing = wit.TypeDef("thing", "a:b/c", wit.Resource())
    both = interface("a:b/c", function("f", [wit.Borrow(thing)]))
    program = make_program(world([wit.Item("a:b/c", both)], [wit.Item("a:b/c", both)]), {"a:b/c"})
    assert program.text.decode().splitlines() == [
        f"R h a:b/c {crossing('a:b/c', 'thing')} thing",
        f"R g a:b/c {crossing('a:b/c', 'thing')} thing",
        f"I a:b/c f {crossing('a:b/c', 'f')} 1;p0; .",
        f"E a:b/c f {crossing('a:b/c', 'f')} 1;p1; .",
        f"E - {dropped('a:b/c', 'thing')} 1;o1; .",
    ]
    assert program.drops == {1: 1}
    assert program.resource(thing, exported=False) == 0
    assert program.resource(thing, exported=True) == 1


def test_a_refused_function_leaves_no_resource_behind() -> None:
    thing, other = (wit.TypeDef(name, "a:b/c", wit.Resource()) for name in ("thing", "other"))
    bad = function("bad", [wit.Own(thing), wit.Stream()])
    good = function("good", [wit.Own(other)])
    program = make_program(world([], [wit.Item("a:b/c", interface("a:b/c", bad, good))]))
    assert program.text.decode().splitlines() == [
        f"R g a:b/c {crossing('a:b/c', 'other')} other",
        f"E a:b/c good {crossing('a:b/c', 'good')} 1;o0; .",
        f"E - {dropped('a:b/c', 'other')} 1;o0; .",
    ]
