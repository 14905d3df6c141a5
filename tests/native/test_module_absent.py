"""An application that was good when it was configured, and cannot be prepared at a start."""

import contextlib
import json
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import application, guest
from tests.harness.double import Module, setup
from tests.harness.double_values import lib
from tests.harness.processes import every_process, wait_until

PAGE = b"503 Service Unavailable\n"


class Absent:
    """An application without its component, and a unitd that keeps it in its configuration."""

    def __init__(self, folder: Path) -> None:
        self.component = folder / "gone.wasm"
        self.state = folder / "conf.json"
        self.control = folder / "control.sock"
        self.document = application("hello", {"CACHE_DIR": str(folder / "cache")})
        self.document["component"] = str(self.component)
        self.keep()

    def keep(self, name: str = "app", **more: Any) -> None:
        applications = {"other": {"type": "external"}, name: {**self.document, **more}}
        self.state.write_text(
            json.dumps({"listeners": {}, "applications": applications, "settings": {}})
        )

    def setup(self, name: bytes = b"app") -> Module:
        return setup(self.document, name=name, state=self.state, control=self.control)


@pytest.fixture
def absent(tmp_path: Path) -> Iterator[Absent]:
    yield Absent(tmp_path)
    for pid in helpers():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def helpers() -> list[int]:
    """Return the processes that this one has forked, which have its title."""
    every = {process.pid: process for process in every_process()}
    title = every[os.getpid()].title
    return [p.pid for p in every.values() if p.parent == os.getpid() and p.title == title]


@contextlib.contextmanager
def served(module: Module) -> Iterator[Module]:
    """Let a module that was set up answer, and quit."""
    assert module.setup_result == 0, module.log
    module.start()
    module.message("READY")
    yield module
    module.message("QUIT")
    assert module.ended() == 0
    module.check()


@contextlib.contextmanager
def unit_answers(absent: Absent, *answers: bytes) -> Iterator[list[bytes]]:
    """Play Unit's control API: the requests that came are in the list at the end."""
    asked: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(absent.control))
        listener.listen()
        listener.settimeout(30)
        yield asked
        for answer in answers:
            client, _ = listener.accept()
            with client:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += client.recv(4096)
                asked.append(request)
                client.sendall(answer)


def test_it_answers_503(absent: Absent) -> None:
    with served(absent.setup()) as module:
        answer = module.ask()
        assert (answer.status, answer.body, answer.whole) == (503, PAGE, True)
        assert answer.header(b"retry-after") in (b"1", b"2")
        assert module.ask(method=b"HEAD").body == b""
        assert module.ask(method=b"POST", body=b"x" * 100_000).status == 503
        log = module.log.splitlines()
    assert log[0] == (
        "[error] app: component error: /applications/app/component: the component file "
        f"{absent.component} does not exist"
    )
    assert '[error] app: application "app" cannot be prepared (' in log[1]
    assert log[2] == (
        "[error] app: it was good when it was configured: requests are answered 503, and it is "
        "tried again"
    )
    # Of all its requests the first has a line.
    assert len(log) == 4
    assert log[3].startswith("[error] app: request 1: GET /: the component is not prepared (")


def test_it_does_not_end_after_some_requests(absent: Absent) -> None:
    """What waits while processes come and go would be lost at the restart that is to come."""
    module = absent.setup()
    lib.double_request_limit(2)
    with served(module):
        assert [module.ask().status for _ in range(5)] == [503] * 5


def test_its_metrics(absent: Absent, tmp_path: Path) -> None:
    absent.document["environment"]["UNIT_WASM_METRICS_FILE"] = str(tmp_path / "unit.prom")
    absent.keep()
    with served(absent.setup()) as module:
        module.ask()
        file = tmp_path / f"unit.app.{os.getpid()}.prom"
        module.wait(
            lambda: 'end="unprepared"} 1' in (file.read_text() if file.exists() else ""),
            "in its metrics",
        )
    assert not file.exists()


def test_it_is_restarted_when_it_is_mended(
    absent: Absent, capfd: pytest.CaptureFixture[str]
) -> None:
    module = absent.setup(b"a/b c")
    assert module.setup_result == -1
    absent.keep("a/b c")
    with served(absent.setup(b"a/b c")):
        (helper,) = helpers()
    with unit_answers(absent, b"HTTP/1.1 200 OK\r\n\r\n") as asked:
        shutil.copy(guest("hello-wat"), absent.component)
    assert asked == [
        b"GET /control/applications/a%2Fb%20c/restart HTTP/1.1\r\nHost: localhost\r\n"
        b"Connection: close\r\n\r\n"
    ]
    assert os.waitpid(helper, 0) == (helper, 0)
    assert capfd.readouterr().err == ("[notice] a/b c: it can be prepared again, and is started\n")
    with served(absent.setup(b"a/b c")) as module:
        assert module.ask().status == 200
    assert helpers() == []


def test_unit_is_asked_again(absent: Absent, capfd: pytest.CaptureFixture[str]) -> None:
    with unit_answers(
        absent, b"HTTP/1.1 404 Not Found\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\n"
    ) as asked:
        with served(absent.setup()):
            (helper,) = helpers()
        shutil.copy(guest("hello-wat"), absent.component)
    assert len(asked) == 3
    assert os.waitpid(helper, 0) == (helper, 0)
    cannot = "[error] app: it can be prepared again, and Unit cannot be asked to restart it: "
    log = capfd.readouterr().err
    assert f"{cannot}it answers HTTP/1.1 404 Not Found\n{cannot}Broken pipe\n" in log


def test_what_the_helper_has(absent: Absent) -> None:
    """None of Unit's descriptors, a group of its own, and no signals that are blocked."""
    with served(absent.setup()):
        (helper,) = helpers()
    folder = Path(f"/proc/{helper}")
    wait_until(lambda: {p.name for p in (folder / "fd").iterdir()} == {"0", "1", "2"}, "to close")
    assert os.getpgid(helper) == helper
    status = (folder / "status").read_text()
    assert "SigBlk:\t0000000000000000\n" in status
    os.kill(helper, signal.SIGTERM)
    assert os.waitpid(helper, 0) == (helper, 0)


def test_the_log_is_followed(absent: Absent, tmp_path: Path) -> None:
    """Somebody renames the file, as logrotate does, and Unit opens another."""
    log = tmp_path / "unit.log"
    old = tmp_path / "unit.log.1"
    usual = os.dup(2)
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(file, 2)
    try:
        module = setup(absent.document, state=absent.state, log=log, control=absent.control)
    finally:
        os.dup2(usual, 2)
        os.close(usual)
        os.close(file)
    with served(module):
        pass
    log.rename(old)
    log.touch()
    wait_until(lambda: "cannot be prepared" in log.read_text(), "for lines in the new file")
    assert old.read_text() == ""


# ---- Whether it was good: the file that Unit keeps ----


@pytest.mark.parametrize(
    "change",
    [
        lambda text: json.dumps(json.loads(text), indent=4),
        lambda text: "// of Unit\n" + text.replace(",", " , /* more */ "),
        lambda text: text.replace("}}", ",},}"),
        lambda text: text.replace("hello", "h\\u0065ll\\u006f").replace("/", "\\/"),
        lambda text: text.replace('"settings"', '"a\\"{": [1, {"b": [[]]}], "settings"'),
        lambda text: text.replace(
            '"applications"', '"x": [true, null, -1.5e3, ""], "applications"'
        ),
    ],
    ids=["pretty", "comments", "commas", "escapes", "behind", "before"],
)
def test_it_is_the_same(absent: Absent, change: Any) -> None:
    absent.state.write_text(change(absent.state.read_text()))
    with served(absent.setup()) as module:
        assert module.ask().status == 503


def test_every_kind_of_value(absent: Absent) -> None:
    absent.document |= {
        "processes": {"max": 2, "spare": 0},
        "limits": {"timeout": 1.5, "requests": 1e6},
        "isolation": {"namespaces": {"pid": False, "mount": True}, "uidmap": [{"size": 1}, {}]},
        "user": 'na\u00efve \U0001f600 \u20ac \x7f \t"\\',
    }
    absent.keep()
    # It is no valid application; it was good all the same.
    with served(absent.setup()) as module:
        assert module.ask().status == 503


def folder(state: Path) -> None:
    state.unlink()
    state.mkdir()


def fifo(state: Path) -> None:
    state.unlink()
    os.mkfifo(state)


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.unlink(),
        folder,
        fifo,
        lambda state: state.write_bytes(b""),
        lambda state: os.truncate(state, state.stat().st_size // 2),
        lambda state: os.truncate(state, 1 << 30),
        lambda state: state.write_text(state.read_text().replace("applications", "application")),
        lambda state: state.write_text(state.read_text().replace('"app"', '"App"')),
        lambda state: state.write_text(state.read_text().replace("gone.wasm", "gone2.wasm")),
        lambda state: state.write_text(state.read_text().replace('"100"', '"101"')),
        lambda state: state.write_text(state.read_text().replace('"100"', "100")),
        lambda state: state.write_bytes(state.read_text().encode("utf-16")),
        lambda state: state.write_bytes(b"\xef\xbb\xbf" + state.read_bytes()),
        lambda state: state.write_text('{"x": ' + "[" * 100_000),
        lambda state: state.write_text(state.read_text().replace("gone", "\\ud800gone")),
        lambda state: state.write_text("[" + state.read_text() + "]"),
        lambda state: state.write_text('"applications": ' + state.read_text()),
    ],
)
def test_it_is_not_the_same(absent: Absent, change: Any) -> None:
    """Then it fails as one that is new: the error is Unit's answer to the PUT."""
    change(absent.state)
    module = absent.setup()
    assert module.setup_result == -1
    assert '[alert] application "app" cannot be prepared (' in module.log
    assert "503" not in module.log
    assert helpers() == []
