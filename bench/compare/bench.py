"""The measurements. Peers take turns in each round, so that a change in speed meets all of them."""

from __future__ import annotations

import contextlib
import functools
import itertools
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compare.cases import HOLDING, Case, Request
from compare.load import Generator, LoadError, burst
from compare.peers import Peer
from compare.process import memory
from compare.results import Results
from compare.slots import FAULTS, Slot
from compare.targets import COMPARED

SLEEPERS = 1000
_SLEPT = b"slept\n"
_OVERHEAD = 0.2
"""Seconds beside the load itself in one measurement."""
_MAX_ROUNDS = 9
_START_PATIENCE = 8.0
"""Seconds of starts after which a peer gets no more rounds of them."""
FIRST = "hello-1"
"""The case before and after which the memory of an idle worker is measured."""
SERIAL = "answers one request after the other"


def say(text: str) -> None:
    """Show how far it is."""
    print(f"bench: {text}", flush=True)


@dataclass
class Bench:
    """A run.

    Parameters:
        cores: of the servers.
        folder: for caches.
        until: when it should be over, in seconds of ``time.monotonic``.
        grace: seconds after that in which what is least is still measured.
        least: rounds of a case, whatever time they take.
        times: how many times as many the cases of the targets get.
    """

    results: Results
    peers: Sequence[Peer]
    load: Generator
    cores: frozenset[int]
    folder: Path
    until: float
    grace: float = 60.0
    least: int = 1
    times: int = 1

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.until - time.monotonic()

    @contextlib.contextmanager
    def slots(self, guest: str) -> Iterator[list[Slot]]:
        """Give a slot for each peer that serves a guest, with a cache that lives as long as us."""
        with contextlib.ExitStack() as stack:
            yield [
                stack.enter_context(Slot(peer, guest, self.cores, self.folder / peer.key))
                for peer in self.peers
                if peer.serves(guest)
            ]

    def turns(
        self,
        case: str,
        slots: Sequence[Slot],
        rounds: int,
        measure: Callable[[Slot], dict[str, float]],
        until: float,
        least: int = 1,
    ) -> None:
        """Let the slots take turns; one that fails loses the cell and is out of the case.

        Parameters:
            measure: returns what is noted.
            until: when no further round begins.
            least: rounds that are run all the same.
        """
        live = list(slots)
        for number in range(rounds):
            if number >= least and time.monotonic() > until:
                return
            for slot in list(live):
                try:
                    self._in_time()
                    self.results.add(case, slot.key, **measure(slot))
                except FAULTS as error:
                    self.lose(case, slot, error)
                    live.remove(slot)

    def _in_time(self) -> None:
        if self.left < -self.grace:
            raise LoadError("no time was left")

    def lose(self, case: str, slot: Slot, error: BaseException) -> None:
        """Note the loss of a cell, and begin the next with a new process."""
        known = isinstance(error, FAULTS[:2])
        self.results.lose(case, slot.key, str(error) if known else type(error).__name__)
        say(f"  {slot.peer.name} loses {case}: {self.results.lost[case][slot.key]}")
        slot.stop()

    # ---- Throughput and latency ----

    def _times(self, case: Case) -> int:
        return self.times if case.key in COMPARED else 1

    def cost(self, cases: Iterable[Case]) -> float:
        """Return the seconds that one round takes, with the further ones of the targets' cases."""
        return sum(
            self._times(case) * (case.seconds + _OVERHEAD)
            for case in cases
            for peer in self.peers
            if peer.serves(case.guest)
        )

    def throughput(self, guest: str, cases: Sequence[Case], seconds: float) -> None:
        """Measure the cases of one guest.

        Parameters:
            seconds: that it should take; decides the number of rounds.
        """
        until = time.monotonic() + seconds
        with self.slots(guest) as slots:
            for number, case in enumerate(cases):
                live = [slot for slot in slots if self._answers(case, slot)]
                if case.key == FIRST:
                    self._idle("idle-new", live)
                left = until - time.monotonic()
                planned = int(left / max(self.cost(cases[number:]), _OVERHEAD))
                least = self.least * self._times(case)
                rounds = self._times(case) * min(_MAX_ROUNDS, max(self.least, planned))
                say(f"{case.title}: {len(live)} peers, {rounds} rounds")
                measure = functools.partial(self._loaded, case)
                self.turns(case.key, live, rounds, measure, self.until, least)
            if cases[0].key == FIRST:
                self._idle("idle-loaded", slots)

    def _answers(self, case: Case, slot: Slot) -> bool:
        try:
            self._in_time()
            slot.first(case.request, case.answer)
        except FAULTS as error:
            self.lose(case.key, slot, error)
            return False
        return True

    def _loaded(self, case: Case, slot: Slot) -> dict[str, float]:
        done = self.load.run(slot.serving.address, case.request, case.connections, case.seconds)
        latencies = {"p50": done.p50, "p90": done.p90, "p99": done.p99}
        return {"rate": done.rate, **latencies, "load": done.busy}

    def _idle(self, case: str, slots: Sequence[Slot]) -> None:
        def measure(slot: Slot) -> dict[str, float]:
            resident, private = memory(slot.serving.worker)
            return {"resident": resident / 1e6, "private": private / 1e6}

        self.turns(case, slots, 1, measure, self.until)

    # ---- Starts ----

    def starts(self, guest: str, case: Case, cold: int, warm: int, seconds: float) -> None:
        """Measure from the start of the process to the first answer, in milliseconds.

        Parameters:
            case: whose request is the first.
            cold: rounds with an empty cache.
            warm: rounds with what the last of these has left.
            seconds: that all of it should take; one round of each is always run.
        """
        until = time.monotonic() + seconds
        say(f"cold and warm start, {guest}")
        fresh = itertools.count()
        cache = Path(tempfile.mkdtemp(dir=self.folder))
        caches: dict[str, Path] = {}
        spent: dict[str, float] = {}

        def start(slot: Slot, *, is_cold: bool) -> dict[str, float]:
            if spent.get(slot.key, 0.0) > _START_PATIENCE:
                return {}
            if is_cold:
                caches[slot.key] = cache / str(next(fresh))
            with Slot(slot.peer, guest, self.cores, caches[slot.key]) as own:
                took = own.first(case.request, case.answer)
            spent[slot.key] = spent.get(slot.key, 0.0) + took
            return {"start": took * 1000}

        with self.slots(guest) as slots:
            name = f"start-cold-{guest}"
            self.turns(name, slots, cold, functools.partial(start, is_cold=True), until)
            spent.clear()
            lost = self.results.lost.get(name, {})
            live = [slot for slot in slots if slot.key not in lost]
            name = f"start-warm-{guest}"
            self.turns(name, live, warm, functools.partial(start, is_cold=False), until)
        shutil.rmtree(cache, ignore_errors=True)

    # ---- Waiting exchanges ----

    def waiting(self, rounds: int, seconds: float) -> None:
        """Measure 1,000 sleepers, and the memory while exchanges wait."""
        until = time.monotonic() + seconds
        say(f"{SLEEPERS} sleepers")
        name = f"sleepers-{SLEEPERS}"
        with self.slots("sleep") as slots:
            self.turns(name, slots, 1 + rounds, self._sleepers, until)
        lost = self.results.lost.get(name, {})
        say("memory by exchanges in flight")
        with self.slots("sleep") as slots:
            live = [slot for slot in slots if slot.key not in lost]
            for slot in slots:
                if slot.key in lost:
                    self.results.lose("waiting", slot.key, lost[slot.key])
            self.turns("waiting", live, rounds, self._memory, until)

    def _sleepers(self, slot: Slot) -> dict[str, float]:
        address = slot.serving.address
        slot.first(Request(target="/sleep/0"), _SLEPT)
        few = Request(target="/sleep/100")
        is_first = not self.results.of(f"sleepers-{SLEEPERS}", "took", slot.key)
        if is_first and burst(address, few, 10, _SLEPT) > 0.7:
            raise LoadError(SERIAL)
        return {"took": burst(address, few, SLEEPERS, _SLEPT) * 1000}

    def _memory(self, slot: Slot) -> dict[str, float]:
        """In a new process for each number: what it had at once it may keep."""
        measured: dict[str, float] = {}
        for count in HOLDING:
            slot.stop()
            for _ in range(2):
                slot.first(Request(target="/sleep/0"), _SLEPT)
            measured.setdefault("mb-0", memory(slot.serving.worker)[0] / 1e6)
            measured[f"mb-{count}"] = self._held(slot, count) / 1e6
        measured["mb-kept"] = memory(slot.serving.worker)[0] / 1e6
        slot.stop()
        return measured

    @staticmethod
    def _held(slot: Slot, count: int) -> int:
        """Return the most memory that is resident while requests wait, and none has ended."""
        failed: list[BaseException] = []
        address, worker = slot.serving.address, slot.serving.worker
        milliseconds = 1000 + count
        request = Request(target=f"/sleep/{milliseconds}")
        began = threading.Event()

        def hold() -> None:
            try:
                burst(address, request, count, _SLEPT, began.set)
            except FAULTS as error:
                failed.append(error)
            finally:
                began.set()

        thread = threading.Thread(target=hold)
        thread.start()
        most = 0
        try:
            began.wait()
            until = time.monotonic() + milliseconds / 1000 * 0.9
            while thread.is_alive() and time.monotonic() < until:
                most = max(most, memory(worker)[0])
                time.sleep(0.05)
        finally:
            thread.join()
        if failed:
            raise failed[0]
        return most
