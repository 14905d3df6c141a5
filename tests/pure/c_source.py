"""Reads C sources just well enough to check rules about them."""

import re
from pathlib import Path

_COMMENT_OR_STRING = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL
)
_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"]+)[>\"]", re.MULTILINE)
_TYPE_ONLY = re.compile(r"(struct|union|enum)\s*\w*\s*(\{\})?")


def without_comments(text: str) -> str:
    """Return C source without comments and with empty strings and characters."""

    def replace(match: re.Match[str]) -> str:
        first = match[0][0]
        return " " if first == "/" else first * 2

    return _COMMENT_OR_STRING.sub(replace, text)


def includes(path: Path) -> list[str]:
    """Return the headers that a file names in its own ``#include`` lines."""
    return _INCLUDE.findall(path.read_text(encoding="utf-8"))


def includes_of_all(path: Path, root: Path) -> set[str]:
    """Return the headers that a file includes, directly or through others.

    Parameters:
        root: the folder that names of headers begin at.
    """
    found: set[str] = set()
    waiting = [path]
    while waiting:
        for name in includes(waiting.pop()):
            if name not in found and (root / name).exists():
                waiting.append(root / name)
            found.add(name)
    return found


def variables(text: str) -> list[str]:
    """Return the names of the variables that live as long as the process and can be changed.

    Parameters:
        text: the source; macros are not expanded.
    """
    code = without_comments(text.replace("\\\n", " "))
    code = re.sub(r"^[ \t]*#.*$", "", code, flags=re.MULTILINE)
    return [name for statement in _statements(code) if (name := _variable(statement))]


def _statements(code: str) -> list[str]:
    """Split code into declarations: those at file level, and ``static`` ones inside functions.

    What is in braces is replaced by ``{}``; ``static`` ones inside come before what they are in.
    """
    found: list[str] = []
    depth, start, outer = 0, 0, ""
    for position, character in enumerate(code):
        if character == "{":
            if depth == 0:
                outer += code[start:position] + "{}"
                start = position
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                inside = code[start:position]
                found += re.findall(r"\bstatic\b[^;]*", inside)
                start = position + 1
                if _is_function(outer):
                    outer = ""
        elif character == ";" and depth == 0:
            found.append(outer + code[start:position])
            outer, start = "", position + 1
    return found


def _is_function(head: str) -> bool:
    """Whether ``{}`` at the end of this is a function's body: parameters come right before it."""
    return re.search(r"\)\s*\{\}$", head) is not None


def _variable(statement: str) -> str | None:
    """Return the name that a declaration gives to a variable that is not constant."""
    head = " ".join(statement.split("=")[0].split())
    if not head or head.startswith(("typedef ", "extern ", "_Static_assert")):
        return None
    if _TYPE_ONLY.fullmatch(head):
        return None
    pointer_to_function = re.search(r"\(\s*\*\s*(const\s+)?(\w+)", head)
    if "(" in head and (
        pointer_to_function is None or head.index("(") < pointer_to_function.start()
    ):
        return None
    if pointer_to_function is not None:
        return None if pointer_to_function[1] else pointer_to_function[2]
    # What counts is whether the variable is constant, not what it points to.
    if re.search(r"\bconst\b", head.rpartition("*")[2] if "*" in head else head):
        return None
    name = re.search(r"(\w+)\s*(\[[^\]]*\]\s*)*$", head.split(",")[0])
    return name[1] if name else head
