"""The option `dirs`: how an entry is written, and what is none."""

from argparse import ArgumentParser

import pytest

from unit_wasm.errors import ConfigError
from unit_wasm.options import Options, add_arguments, from_arguments
from unit_wasm.options.directories import Directory

PLACE = "/applications/a/environment"


def read(text: str) -> tuple[Directory, ...]:
    options, _ = Options.from_environment({"UNIT_WASM_DIRS": text}, pointer=PLACE)
    return options.dirs


@pytest.mark.parametrize(
    ("text", "directory"),
    [
        ("/a", Directory("/a", "/a")),
        ("/a:rw", Directory("/a", "/a")),
        ("/a:ro", Directory("/a", "/a", writable=False)),
        ("a::b", Directory("a", "b")),
        ("/a::/:ro", Directory("/a", "/", writable=False)),
        ("/a:b", Directory("/a:b", "/a:b")),
        ("/a:ro:ro", Directory("/a:ro", "/a:ro", writable=False)),
        ("/a::/b::c", Directory("/a", "/b::c")),
        (".", Directory(".", ".")),
    ],
)
def test_an_entry(text: str, directory: Directory) -> None:
    assert read(text) == (directory,)


def test_several() -> None:
    given = (Directory("/a", "/a", writable=False), Directory("b", "c"))
    assert read("/a:ro, b::c") == read(" /a:ro  b::c:rw ") == given
    assert read("") == ()
    assert Options().dirs == ()


@pytest.mark.parametrize("text", ["::/b", "/a::", ":ro", "::", "/a /a", "/a b::/a:ro"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(ConfigError, match="is not a list of directories") as raised:
        read(text)
    assert raised.value.pointer == f"{PLACE}/UNIT_WASM_DIRS"
    assert raised.value.hint == "write /srv/site::/site:ro"


def test_the_flag_is_repeated() -> None:
    parser = ArgumentParser()
    add_arguments(parser)
    options = from_arguments(parser.parse_args(["--dir", "/a b", "--dir", "c,d::e:ro"]))
    assert options.dirs == (Directory("/a b", "/a b"), Directory("c,d", "e", writable=False))
    assert from_arguments(parser.parse_args([])).dirs == ()
    with pytest.raises(ConfigError, match=r'--dir is "::x", which is not a list'):
        from_arguments(parser.parse_args(["--dir", "::x"]))
    with pytest.raises(ConfigError, match=r'--dir is "/b::/a"'):
        from_arguments(parser.parse_args(["--dir", "/a", "--dir", "/b::/a"]))
