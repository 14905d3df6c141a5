"""The client of the module's outgoing requests, played by a test; see tests/harness/double.py."""

import select
import time

from tests.harness.double import TIMEOUT, Module
from tests.harness.double_values import ffi, lib
from tests.harness.outgoing import Asked, Notes
from unit_wasm.native.outgoing import OutgoingCalls


class ModulePeer(Notes):
    """All requests that the guests of a module have sent; the module runs by itself.

    Parameters:
        module: its component may send requests, and the test lets it end after the last call here.
    """

    def __init__(self, module: Module) -> None:
        module.wait(lambda: lib.double_client() != ffi.NULL, "started its client")
        super().__init__(OutgoingCalls(ffi, lib, lib.uw_outgoing_table_of(lib.double_client())))

    def next(self) -> Asked:
        """Wait for the next request that a guest sends."""
        count = len(self.asked)
        deadline = time.monotonic() + TIMEOUT
        while len(self.asked) == count:
            left = max(0.0, deadline - time.monotonic())
            assert select.select([self.worker.outgoing_fd()], [], [], left)[0], "nothing is sent"
            self.take()
        assert len(self.asked) == count + 1
        return self.asked[-1]
