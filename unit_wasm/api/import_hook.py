"""``import adder`` from a file ``adder.wasm`` beside the script, for those who ask for it."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any


def install_import_hook(**options: Any) -> None:
    """Let ``import NAME`` load ``NAME.wasm``, where no module of Python has that name.

    A name with underscores means a file with hyphens, too. What the component exports are
    attributes of the module.

    Parameters:
        options: of :func:`unit_wasm.load`, for each component that is imported.
    """
    for finder in sys.meta_path:
        if isinstance(finder, _Finder):
            finder.options = options
            return
    # At the end: a component must not take the place of a module.
    sys.meta_path.append(_Finder(options))


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        name = fullname.rpartition(".")[2]
        for folder in sys.path if path is None else path:
            for stem in dict.fromkeys((name, name.replace("_", "-"))):
                file = os.path.join(folder or os.getcwd(), f"{stem}.wasm")
                if os.path.isfile(file):
                    loader = _Loader(file, self.options)
                    return importlib.machinery.ModuleSpec(fullname, loader, origin=file)
        return None


class _Loader(importlib.abc.Loader):
    def __init__(self, file: str, options: Mapping[str, Any]) -> None:
        self._file = file
        self._options = options

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        from unit_wasm.api.load import load

        component = load(self._file, **self._options)
        module.__file__ = self._file
        module.__doc__ = repr(component)[1:-1]
        module.__dict__["__component__"] = component
        module.__dict__["__getattr__"] = lambda name: _attribute(component, name)
        module.__dict__["__dir__"] = lambda: dir(component)


def _attribute(component: Any, name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    return getattr(component, name)
