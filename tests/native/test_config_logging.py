"""wasi:config and wasi:logging: what a component is given, and what it puts into the log."""

import json
from pathlib import Path

import pytest

from tests.harness.direct import Client
from unit_wasm.errors import ConfigError
from unit_wasm.options import Options
from unit_wasm.options.config_values import config_values

PREFIX = "UNIT_WASM_CONFIG_"


def entries(**values: str) -> dict[str, str]:
    return {PREFIX + key: value for key, value in values.items()}


# ---- wasi:config ----


@pytest.mark.parametrize("rewrite", [True, False])
def test_values_of_the_environment(rewrite: bool) -> None:
    environment = {"HOME": "/", **entries(Key="a=b", key="é", empty="")}
    with Client("config", rewrite=rewrite, environment=environment) as client:
        for key, value in (("Key", "a=b"), ("key", "é"), ("empty", ""), ("KEY", None)):
            shown = "none" if value is None else value
            assert client.run(f"/{key}").text == "".join(
                f"{name}: {shown}\n" for name in ("store rc.1", "store draft", "runtime draft")
            )
        assert client.run("/HOME").text.startswith("store rc.1: none\n")
        values = "".join(f"NAME: {text}\n" for text in ("Key=a=b", "key=é", "empty="))
        assert client.run("/").text == (
            values.replace("NAME", "store") + values.replace("NAME", "runtime")
        )


def test_they_are_no_variables() -> None:
    with Client("env", environment={"A": "1", **entries(b="2")}) as client:
        answer = client.run()
    assert [line for line in answer.text.splitlines() if "variable" in line] == ["variable: A=1"]


def test_values_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "values.json"
    file.write_text(json.dumps({"a": "file", "b": "file", "long": "x" * 100_000}))
    with Client("config", environment=entries(b="entry"), wasi_config=file) as client:
        assert client.run("/a").text.startswith("store rc.1: file\n")
        assert client.run("/b").text.startswith("store rc.1: entry\n")
        assert client.run("/long").text.startswith("store rc.1: " + "x" * 100_000 + "\n")


def test_without_any() -> None:
    with Client("config") as client:
        assert client.run("/").text == ""
        assert client.run("/a").text.startswith("store rc.1: none\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is no JSON"),
        ("[]", "is no object"),
        ('{"a": 1}', 'has a value for "a" that is no string'),
        ('{"a": null}', 'has a value for "a" that is no string'),
        ('{"": "a"}', "has an empty key"),
        ('{"a\\u0000": "b"}', 'has the key "a\\x00" with "=" or a zero byte'),
        ('{"a=b": "c"}', 'has the key "a=b" with'),
        ('{"a": "\\u0000"}', 'has the key "a" with "=" or a zero byte'),
        ("[" * 100_000, "is nested too deeply"),
        (" " * ((1 << 20) + 1), "it has more than 1048576 bytes"),
        (b"\xff", "is no JSON"),
    ],
)
def test_files_that_are_wrong(tmp_path: Path, text: str | bytes, why: str) -> None:
    file = tmp_path / "values.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        config_values(Options(wasi_config=file), {})
    assert why in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "fifo")
    for name, why in (("no", "cannot be read: No such file"), ("fifo", "it is no plain file")):
        with pytest.raises(ConfigError, match=why):
            config_values(Options(wasi_config=tmp_path / name), {})


def test_the_longest_file(tmp_path: Path) -> None:
    file = tmp_path / "values.json"
    frame = '{"a": ""}'
    file.write_text(frame[:-2] + "x" * ((1 << 20) - len(frame)) + frame[-2:])
    values, rest = config_values(Options(wasi_config=file), {"B": "1"})
    assert (len(values["a"]), rest) == ((1 << 20) - len(frame), {"B": "1"})


def test_an_entry_needs_a_key() -> None:
    with pytest.raises(ConfigError, match='unknown option "UNIT_WASM_CONFIG_"'):
        Options.from_environment({PREFIX: "x"})
    options, rest = Options.from_environment({PREFIX + "Some.key": "x"})
    assert (options, rest) == (Options(), {PREFIX + "Some.key": "x"})


# ---- wasi:logging ----


def line(level: int, text: str) -> str:
    return f"{level} app: request 1: log: {text}"


@pytest.mark.parametrize("rewrite", [True, False])
def test_levels(rewrite: bool) -> None:
    with Client("logging", rewrite=rewrite) as client:
        answer = client.run()
        assert answer.text == "logged"
        assert answer.log == [
            line(6, "trace: app: \\x1b[31mred"),
            line(6, "debug: app: \\x1b[31mred"),
            line(6, "info: app: \\x1b[31mred"),
            line(4, "warn: app: \\x1b[31mred"),
            line(3, "error: app: \\x1b[31mred"),
            line(3, "critical: app: last"),
        ]


def test_lines_within_messages() -> None:
    with Client("logging") as client:
        assert client.run("/lines").log == [
            line(6, "info: a b: first"),
            line(6, "info: a b: "),
            line(6, "info: a b: third"),
        ]


def test_a_message_of_nothing() -> None:
    with Client("logging") as client:
        assert client.run("/none").log == [line(6, "info: ")]


@pytest.mark.parametrize("size", [8191 - 13, 8191 - 12, 20_000])
def test_long_messages_come_in_pieces(size: int) -> None:
    """A piece is UW_LOG_PIECE bytes with level, name of it, context and line feed."""
    piece = 8192 - 1 - len("warn: long: ") - 1
    with Client("logging") as client:
        log = client.run(f"/long/{size}").log
    assert [entry.partition("long: ")[2] for entry in log] == [
        "x" * min(piece, size - start) for start in range(0, size, piece)
    ]
    assert {entry.partition("xx")[0] for entry in log} <= {line(4, "warn: long: "), log[-1]}


def test_messages_are_bounded_as_what_is_printed() -> None:
    with Client("logging", max_log_bytes=10_000) as client:
        log = client.run("/many/1000").log
        assert client.run("/none").log == ["6 app: request 2: log: info: "]
    # Level, text, line feed, and UW_LOG_LINE_COST.
    whole = 10_000 // (1 + len("info: many: one\n") + 128)
    assert log[:whole] == [line(6, "info: many: one")] * whole
    assert log[-1] == (
        "4 app: request 1: what the component prints from here on is left out: "
        "UNIT_WASM_MAX_LOG_BYTES is 10000"
    )
    assert len(log) <= whole + 2


def test_many_messages_wait_for_their_turn() -> None:
    with Client("logging") as client:
        call = client.start("/many/1000")
        turns = client.lines_by_turn(call)
        assert client.lines == [line(6, "info: many: one")] * 1000
        assert max(turns) <= 128


def test_levels_in_json() -> None:
    with Client("logging", log_format="json") as client:
        lines: list[str] = []
        client.on_line = lambda level, text: lines.append(text)
        client.run("/lines")
    found = [json.loads(text) for text in lines]
    assert [(each["level"], each["stream"], each["message"]) for each in found] == [
        ("info", "log", "info: a b: first"),
        ("info", "log", "info: a b: "),
        ("info", "log", "info: a b: third"),
    ]
