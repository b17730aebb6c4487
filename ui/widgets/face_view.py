"""Shows a gray picture as large as fits."""

from dataclasses import dataclass, field

import numpy as np
import pygame

from model.frame import IMAGE_SHAPE
from ui.pictures import to_pixels
from ui.theme import COLORS, SIZES, Color, Theme
from ui.widgets.base import Help, Point, Widget, trim, write

GRAY_PALETTE = np.arange(256, dtype=np.uint32) * 0x010101  # a color for each gray
SMALL = 120  # least width of a picture with a large title, in points
LARGEST = 1_200_000  # pixels; larger pictures are smoothed at half size, then doubled


@dataclass(eq=False)
class FaceView(Widget):
    """Shows an image as large as fits."""

    text: str = ""  # shown while there is no image
    title: str = ""  # a small line over the lower edge of the picture
    background: Color = COLORS.window  # at the round corners
    help: Help = ""
    palette: np.ndarray = field(default_factory=lambda: GRAY_PALETTE)  # uint32 (256,), 0xRRGGBB

    def __post_init__(self) -> None:
        super().__init__(self.help)
        self.shape: tuple[int, int] = IMAGE_SHAPE  # (rows, columns) of the image
        self.pixels: np.ndarray | None = None  # uint8 (rows, columns)
        self.picture = pygame.Rect(0, 0, 0, 0)  # where the image is drawn
        self._scaled: pygame.Surface | None = None

    def set(self, image: np.ndarray | None) -> None:
        """Show another image, as `to_pixels` takes it, or none."""
        self.pixels = None if image is None else to_pixels(image)
        self._scaled = None
        if self.pixels is not None and self.pixels.shape != self.shape:
            rows, columns = self.pixels.shape
            self.shape = rows, columns
            self.rearrange()
        self.invalidate()

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the picture."""
        self.fit(rect)

    def fit(self, area: pygame.Rect) -> None:
        """Place the picture in an area, as large as fits."""
        height, width = self.shape
        scale = max(0, min(area.width / width, area.height / height))
        self.picture = pygame.Rect(0, 0, round(width * scale), round(height * scale))
        self.picture.center = area.center

    def to_image(self, pos: Point) -> tuple[float, float]:
        """Turn a point on the window into (x, y) of the image, pixel centers at whole numbers."""
        height, width = self.shape
        x = (pos[0] - self.picture.left) * (width - 1) / max(1, self.picture.width)
        return x, (pos[1] - self.picture.top) * (height - 1) / max(1, self.picture.height)

    def to_window(self, point: Point | np.ndarray) -> tuple[float, float]:
        """Turn (x, y) of the image into a point on the window; the inverse of `to_image`."""
        height, width = self.shape
        x = self.picture.left + point[0] * self.picture.width / max(1, width - 1)
        return x, self.picture.top + point[1] * self.picture.height / max(1, height - 1)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the picture with round corners, or the text in its place."""
        if self.pixels is None:
            surface.fill(COLORS.panel, self.picture)
            text = theme.text(self.text, COLORS.soft, width=self.picture.width)
            write(surface, text, self.picture)
        else:
            self.draw_picture(surface, self.pixels)
        self.draw_title(surface, theme)
        radius = min(theme.px(SIZES.radius + 3), self.picture.width // 8)
        trim(surface, self.picture, radius, self.background)

    def draw_title(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the title on a dark plate in the corner, small on a small picture."""
        if self.title:
            small = self.picture.width < theme.px(SMALL)
            size, margin = (SIZES.tiny, (5, 0)) if small else (SIZES.small, (16, 8))
            title = theme.text(self.title, COLORS.text, size, True, self.picture.width)
            plate = title.get_rect().inflate(*map(theme.px, margin))
            plate.bottomleft = self.picture.left, self.picture.bottom
            surface.fill(COLORS.shadow, plate)
            write(surface, title, plate)

    def draw_picture(self, surface: pygame.Surface, pixels: np.ndarray) -> None:
        """Draw the picture itself; the scaled one is kept for the next time."""
        size = self.picture.size
        if self._scaled is None or self._scaled.get_size() != size:
            picture = pygame.Surface(pixels.shape[::-1], 0, 32)
            pygame.surfarray.blit_array(picture, self.palette[pixels.T])
            if size[0] * size[1] > LARGEST:
                half = ((size[0] + 1) // 2, (size[1] + 1) // 2)
                picture = pygame.transform.smoothscale(picture, half)
                self._scaled = pygame.transform.scale(picture, size)
            else:
                self._scaled = pygame.transform.smoothscale(picture, size)
        surface.blit(self._scaled, self.picture)
