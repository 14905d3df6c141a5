"""One option: how it is named, read and checked in each place where it can be written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from unit_wasm.errors import ConfigError
from unit_wasm.options.kinds import COUNT, DURATION, SIZE, Kind
from unit_wasm.values import dataclass

ENVIRONMENT_PREFIX = "UNIT_WASM_"

CONFIG_PREFIX = f"{ENVIRONMENT_PREFIX}CONFIG_"
"""What entries for wasi:config begin with; their key follows, in the case that it is written in."""


def is_config_entry(name: str) -> bool:
    """Whether an entry of ``environment`` is a value for wasi:config."""
    return name.startswith(CONFIG_PREFIX) and name != CONFIG_PREFIX


def is_entry_name(name: str) -> bool:
    """Whether a variable, or a value for wasi:config, may have this name."""
    return name != "" and not {"=", "\0"} & set(name)


@dataclass(frozen=True)
class Option:
    """One option: what :class:`Options` declares about one of its fields.

    Parameters:
        name: the field's name.
        kind: how its values are written.
        default: the default as it is written in the documentation.
        minimum: the smallest allowed value, or None.
        maximum: the largest allowed value, or None.
        doc: one sentence.
    """

    name: str
    kind: Kind
    default: str
    minimum: float | None
    maximum: float | None
    doc: str

    @property
    def environment(self) -> str:
        """The entry's name in an application's ``environment``."""
        return ENVIRONMENT_PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        """The flag on the command line."""
        return self.kind.flag or "--" + self.name.replace("_", "-")

    @property
    def range(self) -> str:
        """The allowed values, as the documentation shows them; empty where there are no bounds."""
        if self.minimum is None or self.maximum is None:
            return ""
        return f"{self.kind.show(self.minimum)} to {self.kind.show(self.maximum)}"

    def parse(self, text: str, *, label: str, pointer: str = "") -> Any:
        """Read a value that was written as text.

        Parameters:
            text: the value.
            label: what to call the option in an error, e.g. its flag.
            pointer: the place in the JSON document for an error.

        Raises:
            ConfigError: the text is not a value of this kind, or it is out of bounds.
        """
        value = self.kind.parse(text.strip())
        if value is None:
            raise self._not_a_value(text, label, pointer)
        self.check(value, label=label, pointer=pointer)
        return value

    def parse_all(self, texts: Sequence[str], *, label: str) -> Any:
        """Read the values of a flag that was repeated: blanks and commas are part of them.

        Raises:
            ConfigError: one is none.
        """
        value = self.kind.adopt(tuple(texts))
        self.check(value, label=label)
        return value

    def _not_a_value(self, text: str, label: str, pointer: str) -> ConfigError:
        return ConfigError(
            f'{label} is "{text}", which is not {self.kind.what}',
            pointer=pointer,
            hint=f"write {self.kind.example}",
        )

    def check(self, value: Any, *, label: str, pointer: str = "") -> None:
        """Check the type and the bounds of a value.

        Raises:
            ConfigError: it has another type, is none of its kind or is out of bounds.
        """
        right_type = isinstance(value, self.kind.types)
        if not right_type or (isinstance(value, bool) and bool not in self.kind.types):
            raise ConfigError(
                f"{label} must be {self.kind.what}, not {type(value).__name__}", pointer=pointer
            )
        if not self.kind.accepts(value):
            show = self.kind.show if self.kind.faulty is None else self.kind.faulty
            raise self._not_a_value(show(value), label, pointer)
        if self.minimum is None or self.maximum is None:
            return
        # Written this way round so that a NaN, which compares false with everything, is refused.
        if not self.minimum <= value <= self.maximum:
            shown = self.kind.show(value)
            raise ConfigError(
                f"{label} is {shown}, which is out of bounds",
                pointer=pointer,
                hint=f"allowed: {self.range}",
            )


def default_cache_dir() -> Path:
    """Return the folder of compiled components where nothing else is configured."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification tells programs to ignore a value that is not absolute.
    if os.path.isabs(base):
        return Path(base) / "unit-wasm"
    home = os.path.expanduser("~")
    # In a container, "/" is the home of users that the image does not know.
    if os.path.isabs(home) and home != "/":
        return Path(home) / ".cache" / "unit-wasm"
    # A user without a home; the cache itself checks owner and mode.
    return Path("/var/tmp") / f"unit-wasm-{os.getuid()}"


def option_field(
    kind: Kind,
    default: Any,
    doc: str,
    bounds: tuple[float, float] | None = None,
    shown_default: str | None = None,
) -> Any:
    """Return a field of ``Options``: what an option is, said once.

    Parameters:
        default: its default, or what makes it.
        doc: one sentence.
        bounds: the smallest and the largest value.
        shown_default: the default as the documentation has it.
    """
    metadata = {
        "kind": kind,
        "doc": doc,
        "bounds": bounds,
        "default": shown_default or kind.show(default),
    }
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def seconds_field(default: float, low: float, high: float, doc: str) -> Any:
    """Return a field for a duration; see :func:`option_field`."""
    return option_field(DURATION, default, doc, (low, high))


def bytes_field(default: int, low: int, high: int, doc: str) -> Any:
    """Return a field for a size; see :func:`option_field`."""
    return option_field(SIZE, default, doc, (low, high))


def count_field(default: int, low: int, high: int, doc: str) -> Any:
    """Return a field for a number; see :func:`option_field`."""
    return option_field(COUNT, default, doc, (low, high))
