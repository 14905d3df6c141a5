"""What an application has in its `environment` is its guest's, and steers nothing of the host."""

import os
import subprocess
from pathlib import Path

import pytest
import trustme

from tests.harness.http import request
from tests.harness.peer import keep, peer
from tests.harness.unitd import Unit, Unitd, application
from tests.live.outgoing_client import server_context

PRELOADED = r"""
#include <fcntl.h>
#include <unistd.h>

static void __attribute__((constructor))
loaded(void)
{
    (void) close(open("%s", O_CREAT | O_WRONLY, 0600));
}
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may change users")


def library_that_leaves(mark: Path, folder: Path) -> Path:
    """Return a shared library that makes the file `mark` wherever it is loaded."""
    source, made = folder / "preloaded.c", folder / "preloaded.so"
    source.write_text(PRELOADED % mark)
    compiler = os.environ.get("CC", "cc").split()
    subprocess.run([*compiler, "-shared", "-fPIC", "-o", made, source], check=True)
    return made


def hostile(server: Unitd, mark: Path) -> dict[str, str]:
    """Return an environment that asks for another host in every way that is known."""
    folder = server.folder / "guest"
    folder.mkdir()
    return {
        "LD_PRELOAD": str(library_that_leaves(mark, folder)),
        "LD_LIBRARY_PATH": str(folder),
        "LD_DEBUG": "libs",
        "GLIBC_TUNABLES": "glibc.malloc.check=3",
        "HOME": str(folder / "home"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "TMPDIR": str(folder / "tmp"),
        "PATH": str(folder),
        "LANG": "tr_TR.ISO-8859-9",
        "LC_ALL": "tr_TR.ISO-8859-9",
        "PYTHONPATH": str(folder),
        "PYTHONHOME": str(folder),
        "PYTHONINSPECT": "1",
        "SSL_CERT_FILE": str(folder / "none.pem"),
        "SSL_CERT_DIR": str(folder),
        "OPENSSL_CONF": str(folder / "openssl.cnf"),
        "https_proxy": "http://127.0.0.1:9",
        "RES_OPTIONS": "timeout:30",
        "RUST_BACKTRACE": "full",
        "WASMTIME_BACKTRACE_DETAILS": "1",
    }


@needs_root
@pytest.mark.parametrize("outgoing", ["", "*"])
def test_the_guest_sees_it_and_the_host_does_not(unit: Unit, outgoing: str) -> None:
    with unit.start() as server:
        mark = server.folder / "mark"
        variables = hostile(server, mark)
        options = {"OUTGOING": outgoing} if outgoing else {}
        document = application("env", options, environment=variables, user="nobody")
        server.configure({"env": document})
        shown = request(server["env"]).body.decode().splitlines()
        assert {f"variable: {name}={value}" for name, value in variables.items()} <= set(shown)
        assert not mark.exists()
        assert sorted(path.name for path in (server.folder / "guest").iterdir()) == [
            "preloaded.c",
            "preloaded.so",
        ]
        # What the loader or Python say of such variables.
        assert "preloaded" not in server.log
        assert "calling init" not in server.log


def test_certificates_that_only_the_application_names(unit: Unit, tmp_path: Path) -> None:
    """Whom outgoing HTTPS trusts is said by UNIT_WASM_CA_FILE."""
    authority = trustme.CA()
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    with peer(keep, server_context(authority, "127.0.0.1")) as there, unit.start() as server:
        options = {"OUTGOING": "* 127.0.0.0/8"}
        variables = {
            "PEER": f"https://127.0.0.1:{there.port}",
            "SSL_CERT_FILE": str(ca_file),
        }
        server.configure(
            {
                "variable": application("outgoing-get", options, environment=variables),
                "option": application(
                    "outgoing-get", {**options, "CA_FILE": str(ca_file)}, environment=variables
                ),
            }
        )
        assert request(server["option"]).body.split(b"\n")[0] == b"status 200"
        first = request(server["variable"]).body.split(b"\n")[0]
        assert first == b"error TLS-certificate-error"
