"""Calls a function of a component."""

import unit_wasm

with unit_wasm.load("adder.wat") as adder:
    print(adder.add(1, 2))
