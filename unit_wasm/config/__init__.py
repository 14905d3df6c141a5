"""Unit's JSON configuration: text, plain document, validated model, and changes by path."""

from unit_wasm.config.address import Address
from unit_wasm.config.document import DocumentError, JsonObject, JsonValue, parse_document
from unit_wasm.config.model import ApplicationConfig, Configuration, ListenerConfig
from unit_wasm.config.validate import validate

__all__ = [
    "Address",
    "ApplicationConfig",
    "Configuration",
    "DocumentError",
    "JsonObject",
    "JsonValue",
    "ListenerConfig",
    "parse_document",
    "validate",
]
