"""Signals of the embedded server: what each does, and that none ends it without cleaning up."""

import json
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import environment, guest
from tests.harness.http import Connection, request
from tests.harness.processes import wait_until
from tests.harness.server import ROOT, ServerProcess
from tests.live.conftest import FAKE, Place, configuration

HANGUP, QUIT = signal.SIGHUP, signal.SIGQUIT
USER1, USER2 = signal.SIGUSR1, signal.SIGUSR2

AGAIN = "[INFO] SIGHUP: the configuration was read again\n"
AS_IT_WAS = "the configuration stays as it was\n"
NO_FILE = "[WARNING] SIGHUP: there is no configuration file to read again\n"


def sockets(place: Place) -> list[str]:
    return sorted(path.name for path in place.folder.iterdir() if path.is_socket())


def with_sockets(place: Place, component: str = "echo:one") -> Any:
    document = configuration(component)
    document["listeners"][f"unix:{place.folder}/l.sock"] = {"pass": "applications/a"}
    return document


# ---- SIGHUP ----


def test_the_configuration_is_read_again(place: Place) -> None:
    place.write(with_sockets(place))
    with (
        place.with_control("conf.json", ready=3) as server,
        Connection(server.addresses[0]) as kept,
    ):
        assert kept.get().body == b"one GET / "
        document = configuration("echo:two")
        document["listeners"][f"unix:{place.folder}/m.sock"] = {"pass": "applications/a"}
        place.write(document)
        server.signal(HANGUP)
        server.wait_for_text(AGAIN)
        assert kept.get().body == b"two GET / "
        assert sockets(place) == ["control.sock", "m.sock"]
        assert place.ask("GET", "/config").json() == document
        assert server.stop() == 0
    assert sockets(place) == []
    assert place.notes() == ["made one", "made two", "closed one", "closed two"]


BAD = [
    ("{", "conf.json: line 1, column 2: the text ends inside the object of line 1"),
    ({"listener": {}}, '/listener: unknown key "listener" (did you mean "listeners"?)'),
    (configuration("missing:x"), "/applications/a/component: there is no file x"),
    (configuration("broken:x"), "/applications/a/component: x is not a component (build one)"),
    (
        configuration("echo:x", listen="192.0.2.1:1"),
        "/listeners/192.0.2.1:1: cannot listen on 192.0.2.1:1: "
        "this machine does not have this address",
    ),
    (None, "cannot read conf.json: No such file or directory"),
]


@pytest.mark.parametrize(("document", "reason"), BAD, ids=[row[1][:40] for row in BAD])
def test_all_or_nothing(place: Place, document: Any, reason: str) -> None:
    first = with_sockets(place)
    file = place.write(first)
    with place.with_control("conf.json", ready=3) as server:
        if document is None:
            file.unlink()
        else:
            place.write(document)
        server.signal(HANGUP)
        server.wait_for_text(AS_IT_WAS)
        assert f"[ERROR] SIGHUP: {reason}" in server.log
        assert request(server.addresses[0]).body == b"one GET / "
        assert place.ask("GET", "/config").json() == first
        assert sockets(place) == ["control.sock", "l.sock"]
        place.write(configuration("echo:two"))
        server.signal(HANGUP)
        server.wait_for_text(AGAIN)
        assert request(server.addresses[0]).body == b"two GET / "


def test_what_the_control_api_changed_gives_way(place: Place) -> None:
    document = configuration("echo:file")
    place.write(document)
    with place.with_control("conf.json", "--state", "state.json") as server:
        assert place.ask("PUT", "/config/applications/a/component", "echo:api").status == 200
        assert request(server.address).body == b"api GET / "
        server.signal(HANGUP)
        server.wait_for_text(AGAIN)
        assert request(server.address).body == b"file GET / "
        assert json.loads((place.folder / "state.json").read_text()) == document


@pytest.mark.parametrize("arguments", [(), ("--state", "state.json")])
def test_no_file(place: Place, arguments: tuple[str, ...]) -> None:
    if arguments:
        place.write(configuration("echo:x"), "state.json")
    with place.with_control(*arguments, ready=1 + bool(arguments)) as server:
        server.signal(HANGUP)
        server.wait_for_text(NO_FILE)
        assert place.ask("GET", "/config").status == 200
        assert server.stop() == 0


def test_a_component_that_was_replaced(place: Place) -> None:
    """Loaded again where the file is another one, and left alone where it is the same."""
    path = place.folder / "app.wasm"
    path.write_bytes(guest("hello").read_bytes())
    arguments = ["serve", "app.wasm", "--listen", "127.0.0.1:0"]
    with ServerProcess(arguments, environment=environment(), cwd=place.folder) as server:
        assert request(server.address).body == b"Hello, WASI!\n"
        server.signal(HANGUP)
        server.wait_for_text(AGAIN)
        new = place.folder / "new"
        new.write_bytes(guest("request-info").read_bytes())
        os.replace(new, path)
        server.signal(HANGUP)
        server.wait_for(lambda log: log.count(AGAIN) == 2, "to read it again")
        assert request(server.address).body.startswith(b"method: get\n")
        path.write_bytes(b"no component")
        server.signal(HANGUP)
        server.wait_for_text(AS_IT_WAS)
        assert request(server.address).body.startswith(b"method: get\n")


def test_many_at_once(place: Place) -> None:
    place.write(configuration("echo:one"))
    with place.fake("conf.json") as server:
        for _ in range(200):
            server.signal(HANGUP)
        server.wait_for_text(AGAIN)
        place.write(configuration("echo:two"))
        server.signal(HANGUP)
        wait_until(lambda: request(server.address).body == b"two GET / ", "to be read again")
        assert server.stop() == 0
        assert "Traceback" not in server.log


def test_while_a_change_is_prepared(place: Place) -> None:
    """The end of the server does not wait for it."""
    place.write(configuration("echo:one"))
    with place.fake("conf.json") as server:
        place.write(configuration("block:two"))
        server.signal(HANGUP)
        wait_until(lambda: place.notes() == ["made one", "blocked two"], "to be blocked")
        assert request(server.address).body == b"one GET / "
        assert server.stop() == 0
        assert "Traceback" not in server.log


# ---- Others ----


def test_quit_lets_requests_finish(place: Place) -> None:
    """As Unit's graceful end, and sockets have gone."""
    place.write(with_sockets(place, "slow:x"))
    with (
        place.with_control("conf.json", ready=3) as server,
        Connection(server.addresses[0]) as busy,
    ):
        busy.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        busy.read_until(b"\r\n\r\n")
        server.signal(QUIT)
        wait_until(lambda: sockets(place) == [], "for the sockets to go")
        server.signal(QUIT)
        place.gate.touch()
        assert busy.rest() == b"1\r\nx\r\n0\r\n\r\n"
        assert server.wait() == 0
    assert place.notes() == ["made x", "closed x"]


def test_terminate_after_quit_ends_at_once(place: Place) -> None:
    place.write(configuration("slow:x"))
    with place.fake("conf.json", "--grace", "1h") as server, Connection(server.address) as busy:
        busy.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        busy.read_until(b"\r\n\r\n")
        with Connection(server.address) as idle:
            server.signal(QUIT)
            assert idle.rest() == b""
        server.signal(signal.SIGTERM)
        assert server.wait() == -signal.SIGTERM


def test_user_signals_do_no_harm(place: Place) -> None:
    """SIGUSR1 without an access log, and SIGUSR2, which means nothing."""
    place.write(with_sockets(place))
    with place.fake("conf.json", ready=2) as server:
        server.signal(USER2)
        server.wait_for_text("[INFO] SIGUSR2: this signal has no meaning here\n")
        server.signal(USER1)
        assert request(server.addresses[0]).body == b"one GET / "
        assert server.stop() == 0
    assert sockets(place) == []


@pytest.mark.parametrize("number", [HANGUP, USER1, USER2, QUIT], ids=lambda number: number.name)
def test_before_the_server_can_act_on_them(place: Place, number: signal.Signals) -> None:
    """They are held from the first moment on: none is lost, and none ends a server that starts."""
    document = with_sockets(place)
    document["access_log"] = "access.log"
    place.write(document)
    # It stops itself where it begins to import what takes time.
    program = (
        "import os, signal, sys, unit_wasm.cli.serve as serve\n"
        "from tests.harness import fake_server\n"
        "run = serve.run\n"
        "def held(*arguments, **named):\n"
        f"    os.kill(os.getpid(), {int(number)})\n"
        "    return run(*arguments, **named)\n"
        "serve.run = held\n"
        "sys.exit(fake_server.main(['serve', 'conf.json'], "
        "application_factory=fake_server.make))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=place.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    lines: list[str] = []
    try:
        if number != QUIT:
            wanted = 3 if number in (HANGUP, USER2) else 2
            lines += [process.stderr.readline() for _ in range(wanted)]
            assert request(f"unix:{place.folder}/l.sock").body == b"one GET / "
            # Once: a second one ends it at once.
            process.terminate()
        lines += process.stderr.readlines()
        status = process.wait(30)
    finally:
        process.kill()
        process.stderr.close()
        process.wait(30)
    assert status == 0, lines
    assert "Traceback" not in "".join(lines)
    assert sockets(place) == []


def with_a_terminal(
    place: Place, prepare: Callable[[], None]
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server whose terminal is ours to close."""
    ours, its = pty.openpty()

    def own() -> None:
        # The new session's own terminal.
        import fcntl

        fcntl.ioctl(its, termios.TIOCSCTTY, 0)
        prepare()

    process = subprocess.Popen(
        [sys.executable, "-m", FAKE, "serve", "conf.json"],
        cwd=place.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
        preexec_fn=own,
        pass_fds=(its,),
    )
    os.close(its)
    return process, ours


@pytest.mark.parametrize("nohup", [False, True])
def test_the_end_of_its_terminal(place: Place, nohup: bool) -> None:
    """Nobody can stop it from there any more, so it ends; unless it was asked to stay."""
    address = f"unix:{place.folder}/l.sock"
    place.write(with_sockets(place))

    def prepare() -> None:
        if nohup:
            signal.signal(HANGUP, signal.SIG_IGN)

    process, terminal = with_a_terminal(place, prepare)
    try:
        wait_until(lambda: (place.folder / "l.sock").exists(), "to listen")
        wait_until(lambda: b"l.sock" in os.read(terminal, 4096), "to say so")
        os.close(terminal)
        if nohup:
            assert request(address).body == b"one GET / "
            process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
    assert sockets(place) == []


def test_control_c_before_there_is_a_server(place: Place) -> None:
    """No traceback, and the status that shells expect."""
    os.mkfifo(place.folder / "input")
    process = subprocess.Popen(
        [sys.executable, "-m", "unit_wasm", "inspect", "-"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(b"(")
    process.stdin.flush()
    # It has taken what was sent, and waits for more.
    wchan = Path(f"/proc/{process.pid}/syscall")
    wait_until(lambda: wchan.read_text().startswith("0 0x0 "), "to read")
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    process.stdin.close()
    assert process.wait(30) == -signal.SIGINT
