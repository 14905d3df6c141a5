"""Members of a configuration that only Unit has a use for: checked as Unit does, then left alone.

Where Unit bounds a value that has no effect here, nothing is bounded: what Unit takes is taken.
"""

from __future__ import annotations

from unit_wasm.config.document import JsonObject, JsonValue
from unit_wasm.config.schema import (
    Check,
    array,
    boolean,
    each,
    either,
    integer,
    json_object,
    members,
    number,
    string,
    whole,
)
from unit_wasm.errors import ConfigError

_STRINGS: Check = either({str: string, list: array(string)})


def nothing(value: JsonValue, pointer: str) -> None:
    """Accept an array or an object that is empty: what this server has not is not asked of it."""
    if isinstance(value, (list, dict)) and not value:
        return
    name = pointer.rpartition("/")[2]
    raise ConfigError(f'"{name}" is not supported by this server', pointer=pointer)


def no_members(value: JsonValue, pointer: str) -> None:
    """Accept an object that is empty."""
    nothing(json_object(value, pointer), pointer)


_COMPRESSOR = members(
    {"encoding": string, "level": whole, "min_length": whole}, required=["encoding"]
)

HTTP: dict[str, Check] = {
    "large_header_buffer_size": whole,
    "large_header_buffers": whole,
    "body_buffer_size": whole,
    "body_temp_path": string,
    "discard_unsafe_fields": boolean,
    "log_route": boolean,
    "chunked_transform": boolean,
    "websocket": members(
        {"read_timeout": whole, "keepalive_interval": whole, "max_frame_size": whole}
    ),
    "static": members({"mime_types": each(_STRINGS)}),
    "compression": members(
        {"types": _STRINGS, "compressors": either({dict: _COMPRESSOR, list: array(_COMPRESSOR)})}
    ),
}
"""Those of ``settings.http``."""

JS_MODULE: Check = _STRINGS
TELEMETRY: Check = members(
    {"endpoint": string, "batch_size": whole, "protocol": string, "sampling_ratio": number()},
    required=("endpoint", "protocol"),
)

LIMITS: dict[str, Check] = {"requests": whole, "shm": whole}
"""Those of an application's ``limits``."""

_IDS: Check = array(
    members(
        {"container": whole, "host": whole, "size": whole}, required=("container", "host", "size")
    )
)

ISOLATION: Check = members(
    {
        "namespaces": members(
            dict.fromkeys(("credential", "pid", "network", "mount", "uname", "cgroup"), boolean)
        ),
        "uidmap": _IDS,
        "gidmap": _IDS,
        "rootfs": string,
        "automount": members(dict.fromkeys(("language_deps", "tmpfs", "procfs"), boolean)),
        "new_privs": boolean,
        "cgroup": members({"path": string}, required=("path",)),
    }
)

_PROCESSES = members({"max": integer(low=1), "spare": integer(), "idle_timeout": integer()})


def processes(value: JsonValue, pointer: str) -> None:
    """Accept a number of processes, or ``max``, ``spare`` and ``idle_timeout``."""
    either({int: integer(low=1), dict: _dynamic})(value, pointer)


def _dynamic(value: JsonValue, pointer: str) -> None:
    found: JsonObject = _PROCESSES(json_object(value, pointer), pointer)
    spare, most = found.get("spare", 0), found.get("max", 1)
    if isinstance(spare, int) and isinstance(most, int) and spare > most:
        raise ConfigError('"spare" is greater than "max"', pointer=f"{pointer}/spare")
