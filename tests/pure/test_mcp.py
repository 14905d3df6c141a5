"""Names of tools, and what is said where the package of the protocol is missing."""

import re
import sys
from collections.abc import Sequence

import pytest

from unit_wasm import cli
from unit_wasm.mcp.tools import Tools
from unit_wasm.services.offered import Offers
from unit_wasm.services.openapi import Part
from unit_wasm.services.problems import Answer
from unit_wasm.services.service import Request
from unit_wasm.serving.types import Receive, Scope
from unit_wasm.wit import model as wit


class Nothing:
    """Functions that are listed, and not called."""

    def __init__(self, *parts: Part) -> None:
        self.parts: Sequence[Part] = parts

    async def respond(self, request: Request, scope: Scope, receive: Receive) -> Answer | None:
        raise AssertionError(request)


def offers(interface: str, label: str, owner: str = "", **fields: str) -> Offers:
    """One function of an interface, with a parameter that is a record."""
    members = tuple(wit.Field(name, wit.PRIMITIVES[type]) for name, type in fields.items())
    point = wit.TypeDef("point", owner or interface, wit.Record(members))
    function = wit.Function(
        label, label, wit.FunctionKind.FREE, None, (wit.Param("of", point),), None
    )
    item = wit.Item(interface, wit.Interface(interface, interface, (point,), (function,)))
    return Offers(wit.World((), (item,), ()))


def test_names_are_what_every_model_takes() -> None:
    long = "x-" * 60 + "x"
    tools = Tools(
        Nothing(
            Part("a%20b.wasm/", offers("n:p/i@1.0.0", "f", x="u8")),
            Part("a_b.wasm/", offers("n:p/i@1.0.0", "f", x="u8")),
            Part("c/", offers("n:p/i@1.0.0", long, x="u8")),
        )
    ).all()
    names = [tool.name for tool in tools]
    assert names[0] == "a_b_wasm_i_f"
    assert len(set(names)) == 3
    assert all(re.fullmatch("[A-Za-z0-9_-]{1,64}", name) for name in names)
    assert [tool.path for tool in tools] == ["a b.wasm/i/f", "a_b.wasm/i/f", f"c/i/{long}"]


def test_each_tool_has_the_types_that_it_speaks_of() -> None:
    tools = Tools(
        Nothing(
            Part("a/", offers("n:p/i@1.0.0", "f", x="u8")),
            Part("b/", offers("n:p/i@1.0.0", "f", y="string")),
        )
    )
    first, second = (tool.arguments for tool in tools.all())
    assert list(first["$defs"]) == ["a.i.point"]
    assert first["properties"]["of"] == {"$ref": "#/$defs/a.i.point"}
    assert list(second["$defs"]["b.i.point"]["properties"]) == ["y"]
    assert tools.find("a_i_f") is not None
    assert tools.find("a_i_g") is None


def test_without_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert cli.main(["mcp", "cipher.wasm"]) == 1
    assert capsys.readouterr().err == (
        "unit-wasm: configuration error: the package mcp is not installed "
        '(pip install "unit_wasm[mcp]")\n'
    )
