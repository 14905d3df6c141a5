"""Functions in Python that components call, in a real Unit."""

import os
import pwd
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.hosts import HOSTS, write_hosts
from tests.harness.http import Response, request
from tests.harness.processes import wait_until
from tests.harness.unitd import Unit, Unitd, application, note
from tests.unitd.load import Load, burst, sleep_together

pytestmark = pytest.mark.slow

LONG = {"TIMEOUT": "120s"}


@pytest.fixture
def server(unit: Unit) -> Iterator[Unitd]:
    """A Unit in whose folder there may be modules for the application's user."""
    with unit.start() as server:
        folder_of(server).mkdir(mode=0o755)
        yield server


def folder_of(server: Unitd) -> Path:
    return server.folder / "hosts"


def calling(server: Unitd, name: str, path: Path | None = None, **more: Any) -> dict[str, Any]:
    options = {"HOST": f"{name}:Things", "HOST_PATH": str(path or folder_of(server))}
    options |= more.pop("options", {})
    return application("hosted", options, **more)


def test_four_workers_and_an_exception_in_ten_calls(server: Unitd) -> None:
    name = write_hosts(folder_of(server))
    server.configure({"app": calling(server, name, processes=4)})
    right = Load(server["app"], 58, "/check/text")
    wrong = Load(server["app"], 6, "/check/raise")
    with right, wrong:
        right.wait_for(3000)
        wrong.wait_for(300)
    note(f"right: {right.tally}, wrong: {wrong.tally}")
    assert (right.tally.failed, right.tally.errors) == (0, [])
    assert (set(wrong.tally.statuses), wrong.tally.errors) == ({500}, [])
    assert request(server["app"], target="/counter/1/2").body == b"2\n3\n"
    assert "app: request " in server.news
    assert 'raise ValueError("on purpose")' in server.news


def test_500_that_sleep_sleep_together(server: Unitd) -> None:
    name = write_hosts(folder_of(server))
    options = {"MAX_EXCHANGES": "500", **LONG}
    server.configure({"app": calling(server, name, options=options)})
    burst(server["app"], 20, "/slow/1")
    sleep_together(server["app"], "/slow/100", "in Python")


def test_they_run_as_the_applications_user(server: Unitd) -> None:
    """Never as root, and with nothing of the application's environment."""
    name = write_hosts(folder_of(server))
    more: dict[str, Any] = {"user": "daemon"} if os.getuid() == 0 else {}
    user = pwd.getpwnam("daemon").pw_uid if os.getuid() == 0 else os.getuid()
    server.configure({"app": calling(server, name, environment={"SECRET": "shown"}, **more)})
    answer = request(server["app"], target="/check/user")
    assert answer.body.decode() == f"ok: {user} {user} None\n"


@pytest.mark.skipif(os.getuid() != 0, reason="Unit changes the root as root only")
def test_below_another_root(server: Unitd) -> None:
    root = server.folder / "root"
    (root / "hosts").mkdir(mode=0o755, parents=True)
    root.chmod(0o755)
    name = write_hosts(root / "hosts")
    isolation = {"rootfs": str(root)}
    server.configure({"app": calling(server, name, Path("/hosts"), isolation=isolation)})
    assert request(server["app"], target="/check/text").body == b"ok: TEXT\n"
    # It is looked for below that root, and is not there.
    server.refuses(
        "/config/applications", {"app": calling(server, name, root / "hosts", isolation=isolation)}
    )
    assert "there is no module" in server.news


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('not today')", "RuntimeError: not today"),
        ("import no_such_module_at_all", "ModuleNotFoundError: No module named"),
        ("syntax error", "SyntaxError: "),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("", "has no Things"),
        (HOSTS.replace("def check", "def chek"), "has no check"),
        (HOSTS.replace("self, ms", "self"), "does not fit"),
        (HOSTS.replace("test:hosted/things", "test:hosted/thing"), "test:hosted/things"),
    ],
)
def test_what_does_not_fit_is_refused(server: Unitd, text: str, said: str) -> None:
    name = write_hosts(folder_of(server))
    server.configure({"app": calling(server, name)})
    assert request(server["app"], target="/check/text").body == b"ok: TEXT\n"
    broken = write_hosts(folder_of(server), text)
    server.refuses("/config/applications", {"app": calling(server, broken)}, said)
    assert "[error]" in server.news
    if "RuntimeError" in said:
        # The traceback, with the line.
        assert "app: raise RuntimeError('not today')" in server.news.replace("    ", "")
    # What was there before goes on.
    assert request(server["app"], target="/check/text").body == b"ok: TEXT\n"


def test_what_they_print_is_where_unit_puts_it(unit: Unit) -> None:
    with unit.start(daemon=True) as server:
        folder_of(server).mkdir(mode=0o755)
        name = write_hosts(folder_of(server), HOSTS.replace("return text.upper()", "print(text)"))
        printed = server.folder / "printed"
        printed.touch()
        printed.chmod(0o666)
        server.configure({"app": calling(server, name, stdout=str(printed))})
        # It has no result, which is the next thing that is wrong with it.
        assert request(server["app"], target="/check/printed").status == 500
        assert printed.read_text() == "printed\n"


def test_a_restart_loads_the_module_again(server: Unitd) -> None:
    name = write_hosts(folder_of(server))
    server.configure({"app": calling(server, name, processes=2)})
    assert request(server["app"], target="/check/text").body == b"ok: TEXT\n"
    write_hosts(folder_of(server), HOSTS.replace("text.upper()", "'again'"), name)
    server.restart("app")
    wait_until(
        lambda: request(server["app"], target="/check/text").body == b"ok: again\n",
        "for the new module",
    )
    other = write_hosts(folder_of(server), HOSTS.replace("text.upper()", "'other'"))
    server.put("/config/applications/app/environment/UNIT_WASM_HOST", f"{other}:Things")
    assert request(server["app"], target="/check/text").body == b"ok: other\n"


def test_a_function_that_computes_does_not_hold_up_a_change(server: Unitd) -> None:
    name = write_hosts(folder_of(server))
    server.configure({"app": calling(server, name, options={"TIMEOUT": "200ms"})})
    pid = server.worker("app")
    assert request(server["app"], target="/slow/3600000").status == 504
    server.put("/config/applications/app/environment/MORE", "1")
    assert request(server["app"], target="/check/text").body == b"ok: TEXT\n"
    wait_until(lambda: pid not in server.workers("app"), "for the old process to end", 30.0)
    assert "is left behind" in server.news


def test_a_process_that_cannot_import_leaves_requests_to_others(server: Unitd) -> None:
    name = write_hosts(folder_of(server))
    server.configure({"app": calling(server, name, processes=2)})
    server.expect_alerts("exited on signal 9", "sendmsg(")
    write_hosts(folder_of(server), "raise RuntimeError('half written')", name)
    first, second = server.workers("app")
    os.kill(first, signal.SIGKILL)
    server.wait_for_text("it was good before")
    for _ in range(50):
        assert request(server["app"], target="/check/text").body == b"ok: TEXT\n"
    os.kill(second, signal.SIGKILL)
    wait_until(lambda: server.news.count("it was good before") == 2, "for another attempt")
    assert request(server["app"], target="/check/text").status == 503
    write_hosts(folder_of(server), name=name)
    wait_until(
        lambda: request(server["app"], target="/check/text").status == 200, "for the module", 60.0
    )


def test_a_broken_module_takes_nothing_else_down(server: Unitd) -> None:
    name = write_hosts(folder_of(server))
    server.configure({"app": calling(server, name), "other": application("hello")})
    assert request(server["app"], target="/check/text").status == 200

    def answer() -> Response:
        return request(server["app"], target="/check/text")

    def spoil() -> None:
        write_hosts(folder_of(server), "raise RuntimeError('broken')", name)

    server.start_again(spoil)
    assert request(server["other"]).body == b"Hello, WASI!\n"
    refusal = answer()
    assert (refusal.status, refusal.body) == (503, b"503 Service Unavailable\n")
    assert 1 <= int(refusal.field("retry-after") or 0) <= 10
    assert "RuntimeError: broken" in server.log
    assert "it was good before: requests are answered 503" in server.log
    write_hosts(folder_of(server), name=name)
    wait_until(lambda: answer().status == 200, "for another process", 60.0)
    assert answer().body == b"ok: TEXT\n"
