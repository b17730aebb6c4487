"""Training on two devices, stood in for by two logical processors.

In a process of its own: TensorFlow makes the devices once, before anything else.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
from dataclasses import replace
from pathlib import Path
import pytest
import tensorflow as tf
processor = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
from model.training import fitting, learn as training
from model.folder import read_history
from model.training.settings import NO_CHANGES
from model.training.learn import learn
from tests.model.one_graph import OneGraph, measure_nothing
from tests.model.tiny_model import TINY_SETTINGS
OneGraph(training.compiled_model).share(pytest.MonkeyPatch())
measure_nothing(pytest.MonkeyPatch())
both = training.training_strategy(["CPU:0", "CPU:1"])  # its model is shared as well
alone = training.training_strategy(["CPU:0", "/device:CPU:0"])  # the same one twice
training.training_strategy = lambda devices: both if len(devices) > 1 else alone
fitting.VIEW_SECONDS = -1
arrays, out = sys.argv[1:]
settings = replace(TINY_SETTINGS, steps=6, augmentation=NO_CHANGES)  # each draws its own noise

def stop(history, pictures):
    if len(history) == 2:
        raise KeyboardInterrupt

def train(name, devices, **options):
    places = {"arrays": arrays, "out": f"{out}/{name}"}
    learn(**places, settings=settings, devices=devices, **options)
    return read_history(Path(out, name))

said = []
tf.config.run_functions_eagerly(True)  # a few steps are over before a graph is traced
one = train("one", ["CPU:0"], on_progress=stop)
tf.config.run_functions_eagerly(False)
curves = {
    "one": one,
    "two": train("two", ["CPU:0", "CPU:1"], on_progress=stop),
    "resumed": train("two", ["CPU:0", "CPU:1"], say=said.append),
}
print(json.dumps({"curves": curves, "said": said}))
"""


def test_two_devices_train_as_one_does_are_interrupted_and_go_on(arrays, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(arrays), str(tmp_path)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    outcome = json.loads(done.stdout.splitlines()[-1])
    one, two, resumed = outcome["curves"].values()
    assert [row["epoch"] for row in two] == [1, 2]
    losses = [row["val_loss"] for row in two]
    assert losses == pytest.approx([row["val_loss"] for row in one], abs=0.03)
    assert losses[-1] < losses[0]
    assert [row["epoch"] for row in resumed] == [1, 2, 3]
    assert any("after epoch 2" in sentence for sentence in outcome["said"])
