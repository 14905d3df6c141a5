"""A request that a component answers: no task, no ASGI, nothing that a small answer can do without.

The worker tells what happens, the connection what arrives; both call this, and nothing waits. Most
responses are complete after the first turn of the worker, and are one write.
"""

from __future__ import annotations

from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING

from unit_wasm.errors import UnitWasmError
from unit_wasm.native import types
from unit_wasm.server.http.cycle import Cycle

if TYPE_CHECKING:
    from unit_wasm.native.types import News
    from unit_wasm.serving.exchanges import Exchanges

_DIRECT = 32 * 1024
"""Bytes that are sent together, from which on the guest may write to the socket."""

_FETCHED = 32 * 1024
"""What is left of a body, from which on it is read where its guest reads it, and not copied."""


class ComponentCycle(Cycle):
    """One exchange between a connection and a worker."""

    __slots__ = ("_asked", "_ended", "_exchanges", "_room", "_uploaded")

    # From _begin() on.
    _exchanges: Exchanges
    _asked: bool  # the guest waits for a body whose client waits for us
    _ended: bool  # as far as the worker goes; some of it may be unsent
    _uploaded: bool
    _room: bool

    def go_on(self) -> None:
        if self.disconnected or self.finished:
            return
        if self.number == 0 and not self._begin():
            return
        if not self._uploaded and self._room:
            self._upload()
        # Not at once: what has arrived on other connections runs in the same turn, and all that
        # a request needs of the processor's caches is fetched once for all of them.
        if not self._exchanges.turn_due:
            self._exchanges.turn_soon()

    def _begin(self) -> bool:
        """Start the exchange. Returns False where the client has its answer without it."""
        self._asked = self._ended = False
        self._uploaded = not self.length
        self._room = False
        if self.length:
            if self._is_too_large():
                self._finish()
                return False
            # The guest has a window for a body that may be sent; else it has to ask.
            self._room = self.length > 0 and not self.expects_continue
        connection = self._connection
        reader, authority = connection.reader, connection.authority
        if not authority:
            self._answer(HTTPStatus.BAD_REQUEST)
            self._finish()
            return False
        client, _, scheme = connection.origin
        # As request_head() writes it. That asks for line feeds; the reader leaves none.
        head = b"\n".join([reader.method, scheme, authority, reader.target, client + reader.text])
        # That of this moment: the application may have been replaced while this one waited.
        exchanges = connection.listener.exchanges
        assert exchanges is not None  # components are replaced by components
        self._exchanges = exchanges
        try:
            self.number = exchanges.start(self, head, not self._uploaded)
            if self._record is not None:
                self._record.id = exchanges.worker.request_id()
        except (UnitWasmError, ValueError) as error:
            connection.state.log.error("a request cannot be taken", exc_info=error)
            self._fail()
            self._finish()
            return False
        if self._uploaded and connection.flow.read_paused:
            # That the client goes away has to be seen.
            connection.read_on()
        return True

    def lose(self) -> None:
        known = self.disconnected or self.finished
        self._count_sent()
        super().lose()
        self.unsent = None
        if self.number and not known:
            self._exchanges.forget(self.number)
            if not (self._ended and self._uploaded):
                # Also one that has answered and still reads: what it waits for never comes.
                self._exchanges.gone(self.number)

    # What the worker tells

    def take(self, news: News) -> None:
        """Take news; see :class:`unit_wasm.serving.exchanges.Receiver`."""
        _, what, present, status, head, body = news
        if what & types.PULL:
            self._pulled()
            if self.finished:
                return
        if self._asked:
            self._decide_to_continue(what)
        if what & types.CUT:
            self.abandon()
            return
        if what & types.HEAD:
            if what & types.WHOLE:
                present |= types.PRESENT_LENGTH
                head = b"%bcontent-length: %d\r\n" % (head, len(body))
            self._open(status, head, present)
        elif not (body or what & types.END):
            return
        self._carry(body, what & types.END != 0, what & types.REST != 0)

    def _carry(self, body: bytes | memoryview, ended: bool, rest: bool) -> None:
        """Send what has come of a body, or keep it until the client reads."""
        self._ended = ended
        if ended:
            self._count_sent()
        if self.unsent or self._connection.flow.write_paused:
            if self.unsent is None:
                self.unsent = deque()
            self.unsent.append((body, ended, rest))
        else:
            self._send(body, ended, rest)

    def answer(self, row: types.AnswerRow, data: bytes) -> None:
        """Take a whole answer; see :class:`unit_wasm.serving.exchanges.Receiver`."""
        connection = self._connection
        if (
            not (self.keep_alive and self._uploaded)
            or self.expects_continue
            or self._record is not None
            or connection.flow.write_paused
        ):
            self.take(types.answer_news(row, data))
            return
        self.response_started = self.response_complete = self.finished = self._ended = True
        connection.transport.write(connection.state.beginning(row[4], row[5]) + data)
        connection.response_completed(self)
        if not self.length:
            # Nobody else refers to it, and what take_over() leaves as it is is as it was.
            connection.cached = self

    def abandon(self) -> None:
        """End a response that broke off."""
        self.unsent = None
        self._count_sent()
        self._fail()
        self._end_exchange()

    def _end_exchange(self) -> None:
        self._exchanges.forget(self.number)
        self._finish()

    # Request in

    def _continue_unless_answered(self) -> None:
        """Let the client send its body; a guest that has answered meanwhile does not need it."""
        if self._asked and self.expects_continue and not self.disconnected:
            self._asked = False
            self._continue()

    def _decide_to_continue(self, what: int) -> None:
        """Say so before the head of a response that does not end with it; else not at all."""
        if what & (types.HEAD | types.CUT):
            if self.expects_continue and not what & (types.END | types.CUT):
                self._continue()
            self._asked = False

    def _pulled(self) -> None:
        """The guest waits for bytes."""
        self._room = True
        if self.expects_continue and not self._asked:
            self._asked = True
            self._connection.loop.call_soon(self._continue_unless_answered)
        self._upload()
        self._exchanges.turn_soon()

    def _upload(self) -> None:
        """Give the guest what has arrived."""
        last = not self.more_body
        if not (self.pieces or last):
            if not (self._connection.reader.left >= _FETCHED and self._fetch()):
                self._connection.read_on()
            return
        pieces, self.pieces = self.pieces or [b""], None
        end = len(pieces) - 1
        for i, piece in enumerate(pieces):
            room = self._exchanges.push(self.number, piece, last and i == end)
        if not self._is_done(room, last):
            if last or self._room:
                self._connection.read_on()
            elif self._connection.reader.left >= _FETCHED:
                self._connection.read_when_asked()

    def _fetch(self) -> bool:
        """Give the guest what its client has sent since. Returns False where that is nothing."""
        connection = self._connection
        left = connection.reader.left
        memory = self._exchanges.room(self.number, left)
        if memory is None:
            return False
        size = connection.fetch(memory)
        if not size:
            return False
        room = self._exchanges.arrived(self.number, size, size == left)
        connection.fetched(self, size)
        if not self._is_done(room, size == left):
            if size == left or size < len(memory):
                connection.read_on()
            else:
                self._exchanges.read_from(self)
        return True

    def open_source(self) -> bool:
        """Let the guest read on in the next turn; see :class:`serving.exchanges.Reader`."""
        connection = self._connection
        left = connection.reader.left
        if self.finished or self.disconnected or self.pieces or left < _FETCHED:
            return False
        descriptor = connection.source()
        return descriptor >= 0 and self._exchanges.source(self.number, descriptor, left)

    def close_source(self, size: int, room: int) -> None:
        """Note what it has read; see :class:`serving.exchanges.Reader`."""
        connection = self._connection
        last = size == connection.reader.left
        connection.fetched(self, size)
        if not self._is_done(room, last):
            if last:
                connection.read_on()
            else:
                connection.read_when_asked()

    def _is_done(self, room: int, last: bool) -> bool:
        """Note that bytes were handed over, see :meth:`Worker.push`; perhaps that is the end."""
        self._uploaded = last
        if self.response_complete and (last or room < 0):
            self._end_exchange()
            return True
        self._room = room > 0
        return False

    def _wait_for_end(self) -> None:
        """End the exchange of a guest that has answered when it reads no more of its request."""
        if self._exchanges.push(self.number, b"", False) < 0:
            self._end_exchange()
        else:
            self._exchanges.watch(self.number, self)
            self._exchanges.turn_soon()

    def over(self) -> None:
        """Note that the guest has ended; see :class:`unit_wasm.serving.exchanges.Receiver`."""
        if self.response_complete and not (self.finished or self.disconnected):
            self._end_exchange()

    # Response out

    def _send(self, body: bytes | memoryview, ended: bool, rest: bool) -> None:
        if rest:
            self._write_rest(body)
            if ended:
                self._write(b"", more=False)
        else:
            self._write(body, more=not ended)
        if not ended:
            if body:
                large = rest or len(body) >= _DIRECT
                descriptor = self._connection.empty_socket() if large else -1
                self._exchanges.sent(self.number, len(body), descriptor, self._chunked)
        elif self._uploaded:
            self._end_exchange()
        else:
            self._wait_for_end()

    def _write_rest(self, body: bytes | memoryview) -> None:
        """Write the end of a chunk, as it is: what is before it was sent directly."""
        self._connection.transport.write(body)
        if self._record is not None:
            self._record.sent += len(body)

    def _count_sent(self) -> None:
        """Note for the access log what was sent directly, while the worker knows it."""
        if self._record is not None and self.number:
            self._record.sent += self._exchanges.sent_directly(self.number)

    def resume(self) -> None:
        while self.unsent and not self._connection.flow.write_paused:
            self._send(*self.unsent.popleft())
