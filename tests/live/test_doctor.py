"""``unit-wasm doctor`` as a program, with a ``unitd`` that only describes itself."""

import json
import os
import pwd
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import unit_wasm
from tests.harness.fake_unit import fake_module, fake_unitd, script
from unit_wasm.native import worker as native

# Its program is started with an environment of its own, which has no room for the sanitizers.
pytestmark = pytest.mark.no_asan

ROOT = Path(__file__).parents[2]
HELLO = ROOT / "examples" / "hello" / "hello.wat"
VERSION = unit_wasm.__version__
NAME = "wasm_wasi_component.unit.so"
OR_ME = "" if os.geteuid() == 0 else f" and {pwd.getpwuid(os.geteuid()).pw_name}"
ME = pwd.getpwuid(os.geteuid()).pw_name
BUILD = "(unit-wasm build-module, then unit-wasm install-module)"
REBUILD = "(run unit-wasm build-module and install-module, and restart Unit)"


class Doctor:
    """Runs the program with a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unitd = fake_unitd(folder, user=ME)
        self.modules = folder / "modules"
        self.cache = folder / "cache"
        self.packages = folder / "packages"
        self.packages.mkdir(mode=0o755)
        # The interpreter of a module. Who owns the one that runs the tests is not their matter.
        answer = json.dumps([VERSION, native.sources_digest(), [str(self.packages)]])
        self.python = script(folder / "python", f"echo '{answer}'")

    def __call__(
        self, *arguments: str | Path, preexec: Callable[[], None] | None = None
    ) -> tuple[int, list[str], str]:
        """Return the exit status, the lines and what was said on standard error."""
        command = [sys.executable, "-m", "unit_wasm", "doctor", "--cache-dir", str(self.cache)]
        done = subprocess.run(
            [*command, "--unitd", str(self.unitd), *map(str, arguments)],
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            preexec_fn=preexec,
        )
        return done.returncode, done.stdout.splitlines(), done.stderr

    def failing(self, *arguments: str | Path) -> list[str]:
        """Return the lines that are not ``ok`` of a run that has to fail."""
        status, lines, error = self(*arguments)
        bad = [line for line in lines if not line.startswith("ok ")]
        failures = sum(line.startswith("fail ") for line in bad)
        assert status == 1
        assert error == f"unit-wasm: host error: {failures} of these checks failed\n"
        return bad

    def module(self, **changes: str) -> Path:
        """Install a module."""
        return fake_module(self.modules / NAME, **{"python": str(self.python), **changes})


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    return Doctor(tmp_path)


def test_all_is_well(doctor: Doctor) -> None:
    module = doctor.module()
    status, lines, error = doctor()
    topics = [line.partition(":")[0] for line in lines]
    assert (status, error) == (0, "")
    assert topics == [
        "ok    python",
        "ok    libwasmtime",
        "ok    build-module",
        "ok    cache",
        "ok    memory",
        "ok    component",
        "ok    unitd",
        "ok    module",
        "ok    interpreter",
        "ok    owners",
        f"ok    user {ME}",
    ]
    assert lines[3] == f"ok    cache: {doctor.cache}, writable for uid {os.geteuid()}"
    assert lines[4] == "ok    memory: address space and mappings for 1000 exchanges"
    assert lines[5].startswith(f"ok    component: {HELLO} answers in ")
    assert lines[6:] == [
        f"ok    unitd: 1.35.0 in {doctor.unitd}",
        f"ok    module: {module} for Unit 1.35.0",
        f"ok    interpreter: {doctor.python} imports unit_wasm {VERSION}",
        f"ok    owners: only root{OR_ME} may change what unitd runs",
        f"ok    user {ME}: may read {module} and /etc/passwd",
    ]


def test_a_component_whose_functions_are_called(doctor: Doctor) -> None:
    doctor.module()
    cipher = ROOT / "examples" / "cipher" / "cipher.wat"
    status, lines, error = doctor("--component", cipher)
    assert (status, error) == (0, "")
    assert lines[5] == f"ok    component: {cipher} compiles: its functions can be called"


def test_json(doctor: Doctor) -> None:
    module = doctor.module()
    status, lines, error = doctor("--json")
    found = json.loads("\n".join(lines))
    assert (status, error, found["failures"]) == (0, "", 0)
    assert [check["topic"] for check in found["checks"]][-2:] == ["owners", f"user {ME}"]
    assert found["checks"][7] == {
        "state": "ok",
        "topic": "module",
        "text": f"{module} for Unit 1.35.0",
        "hint": None,
    }
    module.unlink()
    status, lines, error = doctor("--json")
    found = json.loads("\n".join(lines))
    assert (status, error) == (1, "unit-wasm: host error: 1 of these checks failed\n")
    assert (found["failures"], found["checks"][-1]["state"]) == (1, "fail")


def test_no_module(doctor: Doctor) -> None:
    assert doctor.failing() == [
        f"fail  module: {doctor.modules} has no module of unit_wasm {BUILD}"
    ]


def test_modules_of_others_are_not_looked_at(doctor: Doctor) -> None:
    (doctor.modules / "php.unit.so").write_bytes(b"\x7fELF php")
    doctor.module()
    assert doctor()[0] == 0


def test_another_directory(doctor: Doctor) -> None:
    other = doctor.folder / "other"
    other.mkdir()
    doctor.module(unit="13600")
    fake_module(other / NAME)
    assert doctor("--modules-dir", other)[0] == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"unit": "13600"}, "the module is for Unit 1.36.0, but {unitd} is 1.35.0"),
        ({"debug": "1"}, "the module is for Unit 1.35.0 with --debug, but {unitd} is 1.35.0"),
    ],
)
def test_another_unit(doctor: Doctor, changes: dict[str, str], said: str) -> None:
    module = doctor.module(**changes)
    assert doctor.failing() == [
        f"fail  module: {module}: {said.format(unitd=doctor.unitd)} "
        "(build it with the source tree of that unitd)"
    ]


def test_another_version_of_ours(doctor: Doctor) -> None:
    module = doctor.module(version="0.0.1")
    assert doctor.failing() == [
        f"warn  module: {module} was built by unit_wasm 0.0.1, and this is {VERSION} {BUILD}",
        f"fail  interpreter: the module was built by unit_wasm 0.0.1, and {doctor.python} has "
        f"{VERSION} {REBUILD}",
    ]


@pytest.mark.parametrize("digest", ["0123456789abcdef", ""])
def test_other_sources_of_ours(doctor: Doctor, digest: str) -> None:
    """The version alone does not tell: a row inserted in a table changes what numbers mean."""
    doctor.module(digest=digest)
    assert doctor.failing() == [
        f"fail  interpreter: the module was built by unit_wasm {VERSION} from other C sources "
        f"({digest or 'unknown'}), and {doctor.python} has {VERSION} ({native.sources_digest()}) "
        f"{REBUILD}",
    ]


def test_two_modules_of_one_type(doctor: Doctor) -> None:
    doctor.module()
    fake_module(doctor.modules / "a.unit.so")
    status, lines, _ = doctor()
    assert status == 0
    assert lines[7] == (
        f"warn  module: {doctor.modules / NAME} serves wasm-wasi-component as "
        f"{doctor.modules / 'a.unit.so'} does: Unit takes one of them (remove one)"
    )


def test_the_interpreter_is_gone(doctor: Doctor) -> None:
    doctor.module(python="/gone/python")
    assert doctor.failing() == [
        "fail  interpreter: /gone/python cannot be run: No such file or directory "
        "(put it back, or build the module with the Python that is there now)"
    ]


def test_the_interpreter_of_the_tests(doctor: Doctor) -> None:
    """A real one answers, and what it runs is looked at."""
    doctor.module(python=sys.executable)
    _, lines, _ = doctor()
    assert lines[8] == f"ok    interpreter: {sys.executable} imports unit_wasm {VERSION}"
    assert re.match(r"(ok  |fail)  owners: ", lines[9])


def test_packages_that_others_may_change(doctor: Doctor) -> None:
    doctor.module()
    (doctor.packages / "a.py").touch()
    (doctor.packages / "a.py").chmod(0o666)
    cure = (
        f"(let the folders of Python and unit_wasm belong to {ME} and take the right to write "
        "from others (chown -R, chmod -R go-w), or put them elsewhere, e.g. into /opt)"
    )
    said = f"may be written by everybody{{}}, and unitd runs it, or what is in it, as {ME}"
    assert doctor.failing() == [
        f"fail  owners: {doctor.packages}/a.py {said.format('')} {cure}",
    ]
    doctor.packages.chmod(0o777)
    assert doctor.failing() == [
        f"fail  owners: {doctor.packages} {said.format(' (and 1 more)')} {cure}",
    ]


def test_a_module_that_others_may_change(doctor: Doctor) -> None:
    module = doctor.module()
    module.chmod(0o646)
    (line,) = doctor.failing()
    assert line.startswith(f"fail  owners: {module} may be written by everybody, and unitd runs ")


def test_the_interpreter_lacks_the_package(doctor: Doctor) -> None:
    python = script(doctor.folder / "python", "echo Traceback >&2; echo no unit_wasm >&2; exit 1")
    doctor.module(python=str(python))
    assert doctor.failing() == [
        f"fail  interpreter: {python} cannot import unit_wasm: no unit_wasm "
        "(put it back, or build the module with the Python that is there now)"
    ]


def test_an_unknown_user(doctor: Doctor) -> None:
    doctor.module()
    assert doctor.failing("--user", "no-such-user") == [
        "fail  user no-such-user: there is no user no-such-user "
        "(make it, or name another with --user)"
    ]


def test_a_user_who_may_not_read_the_module(doctor: Doctor) -> None:
    module = doctor.module()
    module.chmod(0o600)
    # The folder of the test may be closed too: then that is what is found first.
    (line,) = doctor.failing("--user", "nobody")
    assert line.startswith(f"fail  user nobody: may not read {module}, because of ")
    assert line.endswith("(chmod it, or put Python where every user may read it, e.g. /opt)")


def test_no_library_of_python(doctor: Doctor) -> None:
    doctor.module(libpython="/gone/libpython.so")
    assert doctor.failing() == [
        f"fail  user {ME}: /gone/libpython.so: No such file or directory (build the module again)"
    ]


def test_what_was_named_is_no_unitd(doctor: Doctor) -> None:
    doctor.unitd.write_text("#!/bin/sh\n")
    assert doctor.failing() == [
        f"fail  unitd: {doctor.unitd} does not describe itself as unitd does "
        "(name the unitd of NGINX Unit or FreeUnit)"
    ]


def test_a_cache_that_others_may_write(doctor: Doctor) -> None:
    doctor.module()
    doctor.cache.mkdir()
    doctor.cache.chmod(0o777)
    said = (
        f"others may write into the cache folder {doctor.cache} "
        f"(compiled code is executed: chmod 0700 {doctor.cache})"
    )
    assert doctor.failing() == [f"fail  cache: {said}", f"fail  component: {said}"]


@pytest.mark.parametrize(
    ("folder", "what"),
    [
        ("file/x", "cannot be made: Not a directory"),
        # No user may write there.
        ("/proc/sys", "cannot be written: "),
    ],
)
def test_a_cache_that_cannot_be_used(doctor: Doctor, folder: str, what: str) -> None:
    """It costs time, and nothing else."""
    doctor.module()
    (doctor.folder / "file").touch()
    doctor.cache = doctor.folder / folder
    status, lines, error = doctor()
    assert (status, error) == (0, "")
    assert lines[3].startswith(f"warn  cache: the cache folder {doctor.cache} {what}")
    assert lines[3].endswith(
        " (every start compiles; set UNIT_WASM_CACHE_DIR (--cache-dir) to a folder of this user)"
    )
    assert lines[5].startswith(f"ok    component: {HELLO} answers in ")


def test_a_component_that_is_not_there(doctor: Doctor) -> None:
    doctor.module()
    assert doctor.failing("--component", "gone.wasm") == [
        "fail  component: the component file gone.wasm does not exist"
    ]


def test_an_option_that_is_wrong(doctor: Doctor) -> None:
    status, lines, error = doctor("--max-exchanges", "0")
    assert (status, lines) == (1, [])
    assert error.startswith("unit-wasm: configuration error: --max-exchanges is 0, ")


def test_too_little_address_space(doctor: Doctor) -> None:
    """No failure: instances are allocated on demand then."""
    doctor.module()
    limit = 64 << 30

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    status, lines, error = doctor("--max-exchanges", "300", preexec=limited)
    assert (status, error) == (0, "")
    memory = re.fullmatch(
        "warn  memory: a pool of 300 instances takes 1200 GiB of address space, and ulimit -v "
        "allows 64GiB: about ([0-9]+) have room at once, with 256MiB for each memory, and their "
        "addresses are checked, which is slower "
        r"\(raise the limit, or lower UNIT_WASM_MAX_EXCHANGES\)",
        lines[4],
    )
    assert memory is not None, lines[4]
    assert 200 < int(memory[1]) < 256
    component = re.fullmatch(
        f"warn  component: {HELLO} answers, but without a pool: doctor: no address space for a "
        "pool of 300 instances; instances are allocated on demand, which is slower, and about "
        "([0-9]+) have room at once",
        lines[5],
    )
    assert component is not None, lines[5]
    # Beside its own memory it has the one through which its bytes are carried.
    assert 100 < int(component[1]) < 128


def test_address_space_for_no_instance(doctor: Doctor) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (160 << 20, 160 << 20))

    status, lines, error = doctor(preexec=limited)
    assert (status, error[-20:]) == (1, "these checks failed\n"), error
    assert lines[4] == (
        "fail  memory: ulimit -v allows 160MiB of address space: no instance has room "
        "(raise the limit, or lower UNIT_WASM_MAX_EXCHANGES)"
    )
