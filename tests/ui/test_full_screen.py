"""Full screen under a real X server with a window manager, where both are installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = ("xvfb-run", "openbox")

PROGRAM = """
import sys
import time
import pygame
from tests.ui.driver import fake_latent, FakeEngine
from tests.ui.test_loop import Plain
from ui.app import App
from ui.session import Session

app = App([Plain], Session(sys.argv[1]), FakeEngine, fake_latent(), size=(900, 600))

def settled():
    sizes = []
    while len(sizes) < 20 or len(set(sizes[-20:])) > 1:
        app.step()
        sizes.append((app.window.surface.get_size(), app.window.root.rect.size))
        time.sleep(0.02)
    return sizes[-1]

for _ in range(3):
    assert settled() == ((900, 600), (900, 600)), settled()
    app.window.full_screen()
    assert settled() == ((1600, 1000), (1600, 1000)), settled()
    app.window.full_screen()
assert settled() == ((900, 600), (900, 600)), settled()
app.close()
print("as it was")
"""


@pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason="needs an X server and a window manager"
)
def test_leaving_full_screen_brings_the_window_back_as_it_was(tmp_path):
    screen = "-screen 0 1600x1000x16"  # few bits, which drawing has to bear too
    managed = 'openbox >/dev/null 2>&1 & sleep 1; "$@"'
    program = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    run = subprocess.run(
        [
            "xvfb-run",
            "--auto-servernum",
            "--server-args",
            screen,
            "sh",
            "-c",
            managed,
            "-",
            *program,
        ],
        cwd=Path(__file__).resolve().parents[2],
        env={name: value for name, value in os.environ.items() if name != "SDL_VIDEODRIVER"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.stdout.endswith("as it was\n"), run.stderr
