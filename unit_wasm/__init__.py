"""Serve WebAssembly components over HTTP, in NGINX Unit or on an embedded server."""

__all__ = ["__version__"]

__version__ = "0.1.0"
