"""What other ASGI servers import: a component as an application."""

from unit_wasm.services.app import FunctionsApp
from unit_wasm.serving.asgi import ComponentApp

__all__ = ["ComponentApp", "FunctionsApp"]
