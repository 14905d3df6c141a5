"""Invariant: whatever calls of sockets a guest makes, in whatever order, each answers what the
state of the socket allows; the guest ends in one of the known ways, leaves no descriptor, and its
worker serves the next request.

The inputs are programs for the guest tests/guests/c/sockets.c, three bytes for each call: which,
of which socket, and a number. What they may answer is decided here by a model of the states. Each
runs with the rewrite and without.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fuzz.choices import Choices
from tests.harness.direct import Client
from tests.harness.processes import open_files
from tests.harness.sockets import LOOPBACK, free_port

_STEP = 3
_STEPS = 40
_SOCKETS = 4
_LIMIT = 6

_V4, _V6 = "127.0.0.1", "0:0:0:0:0:0:0:1"
_ADDRESS = rf"(?:{re.escape(_V4)}|{_V6}|0\.0\.0\.0) \d+"
_ENDS = r"(?:ok|closed|failed: [A-Z][a-z ]+)"
_GONE = "connection-refused|connection-reset|connection-aborted|timeout|invalid-argument"
_LINE = re.compile(
    r"3 app: request \d+: POST /talk: the component failed: "
    r"(?:resource has children|UDP streams not dropped yet|"
    r"unpermitted: (?:must call check-send first|argument exceeds permitted size)) "
    r"\(<times>\)(?:\n<backtrace>)?"
)


@dataclass
class Socket:
    """What is known of one: ``streams`` has those that are alive."""

    udp: bool
    v6: bool
    state: str = "new"
    streams: set[str] = field(default_factory=set)
    permits: bool = False


@dataclass(frozen=True)
class Step:
    """A command, what it may answer (nothing: it ends the guest), and what follows from that."""

    line: str
    allowed: str
    then: Callable[[str], None] = lambda answer: None


class Model:
    """The sockets of one program.

    Parameters:
        ports: one for those that listen, one where nobody does.
    """

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = ports
        self.sockets: dict[int, Socket] = {}

    def step(self, which: int, number: int, value: int) -> Step:
        """Return the next command."""
        number %= _SOCKETS
        about = self.sockets.get(number)
        steps = _TCP if about is None or not about.udp else _UDP
        which %= len(steps) + 1
        if about is None:
            return self._make(number, value)
        if which == len(steps):
            return self._drop(number, about, value)
        return steps[which](self, number, about, value)

    def _make(self, number: int, value: int) -> Step:
        """Return what makes one; one that had the number stays, and nobody knows it any more."""
        made = Socket(udp=value & 1 != 0, v6=value & 2 != 0)

        def then(answer: str) -> None:
            if answer == "ok":
                self.sockets[number] = made

        kind, version = "udp" if made.udp else "tcp", 6 if made.v6 else 4
        return Step(f"{kind} {number} {version}", "ok|new-socket-limit", then)

    def _forget(self, number: int) -> None:
        del self.sockets[number]

    def _drop(self, number: int, about: Socket, value: int) -> Step:
        what = ("", "input", "output", "socket")[value // 4 % 4]
        if what in ("input", "output"):
            if what not in about.streams:
                return Step(f"family {number}", "ipv[46]")
            return Step(f"drop {number} {what}", "ok", lambda _: about.streams.discard(what))
        if about.streams and (what == "socket" or len(about.streams) == 1):
            return Step(f"drop {number} socket", "")
        return Step(f"drop {number}", "ok", lambda _: self._forget(number))

    def address(self, about: Socket, value: int) -> tuple[str, bool]:
        """Return an address with a port, and whether a socket of this kind can have it."""
        other = not about.v6
        host = (_V6 if about.v6 else _V4, _V6 if other else _V4, "0:0:0:0:0:ffff:7f00:1")[
            0 if value % 8 < 6 else value % 8 - 5
        ]
        port = (*self.ports, self.ports[0], 0)[value // 8 % 4]
        return f"{host} {port}", value % 8 < 6


def _not_now(about: Socket) -> str:
    """What calls say that begin something where they cannot."""
    under_way = about.state in ("bind-started", "listen-started", "connecting")
    return "concurrency-conflict" if under_way else "invalid-state"


def _unfit(about: Socket) -> str:
    """What calls say that the state has nothing for."""
    closed = f"address-not-bindable|address-in-use|{_GONE}"
    return closed if about.state == "closed" else "invalid-state"


def _plain(name: str, allowed: Callable[[Socket], str]) -> Callable[..., Step]:
    """A call without a number that changes nothing."""
    return lambda model, number, about, value: Step(f"{name} {number}", allowed(about))


def _moves(
    name: str, begins: str, ends: str, otherwise: str, more: str = ""
) -> Callable[..., Step]:
    """A call that leads from one state to another."""

    def step(model: Model, number: int, about: Socket, value: int) -> Step:
        def then(answer: str) -> None:
            if answer == "ok":
                about.state = ends
            elif about.state == begins and name == "listening":
                about.state = "closed"

        allowed = f"ok{more}" if about.state == begins else otherwise or _not_now(about)
        return Step(f"{name} {number}", allowed, then)

    return step


def _bind(model: Model, number: int, about: Socket, value: int) -> Step:
    address, good = model.address(about, value)

    def then(answer: str) -> None:
        if answer == "ok":
            about.state = "bind-started"

    state = "invalid-argument" if not good else "ok|address-in-use"
    if about.state != "new" and (about.udp or good):
        state = "invalid-state" if about.udp else _not_now(about)
    return Step(f"bind {number} {address}", state, then)


def _connect(model: Model, number: int, about: Socket, value: int) -> Step:
    address, good = model.address(about, value)

    def then(answer: str) -> None:
        if answer == "ok":
            about.state = "connecting"

    allowed = "ok" if good and not address.endswith(" 0") else "invalid-argument"
    if about.state not in ("new", "bound"):
        allowed = _not_now(about)
    return Step(f"connect {number} {address}", allowed, then)


def _connected(model: Model, number: int, about: Socket, value: int) -> Step:
    def then(answer: str) -> None:
        if answer == "ok":
            about.state, about.streams = "connected", {"input", "output"}
        elif about.state == "connecting" and answer != "would-block":
            about.state = "closed"

    failures = f"ok|would-block|address-not-bindable|address-in-use|{_GONE}"
    allowed = failures if about.state == "connecting" else "not-in-progress"
    return Step(f"connected-now {number}", allowed, then)


def _accept(model: Model, number: int, about: Socket, value: int) -> Step:
    target = value % _SOCKETS

    def then(answer: str) -> None:
        if answer == "ok":
            model.sockets[target] = Socket(
                udp=False, v6=about.v6, state="connected", streams={"input", "output"}
            )

    listening = about.state == "listening"
    allowed = "ok|would-block|new-socket-limit|connection-aborted" if listening else "invalid-state"
    return Step(f"accept-now {number} {target}", allowed, then)


def _set(model: Model, number: int, about: Socket, value: int) -> Step:
    names = ("hop-limit", "receive-size", "send-size", "idle-time", "interval", "count", "backlog")
    name = names[value % (3 if about.udp else 7)]
    amount = value // 7 % 3 * 100
    allowed = "ok" if amount else "invalid-argument"
    if name == "backlog":
        if amount and about.state not in ("new", "bound", "listening"):
            allowed = _unfit(about)
    elif about.state in ("connecting", "closed"):
        allowed = _unfit(about)
    return Step(f"set {number} {name} {amount}", allowed)


def _get(model: Model, number: int, about: Socket, value: int) -> Step:
    names = ("hop-limit", "receive-size", "send-size", "idle-time", "interval", "count")
    name = names[value % (3 if about.udp else 6)]
    gone = about.state in ("connecting", "closed")
    return Step(f"get {number} {name}", _unfit(about) if gone else r"\d+")


def _shutdown(model: Model, number: int, about: Socket, value: int) -> Step:
    how = ("receive", "send", "both")[value % 3]
    allowed = "ok" if about.state == "connected" else "invalid-state"
    return Step(f"shutdown {number} {how}", allowed)


def _moved(model: Model, number: int, about: Socket, value: int) -> Step:
    """A call about a stream of a connection."""
    kind = value % 4
    if "input" in about.streams and kind == 0:
        return Step(f"read-now {number} {value}", r"(?:\\x[0-9a-f]{2}|[ -~\n])*|" + _ENDS)
    if "output" in about.streams and kind == 1:
        return Step(f"check {number}", r"\d+|" + _ENDS)
    if "output" in about.streams and kind == 2:
        return Step(f"write-many {number} {value}", rf"\d+ {_ENDS}")
    return Step(f"family {number}", "ipv[46]")


def _ready(model: Model, number: int, about: Socket, value: int) -> Step:
    what = ("socket", "input", "output")[value % 3]
    if what != "socket" and what not in about.streams:
        what = "socket"
    sure = what == "socket" and about.state not in ("connecting", "listening")
    return Step(f"ready {number} {what}", "yes" if sure else "yes|no")


def _stream(model: Model, number: int, about: Socket, value: int) -> Step:
    address, good = model.address(about, value)
    peer = "" if value & 1 else f" {address}"
    if about.streams:
        return Step(f"stream {number}{peer}", "")
    if about.state not in ("bound", "connected"):
        return Step(f"stream {number}{peer}", "invalid-state")
    good = not peer or (good and not address.endswith(" 0"))

    def then(answer: str) -> None:
        about.state = "connected" if answer == "ok" and peer else "bound"
        if answer == "ok":
            about.streams, about.permits = {"input", "output"}, False

    return Step(f"stream {number}{peer}", "ok" if good else "invalid-argument", then)


def _datagrams(model: Model, number: int, about: Socket, value: int) -> Step:
    kind = value % 4
    if "input" in about.streams and kind == 0:
        return Step(f"receive-now {number} {value}", r"\d+(?: .*)?|connection-refused")
    if "output" in about.streams and kind == 1:
        return Step(f"check-send {number}", "0|16", lambda _: setattr(about, "permits", True))
    if "output" in about.streams and kind == 2:
        count = value // 4 % 20
        if not about.permits or count > 16:
            return Step(f"send-many {number} {count}", "")
        connected = about.state == "connected" or count == 0
        allowed = r"\d+|connection-refused" if connected else "invalid-argument"
        then = lambda _: setattr(about, "permits", False)  # noqa: E731
        return Step(f"send-many {number} {count}", allowed, then)
    return Step(f"family {number}", "ipv[46]")


def _at(*states: str) -> Callable[[Socket], str]:
    return lambda about: _ADDRESS if about.state in states else _unfit(about)


_BOTH: tuple[Callable[..., Step], ...] = (
    _bind,
    _moves("bound", "bind-started", "bound", "not-in-progress"),
    _plain("family", lambda about: "ipv6" if about.v6 else "ipv4"),
    _plain("local", _at("bound", "listening", "connected")),
    _set,
    _get,
    _ready,
)
_TCP: tuple[Callable[..., Step], ...] = (
    *_BOTH,
    _connect,
    _connected,
    _moves("listen", "bound", "listen-started", ""),
    _moves("listening", "listen-started", "listening", "not-in-progress", "|address-in-use"),
    _accept,
    _plain("remote", lambda about: f"{_at('connected')(about)}|invalid-state"),
    _plain("is-listening", lambda about: "yes" if about.state == "listening" else "no"),
    _shutdown,
    _moved,
    _moved,
)
_UDP: tuple[Callable[..., Step], ...] = (
    *_BOTH,
    _plain("remote", _at("connected")),
    _stream,
    _datagrams,
    _datagrams,
)


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return a program: a seed, and calls behind some of its first ones."""
    seed = choices.pick(seeds)
    made = bytearray(seed[: _STEP * choices.below(len(seed) // _STEP + 1)])
    for _ in range(choices.below(_STEPS)):
        made += bytes((choices.byte(), choices.below(_SOCKETS), choices.byte()))
    return bytes(made)


def _check(client: Client, data: bytes) -> None:
    """Run the program call by call: what is known of a socket depends on what was answered."""
    client.lines.clear()
    model = Model((free_port(), free_port()))
    before = open_files()
    call = client.start("/talk", method="POST", body=[], finishes=False)
    lines: list[str] = []
    ended = False
    for at in range(0, len(data) - len(data) % _STEP, _STEP):
        step = model.step(*data[at : at + _STEP])
        lines.append(step.line)
        have = len(call.body)

        def is_answered(have: int = have) -> bool:
            return call.body.endswith(b"\n", have) or call.done

        client.send(call, step.line.encode() + b"\n")
        client.until(is_answered)
        if call.done:
            assert step.allowed == "", (lines, client.lines)
            ended = True
            break
        said = call.body[have:-1].decode()
        assert re.fullmatch(step.allowed, said, re.DOTALL), (lines, said, step.allowed)
        step.then(said)
    if not ended:
        client.send(call, last=True)
    client.finish(call)
    assert call.how == ("cut" if ended else "ended"), (lines, call)
    log, client.lines[:] = client.lines[:], []
    assert all(_LINE.fullmatch(line) for line in log), (lines, log)
    assert len(log) == ended, (lines, log)
    assert open_files() <= before, lines


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Make the workers."""
    options: dict[str, Any] = {"max_sockets": _LIMIT, "max_exchanges": 2, "network": LOOPBACK}
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(Client("sockets", rewrite=rewrite, **options))
            for rewrite in (True, False)
        ]

        def check(data: bytes) -> None:
            for client in clients:
                _check(client, data)

        yield check
