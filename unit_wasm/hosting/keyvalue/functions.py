"""The functions of wasi:keyvalue that host calls name (csrc/guest/hostcall_orders.h)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from struct import Struct

from unit_wasm.errors import ConfigError
from unit_wasm.hosting.keyvalue.store import NUMBER_MAX, Store, StoreError
from unit_wasm.hosting.packing import Reader, pack_bytes, pack_option, pack_strings
from unit_wasm.hosting.service import Context, Function, Threads

MOST_BYTES = 4 << 20
"""Of one answer: a component gets bytes one by one, and nothing else runs meanwhile."""

# Operations at once, of a process: those that wait for a store wait for each other.
_THREADS = 8

_OK = b"\0"
_U64 = Struct("<Q")
_S64 = Struct("<q")

_Operation = Callable[[Store, str, Reader], bytes]


def open_store(where: str, timeout: float) -> Store:
    """Return the store that ``UNIT_WASM_KEYVALUE`` names; nothing is opened yet.

    Raises:
        ConfigError: what it needs is not installed.
    """
    scheme, _, rest = where.partition(":")
    if scheme == "sqlite":
        try:
            from unit_wasm.hosting.keyvalue.sqlite import SqliteStore
        except ImportError:
            raise ConfigError(
                "UNIT_WASM_KEYVALUE names a file of SQLite's, and this Python has no sqlite3"
            ) from None
        return SqliteStore(Path(rest).expanduser(), timeout)
    from unit_wasm.hosting.keyvalue.redis import RedisStore

    return RedisStore(where, timeout)


def keyvalue_functions(store: Store, timeout: float) -> dict[int, Function]:
    """Return the functions by their numbers; the store is closed with their threads.

    Parameters:
        timeout: seconds after which the guest gets an error, whatever the store does.
    """
    threads = Threads(_THREADS, "unit-wasm-keyvalue", store.close)
    late = _failed(StoreError("the store does not answer"))
    return {
        number: Function(f"wasi:keyvalue {name}", _bound(store, work), threads, timeout, late)
        for number, (name, work) in enumerate(_OPERATIONS.items(), 1)
    }


def _bound(store: Store, work: _Operation) -> Callable[[Context, bytes], bytes]:
    def call(context: Context, packed: bytes) -> bytes:
        reader = Reader(packed)
        try:
            result = work(store, reader.string(), reader)
            if len(result) > MOST_BYTES:
                raise StoreError(f"the answer has more than {MOST_BYTES} bytes")
        except StoreError as error:
            return _failed(error)
        return _OK + result

    return call


def _failed(error: StoreError) -> bytes:
    text = pack_bytes(str(error).encode(errors="replace")[:1000]) if error.case == 2 else b""
    return b"\1" + bytes((error.case,)) + text


def _get(store: Store, bucket: str, reader: Reader) -> bytes:
    return _option(store.get(bucket, reader.string()))


def _option(value: bytes | None) -> bytes:
    return pack_option(None if value is None else pack_bytes(value))


def _set(store: Store, bucket: str, reader: Reader) -> bytes:
    store.set(bucket, reader.string(), reader.bytes())
    return b""


def _delete(store: Store, bucket: str, reader: Reader) -> bytes:
    store.delete(bucket, reader.string())
    return b""


def _exists(store: Store, bucket: str, reader: Reader) -> bytes:
    return bytes((store.exists(bucket, reader.string()),))


def _list(store: Store, bucket: str, reader: Reader) -> bytes:
    cursor = reader.string() if reader.u8() else "0"
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 20:
        raise StoreError("the cursor is none of this store's")
    keys, following = store.keys(bucket, int(cursor))
    packed = None if following is None else pack_bytes(b"%d" % following)
    return pack_strings(keys) + pack_option(packed)


def _list_numbered(store: Store, bucket: str, reader: Reader) -> bytes:
    keys, following = store.keys(bucket, reader.u64() if reader.u8() else 0)
    packed = None if following is None else _U64.pack(following)
    return pack_strings(keys) + pack_option(packed)


def _increment(store: Store, bucket: str, reader: Reader) -> bytes:
    return _S64.pack(store.increment(bucket, reader.string(), reader.s64()))


def _increment_unsigned(store: Store, bucket: str, reader: Reader) -> bytes:
    key, delta = reader.string(), reader.u64()
    if delta > NUMBER_MAX:
        raise StoreError("the number would have more than 64 bits")
    number = store.increment(bucket, key, delta)
    if number < 0:
        raise StoreError("the value is less than zero")
    return _U64.pack(number)


def _get_many(store: Store, bucket: str, reader: Reader) -> bytes:
    keys = [reader.string() for _ in range(reader.u32())]
    values = store.get_many(bucket, keys)
    items = [
        pack_bytes(key.encode()) + _option(value) for key, value in zip(keys, values, strict=True)
    ]
    return len(items).to_bytes(4, "little") + b"".join(items)


def _set_many(store: Store, bucket: str, reader: Reader) -> bytes:
    store.set_many(bucket, [(reader.string(), reader.bytes()) for _ in range(reader.u32())])
    return b""


def _delete_many(store: Store, bucket: str, reader: Reader) -> bytes:
    store.delete_many(bucket, [reader.string() for _ in range(reader.u32())])
    return b""


def _swap(store: Store, bucket: str, reader: Reader) -> bytes:
    key = reader.string()
    expected = reader.bytes() if reader.u8() else None
    done, found = store.swap(bucket, key, expected, reader.bytes())
    return b"\1" if done else b"\0" + _option(found)


_OPERATIONS: dict[str, _Operation] = {
    "bucket.get": _get,
    "bucket.set": _set,
    "bucket.delete": _delete,
    "bucket.exists": _exists,
    "bucket.list-keys": _list,
    "bucket.list-keys with numbers": _list_numbered,
    "increment": _increment,
    "increment without a sign": _increment_unsigned,
    "get-many": _get_many,
    "set-many": _set_many,
    "delete-many": _delete_many,
    "swap": _swap,
}
"""In the order of the numbers in C."""
