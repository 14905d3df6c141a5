"""Who chooses what becomes of the Host header: the type, the command line, the application."""

import pytest

from unit_wasm.config import JsonObject, validate
from unit_wasm.errors import ConfigError
from unit_wasm.options import Options

COMPONENT: JsonObject = {"type": "wasm-wasi-component", "component": "c.wasm"}
HANDLERS = ("request_handler", "malloc_handler", "free_handler")
MODULE: JsonObject = {"type": "wasm", "module": "c.wasm", **dict.fromkeys(HANDLERS, "<unused>")}


@pytest.mark.parametrize(
    ("application", "default", "given", "found"),
    [
        (COMPONENT, "", None, ""),
        (MODULE, "", None, "keep"),
        (MODULE, "drop", None, "drop"),
        (COMPONENT, "keep", None, "keep"),
        (MODULE, "", "drop", "drop"),
        (COMPONENT, "", "Keep", "keep"),
        (MODULE, "keep", "drop", "drop"),
    ],
)
def test_the_later_is_the_stronger(
    application: JsonObject, default: str, given: str | None, found: str
) -> None:
    environment: JsonObject = {} if given is None else {"UNIT_WASM_HOST_HEADER": given}
    document: JsonObject = {"applications": {"a": {**application, "environment": environment}}}
    made = validate(document, base=Options(host_header=default)).applications["a"]
    assert (made.options.host_header, made.environment) == (found, {})


@pytest.mark.parametrize("value", ["remove", "on", "", "keep drop"])
def test_a_wrong_value(value: str) -> None:
    application: JsonObject = {**COMPONENT, "environment": {"UNIT_WASM_HOST_HEADER": value}}
    with pytest.raises(ConfigError) as caught:
        validate({"applications": {"a": application}})
    assert str(caught.value) == (
        "/applications/a/environment/UNIT_WASM_HOST_HEADER: UNIT_WASM_HOST_HEADER is "
        f'"{value}", which is not keep or drop (write keep or drop)'
    )


@pytest.mark.parametrize("value", ["KEEP", "other"])
def test_a_wrong_value_in_python(value: str) -> None:
    with pytest.raises(ConfigError):
        Options(host_header=value)
