"""The network: a convolutional autoencoder, 160 x 176 pixels to 80 numbers and back.

The encoder halves the image four times and ends in two dense heads: the mean and the log variance
of a normal distribution over codes (a variational autoencoder, Kingma and Welling 2013). A linear
path from the shrunken image to the means, as in PCA, generalises best from few portraits. The
decoder convolves at low resolution, and its last step moves channels into space (sub-pixel
convolution, Shi et al. 2016), four times cheaper than convolving at full resolution. The encoder's
code is a guess; the matrix that corrects it is a part of the network, see `model.encoding`.
"""

import keras
from keras import layers

from model.architecture import HALVINGS, Architecture
from model.frame import IMAGE_SHAPE

BOTTOM_SHAPE = (IMAGE_SHAPE[0] >> HALVINGS, IMAGE_SHAPE[1] >> HALVINGS)  # 10 x 11


def convolution(x, channels: int, name: str, strides: int = 1, size: int = 3):
    """Convolve, and apply ReLU."""
    layer = layers.Conv2D(
        channels, size, strides=strides, padding="same", activation="relu", name=name
    )
    return layer(x)


def residual_block(x, name: str):
    """Add two convolutions to a map (He et al. 2016); the second is initialised with zeros."""
    channels = x.shape[-1]
    y = convolution(x, channels, f"{name}_1")
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros", name=f"{name}_2")(y)
    return layers.Add(name=f"{name}_sum")([x, y])


def depth_to_space(x, name: str):
    """Move channels into space: (h, w, 4) becomes (2h, 2w, 1)."""
    height, width = x.shape[1:3]
    x = layers.Reshape((height, width, 2, 2), name=f"{name}_split")(x)
    x = layers.Permute((1, 3, 2, 4), name=f"{name}_interleave")(x)
    return layers.Reshape((2 * height, 2 * width, 1), name=f"{name}_merge")(x)


def encode_pictures(pictures, architecture: Architecture):
    """Build layers from pictures to features, `(n, k)`, and means of codes, `(n, latent_dim)`."""
    first, *others = architecture.encoder_channels
    x = convolution(pictures, first, "down_1", strides=2, size=5)
    for number, channels in enumerate(others, start=2):
        x = convolution(x, channels, f"down_{number}", strides=2)
    for number in range(architecture.residual_blocks):
        x = residual_block(x, f"block_{number + 1}")
    x = convolution(x, architecture.head_channels, "squeeze", size=1)
    x = layers.Flatten(name="flatten")(x)
    mean = layers.Dense(architecture.latent_dim, dtype="float32", name="mean")(x)
    if architecture.overview_pooling:
        y = layers.AveragePooling2D(architecture.overview_pooling, name="overview")(pictures)
        y = layers.Flatten(name="overview_flat")(y)
        y = layers.Dense(
            architecture.latent_dim, use_bias=False, dtype="float32", name="overview_mean"
        )(y)
        mean = layers.Add(dtype="float32", name="mean_sum")([mean, y])
    return x, mean


def build_encoder(architecture: Architecture) -> keras.Model:
    """Build the encoder.

    Returns:
        A model from images, `(n, 160, 176, 1)` in [0, 1], to a list of two: means and log variances
        of the codes, each `(n, latent_dim)`.
    """
    images = keras.Input((*IMAGE_SHAPE, 1), name="images")
    features, mean = encode_pictures(images, architecture)
    log_variance = layers.Dense(
        architecture.latent_dim,
        kernel_initializer="zeros",
        bias_initializer=keras.initializers.Constant(-3.0),
        dtype="float32",
        name="log_variance",
    )(features)
    return keras.Model(images, [mean, log_variance], name="encoder")


def build_decoder(architecture: Architecture) -> keras.Model:
    """Build the decoder, from codes, `(n, latent_dim)`, to images, `(n, 160, 176, 1)` in [0, 1]."""
    codes = keras.Input((architecture.latent_dim,), name="codes")
    first, *others = architecture.decoder_channels
    height, width = BOTTOM_SHAPE
    x = layers.Dense(height * width * first, activation="relu", name="spread")(codes)
    x = layers.Reshape((height, width, first), name="bottom")(x)
    for number in range(architecture.residual_blocks):
        x = residual_block(x, f"block_{number + 1}")
    for number, channels in enumerate(others, start=1):
        x = layers.UpSampling2D(name=f"double_{number}")(x)
        if number == 1 and architecture.detail_channels:
            detail = architecture.detail_channels
            size = 4 * height * width * detail
            y = layers.Dense(size, activation="relu", name="detail_spread")(codes)
            y = layers.Reshape((2 * height, 2 * width, detail), name="detail")(y)
            x = layers.Concatenate(name="with_detail")([x, y])
        x = convolution(x, channels, f"up_{number}")
    x = layers.Conv2D(4, 3, padding="same", name="pixels")(x)
    x = depth_to_space(x, "pixels")
    images = layers.Activation("sigmoid", dtype="float32", name="images")(x)
    return keras.Model(codes, images, name="decoder")


def build_autoencoder(architecture: Architecture, dtype_policy: str = "float32") -> keras.Model:
    """Build encoder and decoder as one model; its policy is "float32" or "mixed_bfloat16".

    Returns:
        A model from images to their reconstructions, both `(n, 160, 176, 1)` in [0, 1], with the
        submodels "encoder" and "decoder" and the architecture as an attribute. It also takes
        gradients `(n, latent_dim)`, see `model.encoding`, which its layer "correction" turns into
        changes of the codes.
    """
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype_policy)
    try:
        encoder = build_encoder(architecture)
        decoder = build_decoder(architecture)
        images = keras.Input((*IMAGE_SHAPE, 1), name="portraits")
        codes, _ = encoder(images)
        gradients = keras.Input((architecture.latent_dim,), name="gradients")
        change = layers.Dense(
            architecture.latent_dim,
            use_bias=False,
            kernel_initializer="zeros",
            dtype="float32",
            name="correction",
        )(gradients)
        codes = layers.Add(dtype="float32", name="codes")([codes, change])
        autoencoder = keras.Model([images, gradients], decoder(codes), name="autoencoder")
    finally:
        keras.config.set_dtype_policy(previous)
    autoencoder.architecture = architecture
    return autoencoder
