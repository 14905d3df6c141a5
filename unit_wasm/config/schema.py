"""Checks of plain JSON values: each takes a value and its pointer, and returns it typed.

A check is a function; :func:`members` makes the check of an object from the checks of its members.
Integers are not booleans here, although Python says that they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from unit_wasm.config.document import JsonObject, JsonValue
from unit_wasm.config.model import escape_pointer
from unit_wasm.errors import ConfigError
from unit_wasm.suggest import did_you_mean

Check: TypeAlias = Callable[[JsonValue, str], object]

_INT32_MAX = 2**31 - 1
_ANY = 2**63
"""No number of a document is larger."""


def name_of(value: JsonValue) -> str:
    """Return what sort of JSON value this is, with its article."""
    names: dict[type, str] = {
        bool: "a boolean",
        int: "an integer number",
        float: "a fractional number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return names.get(type(value), "null")


def _wrong_type(value: JsonValue, pointer: str, wanted: str) -> ConfigError:
    subject = "the configuration" if pointer == "" else "this value"
    return ConfigError(f"{subject} must be {wanted}, not {name_of(value)}", pointer=pointer)


def string(value: JsonValue, pointer: str) -> str:
    """Accept a string without NUL characters (all strings become paths, names or variables)."""
    if not isinstance(value, str):
        raise _wrong_type(value, pointer, "a string")
    if "\0" in value:
        raise ConfigError("this string must not contain a NUL character", pointer=pointer)
    return value


def boolean(value: JsonValue, pointer: str) -> bool:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise _wrong_type(value, pointer, "a boolean")
    return value


def _check_bounds(value: float, low: float, high: float, pointer: str) -> None:
    if not low <= value <= high:
        raise ConfigError(
            f"{value} is out of bounds", pointer=pointer, hint=f"allowed: {low} to {high}"
        )


def integer(low: int = 0, high: int = _INT32_MAX) -> Callable[[JsonValue, str], int]:
    """Return the check of an integer within bounds."""

    def check(value: JsonValue, pointer: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise _wrong_type(value, pointer, "an integer number")
        _check_bounds(value, low, high, pointer)
        return value

    return check


def whole(value: JsonValue, pointer: str) -> int:
    """Accept any integer: what it may be is Unit's matter."""
    return integer(-_ANY, _ANY)(value, pointer)


def number(low: float = -_ANY, high: float = _ANY) -> Callable[[JsonValue, str], float]:
    """Return the check of a number within bounds, with a fraction or without."""

    def check(value: JsonValue, pointer: str) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise _wrong_type(value, pointer, "a number")
        _check_bounds(value, low, high, pointer)
        return value

    return check


def array(check: Check) -> Callable[[JsonValue, str], tuple[object, ...]]:
    """Return the check of an array whose elements are alike."""

    def check_all(value: JsonValue, pointer: str) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise _wrong_type(value, pointer, "an array")
        return tuple(check(element, f"{pointer}/{index}") for index, element in enumerate(value))

    return check_all


def either(choices: Mapping[type, Check]) -> Check:
    """Return the check of a value that may be of several types, each with a check of its own."""
    wanted = " or ".join(name_of(kind()) for kind in choices)

    def check(value: JsonValue, pointer: str) -> object:
        chosen = choices.get(type(value))
        if chosen is None:
            raise _wrong_type(value, pointer, wanted)
        return chosen(value, pointer)

    return check


def absolute_paths(value: JsonValue, pointer: str) -> tuple[str, ...]:
    """Accept an array of absolute paths."""
    if not isinstance(value, list):
        raise _wrong_type(value, pointer, "an array of strings")
    return tuple(
        _absolute_path(element, f"{pointer}/{index}") for index, element in enumerate(value)
    )


def _absolute_path(value: JsonValue, pointer: str) -> str:
    path = string(value, pointer)
    if not path.startswith("/"):
        raise ConfigError(
            f'"{path}" is not an absolute path', pointer=pointer, hint='begin it with "/"'
        )
    return path


def json_object(value: JsonValue, pointer: str) -> JsonObject:
    """Accept an object, whatever its members."""
    if not isinstance(value, dict):
        raise _wrong_type(value, pointer, "an object")
    return value


def each(check: Check) -> Callable[[JsonValue, str], JsonObject]:
    """Return the check of an object whose member names are free and whose values are alike."""

    def check_all(value: JsonValue, pointer: str) -> JsonObject:
        found = json_object(value, pointer)
        for name, member in found.items():
            check(member, f"{pointer}/{escape_pointer(name)}")
        return found

    return check_all


def members(
    known: Mapping[str, Check], *, required: Collection[str] = (), unit_only: Collection[str] = ()
) -> Callable[[JsonValue, str], JsonObject]:
    """Return the check of an object with fixed member names.

    Parameters:
        known: the check of each member.
        required: members that must be there.
        unit_only: members that Unit has and this server has not; they get an error of their own.
    """

    def check(value: JsonValue, pointer: str) -> JsonObject:
        found = json_object(value, pointer)
        for name, member in found.items():
            place = f"{pointer}/{escape_pointer(name)}"
            if name in unit_only:
                raise ConfigError(f'"{name}" is not supported by this server', pointer=place)
            if name not in known:
                raise ConfigError(
                    f'unknown key "{name}"', pointer=place, hint=did_you_mean(name, known)
                )
            known[name](member, place)
        for name in required:
            if name not in found:
                raise ConfigError(f'"{name}" is missing', pointer=pointer)
        return found

    return check
