"""The desk: everything the drawing screen shows, and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ui.drawing.compare import HEIGHT, ComparePanel
from ui.drawing.easel import Easel
from ui.drawing.tools import ToolRow
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.button import Button, Toggle, help_of
from ui.widgets.face_view import FaceView
from ui.widgets.label import Label
from ui.widgets.slider import Slider

if TYPE_CHECKING:
    from ui.drawing.screen import DrawingScreen

NARROWEST = 868  # points that the rows of tools need
ROW, CAPTION = 36, 28  # points


class AnswerView(FaceView):
    """The face that answers, with a bar along its lower edge while it is refined."""

    share: float | None = None

    def progress(self, share: float | None) -> None:
        """Show how much is done, from 0 to 1; None hides the bar."""
        if share != self.share:
            self.share = share
            self.invalidate(self.picture)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the face, and the bar over it."""
        super().draw(surface, theme)
        if self.share is not None:
            pad, height = theme.px(14), theme.px(6)
            groove = pygame.Rect(self.picture.left + pad, 0, self.picture.width - 2 * pad, height)
            groove.bottom = self.picture.bottom - pad
            surface.fill(COLORS.shadow, groove)
            groove.width = round(groove.width * self.share)
            surface.fill(COLORS.accent, groove)


class RealismSlider(Slider):
    """A share, shown in percent."""

    @property
    def words(self) -> str:
        """The value in percent."""
        return f"{round(100 * self.value)} %"


class Desk(Widget):
    """Tools above, canvas and answer side by side, actions below.

    Args:
        screen: the drawing screen that the widgets act on.
    """

    def __init__(self, screen: DrawingScreen):
        super().__init__()
        self.screen = screen
        commands, answering = screen.by_name, screen.answering
        self.tools = self.add(ToolRow(commands, screen.change_brush, screen.haunt))
        self.easel = self.add(
            Easel(
                screen.sheet,
                screen.begin,
                answering.changed,
                screen.resize_brush,
                "Draw here. Shift: straight lines; right button: eraser; wheel: size of the brush",
            )
        )
        self.face = self.add(AnswerView("The face appears when the model is loaded"))
        self.titles = [
            self.add(Label(words, size=SIZES.title, bold=True)) for words in ("Canvas", "Answer")
        ]
        self.status = self.add(Label("", COLORS.faint, SIZES.small))
        self.film = self.add(Button.of(commands["film"], plain=True))
        self.comparing = self.add(Button.of(commands["compare"], plain=True))
        start = "Put a face on the canvas and paint on it"
        self.start = self.add(Button("Start from …", self._open_starts, start))
        self.left = [
            self.add(Button.of(commands[name])) for name in ("undo", "redo", "clear", "save")
        ]
        live = commands["live"]
        self.live = self.add(
            Toggle(live.name, lambda on: answering.toggle_live(), help=help_of(live))
        )
        self.realism = self.add(
            RealismSlider(
                "Realism",
                0,
                1,
                answering.realism,
                answering.set_realism,
                nudge=0.05,
                compact=True,
                help="From what you drew (left) to a likely face (right)  [, and .]",
            )
        )
        self.refine = self.add(Button.of(commands["refine"]))
        self.compare = self.add(ComparePanel(screen.starts.face))

    def follow(self) -> None:
        """Show the state of the switches, and what can be undone."""
        answering, sheet = self.screen.answering, self.screen.sheet
        undo, redo, clear, _ = self.left
        undo.enable(sheet.painting or sheet.history.can_undo)
        redo.enable(sheet.history.can_redo and not sheet.painting)
        clear.enable(not sheet.canvas.empty)
        self.live.set(answering.live)
        self.realism.set(answering.realism)
        self.refine.set_text("Stop" if answering.refining else "Refine")
        self.comparing.select(self.compare.visible)

    def describe(self, words: str) -> None:
        """Say what the answer is."""
        self.status.set_text(words)

    def open_compare(self, shown: bool, theme: Theme) -> None:
        """Show or hide the panel; the pictures make room."""
        self.compare.show(shown)
        self.place(self.rect, theme)

    def _open_starts(self) -> None:
        names = ("mean", "random", "next", "previous", "answer", "saved", "photo")
        commands = [self.screen.by_name[name] for name in names]
        items = [(c.name, c.action, help_of(c)) for c in commands]
        self.screen.host.open_menu(items, self.start.rect)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Make the pictures as large as the rows around them allow."""
        gap, row, caption = theme.px(SIZES.gap), theme.px(ROW), theme.px(CAPTION)
        panel = theme.px(HEIGHT) + gap if self.compare.visible else 0
        top = rect.top + gap + row + caption + theme.px(2)
        bottom = rect.bottom - gap - row - gap - panel
        height = max(1, bottom - top)
        between = 2 * gap
        width = min(round(height * 1.1), (rect.width - 2 * theme.px(SIZES.margin) - between) // 2)
        height = round(width / 1.1)
        across = max(2 * width + between, theme.px(NARROWEST))
        area = pygame.Rect(rect.centerx - across // 2, top, across, height)
        area.centery = (top + bottom) // 2
        left = pygame.Rect(area.centerx - between // 2 - width, area.top, width, height)
        right = left.move(width + between, 0)
        self.easel.place(left, theme)
        self.face.place(right, theme)
        above = area.top - caption
        self.tools.place(pygame.Rect(area.left, above - row, across, row), theme)
        self._captions(left, right, above, caption, theme)
        below = pygame.Rect(area.left, area.bottom + gap, across, row)
        self._actions(below, right.left, theme)
        if panel:
            self.compare.place(
                pygame.Rect(area.left, below.bottom + gap // 2, across, panel - gap), theme
            )

    def _captions(
        self, left: pygame.Rect, right: pygame.Rect, top: int, height: int, theme: Theme
    ) -> None:
        """Place title, status and a small button above each picture."""
        for picture, title, button in zip(
            (left, right), self.titles, (self.film, self.comparing), strict=True
        ):
            wide = button.width(theme)
            place = pygame.Rect(picture.right - wide, top, wide, height - theme.px(2))
            button.place(place, theme)
            wide = theme.font(SIZES.title, True).size(title.words)[0] + theme.px(10)
            title.place(pygame.Rect(picture.left, top, wide, place.height), theme)
        start = self.titles[1].rect.right
        wide = self.comparing.rect.left - start - theme.px(6)
        self.status.place(pygame.Rect(start, top, wide, self.titles[1].rect.height), theme)

    def _actions(self, row: pygame.Rect, middle: int, theme: Theme) -> None:
        """Place what is done to the drawing left, what is done to the answer right."""
        line, gap = theme.px(SIZES.button), theme.px(4)
        top = row.centery - line // 2
        x = row.left
        for button in (self.start, *self.left):
            button.place(pygame.Rect(x, top, button.width(theme), line), theme)
            x = button.rect.right + gap
        x = max(x, middle)
        self.live.place(pygame.Rect(x, top, self.live.width(theme), line), theme)
        wide = max(self.refine.width(theme), theme.px(72))
        self.refine.place(pygame.Rect(row.right - wide, top, wide, line), theme)
        x = self.live.rect.right + gap
        wide = self.refine.rect.left - 2 * gap - x
        self.realism.place(pygame.Rect(x, top, wide, line), theme)
