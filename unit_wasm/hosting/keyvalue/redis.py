"""A store in Redis or Valkey: each bucket is a hash of that name behind a prefix."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from unit_wasm.errors import ConfigError
from unit_wasm.hosting.keyvalue.store import MOST_KEYS, StoreError, texts_of

PREFIX = "wasi-keyvalue:"
"""What the names of hashes begin with; that of the bucket follows."""

# The server runs it as one: nobody sees the value in between.
_SWAP = """
local found = redis.call('HGET', KEYS[1], ARGV[1])
if ARGV[2] == '1' then
  if found ~= ARGV[3] then return {0, found} end
elseif found then
  return {0, found}
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
return {1, false}
"""


class RedisStore:
    """A store on a server.

    Nothing is asked twice by itself: an increment whose answer did not come may have been done.

    Parameters:
        url: of the server.
        timeout: seconds that it may take to connect, and to answer.

    Raises:
        ConfigError: the package ``redis`` is not installed.
    """

    def __init__(self, url: str, timeout: float) -> None:
        try:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError:
            raise ConfigError(
                "UNIT_WASM_KEYVALUE names a Redis server, and the package redis is not installed",
                hint='pip install "unit_wasm[redis]"',
            ) from None
        self._errors = redis
        self._client: Any = redis.Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            retry_on_timeout=False,
            protocol=2,
            # Servers are not told who we are, which takes two answers and a file of the package.
            driver_info=None,
        )
        # Whatever a first connection imports, workers in Unit cannot read any more.
        self._client.connection_pool.make_connection()

    def get(self, bucket: str, key: str) -> bytes | None:
        found = self._ask("HGET", bucket, key)
        return None if found is None else bytes(found)

    def set(self, bucket: str, key: str, value: bytes) -> None:
        self._ask("HSET", bucket, key, value)

    def delete(self, bucket: str, key: str) -> None:
        self._ask("HDEL", bucket, key)

    def exists(self, bucket: str, key: str) -> bool:
        return bool(self._ask("HEXISTS", bucket, key))

    def keys(self, bucket: str, cursor: int) -> tuple[list[str], int | None]:
        with self._failing():
            # Without their values where the server knows how to: Redis 7.4, Valkey 8.
            following, found = self._client.hscan(PREFIX + bucket, cursor, count=MOST_KEYS)
        return texts_of(found), int(following) or None

    def increment(self, bucket: str, key: str, delta: int) -> int:
        return int(self._ask("HINCRBY", bucket, key, delta))

    def get_many(self, bucket: str, keys: Sequence[str]) -> list[bytes | None]:
        return list(self._ask("HMGET", bucket, *keys)) if keys else []

    def set_many(self, bucket: str, pairs: Sequence[tuple[str, bytes]]) -> None:
        if pairs:
            self._ask("HSET", bucket, *(part for pair in pairs for part in pair))

    def delete_many(self, bucket: str, keys: Sequence[str]) -> None:
        if keys:
            self._ask("HDEL", bucket, *keys)

    def swap(
        self, bucket: str, key: str, expected: bytes | None, value: bytes
    ) -> tuple[bool, bytes | None]:
        with self._failing():
            done, found = self._client.eval(
                _SWAP, 1, PREFIX + bucket, key, int(expected is not None), expected or b"", value
            )
        return bool(done), found

    def close(self) -> None:
        """Close the connections."""
        with contextlib.suppress(Exception):
            self._client.close()

    def _ask(self, command: str, bucket: str, *arguments: Any) -> Any:
        with self._failing():
            return self._client.execute_command(command, PREFIX + bucket, *arguments)

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        errors = self._errors.exceptions
        try:
            yield
        except (errors.AuthenticationError, errors.NoPermissionError) as error:
            raise StoreError("", 1) from error
        except errors.TimeoutError as error:
            raise StoreError("the store does not answer") from error
        except errors.ConnectionError as error:
            raise StoreError("the store cannot be reached") from error
        except errors.RedisError as error:
            raise StoreError(f"the store says: {error}") from error
