"""Calls a function of an interface, whose result may be an error."""

import unit_wasm
from unit_wasm import Err

with unit_wasm.load("calculator.wat") as calculator:
    arithmetic = calculator.arithmetic
    print(arithmetic.divide(7, 2))
    try:
        arithmetic.divide(1, 0)
    except Err as error:
        print(error.value is arithmetic.Fault.DIVISION_BY_ZERO)
