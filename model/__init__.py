"""The autoencoder: its network, training, latent space, and the engine that runs it.

Keras reads its settings when it is imported: from `keras.json` beside this file, and not from the
user's or from variables, which may ask for another backend or for channels first. To import Keras
and TensorFlow takes seconds and prints a page of messages; `import_tensorflow` does it quietly.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import UserError

if TYPE_CHECKING:
    from model.engine import FaceEngine

for name in [name for name in os.environ if name.startswith("KERAS_")]:
    del os.environ[name]
os.environ["KERAS_HOME"] = str(Path(__file__).parent)
os.environ["KERAS_BACKEND"] = "tensorflow"
_quiet = "TF_CPP_MIN_LOG_LEVEL" not in os.environ  # unless the user asks for messages
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read once, when TensorFlow is imported


def import_tensorflow() -> None:
    """Import TensorFlow and Keras quietly; `UserError` if Keras runs with another backend."""
    with _compiled_code_silenced() if _quiet else contextlib.nullcontext():
        import keras
    backend = keras.config.backend()  # another one if the user's session imported Keras before
    if backend != "tensorflow":
        raise UserError(f"Keras runs with {backend} in this session: start Python anew for this.")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # no warnings of traced graphs
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_image_data_format("channels_last")


def load_engine(folder: str | Path | None = None) -> FaceEngine:
    """Import TensorFlow quietly, which takes seconds, and return `FaceEngine.load(folder)`."""
    import_tensorflow()
    from model.engine import FaceEngine

    return FaceEngine.load(folder)


@contextlib.contextmanager
def _compiled_code_silenced() -> Iterator[None]:
    """Point file descriptor 2 at the null device, and Python's `sys.stderr` where 2 pointed.

    Compiled code writes some messages before it reads `TF_CPP_MIN_LOG_LEVEL`.
    """
    try:
        former = os.dup(2)
    except OSError:  # no terminal at all, as under pythonw
        yield
        return
    with os.fdopen(former, "w", buffering=1) as terminal, contextlib.ExitStack() as stack:
        if sys.stderr is sys.__stderr__ and sys.stderr is not None:
            sys.stderr.flush()
            stack.enter_context(contextlib.redirect_stderr(terminal))
        stack.callback(os.dup2, former, 2)
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
