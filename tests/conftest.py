"""For the whole suite: root's rights over files and ports are given up, and signals end programs.

A test that asserts what an ordinary user is told must not pass over because root runs it. Only
tests/unitd keeps them: a real unitd changes users.
"""

import ctypes
import os
import signal

import pytest

# Linux, linux/capability.h and linux/prctl.h.
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH, _CAP_NET_BIND_SERVICE = 1, 2, 10
_GIVEN_UP = (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH, _CAP_NET_BIND_SERVICE)
_PR_CAPBSET_DROP = 24
_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def pytest_configure(config: pytest.Config) -> None:
    """Give the rights up, for this process and for every program that it starts."""
    # A shell that starts the tests in the background has them, and all that they start, ignore
    # SIGINT, and nohup SIGHUP.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if os.geteuid() != 0 or "UNITD" in os.environ:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = _Header(_VERSION_3, 0)
    sets = (_Sets * 2)()
    _check(libc.capget(ctypes.byref(header), sets))
    for capability in _GIVEN_UP:
        # Already gone in a container that gives fewer rights: then this fails, which is as good.
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
        sets[0].effective &= ~(1 << capability)
        sets[0].permitted &= ~(1 << capability)
        sets[0].inheritable &= ~(1 << capability)
    _check(libc.capset(ctypes.byref(header), sets))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are processors: tests wait for a fifth of their time."""
    return len(os.sched_getaffinity(0)) + 1


def _check(status: int) -> None:
    if status != 0:
        raise OSError(ctypes.get_errno(), "root's rights cannot be given up")
