"""How the drawing screen looks: tools above, canvas and answer side by side, actions below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pygame

from ui.drawing.canvas_view import CanvasView
from ui.drawing.explain import HEIGHT, ExplainPanel
from ui.drawing.tools import ToolRow, switch
from ui.keys import Command
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.button import Button, help_of
from ui.widgets.face_view import FaceView
from ui.widgets.label import Label
from ui.widgets.slider import Slider

NARROWEST = 868  # points that the rows of tools need
ROW, CAPTION = 36, 28  # points
STARTS = (
    "Mean face",
    "Random face",
    "Next training face",
    "Previous training face",
    "This answer",
    "Saved face …",
    "Your photo …",
)

Items = Sequence[tuple[str, Callable[[], object], str]]  # of a menu: text, action, help


class DrawingView(Widget):
    """Everything on the drawing screen that is always there, and the panel on D.

    Args:
        canvas: where the user draws.
        tools: what to draw with.
        explain: the panel below the pictures, hidden at first.
        commands: of the screen, by name.
        set_realism: called with a share from 0 to 1.
        open_menu: called with the items of a menu, and the rectangle that it belongs to.
    """

    def __init__(
        self,
        canvas: CanvasView,
        tools: ToolRow,
        explain: ExplainPanel,
        commands: Mapping[str, Command],
        set_realism: Callable[[float], object],
        open_menu: Callable[[Items, pygame.Rect], object],
    ):
        super().__init__()
        self.tools, self.canvas = self.add(tools), self.add(canvas)
        self.face = self.add(AnswerView("The face appears when the model is loaded"))
        self.titles = [
            self.add(Label(title, size=SIZES.title, bold=True)) for title in ("Canvas", "Answer")
        ]
        self.status = self.add(Label("", COLORS.faint, SIZES.small))
        self.film = self.add(Button.of(commands["Replay as GIF"], plain=True))
        self.explain_button = self.add(Button.of(commands["Explain"], plain=True))
        starts = [(c.name, c.action, help_of(c)) for c in map(commands.get, STARTS)]
        self.start = self.add(
            Button(
                "Start from …",
                lambda: open_menu(starts, self.start.rect),
                "Put a face on the canvas and paint on it",
            )
        )
        self.edits = [
            self.add(Button.of(commands[name])) for name in ("Undo", "Redo", "Clear", "Save")
        ]
        self.live = self.add(switch(commands["Live"]))
        self.realism = self.add(
            RealismSlider(
                "Realism",
                0,
                1,
                0,
                set_realism,
                nudge=0.05,
                compact=True,
                help="From what you drew (left) to a likely face (right)  [, and .]",
            )
        )
        self.refine = self.add(Button.of(commands["Refine"]))
        self.explain = self.add(explain)

    def show_explain(self, shown: bool, theme: Theme) -> None:
        """Show or hide the panel on D; the pictures make room."""
        self.explain.show(shown)
        self.place(self.rect, theme)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Make the pictures as large as the rows around them allow."""
        gap, row, caption = theme.px(SIZES.gap), theme.px(ROW), theme.px(CAPTION)
        panel = theme.px(HEIGHT) + gap if self.explain.visible else 0
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
        self.canvas.place(left, theme)
        self.face.place(right, theme)
        above = area.top - caption
        self.tools.place(pygame.Rect(area.left, above - row, across, row), theme)
        self._captions(left, right, above, caption, theme)
        below = pygame.Rect(area.left, area.bottom + gap, across, row)
        self._actions(below, right.left, theme)
        if panel:
            self.explain.place(
                pygame.Rect(area.left, below.bottom + gap // 2, across, panel - gap), theme
            )

    def _captions(
        self, left: pygame.Rect, right: pygame.Rect, top: int, height: int, theme: Theme
    ) -> None:
        """Place title, status and a small button above each picture."""
        for picture, title, button in zip(
            (left, right), self.titles, (self.film, self.explain_button), strict=True
        ):
            wide = button.width(theme)
            place = pygame.Rect(picture.right - wide, top, wide, height - theme.px(2))
            button.place(place, theme)
            wide = theme.width(title.text, SIZES.title, True) + theme.px(10)
            title.place(pygame.Rect(picture.left, top, wide, place.height), theme)
        start = self.titles[1].rect.right
        wide = self.explain_button.rect.left - start - theme.px(6)
        self.status.place(pygame.Rect(start, top, wide, self.titles[1].rect.height), theme)

    def _actions(self, row: pygame.Rect, middle: int, theme: Theme) -> None:
        """Place what is done to the drawing left, what is done to the answer right."""
        line, gap = theme.px(SIZES.button), theme.px(4)
        top = row.centery - line // 2
        x = row.left
        for button in (self.start, *self.edits):
            button.place(pygame.Rect(x, top, button.width(theme), line), theme)
            x = button.rect.right + gap
        x = max(x, middle)
        self.live.place(pygame.Rect(x, top, self.live.width(theme), line), theme)
        wide = max(self.refine.width(theme), theme.px(72))
        self.refine.place(pygame.Rect(row.right - wide, top, wide, line), theme)
        x = self.live.rect.right + gap
        wide = self.refine.rect.left - 2 * gap - x
        self.realism.place(pygame.Rect(x, top, wide, line), theme)


class AnswerView(FaceView):
    """The face that answers, with a bar along its lower edge while it is refined."""

    share: float | None = None

    def show_progress(self, share: float | None) -> None:
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

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Find the track; its handle stays clear of the widest number."""
        super().layout(rect, theme)
        number = theme.width("100 %", SIZES.small, bold=True)
        self.track.width = rect.right - theme.px(8 + 12) - number - self.track.left

    @property
    def text(self) -> str:
        """The value in percent."""
        return f"{round(100 * self.value)} %"
