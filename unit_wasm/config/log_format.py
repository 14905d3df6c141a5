"""Formats of the access log: text with variables, as Unit has them.

``$name`` and ``${name}`` stand for a part of a request or its response; a name is letters and
``_``.
"""

from __future__ import annotations

from unit_wasm.errors import ConfigError
from unit_wasm.patterns import pattern
from unit_wasm.suggest import did_you_mean
from unit_wasm.values import dataclass

VARIABLES = frozenset(
    {
        *("body_bytes_sent", "dollar", "header_referer", "header_user_agent", "host", "method"),
        *("remote_addr", "request_id", "request_line", "request_time", "request_uri", "status"),
        *("response_header_connection", "response_header_content_length"),
        *("response_header_transfer_encoding", "time_local", "uri"),
    }
)
PREFIXES = ("response_header_", "header_", "arg_", "cookie_")
"""Of variables whose rest is the name of a field, an argument or a cookie."""

_VARIABLE = pattern(r"\$(?:\{([A-Za-z_]+)\}|([A-Za-z_]+))?")


@dataclass(frozen=True)
class Template:
    """Text with variables.

    Parameters:
        parts: literal text and names of variables in turn, text first and last.
    """

    parts: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, *, pointer: str) -> Template:
        """Read a format.

        Parameters:
            text: the format.
            pointer: its place in the JSON document.

        Raises:
            ConfigError: a variable is not known, or a dollar sign begins none.
        """
        if text.startswith("`"):
            raise ConfigError(
                "a JavaScript template is not supported by this server", pointer=pointer
            )
        parts = []
        end = 0
        for match in _VARIABLE.finditer(text):
            name = match[1] or match[2]
            if name is None:
                raise ConfigError(
                    f"no variable begins at position {match.start()}",
                    pointer=pointer,
                    hint="write $dollar for a dollar sign",
                )
            if not _is_known(name):
                raise ConfigError(
                    f'unknown variable "{name}"',
                    pointer=pointer,
                    hint=did_you_mean(name, sorted(VARIABLES)),
                )
            parts += [text[end : match.start()], name]
            end = match.end()
        return cls((*parts, text[end:]))


def _is_known(name: str) -> bool:
    return name in VARIABLES or any(
        name.startswith(prefix) and name != prefix for prefix in PREFIXES
    )


DEFAULT_FORMAT = Template.parse(
    '$remote_addr - - [$time_local] "$request_line" $status $body_bytes_sent '
    '"$header_referer" "$header_user_agent"',
    pointer="",
)
"""Unit's, which is nginx's "combined"."""


@dataclass(frozen=True)
class AccessLogConfig:
    """``access_log``.

    Parameters:
        path: of the file, relative to the server's working directory.
        format: of a line: text, or the members of a JSON object with the formats of their values.
        condition: the line is left out where this is empty, or one of Unit's words for "no".
        negated: it is left out where it is not.
    """

    path: str
    format: Template | tuple[tuple[str, Template], ...] = DEFAULT_FORMAT
    condition: Template | None = None
    negated: bool = False
