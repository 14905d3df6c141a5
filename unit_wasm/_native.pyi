"""What the extension has: made by tools/native_stub.py out of what CFFI knows of it."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, Literal, TypeAlias, TypeVar, overload

_T = TypeVar("_T")

class Array(Generic[_T]):
    """An array, or a pointer to what is no struct."""

    def __getitem__(self, index: int, /) -> _T: ...
    def __setitem__(self, index: int, value: _T, /) -> None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[_T]: ...

Bytes: TypeAlias = Array[bytes] | Array[int] | bytes
Data: TypeAlias = bytes | bytearray | memoryview

class Memory:
    """Bytes of C, as they are."""

    def __getitem__(self, index: slice, /) -> bytes: ...
    def __len__(self) -> int: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...

class Field:
    """A field of a struct."""

    type: CType
    offset: int

class CType:
    """A type of C."""

    kind: str
    cname: str
    fields: list[tuple[str, Field]]
    item: CType
    args: tuple[CType, ...]
    result: CType

class uw_call_event_t:
    kind: int
    number: int
    data: Array[bytes]
    size: int
    dropped: int
    end: int
    exit_code: int
    offset: int
    message: Array[bytes]
    detail: Array[bytes]
    small: Array[bytes]
    def __getitem__(self, index: int, /) -> uw_call_event_t: ...
    def __add__(self, count: int, /) -> uw_call_event_t: ...

class uw_caller_t:
    def __getitem__(self, index: int, /) -> uw_caller_t: ...
    def __add__(self, count: int, /) -> uw_caller_t: ...

class uw_chunks_t:
    left: int
    framing: int
    digits: int
    state: int
    def __getitem__(self, index: int, /) -> uw_chunks_t: ...
    def __add__(self, count: int, /) -> uw_chunks_t: ...

class uw_engine_t:
    def __getitem__(self, index: int, /) -> uw_engine_t: ...
    def __add__(self, count: int, /) -> uw_engine_t: ...

class uw_executor_t:
    def __getitem__(self, index: int, /) -> uw_executor_t: ...
    def __add__(self, count: int, /) -> uw_executor_t: ...

class uw_histogram_t:
    buckets: Array[int]
    sum: int
    def __getitem__(self, index: int, /) -> uw_histogram_t: ...
    def __add__(self, count: int, /) -> uw_histogram_t: ...

class uw_host_entry_t:
    id: int
    interface: Array[bytes]
    versions: Array[Array[bytes]]
    name: Array[bytes]
    is_resource: bool
    params: int
    results: int
    waits: bool
    refused: bool
    def __getitem__(self, index: int, /) -> uw_host_entry_t: ...
    def __add__(self, count: int, /) -> uw_host_entry_t: ...

class uw_host_order_t:
    id: int
    what: int
    function: int
    serial: int
    arguments: Array[int]
    arguments_size: int
    drops: Array[int]
    drops_size: int
    request: Array[bytes]
    request_size: int
    def __getitem__(self, index: int, /) -> uw_host_order_t: ...
    def __add__(self, count: int, /) -> uw_host_order_t: ...

class uw_hostcalls_t:
    def __getitem__(self, index: int, /) -> uw_hostcalls_t: ...
    def __add__(self, count: int, /) -> uw_hostcalls_t: ...

class uw_library_t:
    def __getitem__(self, index: int, /) -> uw_library_t: ...
    def __add__(self, count: int, /) -> uw_library_t: ...

class uw_loopback_result_t:
    exchanges: int
    failed: int
    body_bytes: int
    nanoseconds: int
    median: int
    p99: int
    def __getitem__(self, index: int, /) -> uw_loopback_result_t: ...
    def __add__(self, count: int, /) -> uw_loopback_result_t: ...

class uw_metrics_t:
    statuses: Array[int]
    ends: Array[int]
    instantiation: uw_histogram_t
    cpu: uw_histogram_t
    duration: uw_histogram_t
    def __getitem__(self, index: int, /) -> uw_metrics_t: ...
    def __add__(self, count: int, /) -> uw_metrics_t: ...

class uw_metrics_view_t:
    application: Array[bytes]
    limit: int
    cached: bool
    status: uw_worker_status_t
    metrics: uw_metrics_t
    def __getitem__(self, index: int, /) -> uw_metrics_view_t: ...
    def __add__(self, count: int, /) -> uw_metrics_view_t: ...

class uw_news_t:
    id: int
    what: int
    present: int
    status: int
    headers: Array[bytes]
    headers_size: int
    body: Array[bytes]
    body_size: int
    def __getitem__(self, index: int, /) -> uw_news_t: ...
    def __add__(self, count: int, /) -> uw_news_t: ...

class uw_order_t:
    id: int
    what: int
    method: Array[bytes]
    method_size: int
    scheme: Array[bytes]
    scheme_size: int
    authority: Array[bytes]
    authority_size: int
    path: Array[bytes]
    path_size: int
    headers: Array[bytes]
    headers_size: int
    hops: Array[bytes]
    hops_size: int
    traceparent: Array[bytes]
    traceparent_size: int
    connect_timeout: int
    first_byte_timeout: int
    between_bytes_timeout: int
    body: Array[int]
    body_size: int
    trailers: Array[bytes]
    trailers_size: int
    def __getitem__(self, index: int, /) -> uw_order_t: ...
    def __add__(self, count: int, /) -> uw_order_t: ...

class uw_outgoing_table_t:
    def __getitem__(self, index: int, /) -> uw_outgoing_table_t: ...
    def __add__(self, count: int, /) -> uw_outgoing_table_t: ...

class uw_request_head_t:
    length: int
    size: int
    method: int
    method_end: int
    target_end: int
    host: int
    host_end: int
    fields_size: int
    flags: int
    path: int
    path_end: int
    authority: int
    authority_end: int
    def __getitem__(self, index: int, /) -> uw_request_head_t: ...
    def __add__(self, count: int, /) -> uw_request_head_t: ...

class uw_settings_t:
    name: Array[bytes]
    library: Array[bytes]
    library_version: Array[bytes]
    component: Array[bytes]
    component_identity: Array[bytes]
    folder: bool
    handler: Array[bytes]
    program: Array[bytes]
    environment: Array[Array[bytes]]
    environment_count: int
    directories: Array[Array[bytes]]
    directory_count: int
    config: Array[Array[bytes]]
    config_count: int
    client_address_header: Array[bytes]
    request_id_header: Array[bytes]
    request_id_from: Array[bytes]
    request_id_response: Array[bytes]
    drop_host: bool
    rewritten: bool
    pooling: bool
    batch: bool
    direct: bool
    max_exchanges: int
    max_queue: int
    queue_timeout: int
    timeout: int
    cpu_timeout: int
    max_memory: int
    memory_each: int
    table_each: int
    keep_slots: int
    keep_memory: int
    max_instances: int
    max_handles: int
    max_header_bytes: int
    max_response_bytes: int
    body_buffer: int
    max_log_bytes: int
    max_host_memory: int
    log_json: bool
    log_line: int
    hosting: bool
    keyvalue: bool
    outgoing: bool
    max_outgoing: int
    max_files: int
    max_file_bytes: int
    network: Array[bytes]
    max_sockets: int
    max_open_sockets: int
    python_terms: Array[bytes]
    metrics_file: Array[bytes]
    metrics_interval: int
    cached: bool
    component_fd: int
    target_cpu: Array[bytes]
    memories: int
    tables: int
    own_memories: bool
    images: int
    written: bool
    scan: bool
    faults: bool
    reservation: int
    log: Callable[..., Any] | None
    log_data: Any
    def __getitem__(self, index: int, /) -> uw_settings_t: ...
    def __add__(self, count: int, /) -> uw_settings_t: ...

class uw_source_t:
    id: int
    left: int
    read: int
    room: int
    descriptor: int
    def __getitem__(self, index: int, /) -> uw_source_t: ...
    def __add__(self, count: int, /) -> uw_source_t: ...

class uw_whole_answer_t:
    id: int
    size: int
    headers_size: int
    body_size: int
    status: int
    present: int
    what: int
    def __getitem__(self, index: int, /) -> uw_whole_answer_t: ...
    def __add__(self, count: int, /) -> uw_whole_answer_t: ...

class uw_whole_answers_t:
    answers: Array[bytes]
    answers_size: int
    text: Array[bytes]
    text_size: int
    news: bool
    def __getitem__(self, index: int, /) -> uw_whole_answers_t: ...
    def __add__(self, count: int, /) -> uw_whole_answers_t: ...

class uw_worker_status_t:
    requests: int
    failures: int
    cancelled: int
    in_flight: int
    queued: int
    pooled: bool
    def __getitem__(self, index: int, /) -> uw_worker_status_t: ...
    def __add__(self, count: int, /) -> uw_worker_status_t: ...

class uw_worker_t:
    def __getitem__(self, index: int, /) -> uw_worker_t: ...
    def __add__(self, count: int, /) -> uw_worker_t: ...

class Lib:
    """The functions and constants."""

    UW_CALL_FAILED: int
    UW_CALL_HOST: int
    UW_CALL_MALFORMED: int
    UW_CALL_READY: int
    UW_CALL_REFUSED: int
    UW_CALL_RETURNED: int
    UW_CALL_SLICE: int
    UW_CALL_WAITING: int
    UW_CARRIED_ANNOUNCED: int
    UW_CARRIED_PACKED: int
    UW_CARRIED_PLAIN: int
    UW_CARRIED_WRONG: int
    UW_ENDS: int
    UW_END_BAD_RESPONSE: int
    UW_END_CLIENT_GONE: int
    UW_END_CPU_TIMEOUT: int
    UW_END_ERROR_CODE: int
    UW_END_EXIT: int
    UW_END_HOST: int
    UW_END_NO_RESPONSE: int
    UW_END_OK: int
    UW_END_QUEUE_FULL: int
    UW_END_QUEUE_TIMEOUT: int
    UW_END_REFUSED: int
    UW_END_START: int
    UW_END_TIMEOUT: int
    UW_END_TRAP_ARITHMETIC: int
    UW_END_TRAP_HOST: int
    UW_END_TRAP_MEMORY: int
    UW_END_TRAP_OTHER: int
    UW_END_TRAP_STACK: int
    UW_END_TRAP_TABLE: int
    UW_END_TRAP_UNREACHABLE: int
    UW_END_UNPREPARED: int
    UW_HOST_CALL: int
    UW_HOST_DROP: int
    UW_HOST_END: int
    UW_HOST_FUNCTIONS: int
    UW_KEYVALUE_DELETE: int
    UW_KEYVALUE_DELETE_MANY: int
    UW_KEYVALUE_EXISTS: int
    UW_KEYVALUE_GET: int
    UW_KEYVALUE_GET_MANY: int
    UW_KEYVALUE_INCREMENT: int
    UW_KEYVALUE_INCREMENT_UNSIGNED: int
    UW_KEYVALUE_LIST: int
    UW_KEYVALUE_LIST_NUMBERED: int
    UW_KEYVALUE_SET: int
    UW_KEYVALUE_SET_MANY: int
    UW_KEYVALUE_SWAP: int
    UW_NEWS_BODY: int
    UW_NEWS_CUT: int
    UW_NEWS_END: int
    UW_NEWS_HEAD: int
    UW_NEWS_OVER: int
    UW_NEWS_PULL: int
    UW_NEWS_REST: int
    UW_NEWS_WHOLE: int
    UW_ORDER_BODY: int
    UW_ORDER_BREAK: int
    UW_ORDER_CANCEL: int
    UW_ORDER_END: int
    UW_ORDER_READ: int
    UW_ORDER_START: int
    UW_PRESENT_DATE: int
    UW_PRESENT_LENGTH: int
    UW_PRESENT_SERVER: int
    UW_REQUEST_ABSOLUTE: int
    UW_REQUEST_CHUNKED: int
    UW_REQUEST_CLOSE: int
    UW_REQUEST_CONTINUE: int
    UW_REQUEST_HOST: int
    UW_REQUEST_LENGTH: int
    UW_REQUEST_MINOR: int
    UW_REQUEST_PATH: int
    UW_STATUSES: int
    UW_TIME_BUCKETS: int
    def uw_asgi_answers(self, _0: uw_worker_t, _1: uw_whole_answers_t, /) -> None: ...
    def uw_asgi_arrived(self, _0: uw_worker_t, _1: int, _2: int, _3: bool, /) -> int: ...
    def uw_asgi_call(
        self, _0: uw_worker_t, _1: Bytes, _2: int, _3: int, _4: Bytes, _5: int, /
    ) -> int: ...
    def uw_asgi_free_body(self, _0: Any, /) -> None: ...
    def uw_asgi_gone(self, _0: uw_worker_t, _1: int, /) -> None: ...
    def uw_asgi_keep(self, _0: uw_worker_t, _1: uw_news_t, /) -> Any: ...
    def uw_asgi_next(self, _0: uw_worker_t, _1: uw_news_t, /) -> bool: ...
    def uw_asgi_push(self, _0: uw_worker_t, _1: int, _2: Bytes, _3: int, _4: bool, /) -> int: ...
    def uw_asgi_request_id(self, _0: uw_worker_t, _1: Bytes, /) -> int: ...
    def uw_asgi_room(self, _0: uw_worker_t, _1: int, _2: int, _3: Array[int], /) -> Array[int]: ...
    def uw_asgi_sent(self, _0: uw_worker_t, _1: int, _2: int, _3: int, _4: bool, /) -> None: ...
    def uw_asgi_sent_directly(self, _0: uw_worker_t, _1: int, /) -> int: ...
    def uw_asgi_source(self, _0: uw_worker_t, _1: int, _2: int, _3: int, /) -> bool: ...
    def uw_asgi_sources(self, _0: uw_worker_t, /) -> uw_source_t: ...
    def uw_asgi_start(self, _0: uw_worker_t, _1: Bytes, _2: int, _3: bool, /) -> int: ...
    def uw_bucket_bound(self, _0: int, /) -> int: ...
    def uw_caller_answer(
        self, _0: uw_caller_t, _1: Bytes, _2: int, _3: uw_call_event_t, /
    ) -> int: ...
    def uw_caller_call(
        self, _0: uw_caller_t, _1: int, _2: Bytes, _3: int, _4: uw_call_event_t, /
    ) -> int: ...
    def uw_caller_cancel(self, _0: uw_caller_t, /) -> None: ...
    def uw_caller_command(
        self, _0: uw_caller_t, _1: int, _2: int, _3: int, _4: Array[Array[bytes]], _5: int, /
    ) -> None: ...
    def uw_caller_delete(self, _0: uw_caller_t, /) -> bool: ...
    def uw_caller_drops(self, _0: uw_caller_t, /) -> Array[bytes]: ...
    def uw_caller_fail(self, _0: uw_caller_t, _1: Bytes, _2: uw_call_event_t, /) -> int: ...
    def uw_caller_go_on(self, _0: uw_caller_t, _1: uw_call_event_t, /) -> int: ...
    def uw_caller_new(self, _0: uw_library_t, /) -> uw_caller_t: ...
    def uw_caller_start(self, _0: uw_caller_t, _1: uw_call_event_t, /) -> int: ...
    def uw_caller_wait(self, _0: uw_caller_t, _1: int, /) -> None: ...
    def uw_carried(self, _0: Bytes, _1: int, _2: Array[int], /) -> int: ...
    def uw_chunks_read(
        self,
        _0: uw_chunks_t,
        _1: Bytes,
        _2: int,
        _3: int,
        _4: int,
        _5: Bytes,
        _6: Array[int],
        _7: Array[bool],
        /,
    ) -> int: ...
    def uw_compile(
        self,
        _0: uw_settings_t,
        _1: Bytes,
        _2: int,
        _3: Array[Array[int]],
        _4: Array[int],
        _5: Bytes,
        _6: int,
        /,
    ) -> int: ...
    def uw_compiled_delete(self, _0: Bytes, /) -> None: ...
    def uw_end_name(self, _0: int, /) -> Array[bytes]: ...
    def uw_engine_digest(self) -> Array[bytes]: ...
    def uw_escape(self, _0: Bytes, _1: int, _2: Bytes, _3: int, /) -> int: ...
    def uw_exchange_next(self, _0: int, _1: int, /) -> int: ...
    def uw_histogram_add(self, _0: uw_histogram_t, _1: int, /) -> None: ...
    def uw_host_answer(
        self, _0: uw_hostcalls_t, _1: int, _2: int, _3: Bytes, _4: int, /
    ) -> bool: ...
    def uw_host_close(self, _0: uw_hostcalls_t, /) -> None: ...
    def uw_host_entry(self, _0: int, _1: uw_host_entry_t, /) -> bool: ...
    def uw_host_fail(self, _0: uw_hostcalls_t, _1: int, _2: int, _3: Bytes, _4: int, /) -> bool: ...
    def uw_host_fd(self, _0: uw_hostcalls_t, /) -> int: ...
    def uw_host_next(self, _0: uw_hostcalls_t, _1: uw_host_order_t, /) -> bool: ...
    def uw_hostcalls_of(self, _0: uw_worker_t, /) -> uw_hostcalls_t: ...
    def uw_latin1_is_ascii(self, _0: Bytes, _1: int, /) -> bool: ...
    def uw_library_delete(self, _0: uw_library_t, /) -> None: ...
    def uw_library_hostcalls(self, _0: uw_library_t, /) -> uw_hostcalls_t: ...
    def uw_library_is_here(self, _0: uw_library_t, /) -> bool: ...
    def uw_library_new(self, _0: uw_settings_t, _1: Bytes, _2: int, /) -> uw_library_t: ...
    def uw_library_outgoing(self, _0: uw_library_t, /) -> uw_outgoing_table_t: ...
    def uw_loopback_run(
        self,
        _0: uw_worker_t,
        _1: Bytes,
        _2: Bytes,
        _3: Bytes,
        _4: int,
        _5: int,
        _6: int,
        _7: uw_loopback_result_t,
        /,
    ) -> int: ...
    def uw_metrics_text(
        self, _0: uw_metrics_view_t, _1: int, _2: int, _3: Array[int], /
    ) -> Array[bytes]: ...
    def uw_metrics_text_delete(self, _0: Bytes, /) -> None: ...
    def uw_network_judge(self, _0: Bytes, _1: int, _2: Bytes, _3: int, _4: Bytes, /) -> int: ...
    def uw_network_private(self, _0: Bytes, /) -> int: ...
    def uw_outgoing_fail(
        self, _0: uw_outgoing_table_t, _1: int, _2: Bytes, _3: Bytes, _4: int, /
    ) -> None: ...
    def uw_outgoing_fd(self, _0: uw_outgoing_table_t, /) -> int: ...
    def uw_outgoing_next(self, _0: uw_outgoing_table_t, _1: uw_order_t, /) -> bool: ...
    def uw_outgoing_push(
        self, _0: uw_outgoing_table_t, _1: int, _2: Bytes, _3: int, _4: bool, _5: Bytes, _6: int, /
    ) -> int: ...
    def uw_outgoing_respond(
        self, _0: uw_outgoing_table_t, _1: int, _2: int, _3: Bytes, _4: int, /
    ) -> None: ...
    def uw_outgoing_sent(self, _0: uw_outgoing_table_t, _1: int, _2: int, /) -> None: ...
    def uw_outgoing_table_of(self, _0: uw_worker_t, /) -> uw_outgoing_table_t: ...
    def uw_pack(self, _0: Bytes, _1: int, _2: bool, _3: Bytes, /) -> None: ...
    def uw_packed_size(self, _0: int, _1: bool, /) -> int: ...
    def uw_places(self, _0: uw_settings_t, /) -> int: ...
    def uw_request_head(
        self, _0: Bytes, _1: int, _2: int, _3: int, _4: int, _5: uw_request_head_t, _6: Bytes, /
    ) -> int: ...
    def uw_reservation(self, _0: uw_settings_t, /) -> int: ...
    def uw_settings_free(self, _0: uw_settings_t, /) -> None: ...
    def uw_settings_own(self, _0: uw_settings_t, /) -> int: ...
    def uw_sources_digest(self) -> Array[bytes]: ...
    def uw_space_fits_pool(self, _0: uw_settings_t, /) -> bool: ...
    def uw_space_has_room(self, _0: uw_settings_t, _1: int, /) -> bool: ...
    def uw_space_is_full(self, _0: uw_settings_t, /) -> bool: ...
    def uw_unpack(self, _0: Bytes, _1: Bytes, _2: int, /) -> None: ...
    def uw_utf8_valid(self, _0: Bytes, _1: int, /) -> bool: ...
    def uw_worker_delete(self, _0: uw_worker_t, /) -> None: ...
    def uw_worker_executor(self, _0: uw_worker_t, /) -> uw_executor_t: ...
    def uw_worker_fd(self, _0: uw_worker_t, /) -> int: ...
    def uw_worker_from_engine(self, _0: uw_engine_t, _1: Bytes, _2: int, /) -> uw_worker_t: ...
    def uw_worker_hostcalls(self, _0: uw_worker_t, /) -> uw_hostcalls_t: ...
    def uw_worker_idle(self, _0: uw_worker_t, _1: int, /) -> None: ...
    def uw_worker_is_here(self, _0: uw_worker_t, /) -> bool: ...
    def uw_worker_is_leaving(self, _0: uw_worker_t, /) -> bool: ...
    def uw_worker_load(self, _0: uw_worker_t, /) -> int: ...
    def uw_worker_metrics(self, _0: uw_worker_t, /) -> uw_metrics_t: ...
    def uw_worker_new(self, _0: uw_settings_t, _1: Bytes, _2: int, /) -> uw_worker_t: ...
    def uw_worker_outgoing(self, _0: uw_worker_t, /) -> uw_outgoing_table_t: ...
    def uw_worker_queued(self, _0: uw_worker_t, /) -> int: ...
    def uw_worker_run(self, _0: uw_worker_t, /) -> bool: ...
    def uw_worker_settings(self, _0: uw_worker_t, /) -> uw_settings_t: ...
    def uw_worker_status(self, _0: uw_worker_t, _1: uw_worker_status_t, /) -> None: ...
    def uw_worker_sweep(self, _0: uw_worker_t, /) -> None: ...
    def uw_worker_turn(self, _0: uw_worker_t, /) -> bool: ...
    def uw_worker_view(self, _0: uw_worker_t, _1: uw_metrics_view_t, /) -> None: ...

class Ffi:
    """What makes and reads values of C."""

    NULL: Any
    CData: type
    error: type[Exception]
    @overload
    def new(self, kind: Literal["uw_call_event_t *"], value: Any = ..., /) -> uw_call_event_t: ...
    @overload
    def new(self, kind: Literal["uw_chunks_t *"], value: Any = ..., /) -> uw_chunks_t: ...
    @overload
    def new(self, kind: Literal["uw_histogram_t *"], value: Any = ..., /) -> uw_histogram_t: ...
    @overload
    def new(self, kind: Literal["uw_host_entry_t *"], value: Any = ..., /) -> uw_host_entry_t: ...
    @overload
    def new(self, kind: Literal["uw_host_order_t *"], value: Any = ..., /) -> uw_host_order_t: ...
    @overload
    def new(
        self, kind: Literal["uw_loopback_result_t *"], value: Any = ..., /
    ) -> uw_loopback_result_t: ...
    @overload
    def new(self, kind: Literal["uw_metrics_t *"], value: Any = ..., /) -> uw_metrics_t: ...
    @overload
    def new(
        self, kind: Literal["uw_metrics_view_t *"], value: Any = ..., /
    ) -> uw_metrics_view_t: ...
    @overload
    def new(self, kind: Literal["uw_news_t *"], value: Any = ..., /) -> uw_news_t: ...
    @overload
    def new(self, kind: Literal["uw_order_t *"], value: Any = ..., /) -> uw_order_t: ...
    @overload
    def new(
        self, kind: Literal["uw_request_head_t *"], value: Any = ..., /
    ) -> uw_request_head_t: ...
    @overload
    def new(self, kind: Literal["uw_settings_t *"], value: Any = ..., /) -> uw_settings_t: ...
    @overload
    def new(self, kind: Literal["uw_source_t *"], value: Any = ..., /) -> uw_source_t: ...
    @overload
    def new(
        self, kind: Literal["uw_whole_answer_t *"], value: Any = ..., /
    ) -> uw_whole_answer_t: ...
    @overload
    def new(
        self, kind: Literal["uw_whole_answers_t *"], value: Any = ..., /
    ) -> uw_whole_answers_t: ...
    @overload
    def new(
        self, kind: Literal["uw_worker_status_t *"], value: Any = ..., /
    ) -> uw_worker_status_t: ...
    @overload
    def new(self, kind: Literal["uw_call_event_t[]"], value: Any = ..., /) -> uw_call_event_t: ...
    @overload
    def new(self, kind: Literal["uw_chunks_t[]"], value: Any = ..., /) -> uw_chunks_t: ...
    @overload
    def new(self, kind: Literal["uw_histogram_t[]"], value: Any = ..., /) -> uw_histogram_t: ...
    @overload
    def new(self, kind: Literal["uw_host_entry_t[]"], value: Any = ..., /) -> uw_host_entry_t: ...
    @overload
    def new(self, kind: Literal["uw_host_order_t[]"], value: Any = ..., /) -> uw_host_order_t: ...
    @overload
    def new(
        self, kind: Literal["uw_loopback_result_t[]"], value: Any = ..., /
    ) -> uw_loopback_result_t: ...
    @overload
    def new(self, kind: Literal["uw_metrics_t[]"], value: Any = ..., /) -> uw_metrics_t: ...
    @overload
    def new(
        self, kind: Literal["uw_metrics_view_t[]"], value: Any = ..., /
    ) -> uw_metrics_view_t: ...
    @overload
    def new(self, kind: Literal["uw_news_t[]"], value: Any = ..., /) -> uw_news_t: ...
    @overload
    def new(self, kind: Literal["uw_order_t[]"], value: Any = ..., /) -> uw_order_t: ...
    @overload
    def new(
        self, kind: Literal["uw_request_head_t[]"], value: Any = ..., /
    ) -> uw_request_head_t: ...
    @overload
    def new(self, kind: Literal["uw_settings_t[]"], value: Any = ..., /) -> uw_settings_t: ...
    @overload
    def new(self, kind: Literal["uw_source_t[]"], value: Any = ..., /) -> uw_source_t: ...
    @overload
    def new(
        self, kind: Literal["uw_whole_answer_t[]"], value: Any = ..., /
    ) -> uw_whole_answer_t: ...
    @overload
    def new(
        self, kind: Literal["uw_whole_answers_t[]"], value: Any = ..., /
    ) -> uw_whole_answers_t: ...
    @overload
    def new(
        self, kind: Literal["uw_worker_status_t[]"], value: Any = ..., /
    ) -> uw_worker_status_t: ...
    @overload
    def new(
        self, kind: Literal["uw_call_event_t *[]"], value: Any = ..., /
    ) -> Array[uw_call_event_t]: ...
    @overload
    def new(self, kind: Literal["uw_caller_t *[]"], value: Any = ..., /) -> Array[uw_caller_t]: ...
    @overload
    def new(self, kind: Literal["uw_chunks_t *[]"], value: Any = ..., /) -> Array[uw_chunks_t]: ...
    @overload
    def new(self, kind: Literal["uw_engine_t *[]"], value: Any = ..., /) -> Array[uw_engine_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_executor_t *[]"], value: Any = ..., /
    ) -> Array[uw_executor_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_histogram_t *[]"], value: Any = ..., /
    ) -> Array[uw_histogram_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_host_entry_t *[]"], value: Any = ..., /
    ) -> Array[uw_host_entry_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_host_order_t *[]"], value: Any = ..., /
    ) -> Array[uw_host_order_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_hostcalls_t *[]"], value: Any = ..., /
    ) -> Array[uw_hostcalls_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_library_t *[]"], value: Any = ..., /
    ) -> Array[uw_library_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_loopback_result_t *[]"], value: Any = ..., /
    ) -> Array[uw_loopback_result_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_metrics_t *[]"], value: Any = ..., /
    ) -> Array[uw_metrics_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_metrics_view_t *[]"], value: Any = ..., /
    ) -> Array[uw_metrics_view_t]: ...
    @overload
    def new(self, kind: Literal["uw_news_t *[]"], value: Any = ..., /) -> Array[uw_news_t]: ...
    @overload
    def new(self, kind: Literal["uw_order_t *[]"], value: Any = ..., /) -> Array[uw_order_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_outgoing_table_t *[]"], value: Any = ..., /
    ) -> Array[uw_outgoing_table_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_request_head_t *[]"], value: Any = ..., /
    ) -> Array[uw_request_head_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_settings_t *[]"], value: Any = ..., /
    ) -> Array[uw_settings_t]: ...
    @overload
    def new(self, kind: Literal["uw_source_t *[]"], value: Any = ..., /) -> Array[uw_source_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_whole_answer_t *[]"], value: Any = ..., /
    ) -> Array[uw_whole_answer_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_whole_answers_t *[]"], value: Any = ..., /
    ) -> Array[uw_whole_answers_t]: ...
    @overload
    def new(
        self, kind: Literal["uw_worker_status_t *[]"], value: Any = ..., /
    ) -> Array[uw_worker_status_t]: ...
    @overload
    def new(self, kind: Literal["uw_worker_t *[]"], value: Any = ..., /) -> Array[uw_worker_t]: ...
    @overload
    def new(self, kind: Literal["char *"], value: Any = ..., /) -> Array[bytes]: ...
    @overload
    def new(self, kind: Literal["char[]"], value: Any = ..., /) -> Array[bytes]: ...
    @overload
    def new(self, kind: Literal["char **"], value: Any = ..., /) -> Array[Array[bytes]]: ...
    @overload
    def new(self, kind: Literal["char *[]"], value: Any = ..., /) -> Array[Array[bytes]]: ...
    @overload
    def new(self, kind: Literal["uint8_t *"], value: Any = ..., /) -> Array[int]: ...
    @overload
    def new(self, kind: Literal["uint8_t[]"], value: Any = ..., /) -> Array[int]: ...
    @overload
    def new(self, kind: Literal["uint8_t **"], value: Any = ..., /) -> Array[Array[int]]: ...
    @overload
    def new(self, kind: Literal["uint8_t *[]"], value: Any = ..., /) -> Array[Array[int]]: ...
    @overload
    def new(self, kind: Literal["size_t *"], value: Any = ..., /) -> Array[int]: ...
    @overload
    def new(self, kind: Literal["size_t[]"], value: Any = ..., /) -> Array[int]: ...
    @overload
    def new(self, kind: Literal["size_t **"], value: Any = ..., /) -> Array[Array[int]]: ...
    @overload
    def new(self, kind: Literal["size_t *[]"], value: Any = ..., /) -> Array[Array[int]]: ...
    @overload
    def new(self, kind: Literal["bool *"], value: Any = ..., /) -> Array[bool]: ...
    @overload
    def new(self, kind: Literal["bool[]"], value: Any = ..., /) -> Array[bool]: ...
    @overload
    def new(self, kind: Literal["bool **"], value: Any = ..., /) -> Array[Array[bool]]: ...
    @overload
    def new(self, kind: Literal["bool *[]"], value: Any = ..., /) -> Array[Array[bool]]: ...
    def string(self, text: Array[bytes], size: int = ..., /) -> bytes: ...
    @overload
    def unpack(  # type: ignore[overload-overlap]
        self, values: Array[bytes], count: int, /
    ) -> bytes: ...
    @overload
    def unpack(self, values: Array[_T], count: int, /) -> list[_T]: ...
    def buffer(self, values: object, size: int = ..., /) -> Memory: ...
    def gc(self, values: _T, delete: Callable[[_T], None], size: int = ..., /) -> _T: ...
    @overload
    def from_buffer(self, data: Data, /) -> Array[bytes]: ...
    @overload
    def from_buffer(self, kind: Literal["char[]"], data: Data, /) -> Array[bytes]: ...
    def list_types(self) -> tuple[list[str], list[str], list[str]]: ...
    def callback(self, kind: str, function: Callable[..., Any], /) -> Callable[..., Any]: ...
    def typeof(self, of: object, /) -> CType: ...
    def sizeof(self, of: object, /) -> int: ...
    def offsetof(self, kind: str, field: str, /) -> int: ...

ffi: Ffi
lib: Lib
