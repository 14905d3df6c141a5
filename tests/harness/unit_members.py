"""Members of a configuration that Unit has: which values it takes, and what we say to them.

``tests/unitd/test_members.py`` asks a real one; what depends on how that was built is marked.
"""

from typing import Any

_NOWHERE = "this has no effect here, requests go from listeners to applications"


def _http(**members: Any) -> dict[str, Any]:
    return {"settings": {"http": members}}


def _ignored(name: str) -> list[str]:
    return [f"/settings/http/{name}: this has no effect here"]


ACCEPTED: list[tuple[dict[str, Any], list[str]]] = [
    ({"routes": []}, [f"/routes: {_NOWHERE}"]),
    ({"routes": {}}, [f"/routes: {_NOWHERE}"]),
    ({"upstreams": {}}, [f"/upstreams: {_NOWHERE}"]),
    (_http(websocket={}), _ignored("websocket")),
    (
        _http(websocket={"read_timeout": 60, "keepalive_interval": 30, "max_frame_size": 1048576}),
        _ignored("websocket"),
    ),
    (
        _http(static={"mime_types": {"text/x-a": [".a", ".aa"], "text/x-b": ".b"}}),
        _ignored("static"),
    ),
    (_http(compression={}), _ignored("compression")),
    (_http(compression={"types": "text/*", "compressors": []}), _ignored("compression")),
    (_http(compression={"types": ["text/*", "!text/x"]}), _ignored("compression")),
    (_http(large_header_buffer_size=8192), _ignored("large_header_buffer_size")),
    (_http(large_header_buffers=4), _ignored("large_header_buffers")),
    (_http(body_buffer_size=-1), _ignored("body_buffer_size")),
    (_http(body_temp_path="/tmp"), _ignored("body_temp_path")),
    (_http(discard_unsafe_fields=False), _ignored("discard_unsafe_fields")),
    (_http(log_route=True), _ignored("log_route")),
    (_http(chunked_transform=True), _ignored("chunked_transform")),
    (
        {"settings": {"listen_threads": 2}},
        ["/settings/listen_threads: this has no effect here, one thread listens"],
    ),
]
"""Documents that both take, and our warnings."""

BUILT_IN: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"settings": {"js_module": "a"}},
        ["/settings/js_module: this has no effect here, there is no JavaScript"],
    ),
    (
        {"settings": {"js_module": ["a", "b"]}},
        ["/settings/js_module: this has no effect here, there is no JavaScript"],
    ),
    (
        {"settings": {"telemetry": {"endpoint": "http://a", "protocol": "http"}}},
        ["/settings/telemetry: this has no effect here, no spans are sent"],
    ),
    (
        _http(compression={"compressors": {"encoding": "gzip", "level": 3, "min_length": 9}}),
        _ignored("compression"),
    ),
    (_http(compression={"compressors": [{"encoding": "br"}]}), _ignored("compression")),
]
"""Those that a Unit takes which was built with njs, OpenTelemetry or compressors."""

_A = "/settings/http"

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"routes": None}, '/routes: "routes" is not supported by this server'),
    ({"upstreams": []}, "/upstreams: this value must be an object, not an array"),
    ({"settings": []}, "/settings: this value must be an object, not an array"),
    (
        {"settings": {"listen_threads": 0}},
        "/settings/listen_threads: 0 is out of bounds (allowed: 1 to 2147483647)",
    ),
    (
        {"settings": {"listen_threads": 1.5}},
        "/settings/listen_threads: this value must be an integer number, not a fractional number",
    ),
    (
        _http(websocket={"read_timeout": "60"}),
        f"{_A}/websocket/read_timeout: this value must be an integer number, not a string",
    ),
    (
        _http(websocket={"timeout": 1}),
        f'{_A}/websocket/timeout: unknown key "timeout" (did you mean "read_timeout"?)',
    ),
    (_http(websocket=True), f"{_A}/websocket: this value must be an object, not a boolean"),
    (
        _http(static={"mime_types": {"a": 1}}),
        f"{_A}/static/mime_types/a: this value must be a string or an array, not an integer number",
    ),
    (
        _http(static={"mime_types": {"a": [1]}}),
        f"{_A}/static/mime_types/a/0: this value must be a string, not an integer number",
    ),
    (
        _http(compression={"compressors": [{"level": 1}]}),
        f'{_A}/compression/compressors/0: "encoding" is missing',
    ),
    (
        _http(compression={"compressors": [1]}),
        f"{_A}/compression/compressors/0: this value must be an object, not an integer number",
    ),
    (
        _http(chunked_transform="yes"),
        f"{_A}/chunked_transform: this value must be a boolean, not a string",
    ),
    (
        _http(body_buffer_size=None),
        f"{_A}/body_buffer_size: this value must be an integer number, not null",
    ),
    (
        _http(idle_timeout=1.5),
        f"{_A}/idle_timeout: this value must be an integer number, not a fractional number",
    ),
]
"""Documents that neither takes, and why."""

SOURCES: list[Any] = [
    [],
    "unix",
    "!unix",
    "*:80",
    "*:80-90",
    "!*:80",
    "127.0.0.1",
    "127.0.0.1:80",
    "127.0.0.1:0-65535",
    "10.0.0.0/8",
    "10.1.2.3/8",
    "10.0.0.0/32",
    "10.0.0.0/0",
    "10.0.0.0/8:80-90",
    "10.0.0.1-10.0.0.9",
    "10.0.0.1-10.0.0.1:80",
    "::1",
    "::",
    "2001:db8::/32",
    "::/0",
    "::1/128",
    "::1-::9",
    "[::1]:80",
    "[::1-::9]:80-90",
    "[2001:db8::/32]:80",
    "!10.0.0.0/8",
    ["127.0.0.1", "!10.0.0.0/8", "unix"],
]
"""What a ``source`` may be."""

WRONG_SOURCES: list[Any] = [
    "",
    "!",
    "1",
    "*",
    "*:",
    "*:x",
    "*:65536",
    "*:90-80",
    "localhost",
    "127.0.0.256",
    "127.0.0",
    "127.0.0.1:",
    "127.0.0.1:x",
    "127.0.0.1:65536",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/x",
    "10.0.0.0/-1",
    "10.0.0.9-10.0.0.1",
    "10.0.0.1-",
    "-10.0.0.1",
    "[::1]",
    "[::1",
    "[::1]:",
    "[::1]:x",
    "::1/129",
    "::x",
    "::9-::1",
    "unix:/a",
    "127.0.0.1 ",
    1,
    None,
    {"a": 1},
    [1],
    [None],
    ["127.0.0.1", "x"],
]
"""What it may not be."""
