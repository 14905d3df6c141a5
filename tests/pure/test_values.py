"""unit_wasm/values.py beside dataclasses: the same in everything but the time that it takes."""

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import pytest

from unit_wasm import values
from unit_wasm.options import Options

MAKERS = [dataclasses.dataclass, values.dataclass]


def make(maker: Any, slots: bool) -> Any:
    @maker(frozen=True, slots=slots)
    class Thing:
        """A thing."""

        name: str
        size: int = 3
        parts: Mapping[str, int] = dataclasses.field(default_factory=dict)
        hidden: object = dataclasses.field(default=None, compare=False, repr=False)

        @property
        def double(self) -> int:
            return self.size * 2

    return Thing


@values.dataclass(frozen=True, slots=True)
class Slotted:
    """Known by its name, so that it can be pickled."""

    one: int
    two: tuple[int, ...] = (2,)


@values.dataclass(frozen=True)
class Plain:
    """The same with a dictionary."""

    one: int
    two: tuple[int, ...] = (2,)

    @cached_property
    def sum(self) -> int:
        """Of all."""
        return self.one + sum(self.two)


@pytest.fixture(params=[False, True], ids=["dictionary", "slots"])
def both(request: pytest.FixtureRequest) -> list[Any]:
    return [make(maker, request.param) for maker in MAKERS]


def outcome(call: Any) -> object:
    try:
        return call()
    except Exception as error:
        return type(error)


def test_making(both: list[Any]) -> None:
    for args, given in (
        (("a",), {}),
        (("a", 4), {}),
        (("a", 4, {"x": 1}, 5), {}),
        ((), {"name": "a", "size": 1}),
        (("a",), {"hidden": 1}),
        ((), {}),
        (("a",), {"name": "b"}),
        (("a", 1, {}, None, 5), {}),
        (("a",), {"other": 1}),
    ):

        def made(kind: Any, args: Any = args, given: Any = given) -> object:
            value = kind(*args, **given)
            return value.name, value.size, value.parts, value.hidden, value.double, repr(value)

        found = [outcome(lambda kind=kind: made(kind)) for kind in both]
        assert found[0] == found[1], (args, given)
    values_of = [kind("a") for kind in both]
    assert values_of[1].parts is not both[1]("a").parts


def test_comparing(both: list[Any]) -> None:
    for kind in both:
        assert kind("a", 1, (), 5) == kind("a", 1, (), 6)
        assert hash(kind("a", 1, (), 5)) == hash(kind("a", 1, (), 6))
        assert kind("a", 1) != kind("a", 2)
        assert kind("a") != ("a", 3, {}, None)
        assert (kind("a") == 1) is False
    assert both[0]("a") != both[1]("a")


def test_it_is_frozen(both: list[Any]) -> None:
    for kind in both:
        value = kind("a")
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.name = "b"
        with pytest.raises(dataclasses.FrozenInstanceError):
            del value.name
        assert value.name == "a"


def test_it_is_a_dataclass(both: list[Any]) -> None:
    found = []
    for kind in both:
        value = kind("a", parts={"x": 1})
        assert dataclasses.is_dataclass(kind("b"))
        changed = dataclasses.replace(value, size=9)
        assert type(changed) is kind
        fields = [(field.name, field.type, field.default) for field in dataclasses.fields(kind)]
        match value:
            case kind(name, size):
                matched: object = (name, size)
        shown = (repr(changed), dataclasses.asdict(value), dataclasses.astuple(value))
        slots = getattr(kind, "__slots__", None)
        found.append((shown, fields, matched, slots, kind.__doc__, kind.__qualname__))
    assert found[0] == found[1]


def test_copies() -> None:
    for value in (Slotted(1), Plain(5, (6,))):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.copy(value) == value
        assert copy.deepcopy(value) == value
    assert Plain(1, (2, 3)).sum == 6
    assert not hasattr(Slotted(1), "__dict__")


def test_what_it_is_not_for() -> None:
    with pytest.raises(TypeError, match="values are frozen"):
        values.dataclass(frozen=False)
    with pytest.raises(TypeError, match="values have no subclasses"):
        values.dataclass(frozen=True)(type("Below", (Plain,), {"__annotations__": {}}))


def test_what_follows() -> None:
    @values.dataclass(frozen=True)
    class Thing:
        name: str

        def __post_init__(self) -> None:
            if not self.name:
                raise ValueError("a thing without a name")

    assert Thing("a").name == "a"
    with pytest.raises(ValueError, match="without a name"):
        dataclasses.replace(Thing("a"), name="")


def test_constants_are_no_fields() -> None:
    @values.dataclass(frozen=True)
    class Thing:
        KIND: ClassVar[int] = 3
        name: str

    assert [field.name for field in dataclasses.fields(Thing)] == ["name"]
    assert Thing.KIND == 3


def test_options_are_values() -> None:
    assert dataclasses.replace(Options(), max_exchanges=7).max_exchanges == 7
    assert Options() == Options()
