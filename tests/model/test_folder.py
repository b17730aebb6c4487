import contextlib
import json
import os
from pathlib import Path

import pytest

from data.errors import UserError
from model import folder as files
from model.folder import (
    CARD_FILE,
    HISTORY_FILE,
    MAX_CARD_BYTES,
    MODEL_FILES,
    NETWORK_FILE,
    REPAIR,
    check_folder,
    find_model,
    lineage,
    model_title,
    publish,
    read_card,
    read_history,
    write_history,
)


def save_as(content: str):
    def save(folder):
        write_history(folder / HISTORY_FILE, [{"epoch": 1.0, "loss": 0.5}])
        (folder / NETWORK_FILE).write_text(content)
        (folder / "latent.npz").write_text(content)
        return {"said": content}

    return save


@pytest.fixture
def folder(tmp_path):
    publish(tmp_path / "mine", save_as("one"), {"data": {}})
    return tmp_path / "mine"


def test_a_model_appears_whole(folder):
    assert sorted(path.name for path in folder.iterdir()) == sorted(MODEL_FILES)
    assert read_card(folder)["said"] == "one"
    assert read_history(folder) == [{"epoch": 1.0, "loss": 0.5}]
    assert check_folder(folder) == read_card(folder)["model_id"]
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


def test_a_failed_save_leaves_the_former_model(folder):
    def broken(new):
        save_as("two")(new)
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match="No space left"):
        publish(folder, broken, {})
    assert read_card(folder)["said"] == "one"
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


def test_a_kill_between_the_renames_leaves_a_whole_model(folder, monkeypatch):
    class Killed(BaseException):
        pass

    rename, left = Path.replace, 0

    def replace(self, target):
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return rename(self, target)

    seen = []
    for renames in range(10):  # nine exchange four files
        publish(folder, save_as("one"), {})
        left = renames
        with monkeypatch.context() as patch, contextlib.suppress(Killed):
            patch.setattr(Path, "replace", replace)
            publish(folder, save_as("two"), {})
        assert find_model(folder) == folder
        assert {path.name for path in folder.iterdir()} == set(MODEL_FILES)
        seen.append(read_card(folder)["said"])
    assert seen[0] == "one" and seen[-1] == "two"


def test_the_users_own_model_goes_first_and_a_damaged_one_not_at_all(tmp_path, monkeypatch):
    mine, shipped = tmp_path / "mine", tmp_path / "shipped"
    monkeypatch.setattr(files, "MY_MODEL", mine)
    monkeypatch.setattr(files, "SHIPPED_MODEL", shipped)
    publish(shipped, save_as("shipped"), {})
    assert find_model() == shipped
    publish(mine, save_as("mine"), {})
    assert find_model() == mine
    assert (model_title(mine), model_title(shipped)) == ("your own model", "shipped model")
    (mine / NETWORK_FILE).write_text("torn")
    assert find_model() == shipped
    with pytest.raises(UserError, match="damaged or belongs to another model"):
        find_model(mine)


def test_missing_and_damaged_cards_are_one_sentence(folder):
    with pytest.raises(UserError, match="no model"):
        find_model(folder / "nothing")
    for text in ("", "[]", "{}", json.dumps({"model_id": 3}), "[" * 100_000):
        (folder / CARD_FILE).write_text(text)
        with pytest.raises(UserError, match="card"):
            check_folder(folder)


def test_missing_files_are_named(folder):
    (folder / "latent.npz").unlink()
    with pytest.raises(UserError, match=r"latent\.npz"):
        check_folder(folder)


@pytest.mark.parametrize("rows", ["1,what", "1,nan", "1,1e999", "1", "1,2,3", "1,2\x00", "\xff"])
def test_a_damaged_history_is_no_obstacle(folder, rows):
    (folder / "history.csv").write_bytes(f"epoch,loss\n{rows}\n".encode("latin-1"))
    assert read_history(folder) == []


def test_no_history_and_one_too_long_are_no_obstacle(folder, monkeypatch):
    assert read_history(folder / "nothing") == []
    (folder / "history.csv").write_text("loss\n1\n")
    assert read_history(folder) == []  # no epochs
    (folder / "history.csv").write_text("epoch\n1\n")
    assert read_history(folder) == [{"epoch": 1.0}]
    monkeypatch.setattr(files, "MAX_HISTORY_BYTES", 5)
    assert read_history(folder) == []


def test_a_history_of_other_columns_is_continued(folder):
    history = [{"epoch": 1.0, "old": 3.0}, {"epoch": 2.0, "loss": 0.5}]
    write_history(folder / HISTORY_FILE, history)
    assert read_history(folder) == [{"epoch": 1.0}, {"epoch": 2.0, "loss": 0.5}]


def test_a_model_is_published_again_with_files_of_its_own(folder):
    (folder / "notes.txt").write_text("a user's")
    card = publish(folder, lambda new: {"figures": 3}, read_card(folder), folder)
    assert card == read_card(folder) and (card["said"], card["figures"]) == ("one", 3)
    assert check_folder(folder) == card["model_id"] and len(read_history(folder)) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_in_place_of_a_card_or_history_is_not_waited_for(folder):
    for name in (CARD_FILE, "history.csv"):
        (folder / name).unlink()
        os.mkfifo(folder / name)
    assert read_history(folder) == []
    with pytest.raises(UserError, match="card"):
        read_card(folder)


def test_a_network_that_cannot_be_read_is_one_sentence(folder, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "file_hash", refuse)
    with pytest.raises(UserError, match=r"cannot be read \(Permission denied\)"):
        check_folder(folder)


def test_a_model_that_fails_its_check_is_not_used(folder):
    def refuse(new):
        assert read_card(new)["said"] == "two"
        raise UserError(f"It makes no faces. {REPAIR}")

    with pytest.raises(UserError, match=r"stays as it was\. \(It makes no faces\.\)"):
        publish(folder, save_as("two"), {}, check=refuse)
    with pytest.raises(UserError, match="card"):  # too large to be read again
        publish(folder, save_as("two"), {"about": "x" * MAX_CARD_BYTES})
    assert read_card(folder)["said"] == "one"
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


def test_the_lineage_of_a_model_stays_flat_and_short(folder):
    card = read_card(folder)
    for number in range(40):
        data = {"about": "faces " * 100, "fit": number}
        training = {"epochs": 3, "minutes": 1.5, "continued_from": lineage(card)}
        publish(folder, save_as(str(number)), {"data": data, "training": training})
        card = read_card(folder)
    former = card["training"]["continued_from"]
    assert [model["portraits"] for model in former] == list(range(38, 26, -1))
    assert former[0].keys() == {"model_id", "about", "portraits", "epochs", "minutes"}
    assert len((folder / CARD_FILE).read_bytes()) < MAX_CARD_BYTES / 10


@pytest.mark.parametrize(
    "card", [{"training": 3}, {"data": [], "training": {"continued_from": "me"}}]
)
def test_the_lineage_of_a_damaged_card_is_the_model_alone(card):
    assert len(lineage(card)) == 1


def test_what_a_model_learned_from_goes_before_what_describes_it():
    card = {"data": {"about": "other"}, "training": {"data": {"about": "what it saw"}}}
    assert lineage(card)[0]["about"] == "what it saw"
