"""The finisher: from a code and the decoder's own maps to a sharp face, 160 x 176 pixels.

The decoder gives the mean of all faces that fit a code, and a mean has no hair and no skin. The
finisher adds plausible detail, which it invents: a code does not hold that much. It is trained
against a critic, see `model.training.finishing`. Untrained, it adds nothing.

The local mean of the detail is subtracted, so that from a distance the face stays the decoder's.
The detail comes from convolutions of maps that move with the face, and so it moves too.

Hair, skin and paper need chance as well: without any, a network makes texture of whatever is uneven
in its maps, and so at the same places of every face. The finisher has noise beside its maps
(StyleGAN, Karras et al. 2019). It is computed from the code: each face always has the same, a code
that changes a little changes it a little, and the mean face has none. In use it is weaker than in
training, since edges made of strong noise are stippled (the truncation of Brock, Donahue and
Simonyan 2019). The mean detail of many faces, pixel by pixel, is measured after training and
subtracted, as the fixed pattern of a camera's sensor is.
"""

from itertools import pairwise

import keras
import numpy as np
from keras import layers, ops

from model.network import convolution, depth_to_space, residual_block

MAPS = ("up_1", "up_2", "up_3", "pixels")  # the decoder's layers whose outputs the finisher reads
CHANNELS = (64, 48, 32)  # at 20 x 22, 40 x 44 and 80 x 88 pixels
SHARPENER = "sharpener"  # name of the part that also works on crops of a face
NOISE = "noise"  # name of the part that makes the noise
FIXED = "fixed"  # name of the layer that subtracts what all faces have in common
FINISHER_VERSION = 2  # raised when older finishers no longer fit
NOISE_CHANNELS = {"up_1": 2, "up_2": 2, "up_3": 1}  # of the noise beside these of `MAPS`
STRENGTH = 0.4  # standard deviation of the noise in use; in training it is 1
FREQUENCY = 3.0  # of the noise, in radians per standard deviation of the codes
RANK = 16  # of the random projection; a full one takes half as long again
LOCAL = 5  # side of the local mean, in pixels at 80 x 88; twice that in the picture


def build_finisher(decoder: keras.Model) -> keras.Model:
    """Build the finisher for a decoder.

    Args:
        decoder: from `build_decoder`; only the shapes of its maps are used.

    Returns:
        A model from a list, codes `(n, latent_dim)` and the decoder's maps as `decoder_maps`
        computes them, to images, `(n, 160, 176, 1)` in [0, 1].
    """
    codes = keras.Input(decoder.input_shape[1:], name="codes")
    maps = [keras.Input(decoder.get_layer(name).output.shape[1:], name=name) for name in MAPS]
    noise = [STRENGTH * x for x in _build_noise(decoder)(codes)]
    x = _build_sharpener(decoder)([codes, *maps, *noise])
    x = depth_to_space(SubtractedDetail(dtype="float32", name=FIXED)(x), "finished")
    images = layers.Activation("sigmoid", dtype="float32", name="images")(x)
    return keras.Model([codes, *maps], images, name="finisher")


def set_code_statistics(finisher: keras.Model, mean: np.ndarray, variance: np.ndarray) -> None:
    """Tell a new finisher the mean and the variance of the codes, `(latent_dim,)` each."""
    finisher.get_layer(NOISE).get_layer("standardized").set_weights([mean, variance])


class WhiteNoise(layers.Layer):
    """Sines of a random projection of a standardized code (Rahimi and Recht 2007).

    The projection itself would not do: attributes of faces are projections too, so most faces with
    hair at some place, for example, would have the same noise there. Its rank is `RANK`, so that
    pixels are nearly, not wholly, independent.

    Args:
        shape: of the noise of one code.
        seed: of the projection.
        options: those of Keras' layer.
    """

    def __init__(self, shape: tuple[int, int, int], seed: int, **options):
        super().__init__(**options)
        self._shape, self._seed = shape, seed

    def build(self, input_shape):
        """Draw the projection; it is no weight, since it never differs."""
        rng = np.random.RandomState(self._seed)  # unlike a Generator's, its numbers never change
        sizes = input_shape[-1], RANK, int(np.prod(self._shape))
        self._projections = [
            rng.normal(0, inputs**-0.5, (inputs, outputs)).astype(np.float32)
            for inputs, outputs in pairwise(sizes)
        ]

    def call(self, codes):
        """Return noise of variance 1 for standardized codes, `(n, latent_dim)`."""
        first, second = self._projections
        phases = FREQUENCY * ops.matmul(ops.matmul(codes, first), second)
        waves = np.sqrt(2.0) * ops.sin(phases)
        return ops.reshape(waves, (-1, *self._shape))


class SubtractedDetail(layers.Layer):
    """Subtracts the fixed detail, logits `(80, 88, 4)`: zeros until `subtract_fixed_detail`."""

    def build(self, input_shape):
        """Make the map."""
        self.fixed = self.add_weight(input_shape[1:], "zeros", trainable=False, name="fixed")

    def call(self, x):
        """Return maps `(n, h, w, c)` without it."""
        return x - self.fixed


def _build_noise(decoder: keras.Model) -> keras.Model:
    """Build the part of the finisher that makes the noise, a list, from codes."""
    codes = keras.Input(decoder.input_shape[1:], name="codes")
    x = layers.BatchNormalization(
        center=False, scale=False, trainable=False, dtype="float32", name="standardized"
    )(codes)
    noise = []
    for seed, (name, channels) in enumerate(NOISE_CHANNELS.items()):
        shape = (*decoder.get_layer(name).output.shape[1:3], channels)
        noise.append(WhiteNoise(shape, seed, dtype="float32", name=f"{name}_noise")(x))
    return keras.Model(codes, noise, name=NOISE)


def _build_sharpener(decoder: keras.Model) -> keras.Model:
    """Build the finisher without its last step, for maps of a whole face or of a crop."""
    codes = keras.Input(decoder.input_shape[1:], name="codes")
    sizes = [(None, None, decoder.get_layer(name).output.shape[-1]) for name in MAPS]
    low, middle, high, pixels = maps = [keras.Input(size) for size in sizes]
    low_noise, middle_noise, high_noise = noise = [
        keras.Input((None, None, channels)) for channels in NOISE_CHANNELS.values()
    ]
    coarse, medium, fine = CHANNELS

    x = layers.Concatenate(name="look_beside")([low, low_noise])
    x = convolution(x, coarse, "look")
    style = layers.Dense(coarse, bias_initializer="ones", name="style")(codes)
    x = layers.Multiply(name="styled")([x, layers.Reshape((1, 1, coarse), name="style_map")(style)])
    x = residual_block(x, "coarse")
    x = _join(x, middle, middle_noise, medium, "medium")
    x = residual_block(x, "medium_block")
    x = _join(x, high, high_noise, fine, "fine")
    x = convolution(x, fine, "strands")
    detail = layers.Conv2D(4, 3, padding="same", kernel_initializer="zeros", name="detail")(x)

    local = layers.AveragePooling2D(LOCAL, strides=1, padding="same", name="local")(detail)
    detail = layers.Subtract(dtype="float32", name="detail_only")([detail, local])
    x = layers.Add(dtype="float32", name="sharp")([pixels, detail])
    return keras.Model([codes, *maps, *noise], x, name=SHARPENER)


def decoder_maps(decoder: keras.Model) -> keras.Model:
    """Return a model from codes to what the finisher takes: a list, the codes and `MAPS`.

    Its layers are the decoder's own.
    """
    codes = decoder.inputs[0]
    return keras.Model(codes, [codes, *(decoder.get_layer(name).output for name in MAPS)])


def _join(x, decoded, noise, channels: int, name: str):
    """Double the size of a map, and convolve it with the decoder's map of that size and noise."""
    x = convolution(x, decoded.shape[-1], f"{name}_squeeze", size=1)
    x = layers.UpSampling2D(interpolation="bilinear", name=f"{name}_double")(x)
    x = layers.Concatenate(name=f"{name}_beside")([x, decoded, noise])
    return convolution(x, channels, f"{name}_join")
