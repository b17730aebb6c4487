import json

import pytest

from data.errors import UserError
from model import files
from model.files import (
    CARD_FILE,
    MODEL_FILES,
    NETWORK_FILE,
    check_folder,
    find_model,
    model_title,
    publish,
    read_card,
    read_history,
    recover,
)


def save_as(content: str):
    def save(folder):
        (folder / NETWORK_FILE).write_text(content)
        (folder / "latent.npz").write_text(content)
        return {"said": content}

    return save


@pytest.fixture
def folder(tmp_path):
    publish(tmp_path / "mine", save_as("one"), {"data": {}}, [{"epoch": 1.0, "loss": 0.5}])
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
        publish(folder, broken, {}, [])
    assert read_card(folder)["said"] == "one"


@pytest.mark.parametrize("renames", [0, 1, 2])
def test_a_kill_between_the_renames_leaves_a_whole_model(folder, monkeypatch, renames):
    class Killed(BaseException):
        pass

    rename, done = files.Path.replace, []

    def replace(self, target):
        if len(done) == renames:
            raise Killed
        done.append(target)
        return rename(self, target)

    monkeypatch.setattr(files.Path, "replace", replace)
    if renames < 2:
        with pytest.raises(Killed):
            publish(folder, save_as("two"), {}, [])
    else:
        publish(folder, save_as("two"), {}, [])
    monkeypatch.undo()
    assert find_model(folder) == folder
    assert read_card(folder)["said"] == ("two" if renames == 2 else "one")


def test_the_users_own_model_goes_first_and_a_damaged_one_not_at_all(tmp_path, monkeypatch):
    mine, shipped = tmp_path / "mine", tmp_path / "shipped"
    monkeypatch.setattr(files, "MY_MODEL", mine)
    monkeypatch.setattr(files, "SHIPPED_MODEL", shipped)
    publish(shipped, save_as("shipped"), {}, [])
    assert find_model() == shipped
    publish(mine, save_as("mine"), {}, [])
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


def test_a_damaged_history_is_no_obstacle(folder):
    (folder / "history.csv").write_text("epoch,loss\n1,what\n")
    assert read_history(folder) == []
    assert read_history(folder / "nothing") == []


def test_recover_needs_nothing_to_do(folder):
    recover(folder)
    assert read_card(folder)["said"] == "one"
