"""Invariant: any text is a configuration or a ConfigError whose place is in it, and nothing else.

The inputs are configurations with members put in, left out and replaced, and texts of JSON with
bytes changed. A text that is JSON reads back the same after it was written.
"""

import contextlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from tests.fuzz.choices import Choices, edited
from unit_wasm.config.document import JsonValue, dump_document, parse_document
from unit_wasm.config.model import Configuration
from unit_wasm.config.validate import validate
from unit_wasm.errors import ConfigError
from unit_wasm.options import OPTIONS

_NAMES = (
    *("listeners", "applications", "settings", "http", "pass", "type", "component", "module"),
    *("environment", "access", "filesystem", "limits", "timeout", "requests", "shm", "processes"),
    *("max", "spare", "idle_timeout", "user", "isolation", "routes", "max_body_size", "a", "a/b"),
    *("header_read_timeout", "send_timeout", "body_read_timeout", "server_version", "~", "", "é"),
    *("127.0.0.1:0", "*:80", "unix:x", "[::1]:0", "300.1.1.1:1", "::", "a:99999"),
    *(option.environment for option in OPTIONS),
)
_TEXTS = (
    *("applications/a", "applications/a%2Fb", "wasm", "wasm-wasi-component", "<unused>", "echo:x"),
    *("0", "1", "-1", "1.5", "yes", "off", "64K", "1G", "10s", "1e9", "https://*.example.test"),
    *("/control", "", " ", "\0", "9" * 30, "\u2028", "\U0001f600"),
)
_NUMBERS = (0, 1, -1, 2**31, 2**53, 2**53 + 1, 2**64, -(2**70), 0.5, 1e300, 1e-300)


def _value(choices: Choices, depth: int = 0) -> JsonValue:
    kind = choices.below(8 if depth < 4 else 5)
    if kind < 2:
        return choices.pick(_TEXTS)
    if kind == 2:
        return choices.pick(_NUMBERS)
    if kind == 3:
        return choices.pick((None, True, False))
    if kind == 4:
        return choices.pick(_NAMES)
    if kind == 5:
        return [_value(choices, depth + 1) for _ in range(choices.below(4))]
    return {choices.pick(_NAMES): _value(choices, depth + 1) for _ in range(choices.below(4))}


def _change(choices: Choices, value: JsonValue, depth: int = 0) -> JsonValue:
    """Replace, add or remove one thing somewhere inside."""
    go_on = depth < 6 and choices.below(6) != 0
    if isinstance(value, dict):
        changed = dict(value)
        if go_on and changed:
            name = choices.pick(sorted(changed))
            changed[name] = _change(choices, changed[name], depth + 1)
        elif changed and choices.chance(2):
            del changed[choices.pick(sorted(changed))]
        else:
            changed[choices.pick(_NAMES)] = _value(choices)
        return changed
    if isinstance(value, list) and value and go_on:
        index = choices.below(len(value))
        return [*value[:index], _change(choices, value[index], depth + 1), *value[index + 1 :]]
    return _value(choices)


def changed_document(choices: Choices, seeds: Sequence[bytes]) -> JsonValue:
    """Return one of the seeds with a few members put in, left out or replaced."""
    value: JsonValue = json.loads(choices.pick(seeds))
    for _ in range(choices.below(5)):
        value = _change(choices, value)
    return value


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return a document, or a text that once was one."""
    spoilt = choices.chance(4)
    data = json.dumps(changed_document(choices, seeds)).encode()
    return edited(data, choices) if spoilt else data


def _resolve(document: JsonValue, pointer: str) -> None:
    """Follow a JSON pointer; raises where there is nothing."""
    assert pointer == "" or pointer[0] == "/", pointer
    value: Any = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]


def _check(data: bytes) -> None:
    try:
        document = parse_document(data)
    except ConfigError as error:
        assert error.message
        return
    assert parse_document(dump_document(document)) == document
    try:
        found = validate(document)
    except ConfigError as error:
        assert error.message
        _resolve(document, error.pointer)
    else:
        assert isinstance(found, Configuration)
        for warning in found.warnings:
            _resolve(document, warning.partition(": ")[0])


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Nothing is needed."""
    yield _check
