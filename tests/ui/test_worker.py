import threading

import numpy as np
import pytest

from data.errors import UserError
from tests.ui.driver import FakeEngine
from ui.worker import Worker, decode_one, sentence


class Recording:
    """A worker, and what was called back: (slot, value) each, or (slot, error)."""

    def __init__(self, load=FakeEngine):
        self.heard = []
        self.worker = Worker(load, lambda: None, lambda *failure: self.heard.append(failure))
        self.worker.start()

    def ask(self, slot, job, priority=0):
        self.worker.submit(slot, job, lambda value: self.heard.append((slot, value)), priority)

    def begin(self, slot, job=lambda engine: "begun"):
        """Submit a job and wait until it has begun; it goes on once the event is set."""
        begun, gate = threading.Event(), threading.Event()

        def gated(engine):
            begun.set()
            gate.wait(20)
            return job(engine)

        self.ask(slot, gated)
        assert begun.wait(20)
        return gate

    def finish(self):
        """Wait until all work is done; return what was called back."""
        worker = self.worker
        with worker._changed:
            assert worker._changed.wait_for(
                lambda: not worker._requests and worker._running is None, 20
            )
        for call in worker.poll():
            call()
        return self.heard


@pytest.fixture
def recording():
    recording = Recording()
    yield recording
    recording.worker.close()


def test_newest_request_of_a_slot_wins_and_stale_ones_never_run(recording):
    gate, ran = recording.begin("other"), []
    for number in range(5):
        recording.ask("face", lambda engine, number=number: ran.append(number) or number)
    gate.set()
    assert recording.finish() == [("other", "begun"), ("face", 4)]
    assert ran == [4]


def test_what_runs_is_delivered_though_a_newer_request_waits(recording):
    gate = recording.begin("face", lambda engine: "old")
    recording.ask("face", lambda engine: "new")
    gate.set()
    assert recording.finish() == [("face", "old"), ("face", "new")]


def test_urgent_work_goes_before_patient_work(recording):
    gate = recording.begin("first")
    for priority in (2, 1, 0):
        recording.ask(str(priority), lambda engine: "done", priority)
    gate.set()
    assert [slot for slot, _ in recording.finish()] == ["first", "0", "1", "2"]


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


def test_a_newer_request_ends_a_generator_of_its_slot(recording):
    closed = threading.Event()

    def parts(engine):
        try:
            yield "stale"
            yield "never"
        finally:
            closed.set()

    gate = recording.begin("slot", parts)
    recording.ask("slot", lambda engine: "new")
    gate.set()
    assert recording.finish() == [("slot", "new")]
    assert closed.is_set()


def test_a_cancelled_slot_gives_nothing_more(recording):
    gate = recording.begin("face")
    recording.worker.cancel("face")
    assert not recording.worker.busy("face")
    recording.ask("other", lambda engine: "other", priority=5)
    gate.set()
    assert recording.finish() == [("other", "other")]


def test_a_value_that_waits_for_the_next_frame_is_dropped_with_its_slot(recording):
    recording.ask("face", lambda engine: "too late")
    with recording.worker._changed:
        assert recording.worker._changed.wait_for(lambda: not recording.worker.busy("face"), 20)
    recording.worker.cancel("face")
    assert recording.finish() == []


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


def test_jobs_wait_for_an_engine_that_is_still_loading():
    gate = threading.Event()
    recording = Recording(lambda: gate.wait(20) and "engine")
    recording.ask("slot", lambda engine: engine)
    assert recording.worker.busy("slot")
    assert recording.worker.poll() == []
    gate.set()
    assert recording.finish() == [("slot", "engine")]
    recording.worker.close()


def test_closing_never_waits_for_a_model_that_still_loads(monkeypatch):
    gate = threading.Event()
    worker = Recording(lambda: gate.wait(60)).worker
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "join", lambda *_: pytest.fail("waited"))
        worker.close()
    gate.set()


def test_one_code_is_decoded_to_one_face_and_a_sharp_one_if_asked_for():
    engine, code = FakeEngine(), np.full(80, 0.1)
    engine.finish = lambda codes: 1 - engine.decode(codes)
    plain, sharp = decode_one(engine, code), decode_one(engine, code, sharp=True)
    assert plain.shape == (160, 176) and engine.decoded[0].dtype == np.float32
    np.testing.assert_array_equal(sharp, 1 - plain)
