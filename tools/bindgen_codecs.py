"""Code in C that reads values of WIT types, and makes them."""

from __future__ import annotations

from bindgen_types import (
    NUMBERS,
    Names,
    by_address,
    c_name,
    has_handle,
    is_bytes,
    is_handle,
    is_plain,
    members,
    resolved,
)
from unit_wasm.wit import model


class Codecs:
    """Writes declarations, readers and makers.

    Parameters:
        names: of the package that is written.
    """

    def __init__(self, names: Names) -> None:
        self.names = names

    # ---- Declarations ----

    def declaration(self, type: model.Type) -> str:
        """Return the C type, or nothing where C has it already."""
        type = resolved(type)
        c = self.names.c(type)
        if isinstance(type, model.TypeDef):
            return self._named(type, c)
        if isinstance(type, model.Tuple):
            return f"typedef struct {{ {self._members(type)} }} {c};"
        if isinstance(type, model.Option) and not is_handle(type):
            return f"typedef struct {{ bool is_some; {self._members(type)} }} {c};"
        if isinstance(type, model.Result):
            parts = self._members(type)
            union = f"union {{ {parts} }} of; " if parts else ""
            return f"typedef struct {{ bool is_ok; {union}}} {c};"
        return ""

    def _members(self, type: model.Type) -> str:
        return " ".join(
            f"{self.names.c(part)} {name};" for name, part in members(type) if part is not None
        )

    def _named(self, type: model.TypeDef, c: str) -> str:
        kind = type.type
        if isinstance(kind, model.Record):
            return f"typedef struct {{ {self._members(type)} }} {c};"
        if isinstance(kind, model.Flags):
            bits = ", ".join(
                f"{self.constant(type, name)} = 1u << {bit}" for bit, name in enumerate(kind.names)
            )
            return f"enum {{ {bits}, }};\ntypedef uint32_t {c};"
        if isinstance(kind, model.Enum | model.Variant):
            constants = ", ".join(self.constant(type, name) for name in labels(type))
            if is_plain(kind):
                return f"typedef enum {{ {constants}, }} {c};"
            tag = f"typedef enum {{ {constants}, }} uw_{self.names.of(type)}_tag_t;"
            struct = f"uw_{self.names.of(type)}_tag_t tag; union {{ {self._members(type)} }} of;"
            return f"{tag}\n\ntypedef struct {{ {struct} }} {c};"
        return ""

    def constant(self, type: model.TypeDef, name: str) -> str:
        """Return the constant of a case or flag."""
        return f"uw_{self.names.of(type)}_{c_name(name)}".upper()

    def table(self, type: model.Type) -> str:
        """Return the name of the table of a type's names, or nothing where it has none."""
        type = resolved(type)
        return f"uw_{self.names.of(type)}_names" if labels(type) else ""

    # ---- Reading ----

    def read(self, type: model.Type, value: str, target: str) -> str:
        """Return an expression in C that reads a value, false after a trap.

        Parameters:
            value: the address of the value.
            target: where it goes.
        """
        type = resolved(type)
        if isinstance(type, model.Primitive):
            return f"uw_read_{type.name.replace('-', '_')}(call, {value}, &{target})"
        if is_bytes(type):
            return f"uw_read_bytes(call, {value}, &{target})"
        if isinstance(type, model.List):
            return f"uw_read_list(call, {value}, &{target})"
        if isinstance(type, model.Own | model.Borrow):
            return f"uw_read_handle(call, {value}, {kind_of(self.names, type)}, &{target})"
        if is_handle(type):
            assert isinstance(type, model.Option)
            kind = kind_of(self.names, resolved(type.item))
            return f"uw_read_option_handle(call, {value}, {kind}, &{target})"
        return f"uw_read_{self.names.of(type)}(call, {value}, &{target})"

    def reader(self, type: model.Type) -> tuple[str, str]:
        """Return the prototype and the body of a type's reader; empty where host.h has it."""
        type = resolved(type)
        body = self._reading(type)
        if not body:
            return "", ""
        of = self.names.of(type)
        head = f"uw_read_{of}(uw_call_t *call, const uw_val_t *val, {self.names.c(type)} *value)"
        return f"bool {head};", f"bool\n{head}\n{{\n{body}\n}}\n"

    def _reading(self, type: model.Type) -> str:
        if isinstance(type, model.TypeDef):
            kind = type.type
            if isinstance(kind, model.Record):
                return self._read_record(type)
            if isinstance(kind, model.Enum | model.Flags | model.Variant):
                return self._read_names(type)
        if isinstance(type, model.Tuple):
            parts = [
                self.read(part, f"&val->of.tuple.data[{number}]", f"value->{name}")
                for number, (name, part) in enumerate(members(type))
                if part is not None
            ]
            return _all([f"uw_read_tuple(call, val, {len(parts)})", *parts])
        if isinstance(type, model.Option) and not is_handle(type):
            item = self.read(type.item, "val->of.option", "value->value")
            return (
                "if (!uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)) { return false; }\n"
                "value->is_some = val->of.option != NULL;\n\n"
                f"return !value->is_some || {item};"
            )
        if isinstance(type, model.Result):
            return self._read_result(type)
        return ""

    def _read_record(self, type: model.TypeDef) -> str:
        parts = [
            self.read(part, f"&val->of.record.data[{number}].val", f"value->{name}")
            for number, (name, part) in enumerate(members(type))
            if part is not None
        ]
        return _all([f"uw_read_record(call, val, {len(parts)})", *parts])

    def _read_names(self, type: model.TypeDef) -> str:
        table = f"{self.table(type)}, {len(labels(type))}"
        if isinstance(type.type, model.Flags):
            return f"return uw_read_flags(call, val, {table}, value);"
        if isinstance(type.type, model.Enum):
            return (
                "uint32_t index;\n\n"
                f"if (!uw_read_enum(call, val, {table}, &index)) {{ return false; }}\n"
                f"*value = ({self.names.c(type)}) index;\n\nreturn true;"
            )
        if is_plain(type.type):
            return (
                "const uw_val_t *payload;\nuint32_t index;\n\n"
                f"if (!uw_read_variant(call, val, {table}, &index, &payload)) {{ return false; }}\n"
                f"*value = ({self.names.c(type)}) index;\n\nreturn true;"
            )
        return self._read_variant(type, table)

    def _read_variant(self, type: model.TypeDef, table: str) -> str:
        tag = f"uw_{self.names.of(type)}_tag_t"
        lines = [
            "const uw_val_t *payload;",
            "uint32_t index;",
            "",
            f"if (!uw_read_variant(call, val, {table}, &index, &payload)) {{ return false; }}",
            f"value->tag = ({tag}) index;",
            "",
            "switch (value->tag) {",
        ]
        for label, (name, part) in zip(labels(type), members(type), strict=True):
            if part is not None:
                read = self.read(part, "payload", f"value->of.{name}")
                lines.append(f"case {self.constant(type, label)}:")
                lines.append(f"return uw_read_has(call, payload) && {read};")
        return "\n".join([*lines, "default:", "return true;", "}"])

    def _read_result(self, type: model.Result) -> str:
        lines = [
            "if (!uw_read_kind(call, val, WASMTIME_COMPONENT_RESULT)) { return false; }",
            "value->is_ok = val->of.result.is_ok;",
            "",
        ]
        sides = []
        for name, part in (("ok", type.ok), ("err", type.err)):
            side = "true"
            if part is not None:
                read = self.read(part, "val->of.result.val", f"value->of.{name}")
                side = f"uw_read_has(call, val->of.result.val) && {read}"
            sides.append(side)
        if sides == ["true", "true"]:
            return "\n".join([*lines, "return true;"])
        lines += [f"if (value->is_ok) {{ return {sides[0]}; }}", "", f"return {sides[1]};"]
        return "\n".join(lines)

    # ---- Making ----

    def make(self, type: model.Type, value: str, target: str) -> str:
        """Return an expression in C: false after a trap, or no condition at all.

        Parameters:
            value: a struct by its address, anything else as it is.
        """
        type = resolved(type)
        if isinstance(type, model.Own | model.Borrow):
            return f"uw_handle(call, {value}, {target})"
        if is_handle(type):
            return f"uw_option_handle(call, {value}, {target})"
        return f"uw_make_{self.names.of(type)}(call, {value}, {target})"

    def plain(self, type: model.Type, value: str) -> str:
        """Return an expression in C that makes a value that has no handle."""
        type = resolved(type)
        if isinstance(type, model.Primitive):
            if type.name in NUMBERS:
                return f"uw_val_{type.name}({value})"
            return f"uw_val_string(call->abi, ({value}).data, ({value}).size)"
        if is_bytes(type):
            return f"uw_val_bytes(call->abi, ({value}).data, ({value}).size)"
        if isinstance(type, model.List):
            return f"*({value})"
        return f"uw_make_{self.names.of(type)}(call, {value})"

    def put(self, type: model.Type, value: str, target: str) -> str:
        """Return statements that make a value from a member of a struct, or return false."""
        value = f"&{value}" if by_address(type) else value
        if has_handle(type):
            return f"if (!{self.make(type, value, f'&{target}')}) {{ return false; }}"
        return f"{target} = {self.plain(type, value)};"

    def maker(self, type: model.Type) -> tuple[str, str]:
        """Return the prototype and the body of a type's maker; empty where host.h has it."""
        type = resolved(type)
        body = self._making(type)
        if not body:
            return "", ""
        fallible = has_handle(type)
        head = f"uw_make_{self.names.of(type)}(uw_call_t *call, {self.names.param(type)} value"
        if isinstance(type, model.Option):
            head = head.replace(self.names.param(type), f"const {self.names.c(type)} *")
        if fallible:
            head += ", uw_val_t *val"
        result = "bool" if fallible else "uw_val_t"
        return f"{result} {head});", f"{result}\n{head})\n{{\n{body}\n}}\n"

    def _making(self, type: model.Type) -> str:
        end = "return true;" if has_handle(type) else "return made;"
        if isinstance(type, model.TypeDef):
            kind = type.type
            if isinstance(kind, model.Record):
                return self._make_parts(type, "record", end)
            if isinstance(kind, model.Enum):
                return f"return uw_val_enum(call->abi, {self.table(type)}[value]);"
            if isinstance(kind, model.Flags):
                table = f"{self.table(type)}, {len(labels(type))}"
                return f"return uw_val_flags(call->abi, {table}, value);"
            if isinstance(kind, model.Variant):
                return self._make_variant(type)
        if isinstance(type, model.Tuple):
            return self._make_parts(type, "tuple", end)
        if isinstance(type, model.Option) and not is_handle(type):
            return self._make_option(type)
        if isinstance(type, model.Result):
            return self._make_result(type)
        return ""

    def _make_parts(self, type: model.Type, kind: str, end: str) -> str:
        parts = members(type)
        fallible = has_handle(type)
        made = "(*val)" if fallible else "made"
        lines = [
            f"{made if fallible else 'uw_val_t made'} = uw_val_{kind}(call->abi, {len(parts)});",
            "",
        ]
        target = "record.data[{}].val" if kind == "record" else "tuple.data[{}]"
        for number, (name, part) in enumerate(parts):
            assert part is not None
            at = f"{made}.of.{target.format(number)}"
            if kind == "record":
                label = f"{self.table(type)}[{number}]"
                lines.append(f"uw_val_record_name(call->abi, &{made}, {number}, {label});")
            put = self.put(part, f"value->{name}", at)
            if fallible:
                put = put.replace("return false;", "uw_unmake(call, val); return false;")
            lines.append(put)
        return "\n".join([*lines, "", end])

    def _make_variant(self, type: model.TypeDef) -> str:
        table = self.table(type)
        if is_plain(type.type):
            return f"return uw_val_variant(call->abi, {table}[value], NULL);"
        fallible = has_handle(type)
        cases = [
            (label, *member) for label, member in zip(labels(type), members(type), strict=True)
        ]
        lines = ["uw_val_t payload;", "", "switch (value->tag) {"]
        for label, name, part in cases:
            if part is not None:
                lines.append(f"case {self.constant(type, label)}:")
                lines.append(self.put(part, f"value->of.{name}", "payload"))
                lines.append("break;")
        result = "*val = {};\n\nreturn true;" if fallible else "return {};"
        if all(part is not None for _, _, part in cases):
            # What is left is no tag: the last case, so that nothing is read that is not there.
            lines[-3] = "default:"
            del lines[-1]
        else:
            nothing = f"uw_val_variant(call->abi, {table}[value->tag], NULL)"
            lines += ["default:", result.format(nothing)]
        something = f"uw_val_variant(call->abi, {table}[value->tag], &payload)"
        return "\n".join([*lines, "}", "", result.format(something)])

    def _make_option(self, type: model.Option) -> str:
        fallible = has_handle(type)
        result = "*val = {};\nreturn true;" if fallible else "return {};"
        return "\n".join(
            [
                "uw_val_t item;",
                "",
                f"if (!value->is_some) {{ {result.format('uw_val_option(call->abi, NULL)')} }}",
                self.put(type.item, "value->value", "item"),
                "",
                result.format("uw_val_option(call->abi, &item)"),
            ]
        )

    def _make_result(self, type: model.Result) -> str:
        result = "*val = {};\nreturn true;" if has_handle(type) else "return {};"
        lines = [] if type.ok is None and type.err is None else ["uw_val_t payload;", ""]
        for name, part in (("ok", type.ok), ("err", type.err)):
            payload = "NULL" if part is None else "&payload"
            made = result.format(f"uw_val_{name}(call->abi, {payload})")
            put = "" if part is None else self.put(part, f"value->of.{name}", "payload") + "\n"
            lines.append(f"if (value->is_ok) {{ {put}{made} }}\n" if name == "ok" else put + made)
        return "\n".join(lines)


def labels(type: model.Type) -> tuple[str, ...]:
    """Return the names of a type's fields, cases or flags, as in the WIT."""
    kind = type.type if isinstance(type, model.TypeDef) else None
    if isinstance(kind, model.Record):
        return tuple(each.name for each in kind.fields)
    if isinstance(kind, model.Variant):
        return tuple(each.name for each in kind.cases)
    if isinstance(kind, model.Enum):
        return kind.cases
    return kind.names if isinstance(kind, model.Flags) else ()


def kind_of(names: Names, type: model.Type) -> str:
    """Return the type of the resource of a handle, in C."""
    assert isinstance(type, model.Own | model.Borrow)
    resource = resolved(type.resource)
    assert isinstance(resource, model.TypeDef)
    return f"&uw_{names.within(resource.owner, c_name(resource.name))}_type"


def _all(conditions: list[str]) -> str:
    return f"return {' && '.join(conditions)};"
