"""Evening out the light of a face that is nearly black, pale or gray, which the model never saw."""

import numpy as np

from model.frame import face_mask

MEAN, DEVIATION = 0.67, 0.13  # of the grays inside the face, in portraits of the archive

_FLAT = 0.05  # deviation inside the face; 1 in 50 portraits is below it
_DARK, _PALE = 0.35, 0.87  # means inside the face; hardly any portrait is beyond them
_LEAST = 1 / 255  # least deviation divided by, for a face of a single gray


def is_badly_lit(image: np.ndarray) -> bool:
    """Return whether a face (160, 176) is too dark, pale or gray for the model."""
    inside = image[face_mask()]
    return bool(inside.std() < _FLAT or not _DARK < inside.mean() < _PALE)


def even_out(image: np.ndarray) -> np.ndarray:
    """Return a face (160, 176) in [0, 1] with the mean and deviation of the archive's portraits."""
    inside = image[face_mask()]
    factor = DEVIATION / max(_LEAST, float(inside.std()))
    return np.clip((image - inside.mean()) * factor + MEAN, 0, 1).astype(np.float32)
