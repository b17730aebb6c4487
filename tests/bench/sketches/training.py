"""Train the sketch encoder on drawings and the codes that should answer them.

    python -m tests.bench.sketches.training --drawings FOLDER --minutes 90 [--go-on]
                                            [--model FOLDER]

The decoder is frozen, and not even needed: each drawing comes with the code of the portrait that it
was made from (see `dataset`). Errors of whitened coordinates count by how much each changes the
face, and errors of readings (smile, turn, hair ...) count once more. The averaged weights are
kept. Then the layers that read artists' shaded drawings are fitted to these.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from data.paths import SHIPPED_MODEL
from model.architecture import Architecture
from model.engine import FaceEngine
from model.folder import SKETCH_ENCODER_FILE, file_hash, publish, read_card
from model.latent import LatentSpace
from model.network_file import load_network, load_sketch_encoder, save_network
from model.sketch_encoder import CENTRES, SKETCH_ENCODER_VERSION, build_sketch_encoder
from model.tones import SHAPES

BATCH = 48
RATE = 1e-3  # highest learning rate; it falls to zero as a cosine
CONTINUED = 0.4  # share of that rate when a training goes on
WARMING_STEPS = 200  # in which the rate rises
DECAY = 1e-3  # of weights
AVERAGING = 0.999  # decay of the averaged weights, which are kept
EQUALLY = 0.3  # share of the weight that all coordinates have alike
READINGS_WEIGHT = 4.0  # of a reading's squared error, in those of a usual coordinate
READINGS = (*SHAPES, "hair light", "skin")
NUDGE = 0.1  # standard deviations by which a code is moved to see how its face changes
REPORTED = 250  # steps between two lines of the report
MEANT_RIDGE = 0.1  # penalty on squared weights of the layer "meant"
OTHERS = 4000  # drawings of other kinds, from which the layer "shaded" tells shaded ones
SHADED_DECAY = 0.02  # of its weights
SHADED_EPOCHS = 30  # over both


def start_from(encoder: keras.Model, sketch_encoder: keras.Model) -> None:
    """Give a sketch encoder the weights of a portrait encoder; what that lacks starts at zero."""
    known = {layer.name: layer.get_weights() for layer in encoder.layers}
    for layer in sketch_encoder.layers:
        weights = known.get(layer.name, [])
        if layer.name == "down_1":  # the coverage says nothing yet
            weights = [np.concatenate([weights[0], 0 * weights[0]], axis=2), weights[1]]
        if layer.name == "overview_mean":
            tone = weights[0]
            weights = [np.stack([tone, 0 * tone], axis=1).reshape(-1, tone.shape[-1])]
        if weights:
            layer.set_weights(weights)


def error_matrix(engine: FaceEngine, latent: LatentSpace) -> np.ndarray:
    """Return the matrix (latent_dim + 13, latent_dim) whose product with whitened errors counts."""
    values = latent.to_sliders(latent.gallery[:: max(1, len(latent.gallery) // 40)])
    faces = engine.decode(latent.from_sliders(values))
    slopes = [
        np.square(engine.decode(latent.from_sliders(values + move)) - faces).mean()
        for move in NUDGE * np.eye(latent.latent_dim)
    ]
    weights = EQUALLY + (1 - EQUALLY) * np.array(slopes) / np.mean(slopes)
    rows = latent.readout_rows(READINGS)
    return np.concatenate([np.diag(np.sqrt(weights)), np.sqrt(READINGS_WEIGHT) * rows])


def train(
    network: keras.Model,
    drawings: np.ndarray,
    guesses: np.ndarray,
    codes: np.ndarray,
    weights: np.ndarray,
    minutes: float,
    rate: float = RATE,
) -> None:
    """Train a sketch encoder for some minutes; it ends with its averaged weights.

    Args:
        network: see `build_sketch_encoder`.
        drawings: uint8 `(n, 160, 176, 2)`, may be a memory map.
        guesses: float32 `(n, latent_dim)`, what the portrait encoder makes of the tones.
        codes: float32 `(n, latent_dim)`, the answers.
        weights: `(k, latent_dim)`: errors of codes are multiplied by it, then squared.
        minutes: how long.
        rate: highest learning rate.
    """
    optimizer = keras.optimizers.AdamW(rate, weight_decay=DECAY)
    optimizer.build(network.trainable_variables)
    averages = [tf.Variable(weight, trainable=False) for weight in network.get_weights()]
    matrix = tf.constant(weights.T, tf.float32)

    @tf.function
    def step(batch: tf.Tensor, guessed: tf.Tensor, targets: tf.Tensor, decay: tf.Tensor):
        with tf.GradientTape() as tape:
            seen = tf.cast(batch, tf.float32) / 255
            errors = network([seen, guessed], training=True) - targets
            loss = tf.reduce_mean(tf.reduce_sum(tf.square(errors @ matrix), axis=1))
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
        for average, weight in zip(averages, network.weights, strict=True):
            average.assign_add((1 - decay) * (weight - average))
        return loss

    rng, order, count, losses = np.random.default_rng(0), np.zeros(0, int), 0, []
    start = time.monotonic()
    while (share := (time.monotonic() - start) / (60 * minutes)) < 1:
        if len(order) < BATCH:
            order = rng.permutation(len(drawings))
        rows, order = np.sort(order[:BATCH]), order[BATCH:]
        cosine = 0.5 + 0.5 * np.cos(np.pi * share)
        optimizer.learning_rate.assign(rate * cosine * min(1, (count + 1) / WARMING_STEPS))
        decay = tf.constant(min(AVERAGING, (1 + count) / (10 + count)), tf.float32)
        losses.append(float(step(drawings[rows], guesses[rows], codes[rows], decay)))
        count += 1
        if count % REPORTED == 0:
            print(f"step {count:,}, {share:.0%} of the time: loss {np.mean(losses):.1f}")
            losses = []
    network.set_weights([average.numpy() for average in averages])


def fit_shaded(
    network: keras.Model,
    shaded: tuple[np.ndarray, np.ndarray, np.ndarray],
    others: tuple[np.ndarray, np.ndarray],
) -> None:
    """Fit the layers of a sketch encoder that recognise shaded drawings and read them.

    "centres" are some of the guesses, "meant" is fitted by least squares, and "shaded" is trained
    to tell the drawings from others. All other layers stay.

    Args:
        network: see `build_sketch_encoder`.
        shaded: artists' drawings, uint8 `(n, 160, 176, 2)`, the portrait encoder's guesses and the
            right codes, each float32 `(n, latent_dim)`.
        others: drawings of other kinds, and guesses.
    """
    drawings, guesses, codes = shaded
    centres = guesses[np.resize(np.random.default_rng(0).permutation(len(guesses)), CENTRES)]
    network.get_layer("centres").set_weights([centres.T, -np.square(centres).sum(axis=1) / 2])
    meant = network.get_layer("meant")
    near = keras.Model(network.inputs[1], meant.input).predict(guesses, verbose=0).astype(float)
    mean, ridge = codes.mean(axis=0), MEANT_RIDGE * np.eye(CENTRES)
    meant.set_weights([np.linalg.solve(near.T @ near + ridge, near.T @ (codes - mean)), mean])

    recognise = network.get_layer("shaded")
    see = keras.Model(network.inputs, recognise.input)
    features = [
        see.predict_on_batch([seen[i : i + BATCH] / np.float32(255), guessed[i : i + BATCH]])
        for seen, guessed in ((drawings, guesses), others)
        for i in range(0, len(seen), BATCH)
    ]
    labels = np.repeat([1.0, 0.0], [len(drawings), len(others[0])])
    recognise.set_weights([0 * weights for weights in recognise.get_weights()])
    inputs = keras.Input(recognise.input.shape[1:])
    classifier = keras.Model(inputs, recognise(inputs))
    optimizer = keras.optimizers.AdamW(RATE, weight_decay=SHADED_DECAY)
    classifier.compile(optimizer, "binary_crossentropy")
    classifier.fit(np.concatenate(features), labels, epochs=SHADED_EPOCHS, verbose=0)


def add_sketch_encoder(folder: Path, network: keras.Model, about: dict[str, object]) -> None:
    """Write a sketch encoder into a model folder, and what it learned from on the card.

    Raises:
        UserError: as `publish`.
    """

    def write(new: Path) -> dict:
        save_network(network, new / SKETCH_ENCODER_FILE)
        known = {"id": file_hash(new / SKETCH_ENCODER_FILE), "version": SKETCH_ENCODER_VERSION}
        return {"sketch_encoder": known | about}

    publish(folder, write, read_card(folder), folder)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on a folder of drawings, and write the result into a model folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drawings", type=Path, required=True, help="folder of `dataset`")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--model", type=Path, default=SHIPPED_MODEL, help="a model folder")
    parser.add_argument("--go-on", action="store_true", help="from the sketch encoder there is")
    parser.add_argument("--policy", default="mixed_bfloat16", help="float32 on older processors")
    parser.add_argument("--about", default="", help="a sentence on the drawings, for the card")
    options = parser.parse_args(arguments)

    network, latent = load_network(options.model), LatentSpace.load(options.model)
    architecture = Architecture.from_card(read_card(options.model))
    keras.config.set_dtype_policy(options.policy)
    trained = build_sketch_encoder(architecture)
    keras.config.set_dtype_policy("float32")
    start_from(network.get_layer("encoder"), trained)
    rate = RATE
    if options.go_on and (known := load_sketch_encoder(options.model, network)):
        rate *= CONTINUED
        trained.set_weights(known.get_layer("sketch_encoder").get_weights())
    whitening = latent.components / latent.scales[:, np.newaxis]
    weights = error_matrix(FaceEngine(network), latent) @ whitening
    drawings = np.load(options.drawings / "drawings.npy", mmap_mode="r")
    guesses, codes, kinds = (
        np.load(options.drawings / f"{name}.npy") for name in ("guesses", "codes", "kinds")
    )
    strokes = keras.Model(trained.inputs, trained.get_layer("strokes").output)
    train(strokes, drawings, guesses, codes, weights, options.minutes, rate)
    kept = build_sketch_encoder(architecture)
    kept.set_weights(trained.get_weights())
    others = np.flatnonzero(kinds != "artists")[:OTHERS]
    with np.load(options.drawings / "shaded.npz") as file:
        shaded = file["drawings"], file["guesses"], file["codes"]
    fit_shaded(kept, shaded, (drawings[others], guesses[others]))
    about = {"about": options.about, "drawings": len(drawings), "minutes": options.minutes}
    add_sketch_encoder(options.model, kept, about)


if __name__ == "__main__":
    main()
