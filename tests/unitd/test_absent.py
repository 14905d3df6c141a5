"""One component that cannot be prepared when unitd starts takes nothing else down with it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import guest
from tests.harness.http import Response, request
from tests.harness.processes import wait_until
from tests.harness.unitd import Unit, Unitd, application

pytestmark = pytest.mark.slow

# Beyond the longest time between two attempts.
PATIENCE = 60.0


class Site:
    """Two applications and a folder of files, in a Unit that is started again.

    Parameters:
        server: the Unit.
        folder: where the component is that something is done to.
    """

    def __init__(self, server: Unitd, folder: Path) -> None:
        self.server = server
        self.component = folder / "component.wasm"
        self.cache = folder / "cache"
        self.aside = folder / "aside"
        self.first = f"{server.host}:{server.port}"
        self.second = f"{server.host}:{server.port + 1}"
        self.files = f"{server.host}:{server.port + 2}"
        shutil.copy(guest("hello-wat"), self.component)
        (folder / "index.html").write_text("a file\n")
        self.application: dict[str, Any] = {
            **application("hello", {"CACHE_DIR": str(self.cache), "COMPILE_TIMEOUT": "3s"}),
            "component": str(self.component),
        }
        self.share = f"{folder}$uri"

    def configure(self, **more: Any) -> None:
        self.application |= more
        self.server.put(
            "/config",
            {
                "listeners": {
                    self.first: {"pass": "applications/first"},
                    self.second: {"pass": "applications/second"},
                    self.files: {"pass": "routes"},
                },
                "routes": [{"action": {"share": self.share}}],
                "applications": {"first": self.application, "second": application("hello")},
                "settings": {"listen_threads": 1},
            },
        )
        assert request(self.first).status == 200

    def others_answer(self) -> None:
        assert request(self.second).body == b"Hello, WASI!\n"
        assert request(self.files, "GET", "/index.html").body == b"a file\n"

    def answer(self) -> Response:
        return request(self.first)

    def is_back(self) -> None:
        """Wait until it answers, and for nobody to try any more."""
        wait_until(lambda: self.answer().status == 200, "to answer", PATIENCE)
        assert self.answer().body == b"Hello, WASI!\n"
        wait_until(lambda: preparations(self.server) == [], "for the helper to end")


def preparations(server: Unitd) -> list[int]:
    """Return the processes that try again."""
    return [item.pid for item in server.processes() if item.title.endswith(" preparation")]


@pytest.fixture
def site(unit: Unit) -> Iterator[Site]:
    with unit.start() as server:
        folder = server.folder / "site"
        folder.mkdir(mode=0o755)
        yield Site(server, folder)


def vanish(site: Site) -> None:
    site.component.rename(site.aside)


def come_back(site: Site) -> None:
    site.aside.rename(site.component)


def become_garbage(site: Site) -> None:
    shutil.copy(site.component, site.aside)
    site.component.write_bytes(b"\x00asm" + os.urandom(1000))


def open_the_cache(site: Site) -> None:
    site.cache.chmod(0o777)


def close_the_cache(site: Site) -> None:
    site.cache.chmod(0o700)


def take_too_long(site: Site) -> None:
    """Nested loops, and a table of branches that leads to each of them."""
    from tests.harness.component_text import assemble

    loops = 30_000
    labels = " ".join(map(str, range(loops)))
    nested = f"{'loop ' * loops} local.get 0 br_table {labels} {'end ' * loops}"
    module = assemble(f"(component (core module (func (param i32) {nested})))")
    shutil.copy(site.component, site.aside)
    site.component.write_bytes(site.component.read_bytes() + module[8:])


Deed = Callable[[Site], None]


@pytest.mark.parametrize(
    ("spoil", "mend", "reason"),
    [
        (vanish, come_back, "does not exist"),
        (become_garbage, come_back, "component error: /applications/first/component: "),
        (open_the_cache, close_the_cache, "others may write into the cache folder"),
        (take_too_long, come_back, "the component takes more than 3s to compile"),
    ],
)
def test_a_start_without_a_component(site: Site, spoil: Deed, mend: Deed, reason: str) -> None:
    site.configure()
    site.server.start_again(lambda: spoil(site))
    site.others_answer()
    answer = site.answer()
    assert (answer.status, answer.body) == (503, b"503 Service Unavailable\n")
    assert int(answer.field("retry-after") or 0) > 0
    assert reason in site.server.log
    assert "first: it was good when it was configured" in site.server.log
    site.others_answer()
    mend(site)
    site.is_back()
    site.others_answer()
    assert "first: it can be prepared again, and is started" in site.server.log


@pytest.mark.parametrize(
    "more",
    [
        {"processes": 3},
        {"processes": {"max": 2, "spare": 0, "idle_timeout": 1}},
        {"isolation": {"namespaces": {"pid": True, "mount": True, "network": True}}},
        {"isolation": {"namespaces": {"credential": True}}},
        {"environment": {"UNIT_WASM_OUTGOING": "http://localhost"}},
        {"processes": 2, "limits": {"requests": 3}},
    ],
    ids=["processes", "on demand", "namespaces", "credential", "outgoing", "limits"],
)
def test_however_it_is_run(site: Site, more: dict[str, Any]) -> None:
    more["environment"] = {**site.application["environment"], **more.get("environment", {})}
    site.configure(**more)
    site.server.start_again(lambda: vanish(site))
    assert [site.answer().status for _ in range(10)] == [503] * 10
    site.others_answer()
    come_back(site)
    site.is_back()


def test_in_another_root(site: Site, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    site.configure(isolation={"rootfs": str(root)})
    site.server.start_again(lambda: vanish(site))
    assert site.answer().status == 503
    come_back(site)
    site.is_back()


def test_a_restart_without_a_component(site: Site) -> None:
    """By the control API, while Unit runs."""
    site.configure()
    vanish(site)
    site.server.restart("first")
    wait_until(lambda: site.answer().status == 503, "to be restarted")
    site.others_answer()
    come_back(site)
    site.is_back()


def test_a_change_still_fails(site: Site) -> None:
    """What was not good before has to be refused, and what runs goes on."""
    site.configure()
    changed = {**site.application, "component": "/nowhere.wasm"}
    site.server.refuses("/config/applications/first", changed)
    assert site.answer().status == 200
    assert preparations(site.server) == []


def test_a_change_while_it_is_absent(site: Site) -> None:
    """One of something else leaves it alone; one of itself ends the attempts."""
    site.configure()
    site.server.start_again(lambda: vanish(site))
    helper = preparations(site.server)
    site.server.put("/config/settings/http", {"server_version": False})
    assert site.answer().status == 503
    assert preparations(site.server) == helper
    site.server.put("/config/applications/first/component", str(guest("hello-wat")))
    site.is_back()


def test_unit_ends_while_it_is_absent(site: Site) -> None:
    site.configure()
    site.server.start_again(lambda: vanish(site))
    assert len(preparations(site.server)) == 1
    # Nothing is left: the end of the fixture looks.
