"""From the data in unit_wasm/wit/data to csrc/wasi/gen: the second half of tools/bindgen.py.

For each package a header with the types, their readers and makers, the functions that have to be
written by hand and how they return; and a source with the code for that and the rows of the host's
functions. What WIT does not say of a function is in bindgen.toml.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from bindgen_codecs import Codecs, kind_of, labels
from bindgen_rows import Ids, Rows
from bindgen_types import NUMBERS, Names, Needs, by_address, c_name, is_handle, resolved
from unit_wasm.wit import model, type_text
from unit_wasm.wit.wasi import Package, known_interface, known_packages


def formatted(text: str, program: Path, style: Path) -> str:
    """Return C as clang-format writes it."""
    command = [str(program), f"--style=file:{style}", "--assume-filename=x.c"]
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def packages_in_c(rows: dict[str, dict[str, Rows]], ids: Ids, both: bool = False) -> dict[str, str]:
    """Return the files, not formatted, of the packages that the rows name.

    Parameters:
        ids: of the rows; those that are new get the next ones.
        both: whatever is read is made, too, and the other way round.
    """
    packages = [each for each in known_packages() if each.key in rows]
    owners, needs = _owners(packages), _needs(packages, rows)
    if both:
        needs.read = needs.made = dict.fromkeys(needs.all())
    files = {"numbers.h": _numbers()}
    for each in packages:
        names = Names(owners, c_name(each.key))
        files.update(_Writer(each, rows[each.key], names, needs, ids).files())
    return files


def types_in_c(rows: dict[str, dict[str, Rows]]) -> Iterator[tuple[str, model.Type]]:
    """Yield the types that are read or made, with the package that has their code."""
    packages = [each for each in known_packages() if each.key in rows]
    owners = _owners(packages)
    for package in packages:
        names = Names(owners, c_name(package.key))
        writer = _Writer(package, rows[package.key], names, _needs(packages, rows), Ids({}))
        for type in writer.types():
            yield names.package, type


def owners_in_c() -> dict[str, tuple[str, str]]:
    """Return :attr:`Names.owners` for all packages."""
    return _owners(list(known_packages()))


def _owners(packages: list[Package]) -> dict[str, tuple[str, str]]:
    return {
        f"{each.name}/{name}@{_version(each)}": (c_name(each.key), c_name(name))
        for each in packages
        for name in each.interfaces
    }


def _needs(packages: list[Package], rows: dict[str, dict[str, Rows]]) -> Needs:
    needs = Needs()
    for package in packages:
        for interface, row in _interfaces(package, rows[package.key]):
            for function in interface.functions:
                if not row.shared(function):
                    needs.add(function)
    return needs


def _version(package: Package) -> str:
    first = package.versions[0]
    return f"{first}0" if first.endswith(".") else first


def _interfaces(package: Package, rows: dict[str, Rows]) -> Iterator[tuple[model.Interface, Rows]]:
    for name in package.interfaces:
        if not package.exported(name):
            interface = known_interface(f"{package.name}/{name}@{_version(package)}")
            assert interface is not None
            yield interface, rows.get(name, Rows())


_HEAD = "/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */\n\n"


class _Writer:
    """Writes one package."""

    def __init__(
        self, package: Package, rows: dict[str, Rows], names: Names, needs: Needs, ids: Ids
    ) -> None:
        self._package = package
        self._ids = ids
        self._rows = rows
        self._names = names
        self._needs = needs
        self._codecs = Codecs(names)

    # ---- Which types are this package's ----

    def _types(self, types: Iterator[model.Type]) -> Iterator[model.Type]:
        """Yield those that are written in this package's files."""
        used: set[model.Type] = set()
        own = Needs()
        for function, row in self._functions():
            if not row.shared(function):
                own.add(function)
        used.update(own.all())
        for type in types:
            resolved_type = resolved(type)
            if isinstance(resolved_type, model.TypeDef):
                if self._names.owners[resolved_type.owner][0] == self._names.package:
                    yield type
            elif type in used:
                yield type

    def types(self) -> Iterator[model.Type]:
        """Yield the types whose code is in this package's files."""
        yield from self._types(self._needs.all())

    def _functions(self) -> Iterator[tuple[model.Function, Rows]]:
        for interface, row in _interfaces(self._package, self._rows):
            for function in interface.functions:
                yield function, row

    # ---- The two files ----

    def files(self) -> dict[str, str]:
        """Return the header, the source of readers and makers, and that of the rows."""
        key = self._package.key
        guard = f"UW_WASI_GEN_{c_name(key).upper()}_H"
        include = f'{_HEAD}#include "wasi/gen/{key}.h"\n\n'
        header = [
            f"{_HEAD}#ifndef {guard}\n#define {guard}\n",
            "\n".join(f'#include "{name}.h"' for name in self._includes()),
            *self._declarations(),
            "\n".join(self._resource_types()),
            *self._prototypes(),
            f"extern const uw_host_interface_t uw_{c_name(key)}_interfaces[];",
            f"#endif /* {guard} */\n",
        ]
        code = list(self._code())
        files = {
            f"{key}.h": "\n\n".join(part for part in header if part),
            f"{key}_rows.c": "\n".join([include, *self._wrappers(), *self._table()]),
        }
        if code:
            files[f"{key}.c"] = "\n\n".join([include, *code])
        return files

    def _includes(self) -> list[str]:
        others = {
            self._names.owners[type.owner][0]
            for function, row in self._functions()
            if not row.shared(function)
            for type in _named(function)
        }
        gen = ["numbers", *sorted(others - {self._names.package})]
        gen += dict.fromkeys(row.like for _, row in self._functions() if row.like)
        return ["guest/codec", *(f"wasi/gen/{each}" for each in gen)]

    def _declarations(self) -> Iterator[str]:
        for type in self._types(self._needs.all()):
            yield self._codecs.declaration(type)
        for type in self._types(self._needs.all()):
            if table := self._codecs.table(type):
                yield f"extern const char *const {table}[{len(labels(type))}];"
        for types, of in ((self._needs.read, "reader"), (self._needs.made, "maker")):
            for type in self._types(iter(types)):
                yield getattr(self._codecs, of)(type)[0]

    def _code(self) -> Iterator[str]:
        for type in self._types(self._needs.all()):
            if table := self._codecs.table(type):
                names = ", ".join(f'"{name}"' for name in labels(type))
                yield f"const char *const {table}[] = {{ {names}, }};"
        for types, of in ((self._needs.read, "reader"), (self._needs.made, "maker")):
            for type in self._types(iter(types)):
                if body := getattr(self._codecs, of)(type)[1]:
                    yield body

    # ---- Functions ----

    def _name(self, function: model.Function, owner: str) -> str:
        label = "new" if function.kind is model.FunctionKind.CONSTRUCTOR else c_name(function.label)
        if function.resource is not None:
            label = f"{c_name(function.resource.name)}_{label.removesuffix('_')}"
        return f"uw_{self._names.within(owner, label)}"

    def _named_functions(self) -> Iterator[tuple[str, model.Function, Rows]]:
        for interface, row in _interfaces(self._package, self._rows):
            for function in interface.functions:
                yield self._name(function, interface.owner), function, row

    def _written(self, name: str, row: Rows, function: str | None = None) -> str:
        """Return the C function that is written by hand: this one, or that of a package alike.

        Parameters:
            name: of this package's own one.
            function: its name; None: it releases a resource.
        """
        if not row.like or function in row.own:
            return name
        return name.replace(f"uw_{c_name(self._package.key)}_", f"uw_{c_name(row.like)}_", 1)

    def _prototypes(self) -> Iterator[str]:
        shared = dict.fromkeys(row.shared(function) for function, row in self._functions())
        for name in shared:
            if name:
                yield f"uw_step_t {name}(uw_call_t *call);"
        for name, function, row in self._named_functions():
            if row.shared(function) or self._written(name, row, function.name) != name:
                continue
            params = "".join(f", {self._param(param)}" for param in function.params)
            yield f"/* {_signature(function)} */\nuw_step_t {name}(uw_call_t *call{params});"

    def _param(self, param: model.Param) -> str:
        name = c_name(param.name)
        type = self._names.param(param.type)
        return f"{type}{'' if type.endswith('*') else ' '}{name}"

    def _wrappers(self) -> Iterator[str]:
        """Yield what reads the arguments and calls the function that is written by hand."""
        for name, function, row in self._named_functions():
            if not row.shared(function) and function.params:
                yield self._wrapper(name, function, row)

    def _wrapper(self, name: str, function: model.Function, row: Rows) -> str:
        variables, reads, arguments = [], [], ["call"]
        for number, param in enumerate(function.params):
            type = resolved(param.type)
            variable, value = c_name(param.name), f"&call->args[{number}]"
            c = self._names.c(type)
            if c == "uw_val_t":
                reads.append(f"uw_read_kind(call, {value}, WASMTIME_COMPONENT_LIST)")
                arguments.append(value)
                continue
            variables.append(f"{c}{'' if c.endswith('*') else ' '}{variable};")
            read = self._codecs.read(type, value, variable)
            if function.name in row.packed:
                read = read.replace("uw_read_bytes", "uw_read_stream_bytes")
            reads.append(read)
            arguments.append(_argument(type, variable))
        return (
            f"static uw_step_t\n{_wrapper_name(name)}(uw_call_t *call)\n{{\n"
            + "\n".join(variables)
            + f"\n\nif ({' || '.join(f'!{read}' for read in reads)}) {{ return UW_TRAP; }}\n\n"
            + f"return {self._written(name, row, function.name)}({', '.join(arguments)});\n}}\n\n"
        )

    # ---- The rows ----

    def _table(self) -> Iterator[str]:
        key = c_name(self._package.key)
        yield "/* clang-format off */\n"
        versions = ", ".join(f'"{version}"' for version in self._package.versions)
        yield f"static const char *const uw_{key}_versions[] = {{ {versions}, NULL }};\n"
        entries = []
        for interface, row in _interfaces(self._package, self._rows):
            short = c_name(interface.owner.partition("/")[2].partition("@")[0])
            resources = [each for each in interface.types if isinstance(each.type, model.Resource)]
            for each in resources:
                id = self._ids.of(interface.owner, each.name)
                drop = "NULL"
                if each.name in row.drops:
                    drop = self._written(f"{self._resource(each)}_drop", row)
                words = f'{{ {id}, "{each.name}", {drop} }}'
                yield f"const uw_resource_type_t {self._resource(each)}_type = {words};"
            if resources:
                yield f"\nstatic const uw_resource_type_t *const uw_{key}_{short}_resources[] = {{"
                for each in resources:
                    yield f"    {kind_of(self._names, model.Own(each))},"
                yield "    NULL,\n};\n"
            yield f"static const uw_host_func_t uw_{key}_{short}_functions[] = {{"
            for function in interface.functions:
                yield f"    {self._row(function, row, interface.owner)},"
            yield "    { 0 },\n};\n"
            name = interface.owner.partition("@")[0]
            found = f"uw_{key}_{short}_resources" if resources else "NULL"
            words = f'"{name}", uw_{key}_versions, {found}, uw_{key}_{short}_functions'
            entries.append(f"    {{ {words} }},")
        yield f"const uw_host_interface_t uw_{key}_interfaces[] = {{"
        yield from entries
        yield "    { NULL, NULL, NULL, NULL },\n};\n\n/* clang-format on */\n"

    def _row(self, function: model.Function, row: Rows, owner: str) -> str:
        shared = row.shared(function)
        name = self._name(function, owner)
        written = self._written(name, row, function.name)
        c = shared or (_wrapper_name(name) if function.params else written)
        refused = "true" if shared or function.name in row.refused else "false"
        results = 0 if function.result is None else 1
        id = self._ids.of(owner, function.name)
        words = [c, str(id), str(len(function.params)), str(results), row.time(function.name)]
        return f'{{ "{function.name}", {", ".join(words)}, {refused} }}'

    def _resource(self, resource: model.TypeDef) -> str:
        """Return how names in C begin that are about a resource."""
        return f"uw_{self._names.within(resource.owner, c_name(resource.name))}"

    def _resource_types(self) -> Iterator[str]:
        """Yield the types of resources, and what has to be written for them by hand."""
        for interface, row in _interfaces(self._package, self._rows):
            for each in interface.types:
                if not isinstance(each.type, model.Resource):
                    continue
                yield f"extern const uw_resource_type_t {self._resource(each)}_type;"
                if each.name in row.drops and not row.like:
                    args = "uw_instance_t *instance, uw_resource_t *resource"
                    yield f"void {self._resource(each)}_drop({args});"


def _numbers() -> str:
    """Return the header that reads numbers, and makes those that csrc/val.h does not."""
    parts = [_HEAD, "#ifndef UW_WASI_GEN_NUMBERS_H\n#define UW_WASI_GEN_NUMBERS_H\n\n"]
    parts.append('#include "guest/codec.h"\n\n')
    for name, c in NUMBERS.items():
        kind = f"WASMTIME_COMPONENT_{name.upper()}"
        member = {"bool": "boolean", "char": "character"}.get(name, name)
        parts.append(
            f"static inline bool\nuw_read_{name}(uw_call_t *call, const uw_val_t *val, {c} *value)"
            f"\n{{\nif (!uw_read_kind(call, val, {kind})) {{ return false; }}\n"
            f"*value = val->of.{member};\n\nreturn true;\n}}\n\n"
        )
        if name not in ("bool", "u8", "u16", "u32", "u64"):
            parts.append(
                f"static inline uw_val_t\nuw_val_{name}({c} value)\n{{\n"
                f"return (uw_val_t) {{ .kind = {kind}, .of = {{ .{member} = value }} }};\n}}\n\n"
            )
    return "".join([*parts, "#endif\n"])


def _signature(function: model.Function) -> str:
    params = ", ".join(f"{each.name}: {type_text(each.type)}" for each in function.params)
    result = "" if function.result is None else f" -> {type_text(function.result)}"
    return f"{function.name}({params}){result}"


def _wrapper_name(name: str) -> str:
    return f"{name}_call"


def _argument(type: model.Type, variable: str) -> str:
    if isinstance(type, model.Option) and not is_handle(type):
        return f"{variable}.is_some ? &{variable}.value : NULL"
    return f"&{variable}" if by_address(type) else variable


def _named(function: model.Function) -> Iterator[model.TypeDef]:
    """Yield the types with a name of a function's parameters and result."""
    needs = Needs()
    needs.add(function)
    for type in needs.all():
        named = type.resource if isinstance(type, model.Own | model.Borrow) else type
        if isinstance(named, model.TypeDef):
            yield named
