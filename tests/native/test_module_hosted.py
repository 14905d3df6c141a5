"""Functions in Python in the module, through our double: the test is what Python is there."""

import contextlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import application
from tests.harness.double import Module, running, setup
from tests.harness.double_values import ffi, lib
from tests.harness.hosts import HOSTS, write_hosts
from unit_wasm.errors import ComponentError, ConfigError
from unit_wasm.hosting.functions import hosted
from unit_wasm.hosting.service import Service
from unit_wasm.native.hosting import HostCalls
from unit_wasm.unit.prepare import Examined, examine
from unit_wasm.unit.worlds import imports_of, world_of, world_text

LOG = logging.getLogger("unit_wasm.test_module_hosted")


def document(name: str, folder: Path, guest: str = "hosted", **options: str) -> dict[str, Any]:
    return application(guest, {"HOST": f"{name}:Things", "HOST_PATH": str(folder), **options})


def prepared(name: str, folder: Path, **more: Any) -> Examined:
    return examine("app", {**document(name, folder), **more})


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Module]:
    """Run the module, whose worker calls what is in a folder."""
    name = write_hosts(folder)
    own = prepared(name, folder).own
    assert own is not None
    with running("hosted", HOST=f"{name}:Things", HOST_PATH=str(folder)) as module:
        module.wait(lambda: lib.double_client() != ffi.NULL, "started its client")
        calls = HostCalls(ffi, lib, lib.uw_hostcalls_of(lib.double_client()))
        world = imports_of(world_of(world_text(own.world)), own.names)
        found = hosted(world, f"{name}:Things", folder, {})
        assert found.program == own.program
        service = Service(calls, found.functions, name="app", log=LOG)
        yield module
        service.close()


def test_they_are_called(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with serving(tmp_path) as module, caplog.at_level(logging.ERROR):
        assert module.ask(b"/counter/5/3").body == b"6\n7\n8\n"
        numbers = [
            module.request(b"/check/raise" if number % 10 == 0 else b"/check/text")
            for number in range(50)
        ]
        answers = [module.done(number) for number in numbers]
        assert [answer.status for answer in answers] == [
            500 if number % 10 == 0 else 200 for number in range(50)
        ]
        assert {answer.body for answer in answers if answer.status == 200} == {b"ok: TEXT\n"}
        assert module.log.count("ValueError: on purpose") == 5
        assert module.ask(b"/slow/1").body == b"1\n"
    said = [record.getMessage() for record in caplog.records]
    assert sum('raise ValueError("on purpose")' in line for line in said) == 5


# ---- At a change of the configuration ----


def test_nothing_of_theirs_is_executed_by_prepare(tmp_path: Path) -> None:
    name = write_hosts(tmp_path, "raise SystemExit('executed')\n")
    examined = prepared(name, tmp_path)
    assert examined.own is not None
    assert examined.own.names == {"test:hosted/things"}


@pytest.mark.parametrize("rooted", [False, True])
def test_a_module_that_is_not_there(tmp_path: Path, rooted: bool) -> None:
    more: dict[str, Any] = {"isolation": {"rootfs": str(tmp_path)}} if rooted else {}
    with pytest.raises(ConfigError, match=f"no module nowhere_at_all in {tmp_path}, nor") as caught:
        prepared("nowhere_at_all", tmp_path, **more)
    assert caught.value.pointer == "/applications/app/environment/UNIT_WASM_HOST"


def test_a_module_below_another_root_and_in_a_working_directory(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    name = write_hosts(inside)
    rooted: Any = {**document(name, Path("/inside")), "isolation": {"rootfs": str(tmp_path)}}
    assert examine("app", rooted).own is not None
    relative: Any = {**document(name, Path("inside")), "working_directory": str(tmp_path)}
    assert examine("app", relative).own is not None


def test_a_component_that_cannot_be_served_all_the_same(tmp_path: Path) -> None:
    name = write_hosts(tmp_path)
    for guest in ("hello", "hosted"):
        examined = examine("app", document(name, tmp_path, guest))
        assert examined.own is not None
        assert bool(examined.own.names) is (guest == "hosted")
    document_of = document(name, tmp_path)
    document_of["component"] = str(write_component(tmp_path))
    with pytest.raises(ComponentError, match="/applications/app/component: "):
        examine("app", document_of)


def write_component(folder: Path) -> Path:
    """A component without any export."""
    path = folder / "empty.wat"
    path.write_text("(component)\n")
    return path


# ---- What cannot be imported ----


def kept(folder: Path, applications: dict[str, Any]) -> Path:
    state = folder / "conf.json"
    state.write_text(json.dumps({"listeners": {}, "applications": applications, "settings": {}}))
    return state


def test_a_worker_that_cannot_import_does_not_start(tmp_path: Path) -> None:
    name = write_hosts(tmp_path)
    state = kept(tmp_path, {"app": document(name, tmp_path, MAX_QUEUE="5")})
    module = setup(document(name, tmp_path), state=state)
    assert module.setup_result == 0, module.log
    module.fail("LOAD")
    module.start()
    assert module.ended() == lib.DOUBLE_REFUSED
    module.check()


def test_one_that_was_good_before_answers_503(tmp_path: Path) -> None:
    name = write_hosts(tmp_path, HOSTS)
    wanted = document(name, tmp_path)
    module = setup(wanted, state=kept(tmp_path, {"app": wanted}))
    assert module.setup_result == 0, module.log
    module.fail("LOAD")
    module.start()
    module.message("READY")
    answer = module.ask(b"/check/text")
    assert (answer.status, answer.body) == (503, b"503 Service Unavailable\n")
    assert 1 <= int(answer.header(b"retry-after") or b"0") <= 10
    assert lib.double_client() == ffi.NULL
    assert "it was good before: requests are answered 503" in module.log
    # It ends by itself, so that Unit starts another one, which tries again.
    assert module.ended() == 0
    module.check()
