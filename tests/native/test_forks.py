"""Processes that fork after they have loaded a component: whose it is, and that nobody hangs."""

import os
import subprocess
import sys
import textwrap

from tests.harness.server import ROOT

REFUSED = (
    "the component was loaded before this process was forked "
    "(load it in each process, or with fresh=True)"
)

MADE_BEFORE = (
    "the application was made before this process was forked "
    "(make it in each process; gunicorn does without --preload)"
)

BEGIN = """
import asyncio, os, sys
from tests.harness.direct import guest_path
from tests.harness.loading import Things, ask, options
from unit_wasm import Trap, UnitWasmError, host, load

def say(*what):
    print(*what, flush=True)

def tried(function, *arguments):
    try:
        say(function(*arguments))
    except UnitWasmError as error:
        say(error)

def child():
    return os.fork() == 0

def ended():
    say("child", os.waitstatus_to_exitcode(os.wait()[1]))
"""


def said(script: str) -> list[str]:
    """Return the lines that a script writes, which ends well."""
    # A child leaves what is its parent's, and so does not free its copy either.
    sanitizers = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + textwrap.dedent(script)],
        cwd=ROOT,
        env={**os.environ, "ASAN_OPTIONS": sanitizers},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_an_instance_is_of_the_process_that_has_it() -> None:
    assert said("""
        @host.function
        async def ask(number: int) -> int:
            await asyncio.sleep(0)
            return 10 * number

        calls = load(guest_path("calls"), host=[Things(), ask], options=options())
        counter = calls.counters.Counter(7)
        tried(calls.asks, 1)
        if child():
            tried(calls.asks, 2)
            tried(counter.value)
            tried(counter.close)
            calls.close()
            tried(calls.asks, 3)
            with load(guest_path("calls"), host=[Things(), ask], options=options()) as own:
                tried(own.asks, 4)
            sys.exit(3)
        ended()
        tried(calls.asks, 5)
        tried(counter.value)
        calls.close()
    """) == ["10", REFUSED, REFUSED, "None", "the component is closed", "40", "child 3", "50", "7"]


def test_a_child_that_does_nothing_with_it_ends() -> None:
    assert said("""
        kept = load(guest_path("calls"), host=[Things(), ask], options=options())
        fresh = load(guest_path("functions"), options=options(), fresh=True)
        tried(kept.add, 1, 2)
        tried(fresh.half, 4)
        if child():
            sys.exit(4)
        ended()
        tried(kept.add, 2, 2)
    """) == ["3", "2", "child 4", "4"]


def test_fresh_instances_are_made_in_each_process() -> None:
    assert said("""
        functions = load(guest_path("functions"), options=options(), fresh=True, timeout=0.2)
        tried(functions.half, 4)
        if child():
            tried(functions.half, 6)
            try:
                functions.loop()
            except Trap as trap:
                # What it computes counts as much as what it waits for: either comes first.
                say(trap.end in ("timeout", "cpu-timeout"))
            if child():
                tried(functions.half, 8)
                functions.close()
                sys.exit(2)
            ended()
            tried(functions.half, 10)
            sys.exit(1)
        ended()
        tried(functions.half, 12)
    """) == [
        *("2", "3", "True"),
        *("4", "child 2", "5", "child 1", "6"),
    ]


def test_fresh_instances_of_another_component() -> None:
    assert said("""
        import shutil, tempfile
        with tempfile.TemporaryDirectory() as folder:
            path = shutil.copy(guest_path("functions"), folder + "/some.wasm")
            functions = load(path, options=options(), fresh=True)
            if child():
                shutil.copy(guest_path("adder-c"), path)
                tried(functions.half, 4)
                os._exit(0)
            ended()
            tried(functions.half, 4)
    """) == ["some.wasm has other functions or types than when it was loaded", "child 0", "2"]


def test_a_pool_of_processes() -> None:
    assert said("""
        import multiprocessing
        adder = load(guest_path("adder-c"), options=options(), fresh=True)
        def add(number):
            return adder.add(number, 1)
        with multiprocessing.get_context("fork").Pool(3) as pool:
            say(sum(pool.map(add, range(100))))
    """) == ["5050"]


def test_a_process_that_forks_while_a_call_runs() -> None:
    assert said("""
        @host.function
        def ask(number: int) -> int:
            if child():
                return number
            return 10 * number

        calls = load(guest_path("calls"), host=[Things(), ask], options=options())
        try:
            answer = calls.asks(1)
        except UnitWasmError as error:
            say(error)
            os._exit(5)  # what the guest has on its stack is not looked at for leaks
        ended()
        say(answer)
        tried(calls.add, 1, 2)
    """) == [REFUSED, "child 5", "10", "3"]


def test_requests_are_served_by_the_process_that_has_the_worker() -> None:
    assert said("""
        from unit_wasm.asgi import ComponentApp
        from unit_wasm.errors import HostError

        async def started(app):
            said = []
            async def receive():
                return {"type": "lifespan.startup" if not said else "lifespan.shutdown"}
            async def send(message):
                said.append(message)
            await app({"type": "lifespan"}, receive, send)
            return said

        app = ComponentApp(guest_path("hello"), options=options())
        if child():
            say(asyncio.run(started(app)))
            try:
                asyncio.run(app({"type": "http"}, None, None))
            except HostError as error:
                say(error)
            app.close()
            sys.exit(6)
        ended()
        say(asyncio.run(started(app)))
    """) == [
        str([{"type": "lifespan.startup.failed", "message": MADE_BEFORE}]),
        MADE_BEFORE,
        "child 6",
        str([{"type": f"lifespan.{what}.complete"} for what in ("startup", "shutdown")]),
    ]
