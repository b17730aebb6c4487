"""What a network is built from, without Keras: a card is checked before Keras is imported."""

from __future__ import annotations

from dataclasses import dataclass, fields

from data.checks import check_kind, check_number, check_whole
from data.errors import UserError
from model.frame import IMAGE_SHAPE, LATENT_DIM

HALVINGS = 4
MAX_WIDTH = 320  # channels: 25 million weights at most, in all layers
MAX_BLOCKS = 4
MAX_LOSS_WEIGHT = 100


@dataclass(frozen=True)
class Architecture:
    """What a network is built from: its widths, and the weights of the error it is trained by.

    Attributes:
        encoder_channels: channels at 80 x 88, 40 x 44, 20 x 22 and 10 x 11 pixels.
        head_channels: channels that the 10 x 11 map is squeezed to before the dense heads.
        decoder_channels: channels at 10 x 11, 20 x 22, 40 x 44 and 80 x 88 pixels.
        detail_channels: channels at 20 x 22 pixels that a dense layer makes of the codes: faces are
            aligned, so each pixel has weights of its own.
        residual_blocks: residual blocks at 10 x 11 pixels, in encoder and decoder each.
        overview_pooling: side of the squares of pixels averaged for the linear path from the image
            to the means of the codes; 0 for no such path.
        latent_dim: numbers in a code.
        face_emphasis: of the error that training and correction minimise, see `face_weights`.
        ssim_weight: of the structural similarity in that error.

    Raises:
        UserError: for values that are out of range, or codes of another length than the program's.
    """

    encoder_channels: tuple[int, int, int, int] = (24, 48, 96, 144)
    head_channels: int = 64
    decoder_channels: tuple[int, int, int, int] = (96, 64, 32, 16)
    detail_channels: int = 32
    residual_blocks: int = 1
    overview_pooling: int = 4
    latent_dim: int = LATENT_DIM
    face_emphasis: float = 2.0
    ssim_weight: float = 2.5

    def __post_init__(self):
        for name in ("encoder_channels", "decoder_channels"):
            channels = check_kind(name, getattr(self, name), tuple, f"{HALVINGS} widths")
            check_whole(f"The number of {name}", len(channels), HALVINGS, HALVINGS)
            for width in channels:
                check_whole(name, width, 1, MAX_WIDTH)
        check_whole("head_channels", self.head_channels, 1, MAX_WIDTH)
        check_whole("detail_channels", self.detail_channels, 0, MAX_WIDTH)
        check_whole("residual_blocks", self.residual_blocks, 0, MAX_BLOCKS)
        check_whole("overview_pooling", self.overview_pooling, 0, min(IMAGE_SHAPE))
        check_number("face_emphasis", self.face_emphasis, 0, MAX_LOSS_WEIGHT)
        check_number("ssim_weight", self.ssim_weight, 0, MAX_LOSS_WEIGHT)
        check_length(self.latent_dim)

    @classmethod
    def from_card(cls, card: dict) -> Architecture:
        """Read what the network of a model card is built from.

        Raises:
            UserError: if the card does not describe a network that this program can build.
        """
        known = {field.name for field in fields(cls)}
        stored = card.get("settings", {}).get("architecture")
        if isinstance(stored, dict) and "ssim_weight" not in stored:
            raise UserError("The model is of an older version: call learn() again.")
        if isinstance(stored, dict):
            check_length(stored.get("latent_dim", LATENT_DIM))
        try:
            values = {name: stored[name] for name in known & stored.keys()}
            for name in ("encoder_channels", "decoder_channels"):
                values[name] = tuple(values[name])  # JSON has lists
            return cls(**values)
        except (KeyError, TypeError, ValueError, AttributeError, UserError) as error:
            raise UserError(
                "The model card describes no network that this program can build."
            ) from error


def check_length(latent_dim: object, model: str = "The model") -> None:
    """Check that a model, named so in the sentence, has codes of the program's length."""
    if latent_dim != LATENT_DIM:
        raise UserError(
            f"{model} is made for codes of {latent_dim!r} numbers, and the program for "
            f"{LATENT_DIM} (LATENT_DIM in model/frame.py)."
        )
