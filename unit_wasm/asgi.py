"""What other ASGI servers import: a component as an application, or functions as one."""

from importlib import import_module
from typing import TYPE_CHECKING

from unit_wasm.serving.asgi import ComponentApp

if TYPE_CHECKING:
    from unit_wasm.services.app import FunctionsApp
    from unit_wasm.services.directory import DirectoryApp

__all__ = ["ComponentApp", "DirectoryApp", "FunctionsApp"]

_PLACES = {"DirectoryApp": "directory", "FunctionsApp": "app"}


def __getattr__(name: str) -> object:
    # Who serves components that answer HTTP themselves has no use for all that carries values.
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"unit_wasm.services.{_PLACES[name]}"), name)
