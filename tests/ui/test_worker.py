import threading

import pytest

from data.errors import UserError
from tests.ui.driver import FakeEngine
from ui.worker import Worker, sentence


class Recording:
    """A worker, and what was called back: (slot, value) each, or (slot, error)."""

    def __init__(self, load=FakeEngine):
        self.heard = []
        self.worker = Worker(load, lambda: None, lambda *failure: self.heard.append(failure))
        self.worker.start()

    def ask(self, slot, job, priority=0):
        self.worker.submit(slot, job, lambda value: self.heard.append((slot, value)), priority)

    def finish(self):
        """Wait until all work is done; return what was called back."""
        worker = self.worker
        with worker._changed:
            assert worker._changed.wait_for(lambda: not worker._open(), 20)
        for call in worker.poll():
            call()
        return self.heard


@pytest.fixture
def recording():
    recording = Recording()
    yield recording
    recording.worker.close()


def test_newest_request_of_a_slot_wins_and_stale_ones_never_run(recording):
    begun, gate, ran = threading.Event(), threading.Event(), []

    def parts(engine):
        begun.set()
        gate.wait(20)
        yield "stale"
        yield "never"

    recording.ask("face", parts)
    assert begun.wait(20)
    for number in range(5):
        recording.ask("face", lambda engine, number=number: ran.append(number) or number)
    gate.set()
    assert recording.finish() == [("face", 4)] and ran == [4]


def test_every_value_of_a_generator_is_delivered_and_urgent_work_runs_between_two(recording):
    def parts(engine):
        yield 1
        yield
        recording.ask("now", lambda engine: "now")
        yield 2
        yield 3
        return "not a value"

    recording.ask("parts", parts, priority=2)
    assert [value for _, value in recording.finish()] == [1, 2, "now", 3]


def test_a_failed_job_is_told_and_the_next_one_runs(recording):
    recording.ask("bad", lambda engine: 1 / 0)
    recording.ask("worse", lambda engine: (1 / 0 for _ in range(3)))
    recording.ask("good", lambda engine: "good")
    *failed, good = recording.finish()
    assert [slot for slot, _ in failed] == ["bad", "worse"]
    assert all(isinstance(error, ZeroDivisionError) for _, error in failed)
    assert good == ("good", "good")
    assert sentence(UserError("Do this.")) == "Do this."
    assert "ZeroDivisionError" in sentence(failed[0][1])


def test_closing_never_waits_for_a_model_that_still_loads(monkeypatch):
    gate = threading.Event()
    worker = Recording(lambda: gate.wait(60)).worker
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "join", lambda *_: pytest.fail("waited"))
        worker.close()
    gate.set()
