"""A directory of components in the module, through our double: the test is what Python is there."""

import contextlib
import json
import logging
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import application, guest
from tests.harness.double import Module, running
from tests.harness.double_services import Answers, call, problem
from tests.harness.double_values import Answer, NewRequest, ffi, lib
from tests.harness.folders import NUMBER, TELLS, fill, put
from unit_wasm.errors import ComponentError, ConfigError
from unit_wasm.services.pages import Pages
from unit_wasm.unit.answering import Answering
from unit_wasm.unit.applications import check_applications
from unit_wasm.unit.compiling import Asking, start
from unit_wasm.unit.directory import UnitDirectory, _Component
from unit_wasm.unit.folders import config_of
from unit_wasm.unit.prepare import examine


class Folder:
    """A directory in a module.

    Parameters:
        log: what our Python has said of it.
    """

    def __init__(self, folder: Path, module: Module, log: list[str]) -> None:
        self.folder = folder
        self.module = module
        self.log = log

    def put(self, name: str, text: str | bytes) -> None:
        """Put a file there as `mv` does."""
        put(self.folder, name, text)

    def call(self, path: str, body: str = "{}", **more: Any) -> Answer:
        return call(self.module, path.encode(), body.encode(), **more)

    def rows(self) -> dict[str, dict[str, Any]]:
        listed = json.loads(self.module.ask(b"/").body)
        return {row["file"]: row for row in listed["components"]}

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        self.module.wait(condition, f"{what}: {self.log}")

    def wait_for(self, text: str) -> None:
        self.wait(lambda: any(text in line for line in self.log), text)

    def wait_for_number(self, path: str, expected: int) -> None:
        self.wait(lambda: self.call(path).body == b'{"result":%d}' % expected, f"{expected}")


class _Said(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextlib.contextmanager
def said() -> Iterator[tuple[logging.Logger, list[str]]]:
    """A log, and the lines that it has."""
    log = logging.Logger("unit_wasm.test_module_directory")
    handler = _Said()
    log.addHandler(handler)
    yield log, handler.lines


@contextlib.contextmanager
def compiling(terms: dict[str, Any]) -> Iterator[Asking]:
    """Who compiles, until its end, which nobody waits for in Unit."""
    asking = start("app", terms)
    yield asking
    asking.close()
    assert os.waitpid(asking.process, 0)[1] == 0


@contextlib.contextmanager
def serving(path: Path, **options: Any) -> Iterator[Folder]:
    """Serve a directory until it is stopped, with all that its calls still do."""
    document = {**application("hello", options), "component": f"{path}/"}
    terms = {"path": str(path), "application": document}
    config = config_of("app", terms)
    with said() as (log, lines), running(path, **options) as module, compiling(terms) as asking:
        directory = UnitDirectory(ffi, lib, config, asking, log)
        module.wait(lambda: lib.double_client() != ffi.NULL, "a client")
        directory.load(lib.double_client())
        directory.start()
        with Answers(Answering(ffi, lib, directory, Pages(()))):
            yield Folder(path, module, lines)
            if module.alive:
                directory.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    path = tmp_path / "functions"
    path.mkdir()
    fill(path)
    with serving(path, TIMEOUT="2s") as folder:
        yield folder


def test_each_has_its_place(folder: Folder) -> None:
    for _ in range(2):
        answer = folder.call("/cipher/encrypt", '{"message": "hello world"}')
        assert (answer.status, answer.body) == (200, b'{"result":"khoor zruog"}')
        assert folder.call("/number/number").body == b'{"result":1}'
    assert folder.call("/cipher.wasm/half", '{"number": 4}').body == b'{"result":2}'
    assert folder.module.log == ""


def test_what_is_answered_without_a_call(folder: Folder) -> None:
    assert problem(folder.call("/cipher/encrypt", '{"message": 5}'))["pointer"] == "/message"
    assert problem(folder.call("/cypher/encrypt"))["did-you-mean"] == "cipher/encrypt"
    assert folder.module.ask(b"/number").header(b"location") == b"number/"
    assert sorted(folder.rows()) == ["cipher.wasm", "number.wat"]
    paths = json.loads(folder.module.ask(b"/openapi.json").body)["paths"]
    assert {"/cipher/encrypt", "/number/number"} <= paths.keys()
    title = json.loads(folder.module.ask(b"/cipher/").body)["title"]
    assert title == "cipher.wasm"


def test_what_goes_wrong(folder: Folder) -> None:
    answer = folder.call("/cipher/trap")
    assert problem(answer)["type"] == "urn:unit-wasm:problem:trap"
    assert problem(answer)["request"] in folder.module.raw_log
    assert "app/cipher: " in folder.module.raw_log
    assert problem(folder.call("/cipher/loop"))["type"] == "urn:unit-wasm:problem:timeout"
    assert folder.call("/number/number").body == b'{"result":1}'


def test_a_site_closes_while_a_call_enters_it(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing begins there any more; nothing else notices."""
    assert folder.call("/number/number").body == b'{"result":1}'
    site = _Component.site

    def closed(component: _Component) -> Any:
        found = site(component)
        lib.uw_component_close(found)
        # It is not closed again.
        component._site = None
        return found

    with monkeypatch.context() as patch:
        patch.setattr(_Component, "site", closed)
        assert folder.call("/number/number").status == 500
    assert folder.call("/cipher/half", '{"number": 4}').body == b'{"result":2}'
    folder.put("number.wat", NUMBER.format(number=2))
    folder.wait_for("number.wat is another now")
    assert folder.call("/number/number").body == b'{"result":2}'


def test_added_changed_and_removed(folder: Folder) -> None:
    folder.put("added.wat", NUMBER.format(number=7))
    folder.wait_for("app: added.wat is served")
    assert folder.call("/added/number").body == b'{"result":7}'
    for number in range(2, 6):
        folder.put("number.wat", NUMBER.format(number=number))
        folder.wait_for_number("/number/number", number)
    (folder.folder / "added.wat").unlink()
    folder.wait_for("app: added.wat is gone")
    assert folder.call("/added/number").status == 404
    assert sorted(folder.rows()) == ["cipher.wasm", "number.wat"]


def test_a_file_is_read_when_it_is_whole(folder: Folder) -> None:
    text = NUMBER.format(number=2)
    with (folder.folder / "number.wat").open("w") as file:
        file.write(text[:20])
        file.flush()
        # What has come meanwhile is taken over behind it.
        folder.put("other.wat", text)
        folder.wait_for_number("/other/number", 2)
        assert folder.call("/number/number").body == b'{"result":1}'
        file.write(text[20:])
    folder.wait_for_number("/number/number", 2)
    assert [line for line in folder.log if "cannot" in line] == []


def test_a_broken_one_leaves_the_one_before(folder: Folder) -> None:
    folder.put("number.wat", "(component 1")
    folder.wait_for("number.wat cannot be used: ")
    assert any("; the one before it goes on" in line for line in folder.log)
    row = folder.rows()["number.wat"]
    assert row["serving"]
    assert "number.wat" in row["error"]
    assert folder.call("/number/number").body == b'{"result":1}'
    folder.put("new.wat", "(component 1")
    folder.wait_for("new.wat cannot be used: ")
    assert not folder.rows()["new.wat"]["serving"]
    assert problem(folder.call("/new/number"))["type"] == "urn:unit-wasm:problem:not-callable"
    shutil.copy(guest("hello"), folder.folder / "hello.wasm")
    folder.wait_for("hello.wasm cannot be used: the component answers HTTP itself")


def test_a_call_that_runs_is_not_cut_by_a_change(folder: Folder) -> None:
    loop = folder.module.begun(b"/cipher/loop", method=b"POST", body=b"{}")
    folder.put("cipher.wasm", guest("functions").read_bytes() + b"\0\1\0")
    folder.wait_for("cipher.wasm is another now")
    assert folder.call("/cipher/half", '{"number": 4}').body == b'{"result":2}'
    assert problem(folder.module.done(loop))["status"] == 504


def test_what_was_replaced_leaves_nothing(folder: Folder) -> None:
    """But the first one or two: what malloc and threads keep."""

    def change(number: int) -> int:
        folder.put("number.wat", NUMBER.format(number=number))
        folder.wait_for_number("/number/number", number)
        return len(os.listdir("/proc/self/fd"))

    before = [change(number) for number in range(2, 6)][-1]
    for number in range(6, 16):
        change(number)
    folder.wait(lambda: len(os.listdir("/proc/self/fd")) <= before, "what there was before")


def test_many_at_once_while_files_change(folder: Folder) -> None:
    usual = NewRequest(b"/cipher/encrypt", method=b"POST", body=b'{"message": "abc"}')
    other = NewRequest(b"/number/number", method=b"POST", body=b"{}")
    seen = set()
    for number in range(2, 8):
        folder.put("number.wat", NUMBER.format(number=number))
        folder.put("broken.wat", f"(component {number}")
        while b'{"result":%d}' % number not in seen:
            numbers = folder.module.together([usual, other] * 16)
            answers = [folder.module.done(each) for each in numbers]
            assert {answer.status for answer in answers} == {200}
            assert {answer.body for answer in answers[::2]} == {b'{"result":"def"}'}
            seen |= {answer.body for answer in answers[1::2]}


def test_quit_while_a_call_runs(folder: Folder) -> None:
    folder.module.begun(b"/cipher/loop", method=b"POST", body=b"{}")


def test_too_many_calls(tmp_path: Path) -> None:
    """Places are those of the application, whichever component is called."""
    shutil.copy(guest("functions"), tmp_path / "cipher.wasm")
    (tmp_path / "number.wat").write_text(NUMBER.format(number=1))
    with serving(tmp_path, MAX_EXCHANGES="1", MAX_QUEUE="0", TIMEOUT="1s") as folder:
        numbers = folder.module.together(
            [
                NewRequest(b"/cipher/loop", method=b"POST", body=b"{}"),
                NewRequest(b"/number/number", method=b"POST", body=b"{}"),
            ]
        )
        answers = [folder.module.done(number) for number in numbers]
        assert [answer.status for answer in answers] == [504, 503]
        assert problem(answers[1])["type"] == "urn:unit-wasm:problem:busy"


def test_functions_of_python_are_called(tmp_path: Path) -> None:
    path = tmp_path / "functions"
    path.mkdir()
    (path / "tells.wat").write_text(TELLS)
    module = "told_in_directory"
    (tmp_path / f"{module}.py").write_text(
        "from unit_wasm import host\n\ntold = []\n\n\n"
        "@host.function\ndef tell(number: int) -> None:\n    told.append(number)\n"
    )
    options = {"HOST": f"{module}:tell", "HOST_PATH": str(tmp_path)}
    with serving(path, **options) as folder:
        for number in (1, 2):
            answer = folder.call("/tells/double", json.dumps({"number": number}))
            assert answer.body == b'{"result":%d}' % (2 * number), answer
        folder.put("tells.wat", TELLS.replace("i32.const 2", "i32.const 3"))
        folder.wait(
            lambda: folder.call("/tells/double", '{"number": 3}').body == b'{"result":9}', "tripled"
        )
    told = __import__(module).told
    assert told[:2] == [1, 2]
    assert set(told[2:]) == {3}


def test_calls_are_counted_by_component(tmp_path: Path) -> None:
    path = tmp_path / "functions"
    path.mkdir()
    (path / "number.wat").write_text(NUMBER.format(number=1))
    file = tmp_path / f"unit.app.{os.getpid()}.prom"
    options = {"METRICS_FILE": str(tmp_path / "unit.prom"), "METRICS_INTERVAL": "100ms"}
    with serving(path, **options) as folder:
        folder.call("/number/number")
        folder.call("/number/number")
        counted = (
            f'unit_wasm_function_calls_total{{application="app/number",pid="{os.getpid()}",'
            'function="/number",code="200"} 2\n'
        )
        folder.wait(lambda: file.exists() and counted in file.read_text(), "counted")


# ---- What prepare makes of it ----


def test_what_is_wrong_for_all_of_them_is_said_at_once(tmp_path: Path) -> None:
    """Not with the first call, in a process whose user may read less."""
    missing = {"OUTGOING": "*", "CA_FILE": f"{tmp_path}/no.pem"}
    document = {**application("hello", missing), "component": f"{tmp_path}/"}
    with pytest.raises(ConfigError, match="no.pem"):
        examine("app", document)
    document = {**application("hello", {"HOST": "nobody_has_this"}), "component": f"{tmp_path}/"}
    with pytest.raises(ConfigError, match="there is no module nobody_has_this"):
        examine("app", document)


def test_all_components_are_checked(tmp_path: Path) -> None:
    """By `unit-wasm check`, which compiles them into the cache."""
    (tmp_path / "number.wat").write_text(NUMBER.format(number=1))
    (tmp_path / "broken.wat").write_text("(component 1")
    shutil.copy(guest("hello"), tmp_path / "hello.wasm")
    document: Any = {"applications": {"app": {**application("hello"), "component": f"{tmp_path}/"}}}
    broken, hello, number = check_applications(document)
    assert (broken.topic, broken.state) == ("app/broken.wat", "fail")
    assert "does not assemble" in broken.text
    assert (hello.topic, hello.state) == ("app/hello.wasm", "fail")
    assert "the component answers HTTP itself" in hello.text
    assert (number.topic, number.state) == ("app/number.wat", "ok")


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    document = {**application("hello"), "component": f"{tmp_path}/no/"}
    with pytest.raises(ComponentError, match="does not exist"):
        examine("app", document)


def test_who_compiles_has_gone(tmp_path: Path) -> None:
    (tmp_path / "number.wat").write_text(NUMBER.format(number=1))
    terms = {"path": str(tmp_path), "application": application("hello")}
    asking = start("app", terms)
    os.kill(asking.process, signal.SIGKILL)
    os.waitpid(asking.process, 0)
    with said() as (log, lines):
        directory = UnitDirectory(ffi, lib, config_of("app", terms), asking, log)
        directory.load(ffi.NULL)
        directory.stop()
    asking.close()
    (line,) = lines
    assert line.startswith("app: number.wat cannot be used: the process that compiles has gone")


def test_in_another_root_it_cannot_be_served(tmp_path: Path) -> None:
    document = {
        **application("hello"),
        "component": str(tmp_path),
        "isolation": {"rootfs": "/srv/root"},
    }
    with pytest.raises(ConfigError, match="cannot be served in another root") as raised:
        examine("app", document)
    assert raised.value.pointer == "/applications/app/isolation/rootfs"


def test_one_that_cannot_be_read(tmp_path: Path) -> None:
    terms = {"path": f"{tmp_path}/no", "application": application("hello")}
    with said() as (log, _), compiling(terms) as asking:
        directory = UnitDirectory(ffi, lib, config_of("app", terms), asking, log)
        with pytest.raises(ComponentError, match="cannot be served: No such file"):
            directory.load(ffi.NULL)
        directory.stop()
