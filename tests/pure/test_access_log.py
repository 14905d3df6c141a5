"""The access log: what its format may say, and what becomes of what clients send."""

import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest
import uvloop

from unit_wasm.config import JsonValue, validate
from unit_wasm.config.log_format import DEFAULT_FORMAT, AccessLogConfig, Template
from unit_wasm.errors import ConfigError
from unit_wasm.server.access.log import AccessLog, LogFile
from unit_wasm.server.access.record import Record

LOG = logging.getLogger("test")
WALL = 1_700_000_000.5


@pytest.fixture
def loop() -> Any:
    made = uvloop.new_event_loop()
    yield made
    made.close()


def record(**members: Any) -> Record:
    known: dict[str, Any] = {
        "remote": b"192.0.2.1",
        "status": 200,
        "sent": 13,
        "seconds": 0.0125,
        "method": b"GET",
        "target": b"/a%20b?x=1",
        "path": "/a b",
        "query": b"x=1",
        "headers": [(b"host", b"Example.COM:8080"), (b"referer", b"r"), (b"user-agent", b"curl")],
        "wall": WALL,
    }
    return Record(**{**known, **members})


def line(form: JsonValue, tmp_path: Path, loop: Any, of: Record, **rest: JsonValue) -> bytes:
    """Return what is written with this format."""
    document: JsonValue = {"access_log": {"path": str(tmp_path / "log"), "format": form, **rest}}
    config = validate(document).access_log
    assert config is not None
    file = LogFile(config.path, pointer="", log=LOG)
    AccessLog(config, file, loop).write(of)
    file.close()
    return (tmp_path / "log").read_bytes()


# ---- The configuration ----


def test_a_path_alone() -> None:
    assert validate({"access_log": "/x"}).access_log == AccessLogConfig("/x")
    assert validate({"access_log": {"path": "/x"}}).access_log == AccessLogConfig("/x")
    assert validate({}).access_log is None


def test_a_condition() -> None:
    found = validate({"access_log": {"path": "/x", "if": "!$arg_a"}}).access_log
    assert found == AccessLogConfig("/x", DEFAULT_FORMAT, Template(("", "arg_a", "")), True)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("",)),
        ("plain", ("plain",)),
        ("$status", ("", "status", "")),
        ("a${status}b$method", ("a", "status", "b", "method", "")),
        # A name has no digits, as in Unit.
        ("$status2", ("", "status", "2")),
        ("$header_x_y-z", ("", "header_x_y", "-z")),
    ],
)
def test_templates(text: str, parts: tuple[str, ...]) -> None:
    assert Template.parse(text, pointer="").parts == parts


NO_VARIABLE = "no variable begins at position"
NOT_STRING = "this value must be a string, not an integer number"
ERRORS: list[tuple[JsonValue, str, str]] = [
    (1, "", NOT_STRING),
    ("", "", "the path of the access log is empty"),
    ({}, "", '"path" is missing'),
    ({"path": ""}, "/path", "the path of the access log is empty"),
    ({"path": "x", "fromat": "x"}, "/fromat", 'unknown key "fromat" (did you mean "format"?)'),
    ({"path": "x", "format": 1}, "/format", NOT_STRING),
    ({"path": "x", "format": {"a/b": 1}}, "/format/a~1b", NOT_STRING),
    (
        {"path": "x", "format": "$statu"},
        "/format",
        'unknown variable "statu" (did you mean "status"?)',
    ),
    ({"path": "x", "format": {"s": "$arg_"}}, "/format/s", 'unknown variable "arg_"'),
    (
        {"path": "x", "format": "100$"},
        "/format",
        f"{NO_VARIABLE} 3 (write $dollar for a dollar sign)",
    ),
    ({"path": "x", "format": "$ {status}"}, "/format", f"{NO_VARIABLE} 0"),
    ({"path": "x", "format": "${status"}, "/format", f"{NO_VARIABLE} 0"),
    (
        {"path": "x", "format": "`${vars.uri}`"},
        "/format",
        "a JavaScript template is not supported by this server",
    ),
    ({"path": "x", "if": "$nothing_here"}, "/if", 'unknown variable "nothing_here"'),
]


@pytest.mark.parametrize(("value", "place", "message"), ERRORS)
def test_errors(value: JsonValue, place: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        validate({"access_log": value})
    assert str(caught.value).startswith(f"/access_log{place}: {message}")


# ---- Variables ----


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dollar", b"$"),
        ("request_time", b"0.013"),
        ("method", b"GET"),
        ("request_uri", b"/a%20b?x=1"),
        ("uri", b"/a b"),
        ("host", b"example.com"),
        ("remote_addr", b"192.0.2.1"),
        ("request_line", b"GET /a%20b?x=1 HTTP/1.1"),
        ("status", b"200"),
        ("body_bytes_sent", b"13"),
        ("header_referer", b"r"),
        ("header_user_agent", b"curl"),
        ("header_Host", b"Example.COM:8080"),
        ("header_x", None),
        ("arg_x", b"1"),
        ("arg_y", None),
        ("cookie_c", None),
        ("response_header_connection", None),
        ("response_header_content_length", None),
        ("response_header_transfer_encoding", None),
        ("nothing", None),
    ],
)
def test_variables(name: str, value: bytes | None) -> None:
    # Half a millisecond is not rounded to the even one here.
    assert record(seconds=0.0126).value(name) == value


def test_fields_of_the_response() -> None:
    found = record(
        response_headers=[(b"Content-Length", b"5"), (b"x-a", b"1"), (b"x-a", b"2")],
        connection=b"close",
        chunked=True,
    )
    names = ("connection", "content_length", "transfer_encoding", "x_a", "X_A", "y")
    values = [found.value(f"response_header_{name}") for name in names]
    assert values == [b"close", b"5", b"chunked", b"1", b"1", None]


def test_arguments_and_cookies() -> None:
    found = record(
        query=b"a=1&a=2&b&c=&%64=%20+&e=f=g",
        headers=[(b"cookie", b"a=1; b=; a=2"), (b"cookie", b"c=3;d"), (b"host", b"bad:port")],
    )
    arguments = [found.value(f"arg_{name}") for name in "abcdef"]
    assert arguments == [b"2", b"", b"", b"  ", b"f=g", None]
    assert [found.value(f"cookie_{name}") for name in "abcd"] == [b"1", b"", b"3", None]
    assert found.value("host") is None


def test_each_request_has_an_id_of_its_own() -> None:
    ids = {record().value("request_id") for _ in range(100)}
    assert len(ids) == 100
    assert all(value is not None and len(bytes.fromhex(value.decode())) == 16 for value in ids)


def test_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    for zone, shown in (
        ("UTC", b"14/Nov/2023:22:13:20 +0000"),
        ("XYZ-5:30", b"15/Nov/2023:03:43:20 +0530"),
        ("XYZ3", b"14/Nov/2023:19:13:20 -0300"),
    ):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert record().value("time_local") == shown
    monkeypatch.delenv("TZ")
    time.tzset()


def test_a_request_that_could_not_be_read() -> None:
    unread = Record(b"192.0.2.1", 400, 16, wall=WALL)
    names = ("method", "request_uri", "uri", "request_line", "host", "header_referer")
    assert [unread.value(name) for name in names] == [None] * len(names)


# ---- Lines ----


def test_the_default_format(tmp_path: Path, loop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    config = AccessLogConfig(str(tmp_path / "log"))
    file = LogFile(config.path, pointer="", log=LOG)
    AccessLog(config, file, loop).write(record())
    AccessLog(config, file, loop).write(Record(b"unix:", 400, 16))
    file.close()
    first, second = (tmp_path / "log").read_bytes().splitlines()
    assert first.startswith(b"192.0.2.1 - - [")
    assert first.endswith(b'] "GET /a%20b?x=1 HTTP/1.1" 200 13 "r" "curl"')
    assert second.startswith(b"unix: - - [")
    assert second.endswith(b'] "-" 400 16 "-" "-"')


HOSTILE = bytes(range(256))
ESCAPED = "".join(
    chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\x{byte:02X}"
    for byte in HOSTILE
)


def test_no_byte_leaves_its_place(tmp_path: Path, loop: Any) -> None:
    hostile = record(headers=[(b"user-agent", HOSTILE)], target=HOSTILE, remote=HOSTILE)
    form = '"$header_user_agent" $request_uri $remote_addr'
    data = line(form, tmp_path, loop, hostile)
    assert data == f'"{ESCAPED}" {ESCAPED} {ESCAPED}\n'.encode()
    assert data.isascii()


def test_the_formats_own_text_stays_as_it_is(tmp_path: Path, loop: Any) -> None:
    text = 'caf\u00e9\t"\\ '
    assert line(text + "$status", tmp_path, loop, record()) == f"{text}200\n".encode()


def test_json(tmp_path: Path, loop: Any) -> None:
    form: JsonValue = {'sta"tus': "$status", "uri": "<$uri>", "no": "$header_x", "empty": ""}
    assert line(form, tmp_path, loop, record()) == (
        b'{"sta\\"tus":"200","uri":"</a b>","no":"-","empty":""}\n'
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b'","admin":"', '","admin":"'),
        (b"a\nb\r\x00\x1b[2J", "a\nb\r\0\x1b[2J"),
        ("\u2603 caf\u00e9".encode(), "\u2603 caf\u00e9"),
        (b"\xff\xfe\\", "\\xff\\xfe\\"),
        ("\u2028".encode(), "\u2028"),
    ],
)
def test_json_of_hostile_bytes(tmp_path: Path, loop: Any, value: bytes, shown: str) -> None:
    data = line({"a": "$header_x", "b": "1"}, tmp_path, loop, record(headers=[(b"x", value)]))
    assert data.count(b"\n") == 1
    assert json.loads(data) == {"a": shown, "b": "1"}


@pytest.mark.parametrize(
    ("condition", "logged"),
    [
        *(("", False), ("0", False), ("false", False), ("null", False), ("undefined", False)),
        *(("!", True), ("!null", True), ("!1", False), ("1", True), ("00", True)),
        *(("$arg_x", True), ("$arg_y", False), ("!$arg_y", True), ("${arg_y}0", False)),
    ],
)
def test_conditions(tmp_path: Path, loop: Any, condition: str, logged: bool) -> None:
    data = line("x", tmp_path, loop, record(), **{"if": condition})
    assert data == (b"x\n" if logged else b"")


# ---- The file ----


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        LogFile(str(tmp_path / "no" / "log"), pointer="/access_log", log=LOG)
    assert str(caught.value) == (
        f"/access_log: cannot write the access log {tmp_path}/no/log: No such file or directory"
    )


def test_a_full_disk_is_said_once(caplog: pytest.LogCaptureFixture, loop: Any) -> None:
    file = LogFile("/dev/full", pointer="", log=LOG)
    for _ in range(3):
        file.add(b"line\n", loop)
        file.flush()
    file.close()
    assert [item.getMessage() for item in caplog.records] == [
        "lines of the access log /dev/full are lost: No space left on device"
    ]


def test_rotation(tmp_path: Path, loop: Any, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "log"
    file = LogFile(str(path), pointer="", log=LOG)
    file.add(b"one\n", loop)
    path.rename(tmp_path / "old")
    file.add(b"two\n", loop)
    file.reopen()
    file.add(b"three\n", loop)
    file.flush()
    assert (tmp_path / "old").read_bytes() == b"one\ntwo\n"
    assert path.read_bytes() == b"three\n"
    assert path.stat().st_mode & 0o777 & ~0o640 == 0
    path.unlink()
    path.mkdir()
    file.reopen()
    assert [item.getMessage() for item in caplog.records] == [
        f"the access log {path} cannot be opened again, the old file goes on: Is a directory"
    ]
    file.close()
    file.close()
    assert not os.listdir(path)
