import json
import os
import re
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from data.errors import UserError
from model import folder as files
from model.architecture import Architecture
from model.frame import LATENT_DIM
from tests.raising import raising


def write_latent(folder: Path, length: int = LATENT_DIM) -> None:
    model_id = files.file_hash(folder / files.NETWORK_FILE)
    np.savez(folder / files.LATENT_FILE, mean=np.zeros(length), model_id=np.array(model_id))


def save_as(content: str):
    def save(folder):
        files.write_history(folder / files.HISTORY_FILE, [{"epoch": 1.0, "loss": 0.5}])
        (folder / files.NETWORK_FILE).write_text(content)
        write_latent(folder)
        return {"said": content, "settings": {"architecture": asdict(Architecture())}}

    return save


@pytest.fixture
def folder(tmp_path):
    files.publish(tmp_path / "mine", save_as("one"), {"data": {}})
    return tmp_path / "mine"


def test_a_kill_between_the_renames_leaves_a_whole_model(folder, tmp_path):
    files.publish(tmp_path / "new", save_as("two"), {})
    (folder / ".ready").mkdir()  # kills at every step are those of data/test_replace.py
    for number, path in enumerate(sorted((tmp_path / "new").iterdir())):
        path.replace((folder if number % 2 else folder / ".ready") / path.name)
    assert files.find_model(folder) == folder and files.read_card(folder)["said"] == "two"
    assert {path.name for path in folder.iterdir()} == set(files.MODEL_FILES)


def test_the_users_own_model_goes_first_and_a_damaged_one_not_at_all(tmp_path, monkeypatch):
    mine, shipped = tmp_path / "mine", tmp_path / "shipped"
    monkeypatch.setattr(files, "MY_MODEL", mine)
    monkeypatch.setattr(files, "SHIPPED_MODEL", shipped)
    files.publish(shipped, save_as("shipped"), {})
    assert files.find_model() == shipped
    files.publish(mine, save_as("mine"), {})
    assert files.find_model() == mine
    assert (files.model_title(mine), files.model_title(shipped)) == (
        "your own model",
        "shipped model",
    )
    assert files.choose_model() == (mine, "")

    def refuse(model):
        if model == mine:
            raise UserError("It reads nothing.")

    assert files.choose_model(refuse)[0] == shipped
    assert "since your own cannot be: It reads nothing." in files.choose_model(refuse)[1]
    assert "mine is damaged" in files.choose_model(lambda model: {shipped: 1}[model])[1]


def change_card(model, **changes):
    (model / files.CARD_FILE).write_text(json.dumps(files.read_card(model) | changes))


def unplug(model, other):
    model.rename(model.with_name("disk"))
    try:
        model.symlink_to("not mounted")
    except OSError:
        pytest.skip("this user may not make links")


def put_a_folder(model, other):
    (model / files.CARD_FILE).unlink()
    (model / files.CARD_FILE).mkdir()


NARROW = {"encoder_channels": [], "decoder_channels": [1] * 4, "ssim_weight": 2.0}
OLDER = {"head_channels": 64, "latent_dim": LATENT_DIM}
DAMAGED = "damaged or belongs to another model"
SPOILT = {  # what is done to a model, beside another one, and what is said of it
    "narrow": (lambda m, _: change_card(m, settings={"architecture": NARROW}), "describes no net"),
    "older": (lambda m, _: change_card(m, settings={"architecture": OLDER}), "of an older version"),
    "longer": (lambda m, _: write_latent(m, LATENT_DIM + 1), f"codes of {LATENT_DIM + 1} numbers"),
    "torn": (lambda m, _: (m / files.NETWORK_FILE).write_text("torn"), DAMAGED),
    "cut": (lambda m, _: os.truncate(m / files.LATENT_FILE, 500), DAMAGED),
    "foreign": (lambda m, other: shutil.copy(other / files.LATENT_FILE, m), DAMAGED),
    "gone": (lambda m, _: (m / files.LATENT_FILE).unlink(), r"has no latent\.npz"),
    "folder": (put_a_folder, r"card\.json"),
    "unplugged": (unplug, "There is no model in"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_an_own_model_that_cannot_be_used_is_passed_over_and_the_reason_told(
    tmp_path, monkeypatch, how
):
    spoil, reason = SPOILT[how]
    mine, shipped = tmp_path / "mine", tmp_path / "shipped"
    monkeypatch.setattr(files, "MY_MODEL", mine)
    monkeypatch.setattr(files, "SHIPPED_MODEL", shipped)
    for folder in (mine, shipped):
        files.publish(folder, save_as(folder.name), {})
    spoil(mine, shipped)
    used, told = files.choose_model()
    assert files.find_model() == used == shipped
    assert re.search(f"^The shipped model is in use, since your own .*{reason}", told)
    with pytest.raises(UserError, match=reason):
        files.find_model(mine)


def test_a_model_of_another_owner_is_one_sentence(folder, monkeypatch):
    for place in (Path, "is_file"), (Path, "stat"), (Path, "read_text"), (files, "file_hash"):
        with monkeypatch.context() as patch:
            patch.setattr(*place, raising(PermissionError(13, "Permission denied")))
            with pytest.raises(UserError, match="Permission denied"):
                files.check_folder(folder)


def test_a_model_behind_links_keeps_its_title(folder, tmp_path, monkeypatch):
    try:
        (tmp_path / "link").symlink_to(folder)
    except OSError:
        pytest.skip("this user may not make links")
    monkeypatch.setattr(files, "MY_MODEL", tmp_path / "link")
    assert files.model_title(files.find_model()) == files.model_title(folder) == "your own model"


def test_missing_and_damaged_cards_are_one_sentence(folder):
    with pytest.raises(UserError, match="no model"):
        files.find_model(folder / "nothing")
    parts = {"directions": 3}, {"figures": {"test": 5}}, {"directions": {"smile": {"own": "much"}}}
    parts += {"settings": []}, {"training": {"data": 1}}, {"finisher": "none"}, {"model_id": 3}
    parts += ({"sketch_encoder": "none"},)
    damaged = [json.dumps(files.read_card(folder) | part) for part in parts]
    for text in ("", "[]", "{}", "[" * 100_000, *damaged):
        (folder / files.CARD_FILE).write_text(text)
        with pytest.raises(UserError, match="card"):
            files.check_folder(folder)


def test_no_history_a_damaged_one_and_one_too_long_are_no_obstacle(folder, monkeypatch):
    assert files.read_history(folder / "nothing") == []
    for rows in ("1,what", "1,nan", "1,1e999", "1", "1,2,3", "1,2\x00", "\xff"):
        (folder / "history.csv").write_bytes(f"epoch,loss\n{rows}\n".encode("latin-1"))
        assert files.read_history(folder) == [], rows
    (folder / "history.csv").write_text("loss\n1\n")
    assert files.read_history(folder) == []  # no epochs
    (folder / "history.csv").write_text("epoch\n1\n")
    assert files.read_history(folder) == [{"epoch": 1.0}]
    with monkeypatch.context() as patch:
        patch.setattr(files, "MAX_HISTORY_BYTES", 5)
        assert files.read_history(folder) == []
    history = [{"epoch": 1.0, "old": 3.0}, {"epoch": 2.0, "loss": 0.5}]
    files.write_history(folder / files.HISTORY_FILE, history)
    assert files.read_history(folder) == [{"epoch": 1.0}, {"epoch": 2.0, "loss": 0.5}]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_in_place_of_a_card_or_history_is_not_waited_for(folder):
    for name in (files.CARD_FILE, "history.csv"):
        (folder / name).unlink()
        os.mkfifo(folder / name)
    assert files.read_history(folder) == []
    with pytest.raises(UserError, match="card"):
        files.read_card(folder)


def test_a_model_that_fails_its_check_is_not_used(folder):
    def refuse(new):
        assert files.read_card(new)["said"] == "two"
        raise UserError(f"It makes no faces. {files.REPAIR}")

    with pytest.raises(UserError, match=r"stays as it was\. \(It makes no faces\.\)"):
        files.publish(folder, save_as("two"), {}, check=refuse)
    with pytest.raises(UserError, match="card"):  # too large to be read again
        files.publish(folder, save_as("two"), {"about": "x" * files.MAX_CARD_BYTES})
    assert files.read_card(folder)["said"] == "one"
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


def test_the_lineage_of_a_model_stays_flat_and_short(folder):
    card = files.read_card(folder)
    for number in range(40):
        data = {"about": "faces " * 100, "fit": number}
        training = {"epochs": 3, "minutes": 1.5, "continued_from": files.lineage(card)}
        files.publish(folder, save_as(str(number)), {"data": data, "training": training})
        card = files.read_card(folder)
    former = card["training"]["continued_from"]
    assert [model["portraits"] for model in former] == list(range(38, 26, -1))
    assert former[0].keys() == {"model_id", "about", "portraits", "epochs", "minutes"}
    assert len((folder / files.CARD_FILE).read_bytes()) < files.MAX_CARD_BYTES / 10
    card = {"data": {"about": "other"}, "training": {"data": {"about": "what it saw"}}}
    assert files.lineage(card)[0]["about"] == "what it saw"  # goes before what describes it
