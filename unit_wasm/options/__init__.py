"""The options of an application: what they are, and how each is written and read."""

from unit_wasm.options.forms import add_arguments, from_arguments, markdown_table
from unit_wasm.options.option import ENVIRONMENT_PREFIX, Option, default_cache_dir
from unit_wasm.options.options import OPTIONS, Options

__all__ = [
    "ENVIRONMENT_PREFIX",
    "OPTIONS",
    "Option",
    "Options",
    "add_arguments",
    "default_cache_dir",
    "from_arguments",
    "markdown_table",
]
