"""Calls an adder in an interface, provides one in Python, and runs a composed command."""

import unit_wasm
from unit_wasm import host


@host.interface("docs:adder/add")
class Adder:
    def add(self, a: int, b: int) -> int:
        print("adding", a, "and", b)
        return a + b


with unit_wasm.load("adder.wasm") as adder:
    print(adder.add.add(1, 2))

with unit_wasm.load("calculator.wasm", host=Adder) as calculator:
    calculate = calculator.calculate
    print(calculate.eval_expression(calculate.Op.ADD, 3, 4))

with unit_wasm.load("composed.wasm", args=[]) as command:
    command.run.run()
