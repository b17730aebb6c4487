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

    Faces are aligned, so each pixel of the detail channels has weights of its own. Values out of
    range, or codes of another length than the program's, raise a `UserError`.
    """

    encoder_channels: tuple[int, int, int, int] = (24, 48, 96, 144)  # at 80 x 88 to 10 x 11 pixels
    head_channels: int = 64  # that the 10 x 11 map is squeezed to before the dense heads
    decoder_channels: tuple[int, int, int, int] = (96, 64, 32, 16)  # at 10 x 11 to 80 x 88 pixels
    detail_channels: int = 32  # at 20 x 22 pixels, made of the codes by a dense layer
    residual_blocks: int = 1  # at 10 x 11 pixels, in encoder and decoder each
    overview_pooling: int = 4  # side of averaged squares, pixels; 0 for no linear path to codes
    latent_dim: int = LATENT_DIM  # numbers in a code
    face_emphasis: float = 2.0  # of the error that is minimised, see `face_weights`
    ssim_weight: float = 2.5  # weight of the structural similarity in that error

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
        """Read what the network of a card is built from; `UserError` if that cannot be built."""
        known = {field.name for field in fields(cls)}
        stored = card.get("settings", {}).get("architecture")
        if isinstance(stored, dict):
            if "ssim_weight" not in stored:
                raise UserError("The model is of an older version: call learn() again.")
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
