"""Reading component files."""

import re
from pathlib import Path

import pytest

from tests.harness.component_text import EMPTY
from unit_wasm.errors import ComponentError
from unit_wasm.prepare.source import MAX_COMPONENT, read


def _fails(path: str | Path, message: str, hint: str | None = None) -> None:
    with pytest.raises(ComponentError) as caught:
        read(path)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_binary_is_returned_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.wasm"
    path.write_bytes(EMPTY + b"anything")
    assert read(path) == read(str(path)) == EMPTY + b"anything"


def test_binary_with_the_name_of_text_is_not_assembled(tmp_path: Path) -> None:
    path = tmp_path / "a.wat"
    path.write_bytes(EMPTY)
    assert read(path) == EMPTY


@pytest.mark.parametrize("name", ["a.wat", "a.txt", "a"])
@pytest.mark.parametrize(
    "text", ["(component)", ";; note\n(component)", " \n(; note ;)(component)"]
)
def test_text_is_assembled(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert read(path) == EMPTY


def test_other_content_is_left_to_inspection(tmp_path: Path) -> None:
    path = tmp_path / "a.wasm"
    path.write_bytes(b"#!/bin/sh\n")
    assert read(path) == b"#!/bin/sh\n"


def test_missing(tmp_path: Path) -> None:
    path = tmp_path / "none.wasm"
    _fails(path, f"the component file {path} does not exist")


def test_directory(tmp_path: Path) -> None:
    _fails(tmp_path, f"the component path {tmp_path} is a directory", "name the .wasm file in it")


def test_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.wasm"
    path.write_bytes(EMPTY)
    path.chmod(0)
    _fails(
        path,
        f"the component file {path} cannot be read: permission denied",
        "make it readable for the user that this process runs as",
    )


def test_a_path_component_that_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    path = tmp_path / "file" / "a.wasm"
    _fails(path, f"the component file {path} cannot be read: Not a directory")


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_no_name_of_a_file(name: str) -> None:
    _fails(name, f"the component file {name} cannot be read: no name of a file")


def test_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.wasm"
    path.write_bytes(b"")
    _fails(path, f"the component file {path} is empty")


def test_a_file_that_is_larger_than_any_component_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wasm"
    with path.open("wb") as file:
        file.truncate(MAX_COMPONENT + 1)
    _fails(path, f"the component file {path} has more than 1073741824 bytes")


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.wat"
    path.write_bytes(b"(component \xff)")
    _fails(path, f"the component text {path} is not UTF-8 (byte 11)")


def test_text_with_a_mistake_names_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "a.wat"
    path.write_text("(component\n  (wrong))")
    with pytest.raises(ComponentError) as caught:
        read(path)
    message = caught.value.message
    assert message.startswith(f"the component text {path} does not assemble, line 2, column 4: ")
    assert "\n" not in message


def test_nesting_too_deep_names_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "a.wat"
    path.write_text("(component\n" * 2000)
    with pytest.raises(ComponentError) as caught:
        read(path)
    place, _, said = caught.value.message.removeprefix(f"the component text {path} ").partition(
        ": "
    )
    assert said == "item nesting too deep"
    assert re.fullmatch(r"does not assemble, line [0-9]+, column 2", place) is not None, place
