import itertools

import pytest

from tests.bench.readme import all_commands
from tests.ui.driver import FakeEngine, fake_latent
from ui.app import open_explorer
from ui.session import Session

SHARED = {  # a key that both screens have, and a word of what it means on both
    "ctrl+z": "undo",
    "ctrl+y": "redo",
    "ctrl+shift+z": "redo",
    "ctrl+s": "save",
    "ctrl+c": "copy",
    "ctrl+o": "saved",
    "ctrl+e": "gif",
    "r": "random",
    "m": "mean",
    "n": "face",
    "shift+n": "previous",
    "p": "photo",
}


@pytest.fixture
def driver(opened):
    return opened()


def test_a_key_means_the_same_on_both_screens():
    sliders, drawing = list(all_commands().values())[:2]
    meanings = [
        {key: c.name.lower() for c in part for key in c.keys} for part in (sliders, drawing)
    ]
    for key in set(meanings[0]) & set(meanings[1]):
        assert all(SHARED[key] in names[key] for names in meanings), key


def test_every_command_is_explained_and_can_be_listed_without_a_window():
    lists = all_commands()
    assert list(lists)[-1] == "Both"
    for command in itertools.chain(*lists.values()):
        assert command.keys and command.name and command.help and callable(command.action)


def test_why_the_own_model_is_passed_over_stands_until_it_was_read(tmp_path):
    why = "The shipped model is in use, since your own cannot be: latent.npz is damaged."
    app = open_explorer("drawing", Session(tmp_path), FakeEngine, fake_latent(), why)
    assert app.window.screen.name == "drawing"
    message = app.window.messages.standing[0]
    assert message.lines == [why] and message.visible
    editor = app.window.screens["sliders"].editor
    editor.start_from(editor.starts.random())  # a step, which ends other messages
    app.step()
    assert message.visible
    message.buttons[0].action()
    assert message not in app.window.messages.standing
    app.close()


@pytest.mark.parametrize("size", [(900, 600), (1280, 720), (2560, 1440)])
def test_keys_of_both_screens_fit_into_the_overlay(driver, size):
    driver.resize(size)
    for _ in range(2):
        driver.key("h")
        overlay = driver.window.overlay
        rows = (overlay.rect.height - driver.window.theme.px(110)) // driver.window.theme.px(23)
        columns = overlay.columns(rows)
        assert len(columns) <= 4
        assert max(map(len, columns)) <= rows + 4
        driver.key("h", "tab")
