"""Model folders: files that belong together, and appear together or not at all.

A model folder holds `autoencoder.keras` (the network, without optimizer state), `latent.npz`
(statistics of its codes), `card.json` (data, settings, measured figures) and `history.csv` (the
training, one row an epoch). The card and `latent.npz` name the hash of the `.keras` file that they
belong to; a folder where they disagree is not used. A model can also
have a finisher, `finisher.keras`, with the history of its training, `finisher.csv`, and a sketch
encoder, `sketch_encoder.keras`; the card names the hashes of these networks too.
"""

import contextlib
import csv
import hashlib
import json
import math
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from data.errors import UserError, tell_failure
from data.paths import MY_MODEL, SHIPPED_MODEL
from data.replace import recover_set, replace_set
from model.architecture import Architecture, check_length
from model.safe_zip import read_arrays

NETWORK_FILE = "autoencoder.keras"
LATENT_FILE = "latent.npz"
CARD_FILE = "card.json"
HISTORY_FILE = "history.csv"
MODEL_FILES = (NETWORK_FILE, LATENT_FILE, CARD_FILE, HISTORY_FILE)
FINISHER_FILE = "finisher.keras"
FINISHER_HISTORY_FILE = "finisher.csv"
SKETCH_ENCODER_FILE = "sketch_encoder.keras"
PARTS = {"finisher": FINISHER_FILE, "sketch_encoder": SKETCH_ENCODER_FILE}  # optional files
ALL_FILES = (*MODEL_FILES, *PARTS.values(), FINISHER_HISTORY_FILE)
HISTORY_COLUMNS = ("epoch", "mse", "val_mse", "val_loss", "seconds")  # what every training writes
MAX_NETWORK_BYTES = 200 * 2**20
MAX_LATENT_BYTES = 4 * 2**20
MAX_CARD_BYTES = 2**18
MAX_HISTORY_BYTES = 2**22
MAX_LINEAGE = 12  # earlier models on a card
MAX_ABOUT = 300  # characters that describe the data of an earlier model
REPAIR = "Restore it with git, or train a new one with learn()."


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()


@contextlib.contextmanager
def tell_damage(path: Path) -> Iterator[None]:
    """Turn whatever reading a damaged file raises into a `UserError`."""
    try:
        yield
    except UserError:
        raise
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or error}). {REPAIR}") from None
    except Exception:
        raise UserError(f"{path} is damaged or belongs to another model. {REPAIR}") from None


def read_card(folder: Path) -> dict:
    """Read a model folder's card; `UserError` if there is none, or it is damaged."""
    path = folder / CARD_FILE
    with tell_damage(path):
        if not path.exists():
            raise UserError(f"There is no model in {folder}. Train one with learn().")
        if path.stat().st_size > MAX_CARD_BYTES or not path.is_file():
            raise ValueError("no card")
        card = json.loads(path.read_text(encoding="utf-8"))
        parts = [card.get(name, {}) for name in ("settings", "data", "training", *PARTS)]
        parts += [card.get("training", {}).get("data", {})]
        tables = [card.get(name, {}) for name in ("figures", "directions")]
        numbers = [number for rows in tables for row in rows.values() for number in row.values()]
        if not (
            isinstance(card["model_id"], str)
            and all(isinstance(part, dict) for part in parts)
            and all(isinstance(number, (int, float)) for number in numbers)
        ):
            raise ValueError("no card")
    return card


def lineage(card: dict) -> list[dict]:
    """List a model and at most `MAX_LINEAGE` that its training continued, latest first."""
    training = card.get("training", {})
    data = training.get("data") or card.get("data", {})
    model = {
        "model_id": card.get("model_id"),
        "about": str(data.get("about", ""))[:MAX_ABOUT],
        "portraits": data.get("fit"),
        "epochs": training.get("epochs"),
        "minutes": training.get("minutes"),
    }
    earlier = training.get("continued_from")
    return [model, *(earlier if isinstance(earlier, list) else [])][:MAX_LINEAGE]


def check_folder(folder: Path) -> str:
    """Check that a model folder is complete and that its files belong together.

    Returns the model's id, the hash of its `.keras` file. A file that is missing, oversized or of
    another model raises a `UserError`.
    """
    with tell_failure(f"The model in {folder} cannot be completed", "make the folder writable"):
        recover_set(folder)
    card = read_card(folder)
    Architecture.from_card(card)
    hashes = {NETWORK_FILE: card["model_id"]}
    hashes |= {file: card.get(part, {}).get("id") for part, file in PARTS.items()}
    for name, expected in hashes.items():
        path = folder / name
        if expected is None:  # no such part
            continue
        with tell_damage(path):
            if not path.is_file():
                raise UserError(f"The model in {folder} has no {name}. {REPAIR}")
            if path.stat().st_size > MAX_NETWORK_BYTES or file_hash(path) != expected:
                raise ValueError("another file")
    read_latent_arrays(folder)
    return card["model_id"]


def read_latent_arrays(folder: Path) -> dict[str, np.ndarray]:
    """Read a model's `latent.npz`; `UserError` if it is missing, damaged, or not of this model."""
    path, model_id = folder / LATENT_FILE, read_card(folder)["model_id"]
    with tell_damage(path):
        if not path.is_file():
            raise UserError(f"The model in {folder} has no {LATENT_FILE}. {REPAIR}")
        arrays = read_arrays(path, MAX_LATENT_BYTES)
        (length,) = arrays["mean"].shape
        if str(arrays["model_id"]) != model_id:
            raise ValueError("another model's")
    check_length(length, f"The model in {folder}")
    return arrays


def find_model(folder: str | Path | None = None) -> Path:
    """Check a model folder, see `check_folder`, and return it; None takes the model in use."""
    if folder is None:
        return choose_model()[0]
    check_folder(Path(folder))
    return Path(folder)


def choose_model(check: Callable[[Path], object] = check_folder) -> tuple[Path, str]:
    """Return the user's own model if it can be used, else the shipped one.

    With it comes a sentence on why the user's own model is not used, or "". `check` raises a
    `UserError` for a folder that cannot be used; this does so if neither can.
    """
    reason = ""
    try:
        with tell_damage(MY_MODEL):
            if os.path.lexists(MY_MODEL):  # also a link to a disk that is not there
                check(MY_MODEL)
                return MY_MODEL, ""
    except UserError as error:
        reason = f"The shipped model is in use, since your own cannot be: {error}"
    check(SHIPPED_MODEL)
    return SHIPPED_MODEL, reason


def model_title(folder: Path) -> str:
    """Return the name of a model folder for display."""
    titles = {MY_MODEL.resolve(): "your own model", SHIPPED_MODEL.resolve(): "shipped model"}
    return titles.get(folder.resolve(), f"model {folder.name}")


def publish(
    folder: Path,
    write: Callable[[Path], dict | None],
    card: dict,
    base: Path | None = None,
    check: Callable[[Path], object] = check_folder,
) -> dict:
    """Write a model folder under a new name, then make it current.

    A kill at any moment leaves the former or the new model whole. A `UserError` is raised if the
    folder cannot be written, or the new model fails its check; then the former model stays.

    Args:
        folder: where the model belongs.
        write: writes files of the model into the folder it is given, and may return more entries
            for the card.
        card: entries that are known already; the model's id is added.
        base: a model folder, maybe the same, whose files are copied first.
        check: raises a `UserError` for a folder that cannot be used.

    Returns:
        The card.
    """
    failure = f"The model cannot be written to {folder}"
    then = "make room or make the folder writable, then call learn() again: it continues"
    with tell_failure(failure, then), replace_set(folder, ALL_FILES) as new:
        for name in ALL_FILES:
            if base and (base / name).is_file():
                shutil.copyfile(base / name, new / name)
        card = {**card, **(write(new) or {}), "model_id": file_hash(new / NETWORK_FILE)}
        (new / CARD_FILE).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        try:
            check(new)
        except UserError as error:
            reason = str(error).removesuffix(REPAIR).strip()
            raise UserError(
                f"The new model fails its check and is not used; {folder} stays as it was. "
                f"({reason})"
            ) from None
    return card


def write_history(path: Path, history: list[dict[str, float]]) -> None:
    """Write a history: one dictionary an epoch; the keys of the last one are the columns."""
    with path.open("w", newline="", encoding="utf-8") as file:
        if history:
            writer = csv.DictWriter(file, list(history[-1]), extrasaction="ignore")
            writer.writeheader()
            writer.writerows(history)


def read_history(folder: Path, name: str = HISTORY_FILE) -> list[dict[str, float]]:
    """Read a history: one dictionary an epoch; empty if there is none or it is damaged."""
    path = folder / name
    try:
        if not path.is_file() or path.stat().st_size > MAX_HISTORY_BYTES:
            return []
        with path.open(newline="", encoding="utf-8") as file:
            history = [
                {name: float(value) for name, value in row.items() if value != ""}
                for row in csv.DictReader(file)
            ]
    except (OSError, ValueError, TypeError, csv.Error):
        return []
    return history if is_history(history) else []


def is_history(rows: object, columns: tuple[str, ...] = ("epoch",)) -> bool:
    """Return whether rows are one dictionary of finite numbers per epoch, with these columns."""
    return isinstance(rows, list) and all(
        isinstance(row, dict)
        and row.keys() >= set(columns)
        and all(isinstance(value, float) and math.isfinite(value) for value in row.values())
        for row in rows
    )
