"""The number format and the devices of a training."""

import contextlib
from pathlib import Path

import tensorflow as tf

from data.checks import check_choice, check_kind


def training_policy() -> str:
    """Return the dtype policy of a training: bfloat16 where the machine is faster in it."""
    with contextlib.suppress(OSError):
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()
        if {"amx_bf16", "avx512_bf16"} & set(flags):
            return "mixed_bfloat16"
    gpus = tf.config.list_physical_devices("GPU")
    capabilities = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    if gpus and all(c.get("compute_capability", (0, 0)) >= (8, 0) for c in capabilities):
        return "mixed_bfloat16"
    return "float32"


def training_strategy(devices: list[str] | None) -> tf.distribute.Strategy:
    """Return how devices such as "GPU:0" share every batch; None takes all GPUs of the machine.

    Names of no devices raise a `UserError`.
    """
    if devices is None:
        devices = [device.name for device in tf.config.list_logical_devices("GPU")]
    known = [device.name.removeprefix("/device:") for device in tf.config.list_logical_devices()]
    names = check_kind("devices", devices, list, "a list of names")
    chosen = {check_choice("devices", str(n).removeprefix("/device:"), known): n for n in names}
    if len(chosen) > 1:
        return tf.distribute.MirroredStrategy(list(chosen))
    return tf.distribute.get_strategy()
