"""A store in a file of SQLite's, which all workers of an application share."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from unit_wasm.hosting.keyvalue import store

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (bucket, key)
)
"""
# Others may have written texts and numbers, which SQLite keeps as such: they are their bytes.
_GET = "SELECT CAST(value AS BLOB) FROM entries WHERE bucket = ? AND key = ?"
# Where it is there already it keeps its id: cursors go by these.
_SET = (
    "INSERT INTO entries (bucket, key, value) VALUES (?, ?, ?) "
    "ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value"
)
_DELETE = "DELETE FROM entries WHERE bucket = ? AND key = ?"
_KEYS = (
    "SELECT id, CAST(key AS BLOB) FROM entries "
    "WHERE bucket = ? AND id > ? AND typeof(key) = 'text' ORDER BY id LIMIT ?"
)

_DENIED = frozenset((sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH))
_PAUSE = 0.005
_BUSY = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))


class SqliteStore:
    """A store in a file, made where it is not there.

    A write is committed when it has returned, in the file's log: whoever is killed then loses
    nothing of it (a machine that loses its power may lose the last ones, and nothing else).

    Parameters:
        path: of the file; its folder has to be there.
        timeout: seconds that a call waits for others that write.
    """

    def __init__(self, path: Path, timeout: float) -> None:
        # SQLite has names for what is no file: `:memory:` is one for each thread.
        self._path = os.path.join(".", path)
        self._timeout = timeout
        # One connection for each thread, and who writes among them waits here rather than in
        # SQLite, which looks only now and then whether it is free.
        self._local = threading.local()
        self._writing = threading.Lock()

    # ---- Operations ----

    def get(self, bucket: str, key: str) -> bytes | None:
        with self._reading() as database:
            return _value(database, bucket, key)

    def exists(self, bucket: str, key: str) -> bool:
        return self.get(bucket, key) is not None

    def keys(self, bucket: str, cursor: int) -> tuple[list[str], int | None]:
        with self._reading() as database:
            at = min(cursor, store.NUMBER_MAX)
            rows = database.execute(_KEYS, (bucket, at, store.MOST_KEYS + 1)).fetchall()
        more = len(rows) > store.MOST_KEYS
        keys = store.texts_of(key for _, key in rows[: store.MOST_KEYS])
        return keys, rows[store.MOST_KEYS - 1][0] if more else None

    def get_many(self, bucket: str, keys: Sequence[str]) -> list[bytes | None]:
        with self._reading() as database:
            return [_value(database, bucket, key) for key in keys]

    def set(self, bucket: str, key: str, value: bytes) -> None:
        with self._transaction() as database:
            database.execute(_SET, (bucket, key, value))

    def delete(self, bucket: str, key: str) -> None:
        with self._transaction() as database:
            database.execute(_DELETE, (bucket, key))

    def set_many(self, bucket: str, pairs: Sequence[tuple[str, bytes]]) -> None:
        with self._transaction() as database:
            database.executemany(_SET, [(bucket, key, value) for key, value in pairs])

    def delete_many(self, bucket: str, keys: Sequence[str]) -> None:
        with self._transaction() as database:
            database.executemany(_DELETE, [(bucket, key) for key in keys])

    def increment(self, bucket: str, key: str, delta: int) -> int:
        with self._transaction() as database:
            number = store.number_of(_value(database, bucket, key)) + delta
            if not store.NUMBER_MIN <= number <= store.NUMBER_MAX:
                raise store.StoreError("the number would have more than 64 bits")
            database.execute(_SET, (bucket, key, b"%d" % number))
            return number

    def swap(
        self, bucket: str, key: str, expected: bytes | None, value: bytes
    ) -> tuple[bool, bytes | None]:
        with self._transaction() as database:
            found = _value(database, bucket, key)
            if found != expected:
                return False, found
            database.execute(_SET, (bucket, key, value))
            return True, None

    def close(self) -> None:
        """Connections go with their threads."""

    # ---- Connections ----

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if not self._writing.acquire(timeout=self._timeout):
            raise store.StoreError("the store is busy")
        try:
            with self._reading() as database:
                database.execute("BEGIN IMMEDIATE")
                try:
                    yield database
                except BaseException:
                    database.execute("ROLLBACK")
                    raise
                database.execute("COMMIT")
        finally:
            self._writing.release()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection()
        except sqlite3.Error as error:
            self._forget()
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if _is_busy(error):
                raise store.StoreError("the store is busy") from error
            if code in _DENIED:
                raise store.StoreError("", 1) from error
            raise store.StoreError(f"the store has failed: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        """Return that of this thread, which is opened anew where the file is another one."""
        kept: _Kept | None = getattr(self._local, "kept", None)
        identity = self._identity()
        if kept is not None:
            if kept.identity == identity:
                return kept.database
            self._forget()
        database = self._opened(time.monotonic() + self._timeout)
        self._local.kept = _Kept(database, self._identity())
        return database

    def _opened(self, deadline: float) -> sqlite3.Connection:
        while True:
            # No transactions but our own.
            database = sqlite3.connect(
                self._path,
                timeout=self._timeout,
                isolation_level=None,
                # It is closed by whoever is the last to have the store.
                check_same_thread=False,
            )
            try:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = NORMAL")
                database.execute(_SCHEMA)
            except BaseException as error:
                database.close()
                # Where several make the file at once, SQLite does not wait by itself.
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE)
            else:
                return database

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _forget(self) -> None:
        self._local.kept = None


class _Kept:
    """The connection of a thread, which is closed with it: Python would take its time for that."""

    def __init__(self, database: sqlite3.Connection, identity: tuple[int, int] | None) -> None:
        self.database = database
        self.identity = identity

    def __del__(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self.database.close()


def _is_busy(error: BaseException) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


def _value(database: sqlite3.Connection, bucket: str, key: str) -> bytes | None:
    row = database.execute(_GET, (bucket, key)).fetchone()
    return None if row is None else bytes(row[0])
