"""The member ``access_log`` of a configuration."""

from __future__ import annotations

from unit_wasm.config.document import JsonValue
from unit_wasm.config.log_format import DEFAULT_FORMAT, AccessLogConfig, Template
from unit_wasm.config.model import escape_pointer
from unit_wasm.config.schema import Check, members, string
from unit_wasm.errors import ConfigError


def _format(value: JsonValue, pointer: str) -> Template | tuple[tuple[str, Template], ...]:
    if isinstance(value, dict):
        return tuple(
            (name, _template(member, f"{pointer}/{escape_pointer(name)}"))
            for name, member in value.items()
        )
    return _template(value, pointer)


def _template(value: JsonValue, pointer: str) -> Template:
    return Template.parse(string(value, pointer), pointer=pointer)


_MEMBERS: dict[str, Check] = {"path": string, "format": _format, "if": _template}
_OBJECT = members(_MEMBERS, required=("path",))


def access_log(value: JsonValue, pointer: str) -> AccessLogConfig:
    """Check ``access_log``: a path, or an object with ``path``, ``format`` and ``if``.

    Raises:
        ConfigError: it is neither, or a format cannot be used.
    """
    found = _OBJECT(value, pointer) if isinstance(value, dict) else {"path": value}
    place = f"{pointer}/path" if isinstance(value, dict) else pointer
    path = string(found["path"], place)
    if not path:
        raise ConfigError("the path of the access log is empty", pointer=place)
    form = _format(found["format"], f"{pointer}/format") if "format" in found else DEFAULT_FORMAT
    condition = None
    negated = False
    if "if" in found:
        text = string(found["if"], f"{pointer}/if")
        negated = text.startswith("!")
        condition = Template.parse(text[1:] if negated else text, pointer=f"{pointer}/if")
    return AccessLogConfig(path, form, condition, negated)
