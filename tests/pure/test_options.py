"""Options: one declaration, three ways to write a value, the same bounds everywhere."""

import argparse
import math
from dataclasses import fields, replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from unit_wasm.errors import ConfigError
from unit_wasm.options import (
    OPTIONS,
    Option,
    Options,
    add_arguments,
    default_cache_dir,
    from_arguments,
    markdown_table,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "options.md"
BOUNDED = [option for option in OPTIONS if option.maximum is not None]
BY_NAME = {option.name: option for option in OPTIONS}


def read(name: str, text: str) -> object:
    options, rest = Options.from_environment({BY_NAME[name].environment: text})
    assert rest == {}
    return getattr(options, name)


def test_defaults() -> None:
    options = Options()
    assert options.timeout == 60.0
    assert options.cpu_timeout == 10.0
    assert options.max_exchanges == 1000
    assert options.queue_timeout == 5.0
    assert options.max_queue == 10_000
    assert options.max_memory == 256 * 1024 * 1024
    assert options.max_table_elements == 100_000
    assert options.max_instances == 100
    assert options.max_handles == 1024
    assert options.max_header_bytes == 65536
    assert options.body_buffer == 131072
    assert options.client_address_header == ""
    assert options.rewrite is True
    assert options.pooling is True


def test_every_field_is_an_option_with_a_sentence() -> None:
    assert [option.name for option in OPTIONS] == [item.name for item in fields(Options)]
    for option in OPTIONS:
        assert option.doc.endswith("."), option.name
        assert option.environment == "UNIT_WASM_" + option.name.upper()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("5", 5.0),
        ("5s", 5.0),
        ("0.25", 0.25),
        ("1.5s", 1.5),
        ("1m", 60.0),
        ("2h", 7200.0),
        (" 3 s ", 3.0),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert read("timeout", text) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("65536", 65536),
        ("65536B", 65536),
        ("64K", 65536),
        ("64k", 65536),
        ("64KiB", 65536),
        ("1M", 1 << 20),
        ("1.5MiB", 3 << 19),
        ("1G", 1 << 30),
        ("4 GiB", 4 << 30),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert read("max_memory", text) == size


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("timeout", ""),
        ("timeout", "5x"),
        ("timeout", "-1s"),
        ("timeout", "1e3"),
        ("timeout", "inf"),
        ("timeout", "nan"),
        ("timeout", "\u0665"),
        ("timeout", "1s1"),
        ("max_memory", "64KB"),
        ("max_memory", "0.3"),
        ("max_memory", "1.0001K"),
        ("max_memory", "9" * 400),
        ("max_exchanges", "1.0"),
        ("max_exchanges", "-1"),
        ("max_exchanges", "9" * 19),
        ("rewrite", "maybe"),
        ("cache_dir", ""),
        ("client_address_header", "x forwarded"),
        ("client_address_header", "x-forwarded-for:"),
        ("client_address_header", "x-\u00e9"),
        ("client_address_header", "x" * 256),
        ("client_address_header", "Host"),
        ("client_address_header", "transfer-encoding"),
        ("client_address_header", "Content-Length"),
    ],
)
def test_not_a_value(name: str, text: str) -> None:
    option = BY_NAME[name]
    with pytest.raises(ConfigError) as caught:
        Options.from_environment({option.environment: text}, pointer="/applications/a/environment")
    assert caught.value.pointer == f"/applications/a/environment/{option.environment}"
    assert caught.value.message == (
        f'{option.environment} is "{text}", which is not {option.kind.what}'
    )
    assert caught.value.hint == f"write {option.kind.example}"


@pytest.mark.parametrize(
    ("text", "value"),
    [("on", True), ("TRUE", True), ("1", True), ("off", False), ("no", False), ("0", False)],
)
def test_switches(text: str, value: bool) -> None:
    assert read("rewrite", text) is value


@pytest.mark.parametrize("name", ["", "x-forwarded-for", "X-Real-IP", "x" * 255, "a_b.~"])
def test_headers(name: str) -> None:
    assert read("client_address_header", name) == name
    assert Options(client_address_header=name).client_address_header == name


@pytest.mark.parametrize("name", ["a b", "host", "Upgrade", "x" * 256, "a\n"])
def test_not_a_header_in_python(name: str) -> None:
    with pytest.raises(ConfigError, match="^client_address_header is "):
        Options(client_address_header=name)


def make(option: Option, value: Any) -> Options:
    return Options(**{option.name: value})


def beyond(option: Option, limit: float) -> tuple[float, float]:
    """Return the nearest values below and above a bound."""
    if option.kind.unit == "duration":
        return math.nextafter(limit, -math.inf), math.nextafter(limit, math.inf)
    return int(limit) - 1, int(limit) + 1


@pytest.mark.parametrize("option", BOUNDED, ids=lambda option: option.name)
def test_bounds(option: Option) -> None:
    assert option.minimum is not None
    assert option.maximum is not None
    for allowed in (option.minimum, option.maximum):
        kept = getattr(make(option, allowed), option.name)
        assert kept == allowed
    below, _ = beyond(option, option.minimum)
    _, above = beyond(option, option.maximum)
    for refused in (below, above, 2**32 - 1 if above < 2**31 else 2**63, math.nan):
        if refused != refused and option.kind.unit != "duration":
            continue
        with pytest.raises(ConfigError) as caught:
            make(option, refused)
        assert "is out of bounds" in caught.value.message
        assert caught.value.hint == f"allowed: {option.range}"


@pytest.mark.parametrize("option", BOUNDED, ids=lambda option: option.name)
def test_bounds_as_text(option: Option) -> None:
    assert option.maximum is not None
    shown = option.kind.show(option.maximum)
    assert read(option.name, shown) == option.maximum
    with pytest.raises(ConfigError, match="out of bounds"):
        read(option.name, f"{int(option.maximum) + 1}")


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("timeout", "5", "timeout must be a duration, not str"),
        ("timeout", True, "timeout must be a duration, not bool"),
        ("max_exchanges", 5.0, "max_exchanges must be a whole number, not float"),
        ("max_exchanges", True, "max_exchanges must be a whole number, not bool"),
        ("rewrite", 1, "rewrite must be a switch, not int"),
        ("cache_dir", 1, "cache_dir must be a path, not int"),
        ("cache_dir", None, "cache_dir must be a path, not NoneType"),
        ("cache_dir", "", "cache_dir must be a path, not str"),
        ("ca_file", "a\0b", "ca_file must be a path, not str"),
        ("outgoing", 1, 'outgoing must be a list of origins, networks or "*", not int'),
        ("timeout", "5s", "timeout must be a duration, not str"),
    ],
)
def test_wrong_type(name: str, value: object, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Options(**{name: value})  # type: ignore[arg-type]
    assert caught.value.message == what


def test_environment_is_split() -> None:
    options, rest = Options.from_environment(
        {"UNIT_WASM_TIMEOUT": "2s", "HOME": "/", "unit_wasm_timeout": "x", "UNIT_WASM": "y"},
        base=Options(max_queue=7),
    )
    assert options == Options(timeout=2.0, max_queue=7)
    assert rest == {"HOME": "/", "unit_wasm_timeout": "x", "UNIT_WASM": "y"}


def test_unknown_name_gets_the_nearest_known_one() -> None:
    with pytest.raises(ConfigError) as caught:
        Options.from_environment({"UNIT_WASM_TIMOUT": "1"}, pointer="/e")
    assert str(caught.value) == (
        '/e/UNIT_WASM_TIMOUT: unknown option "UNIT_WASM_TIMOUT" (did you mean "UNIT_WASM_TIMEOUT"?)'
    )


def test_flags() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    arguments = parser.parse_args(
        ["--timeout", "500ms", "--max-memory", "1G", "--rewrite", "off", "--cache-dir", "/c"]
    )
    base = Options(max_queue=3)
    assert from_arguments(arguments, base=base) == Options(
        timeout=0.5, max_memory=1 << 30, rewrite=False, cache_dir=Path("/c"), max_queue=3
    )
    assert from_arguments(parser.parse_args([])) == Options()
    for option in OPTIONS:
        assert f"  {option.flag} " in parser.format_help()


def test_flags_of_lists_may_be_repeated() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    first = ["--network", "tcp:db.example.com:5432", "--outgoing", "https://a.example,https://b"]
    second = ["--network", "udp:192.0.2.1:53 listen:127.0.0.1:9000", "--outgoing", "*"]
    arguments = parser.parse_args(first + second)
    assert from_arguments(arguments) == Options(
        network=("tcp:db.example.com:5432", "udp:192.0.2.1:53", "listen:127.0.0.1:9000"),
        outgoing=("https://a.example", "https://b", "*"),
    )
    assert from_arguments(parser.parse_args(["--network", ""])) == Options(network=())


def test_bad_flag() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(ConfigError) as caught:
        from_arguments(parser.parse_args(["--timeout", "soon"]))
    assert str(caught.value) == (
        '--timeout is "soon", which is not a duration (write 500ms, 5s or 1m)'
    )


def test_cache_dir(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/x")
    assert default_cache_dir() == Path("/var/cache/x/unit-wasm")
    assert Options().cache_dir == Path("/var/cache/x/unit-wasm")
    for ignored in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", ignored)
        assert default_cache_dir() == Path("/home/somebody/.cache/unit-wasm")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert read("cache_dir", "~/c") == Path("/home/somebody/c")


def test_documentation_has_the_table() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    table = text.partition("<!-- options: begin -->\n")[2].partition("<!-- options: end -->")[0]
    assert table == markdown_table(), (
        "docs/options.md is out of date: paste what this prints between its marks: "
        'python -c "from unit_wasm.options import markdown_table; print(markdown_table())"'
    )


def test_where_requests_may_go() -> None:
    assert read("outgoing", "") == ()
    assert read("outgoing", "https://a.test, *  10.0.0.0/8") == (
        "https://a.test",
        "*",
        "10.0.0.0/8",
    )
    assert Options(outgoing=("*",)).outgoing == ("*",)


def test_where_requests_cannot_go() -> None:
    with pytest.raises(ConfigError) as caught:
        read("outgoing", "https://a.test ftp://b.test *")
    assert str(caught.value) == (
        '/UNIT_WASM_OUTGOING: UNIT_WASM_OUTGOING is "ftp://b.test", which is not a list of '
        'origins, networks or "*" (write https://api.example.com https://*.example.com:8443)'
    )
    with pytest.raises(ConfigError, match="^outgoing must be a list of origins"):
        Options(outgoing="https://a.test")  # type: ignore[arg-type]


def test_what_python_programs_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    options = Options(
        cache_dir="~/cache",  # type: ignore[arg-type]
        ca_file="/ca.pem",  # type: ignore[arg-type]
        metrics_file=PurePosixPath("/m"),  # type: ignore[arg-type]
        outgoing=["https://a.example"],  # type: ignore[arg-type]
    )
    assert options.cache_dir == Path("/home/somebody/cache")
    assert (options.ca_file, options.metrics_file) == (Path("/ca.pem"), Path("/m"))
    assert options.outgoing == ("https://a.example",)
    assert options == replace(options)
    assert hash(options) == hash(replace(options))
