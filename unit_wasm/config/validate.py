"""A plain document to a :class:`Configuration`, or one error with its place.

What Unit accepts and has no effect on the embedded server (users, processes, buffers) is accepted
with a warning where somebody could rely on it, so that one file runs on both. What would change
which response a client gets (routes, TLS, static files) is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote

from unit_wasm.config import unit_members
from unit_wasm.config.address import parse_address
from unit_wasm.config.document import JsonObject, JsonValue
from unit_wasm.config.model import (
    ApplicationConfig,
    Configuration,
    HttpSettings,
    ListenerConfig,
    escape_pointer,
)
from unit_wasm.config.schema import (
    Check,
    absolute_paths,
    boolean,
    each,
    integer,
    json_object,
    members,
    number,
    string,
)
from unit_wasm.errors import ConfigError
from unit_wasm.options import OPTIONS, Options
from unit_wasm.options.directories import Directory
from unit_wasm.options.option import is_entry_name
from unit_wasm.suggest import did_you_mean

if TYPE_CHECKING:
    from unit_wasm.config.log_format import AccessLogConfig
    from unit_wasm.config.proxies import Forwarded

UNUSED_HANDLER = "<unused>"
"""The value of each handler key of type ``wasm``, where ``module`` names a component."""

_BODY_SIZE_MAX = 2**53


# What few configurations have is imported for these only.


def _access_log(value: JsonValue, pointer: str) -> AccessLogConfig:
    from unit_wasm.config.access_log import access_log

    return access_log(value, pointer)


def _client_ip(value: JsonValue, pointer: str) -> Forwarded:
    from unit_wasm.config.forwarded import client_ip

    return client_ip(value, pointer)


def _forwarded(value: JsonValue, pointer: str) -> Forwarded:
    from unit_wasm.config.forwarded import forwarded

    return forwarded(value, pointer)


_HTTP: dict[str, Callable[[JsonValue, str], Any]] = {
    "max_body_size": integer(high=_BODY_SIZE_MAX),
    "idle_timeout": integer(low=1),
    "header_read_timeout": integer(low=1),
    "body_read_timeout": integer(low=1),
    "send_timeout": integer(low=1),
    "server_version": boolean,
}
_SETTINGS = members(
    {
        "http": members({**_HTTP, **unit_members.HTTP}),
        "listen_threads": integer(low=1),
        "js_module": unit_members.JS_MODULE,
        "telemetry": unit_members.TELEMETRY,
    }
)
_LISTENER = members(
    {
        "pass": string,
        "application": string,
        "backlog": number(-1, 2**31 - 1),
        "client_ip": _client_ip,
        "forwarded": _forwarded,
    },
    unit_only=("tls",),
)


def _handler(value: JsonValue, pointer: str) -> None:
    if string(value, pointer) != UNUSED_HANDLER:
        raise ConfigError(
            f'"{value}" would be a function of a core module, and only components are served',
            pointer=pointer,
            hint=f'build a component and write "{UNUSED_HANDLER}" here',
        )


_IGNORED_WHEN_GIVEN = ("user", "group", "working_directory", "isolation", "stdout", "stderr")
_COMMON: dict[str, Check] = {
    "type": string,
    "access": members({"filesystem": absolute_paths}),
    "environment": each(string),
    "limits": members({"timeout": integer(), **unit_members.LIMITS}),
    "processes": unit_members.processes,
    "user": string,
    "group": string,
    "working_directory": string,
    "stdout": string,
    "stderr": string,
    "isolation": unit_members.ISOLATION,
}
_REQUIRED_HANDLERS = ("request_handler", "malloc_handler", "free_handler")
_HANDLERS: dict[str, Check] = dict.fromkeys(
    (
        *_REQUIRED_HANDLERS,
        "module_init_handler",
        "module_end_handler",
        "request_init_handler",
        "request_end_handler",
        "response_end_handler",
    ),
    _handler,
)
_APPLICATIONS = {
    "wasm-wasi-component": (
        "component",
        members({**_COMMON, "component": string}, required=("component",)),
    ),
    "wasm": (
        "module",
        members(
            {**_COMMON, "module": string, **_HANDLERS}, required=("module", *_REQUIRED_HANDLERS)
        ),
    ),
}
_ROOT = members(
    {
        "listeners": json_object,
        "applications": json_object,
        "settings": _SETTINGS,
        "access_log": _access_log,
        "routes": unit_members.nothing,
        "upstreams": unit_members.no_members,
    }
)


def validate(document: JsonValue, *, base: Options | None = None) -> Configuration:
    """Check a document and say what it means.

    Parameters:
        document: plain values, from :func:`~unit_wasm.config.document.parse_document`.
        base: the options of an application that does not name them; the defaults where it is None.

    Raises:
        ConfigError: the first thing that is wrong, with its JSON pointer.
    """
    root = _ROOT(document, "")
    warnings: list[str] = []
    applications = {
        name: _application(name, value, base or Options(), warnings)
        for name, value in _child(root, "applications").items()
    }
    listeners = {
        name: _listener(name, value, applications)
        for name, value in _child(root, "listeners").items()
    }
    _check_distinct(listeners)
    warnings.extend(
        f"/{name}: this has no effect here, requests go from listeners to applications"
        for name in ("routes", "upstreams")
        if name in root
    )
    return Configuration(
        listeners=listeners,
        applications=applications,
        http=_http(_child(root, "settings"), warnings),
        access_log=_access_log(root["access_log"], "/access_log") if "access_log" in root else None,
        warnings=tuple(warnings),
    )


def _child(parent: JsonObject, name: str) -> JsonObject:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _application(
    name: str, value: JsonValue, base: Options, warnings: list[str]
) -> ApplicationConfig:
    pointer = f"/applications/{escape_pointer(name)}"
    if not name:
        raise ConfigError("an application must have a name", pointer=pointer)
    if "type" not in json_object(value, pointer):
        raise ConfigError('"type" is missing', pointer=pointer, hint='write "wasm-wasi-component"')
    kind = string(json_object(value, pointer)["type"], f"{pointer}/type")
    if kind not in _APPLICATIONS:
        raise ConfigError(
            f'the application type "{kind}" is not known',
            pointer=f"{pointer}/type",
            hint=did_you_mean(kind, _APPLICATIONS),
        )
    key, check = _APPLICATIONS[kind]
    found = check(value, pointer)
    component = string(found[key], f"{pointer}/{key}")
    if not component:
        raise ConfigError("the path of the component is empty", pointer=f"{pointer}/{key}")
    options, environment = _options(found, pointer, base)
    if kind == "wasm" and not options.host_header:
        # The type is older than wasmtime's way, and so are its applications.
        options = replace(options, host_header="keep")
    filesystem = absolute_paths(
        _child(found, "access").get("filesystem", []), f"{pointer}/access/filesystem"
    )
    options = _with_directories(options, filesystem, pointer)
    _warn_ignored(found, pointer, warnings)
    return ApplicationConfig(name, key, component, options, environment, filesystem)


def _options(
    application: JsonObject, pointer: str, base: Options
) -> tuple[Options, dict[str, str]]:
    place = f"{pointer}/environment"
    environment: dict[str, str] = {}
    for name, value in _child(application, "environment").items():
        if not is_entry_name(name):
            raise ConfigError(
                f'"{name}" cannot be the name of an environment variable',
                pointer=f"{place}/{escape_pointer(name)}",
            )
        environment[name] = string(value, f"{place}/{escape_pointer(name)}")
    timeout = _child(application, "limits").get("timeout", 0)
    # Zero is Unit's own default and means "not limited by the router".
    if isinstance(timeout, int) and timeout > 0:
        option = next(option for option in OPTIONS if option.name == "timeout")
        option.check(float(timeout), label="timeout", pointer=f"{pointer}/limits/timeout")
        base = replace(base, timeout=float(timeout))
    return Options.from_environment(environment, base=base, pointer=place)


def _with_directories(options: Options, filesystem: tuple[str, ...], pointer: str) -> Options:
    """Add the directories of ``access.filesystem``: the same path for components, and writable."""
    given = tuple(Directory(path, path) for path in dict.fromkeys(filesystem))
    for directory in options.dirs:
        if directory.guest in filesystem:
            raise ConfigError(
                f'"{directory}" has a name that a directory of access.filesystem has, too',
                pointer=f"{pointer}/environment/UNIT_WASM_DIRS",
                hint="write HOST::GUEST",
            )
    return replace(options, dirs=(*given, *options.dirs)) if given else options


def _warn_ignored(application: JsonObject, pointer: str, warnings: list[str]) -> None:
    warnings.extend(
        f"{pointer}/{name}: this has no effect here, every application runs inside the server"
        for name in _IGNORED_WHEN_GIVEN
        if application.get(name)
    )


def _listener(
    name: str, value: JsonValue, applications: dict[str, ApplicationConfig]
) -> ListenerConfig:
    pointer = f"/listeners/{escape_pointer(name)}"
    address = parse_address(name, pointer=pointer)
    found = _LISTENER(value, pointer)
    application = _passed_to(found, pointer, applications)
    backlog = found.get("backlog", -1)
    return ListenerConfig(
        name,
        address,
        application,
        # -1 is Unit's way to ask for the default.
        int(backlog) if isinstance(backlog, (int, float)) and backlog >= 0 else None,
        # Unit's order, where both are given.
        tuple(
            read(found[key], f"{pointer}/{key}")
            for key, read in (("forwarded", _forwarded), ("client_ip", _client_ip))
            if key in found
        ),
    )


def _passed_to(
    listener: JsonObject, pointer: str, applications: dict[str, ApplicationConfig]
) -> str:
    """Return the name of the application that gets the requests of a listener."""
    if "pass" in listener:
        target = string(listener["pass"], f"{pointer}/pass")
        # As in Unit, a slash inside a name is written %2F; one that is not begins a "target".
        prefix, slash, rest = target.partition("/")
        if prefix != "applications" or not slash or not rest or "/" in rest:
            _bad_pass(target, f"{pointer}/pass", 'write "applications/NAME"')
        application, place = unquote(rest), f"{pointer}/pass"
    elif "application" in listener:
        # Unit's older member: the name as it is.
        place = f"{pointer}/application"
        target = application = string(listener["application"], place)
    else:
        raise ConfigError('"pass" is missing', pointer=pointer)
    if application not in applications:
        hint = did_you_mean(application, applications)
        _bad_pass(target, place, hint or "no application is configured")
    return application


def _bad_pass(target: str, pointer: str, hint: str) -> NoReturn:
    raise ConfigError(f'"{target}" is not an application', pointer=pointer, hint=hint)


def _check_distinct(listeners: dict[str, ListenerConfig]) -> None:
    seen: dict[object, str] = {}
    for listener in listeners.values():
        address = listener.address
        if not address.is_unix and address.port == 0:
            continue
        other = seen.setdefault(address, listener.name)
        if other != listener.name:
            raise ConfigError(
                f'"{listener.name}" is the same address as "{other}"', pointer=listener.pointer
            )


def _http(settings: JsonObject, warnings: list[str]) -> HttpSettings:
    http = _child(settings, "http")
    pointer = "/settings/http"
    warnings.extend(
        f"{pointer}/{name}: this has no effect here" for name in http if name in unit_members.HTTP
    )
    if "listen_threads" in settings:
        warnings.append("/settings/listen_threads: this has no effect here, one thread listens")
    for name, what in (("js_module", "there is no JavaScript"), ("telemetry", "no spans are sent")):
        if name in settings:
            warnings.append(f"/settings/{name}: this has no effect here, {what}")

    return HttpSettings(
        **{
            name: check(http[name], f"{pointer}/{name}")
            for name, check in _HTTP.items()
            if name in http
        }
    )
