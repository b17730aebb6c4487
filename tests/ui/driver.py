"""What tests need to use the window like a person: an engine of pure NumPy, and posted events."""

import math
import time
from functools import lru_cache

import numpy as np
import pygame
from PIL import Image

from model.frame import FACE_AXIS, LEFT_EYE, RIGHT_EYE
from model.frame import IMAGE_SHAPE as SHAPE
from model.frame import LATENT_DIM as DIM
from model.latent import LatentSpace
from ui.app import App
from ui.pictures import over_paper, to_pixels
from ui.session import Session

KEYS = {"return": pygame.K_RETURN, "escape": pygame.K_ESCAPE, "tab": pygame.K_TAB}
MODS = {"ctrl": pygame.KMOD_LCTRL, "shift": pygame.KMOD_LSHIFT, "alt": pygame.KMOD_LALT}


def tone(drawing) -> np.ndarray:
    """A drawing on white paper, (rows, columns) in [0, 1]."""
    return over_paper(drawing.pixels) / 255


def cover(drawing) -> np.ndarray:
    """How far every pixel of a drawing is painted, (rows, columns) in [0, 1]."""
    return drawing.pixels[..., 1] / 255


@lru_cache
def smooth_patterns() -> np.ndarray:
    """The pictures that the codes of a `FakeEngine` are made of, (80, pixels), orthonormal."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    waves = [
        np.cos(np.pi * a * (rows + 0.5) / SHAPE[0]) * np.cos(np.pi * b * (columns + 0.5) / SHAPE[1])
        for a in range(9)
        for b in range(9)
    ][1 : DIM + 1]
    basis = np.stack([wave.ravel() for wave in waves])
    return basis / np.linalg.norm(basis, axis=1, keepdims=True)


class FakeEngine:
    """A linear autoencoder over smooth patterns on a drawn face; exact on what it decodes."""

    model_id = "fake-model"
    title = "test model"
    image_shape = SHAPE
    latent_dim = DIM
    can_finish = False
    slow = 0.0  # seconds of useless work in every call

    def __init__(self):
        rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
        oval = ((columns - FACE_AXIS) / 52) ** 2 + ((rows - 92) / 66) ** 2
        self.face = 0.35 + 0.3 / (1 + np.exp(12 * (oval - 1)))
        for (x, y), wide in ((LEFT_EYE, 6), (RIGHT_EYE, 6), ((FACE_AXIS, 130), 14)):
            self.face -= 0.25 * np.exp(-(((columns - x) / wide) ** 2) - ((rows - y) / 4) ** 2)
        self.basis = smooth_patterns()
        self.strength = 6.0 * 0.96 ** np.arange(DIM, dtype=np.float32)
        self.decoded = []  # every batch of codes it was given

    def wait(self):
        end = time.perf_counter() + self.slow
        while time.perf_counter() < end:  # a sleep would leave the processor to the window
            self.basis[:, :5000] @ self.basis[:, :5000].T

    def encode(self, images, start=None):
        self.wait()
        images = np.asarray(images, np.float32).reshape(len(images), -1)
        return ((images - self.face.ravel()) @ self.basis.T / self.strength).astype(np.float32)

    def guess(self, images):
        return self.encode(images)

    def encode_sketch(self, drawings):
        assert np.shape(drawings)[1:] == (*SHAPE, 2)
        return self.encode(drawings[..., 0])

    def decode(self, codes):
        self.wait()
        codes = np.asarray(codes, np.float32)
        assert codes.shape[1:] == (DIM,)
        self.decoded.append(codes.copy())
        images = self.face.ravel() + (codes * self.strength) @ self.basis
        return np.clip(images, 0, 1).reshape(-1, *SHAPE, 1).astype(np.float32)

    def finish(self, codes):
        return self.decode(codes)

    def refine(self, code, image, weights, latent, steps=3):
        code, parts = np.array(code, np.float32), 5 * steps
        for part in range(parts):
            error = self.face.ravel() + (code * self.strength) @ self.basis - image.ravel()
            error *= weights.ravel() / weights.max()
            code = (code - 0.5 * (error @ self.basis.T) / self.strength).astype(np.float32)
            yield code, part / parts
        yield code, 1.0


@lru_cache  # also of what is computed from it, as its components are
def fake_latent(seed=3):
    """A latent space to match: correlated codes, two directions."""
    rng = np.random.default_rng(seed)
    mixing = np.diag(0.6 + 0.4 * np.cos(np.arange(DIM) / 9)) + 0.02 * rng.normal(size=(DIM, DIM))
    codes = (rng.normal(size=(300, DIM)) @ mixing + 0.1).astype(np.float32)
    directions = {
        "F to M": rng.normal(size=DIM).astype(np.float32) / 9,
        "year": rng.normal(size=DIM).astype(np.float32) / 9,
    }
    return LatentSpace.fit(codes, directions, FakeEngine.model_id)


def editor(driver):
    """The editor of the slider screen."""
    return driver.window.screens["sliders"].editor


def sliders(driver):
    """The 80 sliders in their order."""
    return driver.window.screens["sliders"].sliders.sliders


def shows(driver, code):
    """Whether the face of a code is on the slider screen, to the pixel."""
    face = to_pixels(driver.engine.decode(np.array(code)[None])[0, ..., 0])
    return np.array_equal(driver.window.screens["sliders"].area.face.pixels, face)


def drag_slider(driver, slider, value, release=True, button=1):
    """Drag the handle of a slider from where it is to a value; the mouse may leave it."""
    y = slider.track.centery
    driver.press((slider.x_of(slider.value), y), button)
    driver.move((slider.x_of(value), y + 99))
    driver.move((slider.x_of(value), y))
    if release:
        driver.release(button=button)


def stroke(driver, *points, button=1, settled=False):
    """Draw one stroke through points of the canvas, and perhaps wait for the answer."""
    canvas = driver.screen.view.canvas
    driver.sweep(*map(canvas.to_window, points), button=button)
    if settled:
        driver.settle()


def doubled_photo(folder, face):
    """Save a face, (160, 176), as a photo of twice its size; return its path and its eyes."""
    path = folder / "me.png"
    Image.fromarray((255 * face).astype(np.uint8)).resize((352, 320)).save(path)
    return path, [(2 * x + 0.5, 2 * y + 0.5) for x, y in (LEFT_EYE, RIGHT_EYE)]


def every(widget):
    """Yield a widget and all within it that show."""
    if widget.visible:
        yield widget
        for child in widget.children:
            yield from every(child)


def lie_apart(widgets, inside):
    """Whether widgets lie inside a rectangle, and none over another."""
    rects = [widget.rect for widget in widgets]
    return all(map(inside.contains, rects)) and all(
        rect.collidelist(rects[:number]) < 0 for number, rect in enumerate(rects)
    )


class Driver:
    """A person at the window: posts events, lets frames pass, and looks.

    Nothing depends on time: `settle` runs frames until the worker is idle and nothing is stale.
    """

    def __init__(
        self, screens, folder, engine=None, size=(1280, 720), start=None, latent=None, gate=None
    ):
        self.engine = engine or FakeEngine()
        self.latent = latent or fake_latent()
        self.session = Session(folder, self.latent.model_id, self.latent.latent_dim)
        self.pos, self.gate = (0, 0), gate
        self.app = App(screens, self.session, self.load, self.latent, start, size)
        self.window = self.app.window
        if gate is None:
            self.until(lambda: self.app.worker.state != "loading")
            self.settle()

    def load(self):
        if self.gate is not None:
            self.gate.wait(60)
        return self.engine

    @property
    def screen(self):
        return self.window.screen

    # Time

    def step(self, frames=1):
        for _ in range(frames):
            self.app.step()

    def until(self, condition, frames=4000):
        for _ in range(frames):
            self.app.step()
            if condition():
                return
            self.app.worker.wait(0.005)
        raise AssertionError("it did not come to that")

    def settle(self):
        """Run frames until all work is done and drawn."""
        worker = self.app.worker

        def quiet():
            with worker._changed:
                idle = worker.state != "loading" and not (worker._open() or worker._calls)
            return idle and not self.window.root.stale

        self.until(quiet)

    def keep(self):
        """Let the time pass after which the session is kept."""
        self.step()
        if self.app._keep_at < math.inf:
            self.app._keep_at = 0
        self.step()
        if self.app._keeper.is_alive():
            self.app._keeper.join()

    def dismiss_hints(self):
        for card in list(self.window.messages.standing):
            self.window.messages.dismiss(card)
        self.step()

    def close(self):
        if self.gate is not None:
            self.gate.set()
        self.app.close()

    # Hands

    def post(self, kind, **attributes):
        pygame.event.post(pygame.event.Event(kind, **attributes))

    def move(self, pos):
        self.pos = (round(pos[0]), round(pos[1]))
        self.post(pygame.MOUSEMOTION, pos=self.pos, rel=(0, 0), buttons=(0, 0, 0))
        self.step()

    def press(self, pos, button=1):
        self.move(pos)
        self.post(pygame.MOUSEBUTTONDOWN, pos=self.pos, button=button)
        self.step()

    def release(self, pos=None, button=1):
        if pos is not None:
            self.move(pos)
        self.post(pygame.MOUSEBUTTONUP, pos=self.pos, button=button)
        self.step()

    def sweep(self, *points, button=1):
        """Press at the first point, move through the others, and release."""
        self.press(points[0], button)
        for point in points[1:]:
            self.move(point)
        self.release(button=button)

    def click(self, where, button=1):
        """Click on a point, or in the middle of a widget."""
        pos = where.rect.center if hasattr(where, "rect") else where
        self.press(pos, button)
        self.release(button=button)

    def choose(self, where, button=1):
        """Click, and wait for what comes of it."""
        self.click(where, button)
        self.settle()

    def rest(self, pos):
        """Move the mouse, and wait for what comes of it."""
        self.move(pos)
        self.settle()

    def wheel(self, steps, pos=None):
        if pos is not None:
            self.move(pos)
        self.post(pygame.MOUSEWHEEL, x=0, y=steps, precise_y=float(steps), flipped=False)
        self.step()

    def key_down(self, key):
        *modifiers, name = key.split("+") if not key.endswith("+") else [*key[:-2].split("+"), "+"]
        mod = sum(MODS[word] for word in modifiers if word)
        code = KEYS.get(name) or pygame.key.key_code(name)
        sign = name if len(name) == 1 and "ctrl" not in modifiers else ""
        sign = sign.upper() if "shift" in modifiers else sign
        self.post(pygame.KEYDOWN, key=code, mod=mod, unicode=sign, scancode=0)
        self.step()
        return code

    def key(self, *keys):
        """Press and release keys such as "ctrl+z"; in a field their characters are typed too."""
        for key in keys:
            typing = self.window.pointer.typing
            code = self.key_down(key)
            if typing and len(key) == 1:
                self.post(pygame.TEXTINPUT, text=key)
            self.post(pygame.KEYUP, key=code, mod=0, unicode="", scancode=0)
            self.step()

    def keys(self, *keys):
        """Press keys one after another, and wait for what comes of them."""
        self.key(*keys)
        self.settle()

    def key_up(self, key):
        code = KEYS.get(key) or pygame.key.key_code(key)
        self.post(pygame.KEYUP, key=code, mod=0, unicode="", scancode=0)
        self.step()

    def type_text(self, text):
        for letter in text:
            self.key(letter)

    def enter(self, text):
        """Type text into the field that has the keyboard, then Enter."""
        self.type_text(text)
        self.key("return")

    def drop(self, path, settled=False):
        self.post(pygame.DROPFILE, file=str(path))
        self.step()
        if settled:
            self.settle()

    def resize(self, size):
        pygame.display.set_mode(size, pygame.RESIZABLE)
        self.post(pygame.VIDEORESIZE, size=size, w=size[0], h=size[1])
        self.step()

    # Eyes

    def pixels(self, rect=None):
        """The window, or a rectangle of it, as uint8 (width, height, 3)."""
        window = self.window.surface
        return pygame.surfarray.array3d(window if rect is None else window.subsurface(rect))

    def said(self):
        """The message that shows, or ""."""
        message = self.window.messages.message
        return "" if message is None else " ".join(message.lines)

    def picture(self, path):
        """Save the window as PNG, to look at."""
        self.window.root.invalidate()
        self.step()
        pygame.image.save(self.window.surface, str(path))
