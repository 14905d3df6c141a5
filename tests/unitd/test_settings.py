"""user, working_directory, environment, stdout, stderr and isolation."""

import os
import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import guest
from tests.harness.http import request
from tests.harness.processes import wait_until
from tests.harness.stains import TO_SOME
from tests.harness.unitd import Unit, Unitd, application

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may change users")


@pytest.fixture
def server(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        yield server


def owner(pid: int) -> str:
    return pwd.getpwuid(os.stat(f"/proc/{pid}").st_uid).pw_name


@needs_root
@pytest.mark.parametrize("user", ["root", "nobody", "daemon"])
def test_user(server: Unitd, user: str) -> None:
    server.configure({"hello": application("hello-py", user=user)})
    assert request(server["hello"]).body == b"Hello, WASI!\n"
    assert owner(server.worker("hello")) == user


@needs_root
@pytest.mark.parametrize("user", ["root", "nobody"])
def test_large_memories_stay_with_every_user(server: Unitd, user: str) -> None:
    """What the kernel tells of a process is root's to read, where that has changed its user."""
    server.configure({"stains": application("stains", user=user)})

    def run(count: int) -> None:
        for seed in range(count):
            found = request(server["stains"], target=f"/{TO_SOME}/{seed % 4}").body
            assert found.startswith(b"wrong: 0, ")

    run(8)
    pid = server.worker("stains")
    assert owner(pid) == user
    before = faults(pid)
    run(100)
    # Where its memory is given back each time, there are some hundred for each request.
    assert faults(pid) - before < 100 * 20


def faults(pid: int) -> int:
    """Return the page faults of a process."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[7])


@needs_root
def test_component_that_only_root_may_read(server: Unitd) -> None:
    """It is read before the worker becomes another user."""
    hidden = server.folder / "hidden"
    hidden.mkdir(0o700)
    shutil.copy(guest("hello"), hidden / "hello.wasm")
    document = {**application("hello"), "component": f"{hidden}/hello.wasm", "user": "nobody"}
    server.configure({"hello": document})
    assert request(server["hello"]).body == b"Hello, WASI!\n"
    assert owner(server.worker("hello")) == "nobody"


def test_environment(server: Unitd) -> None:
    """The guest sees what is named there, and neither our options nor Unit's environment."""
    variables = {"GREETING": "good day", "EMPTY": "", "UTF8": "gr\u00fc\u00df"}
    server.configure({"env": application("env", environment=variables)})
    lines = request(server["env"]).body.decode().splitlines()
    shown = sorted(line for line in lines if line.startswith("variable: "))
    assert shown == sorted(f"variable: {name}={value}" for name, value in variables.items())


def test_environment_cannot_break_the_preparation(server: Unitd) -> None:
    """The variables of the guest are not those of our own Python."""
    variables = {"PYTHONHOME": "/nowhere", "PYTHONPATH": str(server.folder)}
    (server.folder / "unit_wasm").mkdir()
    (server.folder / "unit_wasm" / "__init__.py").write_text("raise SystemExit('wrong')\n")
    server.configure({"env": application("env", environment=variables)})
    assert "variable: PYTHONHOME=/nowhere" in request(server["env"]).body.decode()


def test_working_directory(server: Unitd) -> None:
    """A file in there that has the name of a Python module is not one of ours."""
    folder = server.folder / "work"
    folder.mkdir()
    (folder / "json.py").write_text("raise SystemExit('wrong')\n")
    server.configure({"hello": application("hello", working_directory=str(folder))})
    assert request(server["hello"]).body == b"Hello, WASI!\n"
    assert os.readlink(f"/proc/{server.worker('hello')}/cwd") == str(folder)


def test_component_relative_to_the_working_directory(server: Unitd) -> None:
    folder = server.folder / "work"
    folder.mkdir()
    shutil.copy(guest("hello"), folder / "mine.wasm")
    document = {**application("hello"), "component": "mine.wasm", "working_directory": str(folder)}
    server.configure({"hello": document})
    assert request(server["hello"]).body == b"Hello, WASI!\n"


def test_output_of_guests_goes_to_the_log(server: Unitd) -> None:
    server.configure({"stdio": application("stdio")})
    assert request(server["stdio"], "GET", "/log").body == b"printed\n"
    server.wait_for_text("no newline at the end")
    for text in ("stdout: a whole line", "stderr: an error line", "stdout: in one write"):
        assert f"request 1: {text}" in server.log


def test_long_lines_of_guests_are_whole(server: Unitd) -> None:
    """libunit would cut them at 2048 bytes."""
    server.configure({"log": application("log")})
    assert request(server["log"], "GET", "/8000").body == b"printed\n"
    wait_until(lambda: server.log.count("x") >= 8000, "for the line")
    lines = (line.partition("[unit] ")[2] for line in server.log.splitlines())
    found = [line for line in lines if "xxx" in line]
    assert [line.rstrip("x") for line in found] == ["log: request 1: stdout: ", *["... "] * 4]
    assert sum(line.count("x") for line in found) == 8000


def test_neighbours_of_a_guest_that_prints_line_feeds(server: Unitd) -> None:
    """Both are in one process, which answers while it logs."""
    server.configure({"prints": application("prints", {"MAX_LOG_BYTES": "1G"})})
    assert request(server["prints"], "GET", "/lines/65536/0").body == b"printed\n"
    assert request(server["prints"], "GET", "/lines/1/1").body == b"printed\n"
    server.wait_for_text("request 2: stderr: x\n")
    before = server.log.partition("request 2: stderr: x\n")[0].count("request 1: stderr: \n")
    assert before < 65536
    wait_until(lambda: server.log.count("request 1: stderr: \n") == 65536, "for the lines")


def test_what_guests_print_is_text(server: Unitd) -> None:
    server.configure({"prints": application("prints"), "evil": application("evil-names")})
    assert request(server["prints"], "GET", "/raw").body == b"printed\n"
    assert request(server["prints"], "GET", "/code").status == 500
    assert request(server["evil"]).status == 500
    server.wait_for_text("fake!frame\\x0aERROR forged line \\xc2\\x9b\n")
    assert "\\xe2\\x80\\xae rlm" in server.log
    assert all(line.replace("\t", "").isprintable() for line in server.log.splitlines())


def test_stdout_and_stderr(unit: Unit) -> None:
    """Unit opens them only for a daemon's applications."""
    with unit.start(daemon=True) as server:
        folder = server.folder / "logs"
        folder.mkdir()
        folder.chmod(0o777)
        paths = {name: str(folder / name) for name in ("stdout", "stderr")}
        server.configure({"stdio": {**application("stdio"), **paths}})
        assert request(server["stdio"], "GET", "/log").body == b"printed\n"
        # Lines of the worker, its guests' among them, go to its stderr.
        wait_until(
            lambda: "no newline at the end" in (folder / "stderr").read_text(errors="replace"),
            "for the guest's output",
        )
        assert (folder / "stdout").exists()


NAMESPACES = ("cgroup", "credential", "mount", "network", "pid", "uname")


def configure_isolated(server: Unitd, name: str, **more: Any) -> None:
    try:
        server.configure({name: application(name, **more)})
    except AssertionError:
        if "unshare" not in server.news and "clone" not in server.news:
            raise
        server.expect_alerts("")
        pytest.skip("this machine gives no such namespace")


@needs_root
@pytest.mark.parametrize("name", NAMESPACES)
def test_namespace(server: Unitd, name: str) -> None:
    configure_isolated(server, "hello", isolation={"namespaces": {name: True}})
    assert request(server["hello"]).body == b"Hello, WASI!\n"


@needs_root
def test_all_namespaces(server: Unitd) -> None:
    isolation = {"namespaces": dict.fromkeys(NAMESPACES, True), "new_privs": False}
    configure_isolated(server, "sleep", isolation=isolation, processes=2)
    for _ in range(5):
        assert request(server["sleep"], "GET", "/sleep/10").body == b"slept\n"


@needs_root
@pytest.mark.parametrize("mount", [False, True])
def test_rootfs(server: Unitd, mount: bool) -> None:
    """An empty folder as the root: everything was read before."""
    root = server.folder / "root"
    root.mkdir()
    # Unit mounts these by itself; without them there is no folder to mount on.
    isolation: dict[str, object] = {
        "rootfs": str(root),
        "automount": {"language_deps": False, "procfs": False, "tmpfs": False},
    }
    if mount:
        isolation["namespaces"] = {"mount": True, "pid": True}
    server.configure({"hello": application("hello-py", isolation=isolation, user="nobody")})
    assert request(server["hello"]).body == b"Hello, WASI!\n"
    # The root of a process in another mount namespace is shown as "/".
    shown = os.readlink(f"/proc/{server.worker('hello')}/root")
    assert shown in (str(root), "/")
    assert list(Path(f"/proc/{server.worker('hello')}/root").iterdir()) == []


@needs_root
def test_rootfs_as_unit_makes_it(server: Unitd) -> None:
    root = server.folder / "root"
    root.mkdir()
    server.configure({"hello": application("hello", isolation={"rootfs": str(root)})})
    assert request(server["hello"]).body == b"Hello, WASI!\n"


@needs_root
def test_directories_below_the_new_root(server: Unitd) -> None:
    """`access.filesystem` is checked before the root is changed, and means what is below it."""
    root = server.folder / "root"
    (root / "data").mkdir(parents=True)
    document = application("hello", isolation={"rootfs": str(root)}, user="nobody")
    server.configure({"hello": {**document, "access": {"filesystem": ["/data"]}}})
    assert request(server["hello"]).body == b"Hello, WASI!\n"
    wrong = {**document, "access": {"filesystem": [str(root / "data")]}}
    said = f"does not exist below the application's root {root} ("
    server.refuses("/config/applications/hello", wrong, said)
    assert request(server["hello"]).body == b"Hello, WASI!\n"
