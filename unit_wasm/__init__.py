"""WebAssembly components: served over HTTP, and as Python objects.

``load("adder.wasm")`` gives a component whose exports are attributes; ``host`` declares functions
of Python that components call. Nothing else is loaded before it is needed.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from unit_wasm.api import host as host
    from unit_wasm.api.import_hook import install_import_hook as install_import_hook
    from unit_wasm.api.load import load as load
    from unit_wasm.api.load import load_async as load_async
    from unit_wasm.errors import CallError as CallError
    from unit_wasm.errors import HostFunctionError as HostFunctionError
    from unit_wasm.errors import Trap as Trap
    from unit_wasm.errors import UnitWasmError as UnitWasmError
    from unit_wasm.wit.values import Err as Err
    from unit_wasm.wit.values import Ok as Ok
    from unit_wasm.wit.values import Some as Some

__all__ = [
    "CallError",
    "Err",
    "HostFunctionError",
    "Ok",
    "Some",
    "Trap",
    "UnitWasmError",
    "__version__",
    "host",
    "install_import_hook",
    "load",
    "load_async",
]

__version__ = "0.1.0"

_PLACES = {
    "errors": ("CallError", "HostFunctionError", "Trap", "UnitWasmError"),
    "wit.values": ("Err", "Ok", "Some"),
    "api.load": ("load", "load_async"),
    "api.import_hook": ("install_import_hook",),
}


def __getattr__(name: str) -> "Any":
    # Who only asks for the version pays for nothing else.
    from importlib import import_module

    if name == "host":
        return import_module("unit_wasm.api.host")
    for place, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"unit_wasm.{place}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
