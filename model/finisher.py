"""The finisher: from a code and the decoder's own maps to a sharp face, 160 x 176 pixels.

The decoder gives the mean of all faces that fit a code, and a mean has no hair and no skin. The
finisher adds plausible detail, which it invents: a code does not hold that much. It is trained
against a critic, see `model.training.finishing`. Untrained, it adds nothing.

The local mean of the detail is subtracted, so that from a distance the face stays the decoder's.
The detail comes from convolutions of maps that move with the face, and so it moves too.
"""

import keras
from keras import layers

from model.network import convolution, depth_to_space, residual_block

MAPS = ("up_1", "up_2", "up_3", "pixels")  # the decoder's layers whose outputs the finisher reads
CHANNELS = (64, 48, 32)  # at 20 x 22, 40 x 44 and 80 x 88 pixels
SHARPENER = "sharpener"  # name of the part that also works on crops of a face
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
    x = depth_to_space(_build_sharpener(decoder)([codes, *maps]), "finished")
    images = layers.Activation("sigmoid", dtype="float32", name="images")(x)
    return keras.Model([codes, *maps], images, name="finisher")


def _build_sharpener(decoder: keras.Model) -> keras.Model:
    """Build the finisher without its last step, for maps of a whole face or of a crop."""
    codes = keras.Input(decoder.input_shape[1:], name="codes")
    sizes = [(None, None, decoder.get_layer(name).output.shape[-1]) for name in MAPS]
    low, middle, high, pixels = maps = [keras.Input(size) for size in sizes]
    coarse, medium, fine = CHANNELS

    x = convolution(low, coarse, "look")
    style = layers.Dense(coarse, bias_initializer="ones", name="style")(codes)
    x = layers.Multiply(name="styled")([x, layers.Reshape((1, 1, coarse), name="style_map")(style)])
    x = residual_block(x, "coarse")
    x = _join(x, middle, medium, "medium")
    x = residual_block(x, "medium_block")
    x = _join(x, high, fine, "fine")
    x = convolution(x, fine, "strands")
    detail = layers.Conv2D(4, 3, padding="same", kernel_initializer="zeros", name="detail")(x)

    local = layers.AveragePooling2D(LOCAL, strides=1, padding="same", name="local")(detail)
    detail = layers.Subtract(dtype="float32", name="detail_only")([detail, local])
    x = layers.Add(dtype="float32", name="sharp")([pixels, detail])
    return keras.Model([codes, *maps], x, name=SHARPENER)


def decoder_maps(decoder: keras.Model) -> keras.Model:
    """Return a model from codes to what the finisher takes: a list, the codes and `MAPS`.

    Its layers are the decoder's own.
    """
    codes = decoder.inputs[0]
    return keras.Model(codes, [codes, *(decoder.get_layer(name).output for name in MAPS)])


def _join(x, decoded, channels: int, name: str):
    """Double the size of a map, and convolve it with the decoder's map of that size."""
    x = convolution(x, decoded.shape[-1], f"{name}_squeeze", size=1)
    x = layers.UpSampling2D(interpolation="bilinear", name=f"{name}_double")(x)
    x = layers.Concatenate(name=f"{name}_beside")([x, decoded])
    return convolution(x, channels, f"{name}_join")
