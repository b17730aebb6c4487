"""The table of the experiment bench: a CSV file with a row for each experiment."""

from __future__ import annotations

import csv
from pathlib import Path

from data.errors import UserError

SHOWN = {  # title: (column, form), of what the Markdown table has room for
    "run": ("name", "{}"),
    "differs": ("differs", "{}"),
    "epochs": ("epochs", "{:.0f}"),
    "minutes": ("minutes", "{:.0f}"),
    "million weights": ("parameters", "{:.1e}"),
    "MSE / PCA": ("validation_mse_ratio", "{:.3f}"),
    "face / PCA": ("validation_face_mse_ratio", "{:.3f}"),
    "SSIM - PCA": ("validation_ssim_gain", "{:+.3f}"),
    "sharpness": ("validation_sharpness", "{:.3f}"),
    "skewness": ("training_mean_abs_skewness", "{:.2f}"),
    "worst": ("training_worst_abs_skewness", "{:.2f}"),
    "kurtosis": ("training_mean_abs_excess_kurtosis", "{:.2f}"),
    "distance": ("validation_mahalanobis_ratio", "{:.3f}"),
    "diversity": ("validation_diversity", "{:.2f}"),
    "decode ms": ("decode_ms", "{:.2f}"),
    "both ms": ("encode_decode_ms", "{:.2f}"),
    "test MSE / PCA": ("test_mse_ratio", "{:.3f}"),
    "test face / PCA": ("test_face_mse_ratio", "{:.3f}"),
    "test SSIM - PCA": ("test_ssim_gain", "{:+.3f}"),
}


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of the table, the oldest first; none where there is no table.

    Raises:
        UserError: if the file cannot be read as a table.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"The table {path} cannot be read ({error}): move it away.") from None


def add_row(path: Path, row: dict[str, object]) -> list[dict[str, str]]:
    """Append a row; columns that only it or only others have stay empty elsewhere.

    The file is written under another name first, so that no row is lost.

    Returns:
        All rows, as `read_rows` gives them.

    Raises:
        UserError: if the table cannot be read or written.
    """
    rows = [*read_rows(path), {name: str(value) for name, value in row.items()}]
    columns = list(dict.fromkeys(name for some in (rows[-1], *rows) for name in some))
    beside = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        beside.replace(path)
    except OSError as error:
        raise UserError(f"The table {path} cannot be written ({error.strerror}).") from None
    return read_rows(path)


def markdown(rows: list[dict[str, str]]) -> str:
    """Write the columns that matter most as a Markdown table, without those that are empty."""
    shown = {
        title: (name, form)
        for title, (name, form) in SHOWN.items()
        if any(row.get(name) for row in rows)
    }
    lines = [f"| {' | '.join(shown)} |", "|" + " --- |" * len(shown)]
    for row in rows:
        cells = [_cell(row.get(name) or "", form) for name, form in shown.values()]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(value: str, form: str) -> str:
    if form == "{}" or not value:
        return value.replace("|", "\\|")
    if form == "{:.1e}":
        return f"{float(value) / 1e6:.2f}"
    return form.format(float(value))
