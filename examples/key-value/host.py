"""Provides the store, with a resource, and the log that keys.wasm imports."""

import unit_wasm
from unit_wasm import host

VALUES: dict[str, str] = {}


@host.interface("docs:keys/store")
class Store:
    class Connection:
        def get(self, key: str) -> str | None:
            return VALUES.get(key)

        def set(self, key: str, value: str) -> None:
            VALUES[key] = value


@host.function
def log(message: str) -> None:
    print("replaced", message)


if __name__ == "__main__":
    with unit_wasm.load("keys.wasm", host=[Store, log]) as keys:
        print(keys.replace_value("colour", "red"))
        print(keys.replace_value("colour", "blue"))
