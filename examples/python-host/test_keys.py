"""Tests a component with the fixture of unit_wasm's plugin for pytest."""

from keys import Store, log


def test_the_old_value_is_returned(component) -> None:
    keys = component("keys.wat", host=[Store, log])
    assert keys.replace_value("shape", "round") is None
    assert keys.replace_value("shape", "square") == "round"
    assert [call.function for call in component.calls].count("log") == 2
