import threading

import numpy as np
import pytest

from data.errors import UserError
from tests.ui.driver import FakeEngine
from ui.worker import Worker, decode_one, sentence


@pytest.fixture
def worker():
    worker = Worker(FakeEngine)
    worker.start()
    yield worker
    worker.close()


def collect(worker, n):
    """Wait for n results."""
    results = []
    while len(results) < n:
        assert worker.wait(20)
        results += worker.poll()
    return results


def block(worker):
    """Keep the worker busy until the event that is given back is set."""
    begun, gate = threading.Event(), threading.Event()

    def job(engine):
        begun.set()
        gate.wait(20)

    worker.submit("block", job)
    assert begun.wait(20)
    return gate


def test_newest_wish_of_a_slot_wins_and_stale_ones_never_run(worker):
    gate, ran = block(worker), []
    for number in range(5):
        worker.submit("face", lambda engine, number=number: ran.append(number) or number)
    gate.set()
    results = [r for r in collect(worker, 2) if r.slot == "face"]
    assert [r.value for r in results] == [4]
    assert ran == [4]


def test_what_runs_is_delivered_though_a_newer_wish_waits(worker):
    begun, gate = threading.Event(), threading.Event()

    def slow(engine):
        begun.set()
        gate.wait(20)
        return "old"

    worker.submit("face", slow)
    assert begun.wait(20)
    worker.submit("face", lambda engine: "new")
    gate.set()
    assert [r.value for r in collect(worker, 2)] == ["old", "new"]


def test_urgent_work_goes_before_patient_work(worker):
    gate = block(worker)
    worker.submit("later", lambda engine: 2, priority=2)
    worker.submit("soon", lambda engine: 1, priority=1)
    worker.submit("now", lambda engine: 0)
    gate.set()
    assert [r.value for r in collect(worker, 4)][1:] == [0, 1, 2]


def test_generator_gives_parts_and_lets_urgent_work_in_between(worker):
    begun, gate = threading.Event(), threading.Event()

    def parts(engine):
        begun.set()
        gate.wait(20)
        yield 1
        yield 2
        return "end"

    worker.submit("parts", parts, priority=2)
    assert begun.wait(20)
    worker.submit("now", lambda engine: "now")
    gate.set()
    results = collect(worker, 4)
    assert [(r.value, r.final) for r in results] == [
        (1, False),
        ("now", True),
        (2, False),
        ("end", True),
    ]


def test_newer_wish_ends_a_generator_of_its_slot(worker):
    begun, gate, closed = threading.Event(), threading.Event(), threading.Event()

    def parts(engine):
        try:
            begun.set()
            gate.wait(20)
            yield "stale"
            yield "never"
        finally:
            closed.set()

    worker.submit("slot", parts)
    assert begun.wait(20)
    worker.submit("slot", lambda engine: "new")
    gate.set()
    assert [r.value for r in collect(worker, 1)] == ["new"]
    assert closed.wait(20)


def test_cancelled_slot_gives_nothing_more(worker):
    begun, gate = threading.Event(), threading.Event()

    def slow(engine):
        begun.set()
        gate.wait(20)
        return "too late"

    worker.submit("face", slow)
    assert begun.wait(20)
    worker.cancel("face")
    assert not worker.busy("face")
    worker.submit("other", lambda engine: "other", priority=5)
    gate.set()
    assert [r.value for r in collect(worker, 1)] == ["other"]


def test_failed_job_tells_and_the_next_one_runs(worker):
    worker.submit("bad", lambda engine: 1 / 0)
    worker.submit("worse", lambda engine: (1 / 0 for _ in range(3)))
    worker.submit("good", lambda engine: "good")
    *failed, good = collect(worker, 3)
    for bad in failed:
        assert isinstance(bad.error, ZeroDivisionError)
        assert bad.value is None
    assert good.value == "good"


def test_engine_that_cannot_be_loaded_is_kept_as_error():
    def load():
        raise UserError("no model")

    worker = Worker(load)
    worker.start()
    worker._thread.join(20)
    assert worker.state == "failed"
    assert str(worker.error) == "no model"
    worker.close()


def test_jobs_wait_for_an_engine_that_is_still_loading():
    gate = threading.Event()

    def load():
        gate.wait(20)
        return "engine"

    worker = Worker(load)
    worker.start()
    worker.submit("slot", lambda engine: engine)
    assert worker.busy("slot")
    assert worker.poll() == []
    gate.set()
    assert collect(worker, 1)[0].value == "engine"
    worker.close()


def test_sentence_is_the_users_words_or_the_kind_of_error():
    assert sentence(UserError("Do this.")) == "Do this."
    assert "ZeroDivisionError" in sentence(ZeroDivisionError("division by zero"))


def test_closing_never_waits_for_a_model_that_still_loads(monkeypatch):
    gate = threading.Event()
    worker = Worker(lambda: gate.wait(60))
    worker.start()
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
