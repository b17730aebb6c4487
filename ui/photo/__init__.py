"""The user's own photo: reading it, laying the model's frame over it, finding the eyes."""

from ui.photo.eyes import Guess, guess_eyes
from ui.photo.opening import PHOTOS_FOLDER, Photo, list_photos, open_photo
from ui.photo.placement import LEFT_EYE, RIGHT_EYE, Placement, align, crop

__all__ = [
    "LEFT_EYE",
    "PHOTOS_FOLDER",
    "RIGHT_EYE",
    "Guess",
    "Photo",
    "Placement",
    "align",
    "crop",
    "guess_eyes",
    "list_photos",
    "open_photo",
]
