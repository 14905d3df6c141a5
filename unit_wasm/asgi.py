"""What other ASGI servers import: a component as an application, or its functions as one."""

from typing import TYPE_CHECKING

from unit_wasm.serving.asgi import ComponentApp

if TYPE_CHECKING:
    from unit_wasm.services.app import FunctionsApp

__all__ = ["ComponentApp", "FunctionsApp"]


def __getattr__(name: str) -> object:
    # Who serves components that answer HTTP themselves has no use for all that carries values.
    if name != "FunctionsApp":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from unit_wasm.services.app import FunctionsApp

    return FunctionsApp
