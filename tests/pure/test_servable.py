"""Whether this host can serve a component, and what it says where it cannot."""

import pytest

from tests.harness.component_text import assemble
from unit_wasm.component.info import ComponentInfo, ImportedInterface
from unit_wasm.component.inspect import check_servable, inspect
from unit_wasm.errors import ComponentError
from unit_wasm.wit.provided import Provided, ProvidedInterfaces

_CORE = b"\0asm\x01\0\0\0"
_HANDLER = "wasi:http/incoming-handler@0.2.3"
_PROXY = "build it for the wasi:http/proxy world"


def _info(*imports: ImportedInterface, handler: str | None = _HANDLER) -> ComponentInfo:
    exports = () if handler is None else (handler,)
    return ComponentInfo(imports, exports, handler, 1, 1, 1)


def _interface(name: str, version: str | None, *functions: str) -> ImportedInterface:
    return ImportedInterface(name, version, functions, ())


def _exporting(name: str) -> str:
    return f'(component (instance $i) (export "{name}" (instance $i)))'


def _check_fails(
    info: ComponentInfo, provided: ProvidedInterfaces, message: str, hint: str
) -> None:
    with pytest.raises(ComponentError) as caught:
        check_servable(info, provided)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def _provided(versions: tuple[str, ...], *functions: str) -> Provided:
    return Provided(versions, frozenset(functions))


_PROVIDED = {
    "wasi:io/poll": (_provided(("0.2.",), "poll", "[method]pollable.block"),),
    "wasi:http/types": (_provided(("0.2.",)),),
    "acme:kv/store": (_provided(("1.0.0", ""), "get"), _provided(("2.0.0-draft",), "find")),
}


def test_what_is_provided_is_servable() -> None:
    check_servable(_info(), {})
    check_servable(
        _info(
            _interface("wasi:io/poll", "0.2.12", "poll"),
            _interface("wasi:http/types", "0.2.0"),
            _interface("acme:kv/store", "1.0.0", "get"),
            _interface("acme:kv/store", None, "get"),
            _interface("acme:kv/store", "2.0.0-draft", "find"),
            _interface("wasi:io/poll", "0.2.0+build", "poll"),
            ImportedInterface("alias", None, (), (), "type"),
        ),
        _PROVIDED,
    )


@pytest.mark.parametrize(
    ("name", "version", "hint"),
    [
        ("wasi:keyvalue/store", "0.2.0", "build the component for the wasi:http/proxy world"),
        ("wasi:io/poll", "0.1.0", "the host provides wasi:io/poll@0.2.x"),
        ("wasi:io/poll", None, "the host provides wasi:io/poll@0.2.x"),
        ("wasi:io/poll", "0.2.0-rc-2023-11-10", "the host provides wasi:io/poll@0.2.x"),
        ("wasi:io/poll", "0.3.0", "the host provides wasi:io/poll@0.2.x"),
        ("wasi:io/poll", "0.2.01", "the host provides wasi:io/poll@0.2.x"),
        (
            "acme:kv/store",
            "1.0.1",
            "the host provides acme:kv/store@1.0.0, acme:kv/store and acme:kv/store@2.0.0-draft",
        ),
        (
            "acme:kv/other",
            "1.0.0",
            "compose it with a component that exports acme:kv/other@1.0.0, "
            "with `unit-wasm compose`",
        ),
        (
            "acme:kv/other",
            None,
            "compose it with a component that exports acme:kv/other, with `unit-wasm compose`",
        ),
    ],
)
def test_one_unknown_import(name: str, version: str | None, hint: str) -> None:
    item = _interface(name, version)
    message = f"the component imports {item.full_name}, which the host does not provide"
    _check_fails(_info(item), _PROVIDED, message, hint)


@pytest.mark.parametrize(
    ("count", "listing"),
    [
        (2, "a:b/i0@1.0.0 and a:b/i1@1.0.0"),
        (3, "a:b/i0@1.0.0, a:b/i1@1.0.0 and a:b/i2@1.0.0"),
        (4, "a:b/i0@1.0.0, a:b/i1@1.0.0, a:b/i2@1.0.0 and 1 more"),
        (12, "a:b/i0@1.0.0, a:b/i1@1.0.0, a:b/i2@1.0.0 and 9 more"),
    ],
)
def test_several_unknown_imports(count: int, listing: str) -> None:
    info = _info(*(_interface(f"a:b/i{i}", "1.0.0") for i in range(count)))
    hint = "compose it with a component that exports a:b/i0@1.0.0, with `unit-wasm compose`"
    message = f"the component imports {listing}, which the host does not provide"
    _check_fails(info, _PROVIDED, message, hint)


@pytest.mark.parametrize("sort", ["function", "core module", "component"])
def test_an_import_that_is_no_interface(sort: str) -> None:
    _check_fails(
        _info(ImportedInterface("log", None, (), (), sort)),
        _PROVIDED,
        f"the component imports the {sort} log, which the host does not provide",
        "only interfaces can be provided by a host, such as wasi:http/types@0.2.0",
    )


def test_an_import_of_a_resource_type() -> None:
    _check_fails(
        _info(ImportedInterface("r", None, (), ("r",), "type")),
        _PROVIDED,
        "the component imports the type r, which the host does not provide",
        "only interfaces can be provided by a host, such as wasi:http/types@0.2.0",
    )


def test_missing_functions() -> None:
    hint = "an interface of WASI 0.2 has other functions, or a newer 0.2.x added some"
    _check_fails(
        _info(_interface("wasi:io/poll", "0.2.9", "poll", "nap")),
        _PROVIDED,
        "the component imports the function nap of wasi:io/poll@0.2.9,"
        " which the host does not provide",
        hint,
    )
    _check_fails(
        _info(
            _interface("wasi:io/poll", "0.2.9", "a", "b"),
            _interface("acme:kv/store", None, "get", "put", "list"),
        ),
        _PROVIDED,
        "the component imports the functions a of wasi:io/poll@0.2.9, b of wasi:io/poll@0.2.9,"
        " put of acme:kv/store and 1 more, which the host does not provide",
        hint,
    )


def test_no_handler() -> None:
    _check_fails(
        _info(handler=None),
        {},
        "the component does not export wasi:http/incoming-handler@0.2.x",
        _PROXY,
    )


def test_a_handler_of_another_version() -> None:
    name = "wasi:http/incoming-handler@0.2.0-rc-2023-12-05"
    _check_fails(
        inspect(assemble(_exporting(name))),
        {},
        f"the component exports {name}, which is not wasi:http/incoming-handler@0.2.x",
        _PROXY,
    )
