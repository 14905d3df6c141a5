"""``unit-wasm mcp``: functions of components as tools for language models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unit_wasm.cli import serve
from unit_wasm.errors import ComponentError, ConfigError, UnitWasmError
from unit_wasm.options import add_arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output
    from unit_wasm.config.model import ApplicationConfig
    from unit_wasm.server.types import Application
    from unit_wasm.services.app import FunctionsApp
    from unit_wasm.services.directory import DirectoryApp


def add_mcp(parser: ArgumentParser) -> None:
    """Add the arguments of ``mcp``."""
    parser.add_argument(
        "target",
        metavar="COMPONENT|DIRECTORY",
        help="a component that exports functions, or a directory of such; - is a component on "
        "standard input, where they are served over HTTP",
    )
    serve.add_listen(
        parser,
        "where they are served over HTTP, as by `serve`, and as tools at /mcp; may be repeated. "
        "Without it, tools are served on the standard streams.",
    )
    serve.add_env(parser)
    serve.add_grace(parser)
    add_arguments(parser)


def mcp(arguments: Namespace, output: Output) -> None:
    """Serve tools until the standard input, or a signal, ends it.

    Raises:
        UnitWasmError: it cannot be done.
    """
    from unit_wasm.cli.given import STDIN, given_component
    from unit_wasm.mcp.server import check_installed

    check_installed()
    is_stdin = arguments.target == STDIN
    if is_stdin and not arguments.listen:
        raise ConfigError("standard input is the client's", hint="name a file, or --listen")
    with given_component(arguments.target) as path:
        target = serve.component_target(path, arguments, "component" if is_stdin else None)
        _serve(arguments, target, output)


def _serve(arguments: Namespace, target: serve.Target, output: Output) -> None:
    if arguments.listen:
        serve.run(arguments, target, output, _application)
    else:
        try:
            _streams(arguments, target, output)
        except UnitWasmError as error:
            raise target.reworded(error) from error


def _application(config: ApplicationConfig) -> Application:
    from unit_wasm.mcp.server import McpApp

    made = _functions(config)
    try:
        return McpApp(config.name, made, config.options.origins)
    except UnitWasmError:
        made.close()
        raise


def _functions(config: ApplicationConfig) -> FunctionsApp | DirectoryApp:
    from unit_wasm.server.applications import component_application
    from unit_wasm.services.app import FunctionsApp
    from unit_wasm.services.directory import DirectoryApp
    from unit_wasm.serving.asgi import ComponentApp

    made = component_application(config)
    if isinstance(made, FunctionsApp | DirectoryApp):
        return made
    if isinstance(made, ComponentApp):
        made.close()
    raise ComponentError(f"the component {config.component} answers HTTP itself")


def _streams(arguments: Namespace, target: serve.Target, output: Output) -> None:
    import asyncio

    from unit_wasm.config.validate import validate
    from unit_wasm.mcp.server import serve_streams

    base = serve.configure_log(arguments, output)
    configuration = validate(target.document, base=base)
    (config,) = configuration.applications.values()

    async def run() -> None:
        app = _functions(config)
        app.attach()
        try:
            # No call takes longer than its time limit.
            await serve_streams(config.name, app, config.options.timeout + 1.0)
        finally:
            await app.aclose(0.0)

    asyncio.run(run())
