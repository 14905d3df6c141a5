"""A component that is ready to be served."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Final

from unit_wasm.component.info import ComponentInfo
from unit_wasm.values import dataclass

FULL_RESERVATION: Final = 4 << 30
"""What no address of 32 bits leaves, so that compiled code checks none."""


def identity(found: os.stat_result) -> str:
    """Return what tells a file from any other, and from itself after a change."""
    numbers = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return ":".join(map(str, numbers))


class CodeFile:
    """An open file of machine code: the very one that was checked, or made here.

    Parameters:
        descriptor: becomes this object's, which closes it at its end.
        path: of the file; an empty one where it has no name, because it could not be kept.
    """

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self.path = path

    def fileno(self) -> int:
        """Return the descriptor; -1 after :meth:`close`."""
        return self._descriptor

    @property
    def identity(self) -> str:
        """What tells it from any other file, and from itself after a change."""
        return identity(os.fstat(self._descriptor))

    def close(self) -> None:
        """Close it; what was loaded of it stays."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            self.close()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the engine needs to know of a component.

    Parameters:
        info: what the inspection found; the counts are those of the component that was compiled.
        rewritten: whether its bytes cross as strings: rewrite.py.
        compiled: the file that libwasmtime made of it; an empty path where it could not be kept.
        cached: whether that file was there already.
        unrewritten: why they do not although that was asked for, or None.
        fronted: whether it is inside a front, which only makes it start faster.
        reservation: address space for each linear memory, for which it is compiled; see
            csrc/base/settings.h.
        code: that file, open; it is loaded from here and not by its name again.
        unkept: why the next start has to compile again, or None.
        images: where the images of its memories begin in that file; 0: there are none.
        unbounded: why what its calls pass is not bounded although that was asked for, or None.
        merged: how many core instances fewer there are, because their modules became one.
        unmerged: why none did, or None.
        unimaged: why it has no images, or None.
    """

    info: ComponentInfo
    rewritten: bool
    compiled: Path
    cached: bool
    unrewritten: str | None
    fronted: bool = False
    reservation: int = FULL_RESERVATION
    code: CodeFile | None = field(default=None, compare=False)
    unkept: str | None = None
    unbounded: str | None = None
    images: int = 0
    merged: int = 0
    unmerged: str | None = None
    unimaged: str | None = None

    def notes(self) -> Iterator[str]:
        """Yield what an operator may want to know, a sentence each."""
        if self.unrewritten is not None:
            yield (
                "bodies of this component are copied byte by byte, which is slow: "
                f"{self.unrewritten}"
            )
        if self.unbounded is not None:
            yield (
                "a call of this component may stop its neighbours for a long time, because long "
                f"lists cannot be refused: {self.unbounded}"
            )

    def explained(self) -> Iterator[str]:
        """Yield what was done so that it is fast, and why what was not done was not."""
        yield (
            f"core modules that are linked among themselves became one: {self.merged} fewer"
            if self.merged
            else f"core modules stay as they are: {self.unmerged}"
        )
        yield (
            f"memory begins as an image of its data: {_sizes(self.info.images)}"
            if self.images
            else f"memory begins without an image: {self.unimaged}"
        )
        if self.rewritten:
            yield "bytes cross as strings"
        elif self.unrewritten is not None:
            yield f"bytes cross one by one: {self.unrewritten}"
        yield ("imports are linked as one" if self.fronted else "imports are linked one by one")
        if self.unbounded is not None:
            yield f"what calls pass is not bounded: {self.unbounded}"


def _sizes(sizes: tuple[int, ...]) -> str:
    return ", ".join(f"{size / (1 << 20):.1f} MiB" for size in sizes)
