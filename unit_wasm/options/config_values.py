"""What a component gets by wasi:config: entries of its ``environment``, and a file."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from unit_wasm.errors import ConfigError
from unit_wasm.options.option import CONFIG_PREFIX, is_config_entry, is_entry_name
from unit_wasm.options.options import Options

_MAX_FILE = 1 << 20


def config_values(
    options: Options, environment: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Take the values for wasi:config out of an environment, and add those of the file.

    Returns:
        The values by key, and what remains of the environment.

    Raises:
        ConfigError: the file cannot be read, or says something else.
    """
    values = {} if options.wasi_config is None else _read(options.wasi_config)
    remaining = {}
    for name, text in environment.items():
        if is_config_entry(name):
            values[name.removeprefix(CONFIG_PREFIX)] = text
        else:
            remaining[name] = text
    return values, remaining


def _read(path: Path) -> dict[str, str]:
    try:
        document = json.loads(_content(path))
    except OSError as error:
        raise _faulty(path, f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _faulty(path, f"is no JSON: {error}") from error
    except RecursionError:
        raise _faulty(path, "is nested too deeply") from None
    if not isinstance(document, dict):
        raise _faulty(path, "is no object")
    for key, value in document.items():
        if not isinstance(value, str):
            raise _faulty(path, f'has a value for "{ascii(key)[1:-1]}" that is no string')
        if key == "":
            raise _faulty(path, "has an empty key")
        if not is_entry_name(key) or "\0" in value:
            raise _faulty(path, f'has the key "{ascii(key)[1:-1]}" with "=" or a zero byte')
    return document


def _faulty(path: Path, what: str) -> ConfigError:
    return ConfigError(
        f"the file of UNIT_WASM_WASI_CONFIG, {path}, {what}", hint='write {"KEY": "VALUE"}'
    )


def _content(path: Path) -> bytes:
    """Return what a plain file has; nothing else is waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is no plain file")
        content = file.read(_MAX_FILE + 1)
    if len(content) > _MAX_FILE:
        raise ValueError(f"it has more than {_MAX_FILE} bytes")
    return content
