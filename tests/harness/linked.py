"""Components of core modules that are linked among themselves, as random choices make them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import wasmtime
import wasmtime.component as wc

from tests.fuzz.choices import Choices

_TABLE = 64
_NUMBERS = (0, 1, 2, 3, 7, 63, 64, 127, 128, 200, 65_535, 65_536, 0x7FFF_FFFF, -1, -65)
_BINARY = ("add", "sub", "mul", "xor", "and", "or", "shl", "shr_u", "lt_s", "eq", "div_u")


@dataclass
class _Module:
    """A core module that is being written.

    Parameters:
        number: of it.
        functions: what code may call: names, all of them from a number to a number.
        leaves: functions of its own that call none.
        exports: functions that others may import.
    """

    number: int
    lines: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    passive: bool = False


class _Linked:
    """Writes the text of a component.

    Parameters:
        choices: what decides.
    """

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._count = 1 + choices.below(4)
        self._modules: list[_Module] = []

    def text(self) -> str:
        """Return the component."""
        choices = self._choices
        modules = [self._first(), *map(self._library, range(1, self._count + 1))]
        starts = choices.chance(6)
        lines = ['(import "host" (func $host (param "x" u32) (result u32)))']
        lines.append("(core module $shim (type $f (func (param i32) (result i32)))")
        lines.append('(table (export "t") 2 funcref) (func (export "s") (type $f)')
        lines.append("(call_indirect (type $f) (local.get 0) (i32.const 1))))")
        lines.append("(core instance $shim (instantiate $shim))")
        lines.append('(alias core export $shim "s" (core func $shimmed))')
        if choices.chance(2):
            lines.append("(core func $lowered (canon lower (func $host)))")
        else:
            lines.append('(alias core export $shim "s" (core func $lowered))')
        for module in modules:
            lines += self._instance(module)
        lines.append('(core module $fix (import "" "t" (table 2 funcref))')
        lines.append('(import "" "f" (func $f (param i32) (result i32)))')
        lines.append("(elem (i32.const 1) func $f)")
        lines.append("(func $go (drop (call $f (i32.const 5)))) (start $go))" if starts else ")")
        lines.append('(alias core export $i0 "memory" (core memory $memory))')
        lines.append(
            "(core func $late (canon lower (func $host)"
            + ("(memory $memory)" if choices.chance(2) else "")
            + "))"
        )
        lines.append('(core instance $fixed (instantiate $fix (with "" (instance')
        lines.append('(export "t" (table $shim "t")) (export "f" (func $late))))))')
        if choices.chance(3):
            lines += self._instance(self._library(len(modules)))
        text = "(component {} " + "\n".join(lines + self._lifted()) + ")"
        if not choices.chance(4):
            return text.format("")
        names = [line.partition('(export "')[2].partition('"')[0] for line in self._lifted()]
        return (
            '(component (import "host" (func $host (param "x" u32) (result u32)))'
            + text.format("$inner")
            + '(instance $in (instantiate $inner (with "host" (func $host))))'
            + "".join(f'(export "{name}" (func $in "{name}"))' for name in names)
            + ")"
        )

    # ---- Modules ----

    def _first(self) -> _Module:
        """Write the module that has the memory, the table and where others begin."""
        choices = self._choices
        module = _Module(0)
        most = "" if choices.chance(2) else f" {_TABLE}"
        module.lines += [
            '(memory (export "memory") 1 2)',
            f'(table $t (export "table") {_TABLE}{most} funcref)',
            '(global $stack (export "stack") (mut i32) (i32.const 512))',
        ]
        for number in range(8):
            offset = choices.below(_TABLE - 8) if choices.chance(30) else 6 * number
            module.lines.append(f'(global (export "t{number}") i32 (i32.const {offset}))')
            offset = 65_530 if choices.chance(30) else 100 * number
            module.lines.append(f'(global (export "m{number}") i32 (i32.const {offset}))')
        self._body(module)
        return module

    def _library(self, number: int) -> _Module:
        choices = self._choices
        module = _Module(number)
        module.imports += [
            '(import "env" "memory" (memory 1))',
            f'(import "env" "table" (table $t {choices.below(2) * _TABLE} funcref))',
            '(import "env" "stack" (global $stack (mut i32)))',
            f'(import "env" "t{number}" (global $tb i32))',
            f'(import "env" "m{number}" (global $mb i32))',
        ]
        for other in self._modules:
            for name in other.exports:
                if choices.chance(2):
                    again = f"i{other.number}_{name}"
                    module.imports.append(
                        f'(import "m{other.number}" "{name}" (func ${again} (type $f)))'
                    )
                    module.functions.append(again)
        if choices.chance(2):
            module.imports.append('(import "out" "call" (func $out (type $f)))')
            module.functions.append("out")
        self._body(module)
        return module

    def _body(self, module: _Module) -> None:
        choices = self._choices
        padding = [f"(type (func (param {'i64 ' * (1 + n)})))" for n in range(choices.below(4))]
        module.lines = [
            *padding,
            "(type $f (func (param i32) (result i32)))",
            "(type $two (func (param i32 i32) (result i32)))",
            *module.imports,
            *module.lines,
        ]
        if choices.chance(2):
            module.lines.append("(global $own (mut i64) (i64.const 7))")
        module.passive = choices.chance(2)
        for number in range(1 + choices.below(3)):
            self._function(module, f"leaf{number}", leaf=True)
        for number in range(choices.below(4)):
            self._function(module, f"f{number}", leaf=False)
        for name in module.functions:
            if choices.chance(2) and (name.startswith("i") or name in ("out",)):
                # What was imported is exported again.
                module.exports.append(name)
                module.lines.append(f'(export "{name}" (func ${name}))')
        self._segments(module)
        self._modules.append(module)

    def _segments(self, module: _Module) -> None:
        choices = self._choices
        base, at = ("i32.const 0", "i32.const 900")
        if module.number:
            base, at = ("global.get $tb", "global.get $mb")
        more = choices.below(3)
        if more:
            base = f"(i32.add (i32.const {more}) {base})"
        leaves = " ".join(f"${name}" for name in module.leaves)
        if choices.chance(4):
            items = "".join(f"(ref.func ${name})" for name in module.leaves) + "(ref.null func)"
            module.lines.append(f"(elem (table $t) (offset {base}) funcref {items})")
        else:
            module.lines.append(f"(elem (table $t) (offset {base}) func {leaves})")
        text = "".join(f"\\{choices.byte():02x}" for _ in range(choices.below(20)))
        module.lines.append(f'(data (offset {at}) "{text}")')
        if module.passive:
            module.lines.append(f"(elem $later func {leaves})")
            module.lines.append(f'(data $later "{text}passive")')

    # ---- Code ----

    def _function(self, module: _Module, name: str, *, leaf: bool) -> None:
        choices = self._choices
        body = "(local f64 i64 i32) "
        for _ in range(1 + choices.below(3)):
            body += self._statement(module, leaf=leaf)
        export = ""
        if choices.chance(2):
            module.exports.append(name)
            export = f'(export "{name}")'
        value = self._value(module, 3, leaf=leaf)
        module.lines.append(f"(func ${name} {export} (type $f) {body} {value})")
        module.functions.append(name)
        if leaf:
            module.leaves.append(name)

    def _statement(self, module: _Module, *, leaf: bool) -> str:
        value = self._value(module, 2, leaf=leaf)
        index = f"(i32.and {self._value(module, 1, leaf=True)} (i32.const 63))"
        kinds = [
            f"(global.set $stack {value})",
            f"(i32.store offset=4 (i32.and {value} (i32.const 0xffff)) {index})",
            f"(local.set 3 {value})",
            f"(block (loop (br_if 1 {value})))",
            f"(block (block (block (br_table 0 2 1 {index}))) (local.set 3 (i32.const 9)))",
            "(drop (v128.const i32x4 1 2 3 4)) (local.set 1 (f64.const 16.5))",
        ]
        if not leaf:
            kinds.append(f"(table.set $t {index} (table.get $t (i32.const 1)))")
            kinds.append(f"(drop (table.grow $t (ref.null func) (i32.const 1)))(drop {value})")
            if module.leaves:
                kinds.append(f"(table.set $t {index} (ref.func ${module.leaves[0]}))")
        if module.passive:
            kinds.append("(memory.init $later (i32.const 700) (i32.const 0) (i32.const 3))")
            kinds.append(f"(table.init $t $later {index} (i32.const 0) (i32.const 1))")
            kinds.append("(elem.drop $later) (data.drop $later)")
        return self._choices.pick(kinds)

    def _value(self, module: _Module, depth: int, *, leaf: bool) -> str:
        choices = self._choices
        if depth == 0:
            simple = ["(local.get 0)", "(local.get 3)", "(global.get $stack)", "(memory.size)"]
            simple += [f"(i32.const {choices.pick(_NUMBERS)})", "(table.size $t)"]
            return choices.pick(simple)
        left, right = (self._value(module, depth - 1, leaf=leaf) for _ in range(2))
        kinds: list[Callable[[], str]] = [
            lambda: f"(i32.{choices.pick(_BINARY)} {left} {right})",
            lambda: f"(i32.load8_u offset=3 (i32.and {left} (i32.const 0xffff)))",
            lambda: f"{left} {right} (block (type $two) i32.add)",
            lambda: f"(select (result i32) {left} {right} (i32.const 1))",
            lambda: f"(i32.wrap_i64 (i64.extend_i32_u {left}))",
        ]
        if not leaf:
            kinds.append(lambda: f"(call ${choices.pick(module.functions)} {left})")
            index = f"(i32.and {right} (i32.const 63))"
            kinds.append(lambda: f"(call_indirect $t (type $f) {left} {index})")
        return choices.pick(kinds)()

    # ---- The component ----

    def _instance(self, module: _Module) -> list[str]:
        number = module.number
        lines = [f"(core module $m{number} " + "\n".join(module.lines) + ")"]
        if number == 0:
            return [*lines, "(core instance $i0 (instantiate $m0))"]
        given = "".join(
            f'(export "{name}" ({kind} $i0 "{name}"))'
            for name, kind in (
                *(("memory", "memory"), ("table", "table"), ("stack", "global")),
                *((f"t{number}", "global"), (f"m{number}", "global")),
            )
        )
        lines.append(f"(core instance $i{number} (instantiate $m{number}")
        lines.append(f'(with "env" (instance {given}))')
        lines.append('(with "out" (instance (export "call" (func $lowered))))')
        for other in self._modules:
            if other.number < number:
                lines.append(f'(with "m{other.number}" (instance $i{other.number}))')
        return [*lines, "))"]

    def _lifted(self) -> list[str]:
        lines = []
        for module in self._modules:
            for name in module.exports:
                lines.append(
                    f'(func (export "m{module.number}-{name.replace("_", "-")}") (param "x" u32)'
                    f' (result u32) (canon lift (core func $i{module.number} "{name}")))'
                )
        return lines


def linked(choices: Choices) -> str:
    """Return the text of a component of several modules; not all that can be made are valid."""
    return _Linked(choices).text()


@dataclass
class Ran:
    """What came of a component: what calls returned, or whether it trapped, and what it called."""

    results: list[tuple[str, int | str]] = field(default_factory=list)
    called: list[int] = field(default_factory=list)


def run(engine: wasmtime.Engine, data: bytes) -> Ran:
    """Instantiate a component, and call all that it exports, twice; anew after a trap."""
    ran = Ran()
    component = wc.Component(engine, data)
    names = list(component.type.exports(engine))

    def host(store: object, number: int) -> int:
        ran.called.append(number)
        return number ^ 0x55

    def instantiate() -> tuple[wasmtime.Store, wc.Instance]:
        store = wasmtime.Store(engine)
        store.set_fuel(100_000)
        linker = wc.Linker(engine)
        with linker.root() as root:
            root.add_func("host", host)
        return store, linker.instantiate(store, component)

    try:
        store, instance = instantiate()
        for turn in range(2):
            for name in names:
                function = instance.get_func(store, name)
                if function is None:
                    continue
                try:
                    ran.results.append((name, function(store, 3 + turn)))
                    function.post_return(store)
                except (TypeError, ValueError) as error:
                    # It is no function of one number.
                    ran.results.append((name, str(error)))
                except (wasmtime.Trap, wasmtime.WasmtimeError) as trap:
                    ran.results.append((name, _reason(trap)))
                    store, instance = instantiate()
    except (wasmtime.Trap, wasmtime.WasmtimeError) as trap:
        ran.results.append(("", _reason(trap)))
    return ran


def _reason(trap: Exception) -> str:
    """Return why it ended, without where."""
    return str(trap).rpartition("wasm trap: ")[2].partition("\n")[0]
