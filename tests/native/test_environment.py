"""Variables that the guest's environment cannot hold."""

import pytest

from tests.harness.direct import Client
from unit_wasm.errors import ConfigError


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("A", "x\0y", "A"), ("A", "\ud800", "A"), ("A=B", "x", "A=B"), ("\udfff", "x", "\\udfff")],
)
def test_a_variable_that_cannot_be_passed_on(name: str, value: str, shown: str) -> None:
    with pytest.raises(ConfigError) as caught, Client("env", environment={name: value}):
        pass
    assert str(caught.value) == (
        f'/environment: the environment variable "{shown}" holds a zero byte, a lone surrogate '
        "or a name with an equals sign"
    )


def test_a_variable_without_a_name() -> None:
    with pytest.raises(ConfigError) as caught, Client("env", environment={"": "x"}):
        pass
    assert str(caught.value) == "/environment: an environment variable has an empty name"
