"""Shapes with smooth edges, which pygame draws jagged: drawn large, scaled down, and kept."""

from functools import lru_cache

import pygame

from ui.theme import Color

FINER = 4  # scale that discs are drawn at, to average their edges


@lru_cache(maxsize=512)
def disc(diameter: int, color: Color, hollow: bool = False) -> pygame.Surface:
    """Return a transparent surface with a disc; `hollow` paints what is around it instead."""
    side = max(1, diameter) * FINER
    large = pygame.Surface((side, side), pygame.SRCALPHA, 32)
    large.fill((*color, 255 if hollow else 0))
    pygame.draw.circle(large, (*color, 0 if hollow else 255), (side / 2, side / 2), side / 2)
    return pygame.transform.smoothscale(large, (side // FINER, side // FINER))


def box(
    surface: pygame.Surface,
    rect: pygame.Rect,
    fill: Color,
    radius: int = 0,
    edge: Color | None = None,
    width: int = 1,
) -> None:
    """Draw a rectangle with round corners, and inside it an outline of `width` pixels."""
    if edge is not None:
        box(surface, rect, edge, radius)
        rect, radius = rect.inflate(-2 * width, -2 * width), max(0, radius - width)
    radius = min(radius, rect.width // 2, rect.height // 2)
    if radius <= 0:
        surface.fill(fill, rect)
        return
    surface.fill(fill, rect.inflate(-2 * radius, 0))
    surface.fill(fill, rect.inflate(0, -2 * radius))
    _corners(surface, rect, radius, disc(2 * radius, fill))


def trim(surface: pygame.Surface, rect: pygame.Rect, radius: int, background: Color) -> None:
    """Round the corners of a picture: paint the background over them."""
    if radius > 0:
        _corners(surface, rect, radius, disc(2 * radius, background, hollow=True))


def _corners(surface: pygame.Surface, rect: pygame.Rect, radius: int, disc: pygame.Surface) -> None:
    """Draw a quarter of a disc into each corner of a rectangle."""
    for x, left in ((0, rect.left), (radius, rect.right - radius)):
        for y, top in ((0, rect.top), (radius, rect.bottom - radius)):
            surface.blit(disc, (left, top), (x, y, radius, radius))


def dot(surface: pygame.Surface, center: tuple[float, float], diameter: int, color: Color) -> None:
    """Draw a disc around a point."""
    left = round(center[0] - diameter / 2)
    surface.blit(disc(diameter, color), (left, round(center[1] - diameter / 2)))


def folder(surface: pygame.Surface, center: tuple[int, int], side: int, color: Color) -> None:
    """Draw the sign of a folder around a point."""
    body = pygame.Rect(0, 0, side, side * 3 // 4)
    body.center = center
    box(surface, body, color, side // 12)
    tab = pygame.Rect(body.left, body.top - side // 8, side * 2 // 5, side // 4)
    box(surface, tab, color, side // 16)


def write(
    surface: pygame.Surface, text: pygame.Surface, rect: pygame.Rect, align: str = "center"
) -> None:
    """Draw rendered text in a rectangle: "left", "center" or "right", centered vertically."""
    point = align if align == "center" else f"mid{align}"
    surface.blit(text, text.get_rect(**{point: getattr(rect, point)}))
