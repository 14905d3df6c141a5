"""``unit-wasm serve``: what its arguments mean, as a configuration of the embedded server."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from unit_wasm.cli import given
from unit_wasm.errors import ConfigError, UnitWasmError
from unit_wasm.options import OPTIONS, Options, add_arguments, from_arguments
from unit_wasm.options.kinds import DURATION
from unit_wasm.values import dataclass

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output
    from unit_wasm.config.address import Address
    from unit_wasm.config.document import JsonValue
    from unit_wasm.server.types import ApplicationFactory

DEFAULT_LISTEN = "127.0.0.1:8080"
DEFAULT_GRACE = 5.0
_MAX_GRACE = 3600.0


def add_serve(parser: ArgumentParser) -> None:
    """Add the arguments of ``serve``."""
    parser.add_argument(
        "target",
        nargs="?",
        metavar="CONFIG.json|COMPONENT|DIRECTORY",
        help="a configuration as for NGINX Unit, one component, or a directory of components whose "
        "functions are served; - is standard input",
    )
    add_listen(
        parser,
        "where a component is served, e.g. :8080 (all IPv4 addresses), localhost:8080, "
        f"[::1]:8080, unix:PATH or unix:@NAME; may be repeated. Default: {DEFAULT_LISTEN}.",
    )
    add_env(parser)
    parser.add_argument(
        "--control", metavar="unix:PATH", help="where the control API listens (mode 0600)"
    )
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="keeps the configuration; it is read at start where no other is given",
    )
    add_grace(parser)
    add_arguments(parser)


def add_grace(parser: ArgumentParser) -> None:
    """Add ``--grace``."""
    parser.add_argument(
        "--grace",
        metavar="DURATION",
        help="time that running requests get when the server or an application ends. "
        f"Default: {DURATION.show(DEFAULT_GRACE)}.",
    )


def add_listen(parser: ArgumentParser, text: str) -> None:
    """Add ``--listen``."""
    parser.add_argument("--listen", action="append", default=[], metavar="ADDRESS", help=text)


def add_env(parser: ArgumentParser) -> None:
    """Add ``--env``."""
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a variable of a component's environment; may be repeated",
    )


@dataclass(frozen=True)
class Target:
    """What is to be served.

    Parameters:
        document: the configuration, or None.
        again: reads it again; None where that cannot be done.
        component: the file that the command line names in the place of a configuration, or None.
        application: the name that its application got.
        variables: those that it got by ``--env``.
    """

    document: JsonValue | None = None
    again: Callable[[], JsonValue] | None = None
    component: str | None = None
    application: str = ""
    variables: frozenset[str] = frozenset()

    def reworded(self, error: UnitWasmError) -> UnitWasmError:
        """Say an error in terms of the command line, for whom there is no JSON to look at."""
        if self.component is None:
            return error
        from unit_wasm.config.model import escape_pointer

        application = f"/applications/{escape_pointer(self.application)}"
        message = error.message.removeprefix(f"{application}/component: ")
        if not isinstance(error, ConfigError) or not error.pointer:
            return type(error)(message, hint=error.hint)
        place = error.pointer.removeprefix(application)
        name = place.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        if place.startswith("/listeners/"):
            flag = "" if message.startswith("cannot listen on") else "--listen: "
        elif place.startswith("/environment/"):
            flag = "--env: " if name in self.variables else _option_flag(name)
        else:
            flag = ""
        return ConfigError(f"{flag}{message}", hint=error.hint)


def _option_flag(name: str) -> str:
    flags = {option.environment: option.flag for option in OPTIONS}
    return f"{flags[name]}: " if name in flags else ""


def serve(arguments: Namespace, output: Output, factory: ApplicationFactory | None) -> None:
    """Serve until a signal ends it.

    Raises:
        UnitWasmError: the server cannot start.
    """
    with contextlib.ExitStack() as kept:
        target = _target(arguments, kept)
        if target.document is None and arguments.control is None and arguments.state is None:
            raise ConfigError(
                "there is nothing to serve",
                hint="name a configuration or a component, or --control",
            )
        state = Path(arguments.state) if arguments.state is not None else None
        run(arguments, target, output, factory, control=_control(arguments.control), state=state)


def run(
    arguments: Namespace,
    target: Target,
    output: Output,
    factory: ApplicationFactory | None,
    *,
    control: Address | None = None,
    state: Path | None = None,
) -> None:
    """Run the server; see :class:`unit_wasm.server.run.ServeSettings`.

    Parameters:
        factory: makes applications; None: of components, telling how long they take.

    Raises:
        UnitWasmError: the server cannot start.
    """
    # Everything before this is quick; what follows loads the server.
    from unit_wasm.server.compiling import Reporting
    from unit_wasm.server.run import ServeSettings, serve

    base = configure_log(arguments, output)
    settings = ServeSettings(
        document=target.document,
        again=target.again,
        control=control,
        state=state,
        grace=_grace(arguments.grace),
        base=base,
        application_factory=factory or Reporting(output),
    )
    try:
        serve(settings, output.message)
    except UnitWasmError as error:
        raise target.reworded(error) from error


def configure_log(arguments: Namespace, output: Output) -> Options:
    """Let the log go where messages go, as the options say; return these."""
    import logging

    from unit_wasm.log import LineFormatter

    handler = logging.StreamHandler(output.log_stream)
    base = from_arguments(arguments)
    output.is_json = base.log_format == "json"
    handler.setFormatter(LineFormatter(is_json=output.is_json))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("unit_wasm").setLevel(logging.INFO)
    return base


def _control(text: str | None) -> Address | None:
    from unit_wasm.config.address import parse_address

    if text is None:
        return None
    try:
        control = parse_address(text)
    except ConfigError as error:
        raise ConfigError(f"--control: {error.message}", hint=error.hint) from None
    if not control.is_unix:
        raise ConfigError("--control must be a Unix socket", hint='write "unix:PATH"')
    return control


def _grace(text: str | None) -> float:
    if text is None:
        return DEFAULT_GRACE
    value: float | None = DURATION.parse(text)
    if value is None or value > _MAX_GRACE:
        raise ConfigError(
            f'--grace is "{text}", which is not a duration of at most {DURATION.show(_MAX_GRACE)}',
            hint=f"write {DURATION.example}",
        )
    return value


def _target(arguments: Namespace, kept: contextlib.ExitStack) -> Target:
    """Return what the arguments name; what lies in memory only stays there as long as `kept`."""
    name: str | None = arguments.target
    if name is not None and name != given.STDIN and given.is_component(name):
        return component_target(name, arguments)
    data = given.read_stdin() if name == given.STDIN else b""
    if given.begins_component(data):
        path = kept.enter_context(given.kept_in_memory(data))
        return component_target(path, arguments, "component")
    if name is not None and name != given.STDIN and not os.path.exists(name):
        # Whether it is a component or not does not matter then.
        given.read_config(name, os.path.abspath(name))
    for flag, values in (("--listen", arguments.listen), ("--env", arguments.env)):
        if values:
            raise ConfigError(
                f"{flag} goes with a component", hint="a configuration has its own place for it"
            )
    if name is None:
        return Target()
    if name == given.STDIN:
        return Target(given.parse(data, "standard input"))
    file = os.path.abspath(name)

    def again() -> JsonValue:
        return given.parse(given.read_config(name, file), name)

    return Target(again(), again)


def component_target(path: str, arguments: Namespace, name: str | None = None) -> Target:
    """Return a component, or a directory of such, as something to be served.

    Parameters:
        name: what it is called; None: its path.

    Raises:
        ConfigError: an argument is wrong.
    """
    environment: dict[str, JsonValue] = {}
    for entry in arguments.env:
        variable, equals, value = entry.partition("=")
        if not equals:
            raise ConfigError(f'--env "{entry}" has no value', hint="write NAME=VALUE")
        environment[variable] = value
    base = os.path.basename(os.path.abspath(name or path))
    application = base if os.path.isdir(path) else base.rpartition(".")[0]
    application = application or "component"
    made: JsonValue = {"type": "wasm-wasi-component", "component": path, "environment": environment}
    target: JsonValue = {"pass": f"applications/{_percent_encoded(application)}"}
    document: JsonValue = {
        "listeners": dict.fromkeys(map(_listen, arguments.listen or [DEFAULT_LISTEN]), target),
        "applications": {application: made},
    }
    return Target(document, lambda: document, path, application, frozenset(environment))


def _percent_encoded(name: str) -> str:
    return name.replace("%", "%25").replace("/", "%2F")


def _listen(text: str) -> str:
    """Return an address as a configuration has it; the command line knows two short forms."""
    from unit_wasm.config.address import parse_address

    address = text
    host, colon, port = text.rpartition(":")
    if colon and not host:
        address = f"*:{port}"
    elif host.lower() == "localhost":
        # One address, the one that every client tries: two would be two ports where it is 0.
        address = f"127.0.0.1:{port}"
    elif re.fullmatch("[0-9]+", text):
        raise ConfigError(
            f'--listen: the address "{text}" is only a port',
            hint=f'write "localhost:{text}", or ":{text}" for all addresses',
        )
    try:
        parse_address(address)
    except ConfigError as error:
        message = error.message.replace(f'"{address}"', f'"{text}"')
        hint = error.hint
        if hint == "names are not resolved":
            hint = "names but localhost are not resolved"
        raise ConfigError(f"--listen: {message}", hint=hint) from None
    return address
