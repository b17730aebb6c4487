"""Smooth shapes.

pygame draws corners and circles with jagged edges; these are drawn large, scaled down once, and
kept.
"""

from __future__ import annotations

from functools import lru_cache

import pygame

from ui.theme import Color

FINER = 4  # times as large, to average the edge over


@lru_cache(maxsize=512)
def disc(diameter: int, color: Color) -> pygame.Surface:
    """Return a filled circle with soft edges, as a surface with transparency."""
    side = max(1, diameter)
    large = pygame.Surface((side * FINER, side * FINER), pygame.SRCALPHA)
    large.fill((*color, 0))
    pygame.draw.circle(large, color, (side * FINER / 2, side * FINER / 2), side * FINER / 2)
    return pygame.transform.smoothscale(large, (side, side))


@lru_cache(maxsize=512)
def _corner(radius: int, color: Color, quarter: int, hollow: bool) -> pygame.Surface:
    """Return a quarter of a disc, or what it leaves of its square."""
    side = radius * FINER
    large = pygame.Surface((side, side), pygame.SRCALPHA)
    large.fill((*color, 255 if hollow else 0))
    centre = (side if quarter in (0, 3) else 0, side if quarter in (0, 1) else 0)
    pygame.draw.circle(large, (*color, 0 if hollow else 255), centre, side)
    return pygame.transform.smoothscale(large, (radius, radius))


def _corners(rect: pygame.Rect, radius: int) -> list[tuple[int, int]]:
    right, bottom = rect.right - radius, rect.bottom - radius
    return [(rect.left, rect.top), (right, rect.top), (right, bottom), (rect.left, bottom)]


def box(
    surface: pygame.Surface,
    rect: pygame.Rect,
    fill: Color,
    radius: int = 0,
    edge: Color | None = None,
    width: int = 1,
) -> None:
    """Draw a filled rectangle with smooth round corners, and an outline `width` pixels inside."""
    if edge is not None:
        box(surface, rect, edge, radius)
        rect, radius = rect.inflate(-2 * width, -2 * width), max(0, radius - width)
    radius = min(radius, rect.width // 2, rect.height // 2)
    if radius <= 0:
        surface.fill(fill, rect)
        return
    surface.fill(fill, rect.inflate(-2 * radius, 0))
    surface.fill(fill, rect.inflate(0, -2 * radius))
    for quarter, place in enumerate(_corners(rect, radius)):
        surface.blit(_corner(radius, fill, quarter, False), place)


def trim(surface: pygame.Surface, rect: pygame.Rect, radius: int, background: Color) -> None:
    """Round the corners of a picture by painting the background over them."""
    if radius > 0:
        for quarter, place in enumerate(_corners(rect, radius)):
            surface.blit(_corner(radius, background, quarter, True), place)


def dot(surface: pygame.Surface, centre: tuple[float, float], diameter: int, color: Color) -> None:
    """Draw a smooth disc around a point."""
    left = round(centre[0] - diameter / 2)
    surface.blit(disc(diameter, color), (left, round(centre[1] - diameter / 2)))


def folder(surface: pygame.Surface, centre: tuple[int, int], side: int, color: Color) -> None:
    """Draw the sign of a folder around a point."""
    body = pygame.Rect(0, 0, side, side * 3 // 4)
    body.center = centre
    box(surface, body, color, side // 12)
    tab = pygame.Rect(body.left, body.top - side // 8, side * 2 // 5, side // 4)
    box(surface, tab, color, side // 16)


def write(
    surface: pygame.Surface, text: pygame.Surface, rect: pygame.Rect, align: str = "center"
) -> None:
    """Put rendered text into a rectangle: "left", "center" or "right", in its middle height."""
    point = align if align == "center" else f"mid{align}"
    surface.blit(text, text.get_rect(**{point: getattr(rect, point)}))
