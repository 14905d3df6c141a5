"""In Unit: what a guest makes the host hold and do has the same limits, and neighbours go on."""

from tests.harness.double import running

TOO_MUCH = "holds more than 2097152 bytes of the host's memory (UNIT_WASM_MAX_HOST_MEMORY)"


def test_one_exchange_holds_too_much() -> None:
    with running("costly", MAX_HOST_MEMORY="2M", MAX_HANDLES="100000") as module:
        held = module.request(b"/keep/requests/8/60000")
        for path in (b"/hold/requests/15/60000", b"/hold/pollables/30000/0"):
            answer = module.ask(path)
            assert (answer.status, answer.done) == (500, 1)
            assert (
                f"GET {path.decode()}: the component failed: the exchange {TOO_MUCH}" in module.log
            )
            assert module.ask(b"/").body == b"costly\n"
        assert module.answer(held).done == 0
        for _ in range(5):
            assert module.ask(b"/hold/requests/8/60000").body == b"costly\n"


def test_processor_time_in_host_functions() -> None:
    """Each call takes several quanta, and a neighbour waits for one of them at most."""
    with running("costly", CPU_TIMEOUT="200ms") as module:
        busy = module.request(b"/random/262144/1000")
        assert module.ask(b"/").body == b"costly\n"
        assert module.answer(busy).done == 0
        answer = module.done(busy)
        assert answer.status == 504
        assert "the component used up its processor time" in module.log


def test_a_guest_that_waits_has_no_more_processor_time() -> None:
    said = "GET /late/3: the component used up its processor time"
    with running("costly", CPU_TIMEOUT="1ms", TIMEOUT="300ms") as module:
        # Where others had the processor for these 3 ms it may wait, until that time is over.
        for _ in range(30):
            assert module.ask(b"/late/3").status == 504
            if said in module.log:
                break
        assert said in module.log
