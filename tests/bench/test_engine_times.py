import sys

from tests.bench import engine_times as benchmark
from tests.model.tiny_model import write_tiny_model


def test_a_call_is_timed_after_some_that_are_not_counted():
    calls = []
    times = benchmark.call_times(lambda: calls.append(1), calls=7)
    assert len(times) == 7 and (times >= 0).all()
    assert len(calls) == 7 + benchmark.WARM_UP


def test_the_table_has_a_row_for_each_way(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(benchmark.call_times, "__defaults__", (2,))
    folder = write_tiny_model(tmp_path / "model")
    monkeypatch.setattr(sys, "argv", ["benchmark", "--model", str(folder)])
    benchmark.main()
    lines = capsys.readouterr().out.splitlines()
    assert [line[:28].strip() for line in lines[1:]] == [
        "decode",
        "encode a sketch and decode",
        "encode and decode",
        "decode, predict",
        "encode and decode, predict",
    ]
    assert all(float(line.split()[-1]) > 0 for line in lines[1:])
