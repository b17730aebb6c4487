"""The autoencoder: its network, training, latent space, and the engine that runs it.

Keras reads its settings when it is imported: from `keras.json` beside this file, and not from the
user's or from variables, which may ask for another backend or for channels first.
"""

import os
from pathlib import Path

for name in [name for name in os.environ if name.startswith("KERAS_")]:
    del os.environ[name]
os.environ["KERAS_HOME"] = str(Path(__file__).parent)
os.environ["KERAS_BACKEND"] = "tensorflow"
