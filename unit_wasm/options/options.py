"""Every option of an application, declared once.

An option is one field of :class:`Options`. Its environment name, command line flag, parser, bounds
and row of the documentation table are derived from that declaration and exist nowhere else:

- in Unit's and our JSON, as an entry of an application's ``environment``: ``UNIT_WASM_TIMEOUT=30s``
  (Unit rejects keys that it does not know, so options cannot be keys of their own);
- on the command line, as a flag: ``--timeout 30s``;
- in Python, as a keyword: ``Options(timeout=30.0)``.

Durations are seconds (``5``, ``0.5``) or carry a unit (``500ms``, ``5s``, ``1m``, ``1h``). Sizes
are bytes (``65536``) or carry a power of 1024 (``64K``, ``64KiB``, ``1M``, ``1G``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from unit_wasm.errors import ConfigError
from unit_wasm.options import kinds
from unit_wasm.options.directories import Directory
from unit_wasm.options.kinds import GIB, KIB, MIB
from unit_wasm.options.option import ENVIRONMENT_PREFIX, Option, default_cache_dir, is_config_entry
from unit_wasm.options.option import bytes_field as _bytes
from unit_wasm.options.option import count_field as _count
from unit_wasm.options.option import option_field as _option
from unit_wasm.options.option import seconds_field as _seconds
from unit_wasm.suggest import did_you_mean
from unit_wasm.values import dataclass

_HOUR = 3600.0


@dataclass(frozen=True)
class Options:
    """The options of one application.

    Raises:
        ConfigError: a value has the wrong type or is out of its bounds.
    """

    timeout: float = _seconds(
        60.0,
        0.001,
        24 * _HOUR,
        "Wall time of one exchange, waiting included; 504, or a cut connection, after it.",
    )
    cpu_timeout: float = _seconds(
        10.0,
        0.001,
        _HOUR,
        "CPU time of the guest in one exchange; 504, or a cut connection, after it.",
    )
    max_exchanges: int = _count(
        # Each instance takes about six memory mappings and Linux allows 65530 per process.
        1000,
        1,
        10_000,
        "Exchanges in flight at once; also the number of slots in the pool of instances. "
        "Fewer, where address space is short.",
    )
    queue_timeout: float = _seconds(
        *(5.0, 0.0, _HOUR), "Time that a request waits for a free slot before it is answered 503."
    )
    max_queue: int = _count(
        *(10_000, 0, 1_000_000),
        "Requests that may wait for a free slot; one more is answered 503 at once.",
    )
    max_memory: int = _bytes(
        256 * MIB, 64 * KIB, 4 * GIB, "Size of all linear memories of an instance together."
    )
    max_table_elements: int = _count(
        *(100_000, 1, 10_000_000), "Elements that all tables of an instance may have together."
    )
    max_instances: int = _count(
        100, 1, 10_000, "Core instances that one exchange may have; a component is made of several."
    )
    max_handles: int = _count(
        1024,
        16,
        # Where libwasmtime itself ends, with all else that it keeps for an exchange: measured.
        100_000,
        "Resource handles (streams, fields, bodies and so on) that one exchange may hold.",
    )
    max_header_bytes: int = _bytes(
        64 * KIB,
        1 * KIB,
        16 * MIB,
        "Bytes of a request's head, and of its chunk extensions and trailers (431 above it), and "
        "of each set of fields that a guest makes.",
    )
    max_response_bytes: int = _bytes(
        # More than any exchange moves within the default time limit: an endless stream ends.
        64 * GIB,
        1 * KIB,
        1 << 50,
        "Bytes of a response's body; it is 500, or a cut connection, above it.",
    )
    body_buffer: int = _bytes(
        # A guest may write 4096 bytes at once, so a smaller window could never open.
        128 * KIB,
        4 * KIB,
        1 * GIB,
        "Body bytes that wait in each direction before the guest, or the client, is stopped.",
    )
    max_log_bytes: int = _bytes(
        # Lines count for 128 bytes more: empty ones cost the log as much.
        1 * MIB,
        1 * KIB,
        1 * GIB,
        "Bytes that a component may print in one exchange, each line for 128 more; the rest is "
        "left out, and a line says so.",
    )
    max_host_memory: int = _bytes(
        # More than the other limits allow an honest guest: 64 outgoing requests with full windows
        # and heads, both ways, are 40 MiB.
        64 * MIB,
        1 * MIB,
        16 * GIB,
        "Bytes that the host holds for one exchange: fields, requests, bodies, handles and so on; "
        "not less than eight windows and heads.",
    )
    dirs: tuple[Directory, ...] = _option(
        kinds.DIRECTORIES,
        (),
        "Directories that components are given: `HOST`, `HOST::GUEST` where it has another name "
        "for them, with `:ro` behind it where nothing may be changed.",
        shown_default="none",
    )
    max_files: int = _count(
        # Each costs a descriptor of the process; what honest guests have open are a few.
        64,
        1,
        10_000,
        "Files and directories that one exchange may have open at once.",
    )
    max_file_bytes: int = _bytes(1 * GIB, 0, 1 << 50, "Bytes that one exchange may write to files.")
    max_outgoing: int = _count(
        *(64, 1, 10_000), "Outgoing requests that one exchange may have on their way at once."
    )
    outgoing: tuple[str, ...] = _option(
        kinds.ENTRIES,
        (),
        "Where components may send requests: origins, `*`, and private networks.",
        shown_default="nowhere",
    )
    ca_file: Path | None = _option(
        *(kinds.FILE, None),
        "Certificates (PEM) that peers of outgoing requests may have, beside the system's.",
        shown_default="none",
    )
    max_outgoing_connections: int = _count(
        *(256, 1, 10_000),
        "Connections of outgoing requests at once, idle ones included; more requests wait.",
    )
    network: tuple[str, ...] = _option(
        kinds.NETWORK,
        (),
        "Where components may go by sockets, and be reached: `tcp:HOST:PORT`, `udp:HOST:PORT`, "
        "`listen:ADDRESS:PORT`, `*`, and private networks.",
        shown_default="nowhere",
    )
    max_sockets: int = _count(
        # Each costs a descriptor of the process, and up to 128 KiB of the host's memory.
        *(64, 1, 10_000),
        "Sockets that one exchange may have open at once.",
    )
    max_open_sockets: int = _count(
        # A quarter of the descriptors that most systems give to a process.
        *(256, 1, 1_000_000),
        "Sockets that all exchanges of a worker may have open at once.",
    )
    client_address_header: str = _option(
        kinds.HEADER,
        "",
        "Header that tells the component the client's address; one that a client sends is dropped.",
        shown_default="none",
    )
    request_id_header: str = _option(
        kinds.HEADER,
        "",
        "Header that tells the component the request's id; one that a client sends is dropped.",
        shown_default="none",
    )
    request_id_from: str = _option(
        kinds.HEADER,
        "",
        "Header of the request that has its id, where what is in front of the server sets it.",
        shown_default="none",
    )
    request_id_response: str = _option(
        kinds.HEADER, "", "Header of the response that gets the request's id.", shown_default="none"
    )
    log_format: str = _option(
        kinds.LOG_FORMAT, "text", "How lines of the log are written; `json`: an object on each."
    )
    host_header: str = _option(
        kinds.HOST_HEADER,
        "",
        "`drop`: the authority is the Host field as it was sent, port included, and no header. "
        "`keep`: `host` is among the headers, and the authority its name alone.",
        shown_default="drop; keep for type wasm",
    )
    host: str = _option(
        *(kinds.REFERENCE, ""),
        "What provides the imports that no package of WASI has: `module:Class` in Python.",
        shown_default="nothing",
    )
    host_path: Path | None = _option(
        *(kinds.FILE, None),
        "Folder where the module of `UNIT_WASM_HOST` is looked for first.",
        shown_default="none",
    )
    origins: tuple[str, ...] = _option(
        *(kinds.PAGES, ()),
        "Pages of other servers that may call functions, and read the answers: origins, or `*`.",
        shown_default="none",
    )
    keyvalue: str = _option(
        *(kinds.STORE, ""),
        "Where wasi:keyvalue keeps values: `sqlite:PATH`, or `redis://HOST:PORT/DB`.",
        shown_default="nowhere",
    )
    keyvalue_timeout: float = _seconds(
        *(5.0, 0.001, _HOUR),
        "Time that a store may take for one operation; the component gets an error after it.",
    )
    wasi_config: Path | None = _option(
        *(kinds.FILE, None),
        "File of values for wasi:config, a JSON object of strings; `UNIT_WASM_CONFIG_KEY` entries "
        "go first.",
        shown_default="none",
    )
    metrics_file: Path | None = _option(
        *(kinds.FILE, None),
        "Each process writes its metrics beside this file: NAME.APPLICATION.PID.prom.",
        shown_default="none",
    )
    metrics_interval: float = _seconds(
        *(5.0, 0.1, _HOUR), "Time between two writes of the metrics file."
    )
    cache_dir: Path = _option(
        kinds.PATH,
        default_cache_dir,
        "Folder of compiled components; made with mode 0700. Where it cannot be written to, every "
        "start compiles.",
        shown_default="$XDG_CACHE_HOME/unit-wasm or ~/.cache/unit-wasm",
    )
    compile_timeout: float = _seconds(
        # A component of 20 MB takes 16 s of the processor here, and minutes on a slow, busy one.
        *(300.0, 1.0, 24 * _HOUR),
        "Wall time of compiling a component; one that takes longer is refused.",
    )
    compile_memory: int = _bytes(
        # The same component takes less than 512 MiB.
        *(4 * GIB, 64 * MIB, 1024 * GIB),
        "Memory that compiling a component may take; one that takes more is refused.",
    )
    target_cpu: str = _option(
        kinds.PROCESSOR,
        "native",
        "Processors that components are compiled for: `native` (this one), `generic`, `x86-64-v2`, "
        "`x86-64-v3` or `x86-64-v4`; with a level one cache serves different machines.",
    )
    rewrite: bool = _option(
        *(kinds.SWITCH, True),
        "Change components before they are compiled, so that bytes and imports take less time; "
        "off to compare.",
    )
    without: str = _option(
        kinds.PART,
        "nothing",
        "One part of what makes components fast to leave out, which shows what it brings: of that "
        "change `bytes` (they cross as strings), `front` (imports, one by one) or `guard` (calls "
        "that pass too much are refused); `merge` (core modules that are linked among themselves "
        "become one); `small-memory` (memories are our own, and only what was touched is "
        "restored); `images` (large ones, too); `written` (the kernel tells what was), `scan` "
        "(that alone, not of each page), `faults` (only where there were page faults); `batch` "
        "(small answers leave together); `direct` (large bodies go between guest and socket in "
        "the guest's own calls); or `nothing`.",
    )
    pooling: bool = _option(
        *(kinds.SWITCH, True),
        "Keep memories and stacks in a pool; off uses less address space and is slower.",
    )
    keep_slots: int = _count(
        # More than run at once where none waits.
        *(64, 1, 10_000),
        "Slots of the pool that keep memory for the next instance; others give it back at once.",
    )
    keep_memory: int = _bytes(
        # What a guest of Python or JavaScript writes to is 1 to 2 MiB.
        *(8 * MIB, 0, 4 * GIB),
        "Memory that such a slot keeps, until nobody has had it for 5 to 10 seconds.",
    )

    def __post_init__(self) -> None:
        for option in OPTIONS:
            given = getattr(self, option.name)
            value = option.kind.adopt(given)
            if value is not given:
                object.__setattr__(self, option.name, value)
            option.check(value, label=option.name)

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str], *, base: Options | None = None, pointer: str = ""
    ) -> tuple[Options, dict[str, str]]:
        """Take the options out of an application's ``environment``.

        Parameters:
            environment: names and values, options and the guest's variables together.
            base: the values of the options that are not named; the defaults where it is None.
            pointer: the place of ``environment`` in the JSON document, for errors.

        Returns:
            The options, and what remains: the environment that the guest sees, with its entries
            for wasi:config (see :mod:`unit_wasm.options.config_values`).

        Raises:
            ConfigError: a ``UNIT_WASM_`` name is not known, or a value cannot be used.
        """
        changes: dict[str, Any] = {}
        remaining: dict[str, str] = {}
        for name, text in environment.items():
            if not name.startswith(ENVIRONMENT_PREFIX) or is_config_entry(name):
                remaining[name] = text
                continue
            place = f"{pointer}/{name}"
            option = _BY_ENVIRONMENT.get(name)
            if option is None:
                raise ConfigError(
                    f'unknown option "{name}"',
                    pointer=place,
                    hint=did_you_mean(name, _BY_ENVIRONMENT),
                )
            changes[option.name] = option.parse(text, label=name, pointer=place)
        return replace(base or cls(), **changes), remaining


def _declared() -> tuple[Option, ...]:
    options = []
    for item in fields(Options):
        low, high = item.metadata["bounds"] or (None, None)
        kind, default, doc = (item.metadata[key] for key in ("kind", "default", "doc"))
        options.append(Option(item.name, kind, default, low, high, doc))
    return tuple(options)


OPTIONS: tuple[Option, ...] = _declared()
"""Every option in the order of the documentation."""

_BY_ENVIRONMENT = {option.environment: option for option in OPTIONS}
