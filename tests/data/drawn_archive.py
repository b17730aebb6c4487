"""Archives of drawn portraits, so that no test needs a real one."""

import gzip
import io
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

from data.prepare import prepare_data

ROOT = "faces_aligned_small_mirrored_co_aligned_cropped_cleaned"


def draw_portrait(seed: int) -> np.ndarray:
    """A head of random shape and shade before a plain wall: uint8 (171, 186)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:171, :186]
    picture = np.full((171, 186), rng.integers(150, 230), np.float32)
    for cx, cy, rx, ry in [(98, 95, 42, 56), (75, 91, 7, 4), (122, 90, 7, 4), (98, 135, 16, 4)]:
        rx, ry = rx * rng.uniform(0.8, 1.2), ry * rng.uniform(0.8, 1.2)
        inside = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1
        picture[inside] = rng.integers(20, 200)
    picture += rng.normal(0, 3, picture.shape)
    return picture.clip(0, 255).astype(np.uint8)


def png(picture: np.ndarray | Image.Image, **options) -> bytes:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def portrait_names(count: int) -> list[str]:
    """Names as published, every third undated, in the folders F and M."""
    years = ("1985", "2010", "undated")
    return [
        f"{'FM'[i % 2]}/{years[i % 3]}_Ohio_Akron_North-High_{i // 10}-{i:04d}.png"
        for i in range(count)
    ]


def drawn_files(count: int) -> dict[str, bytes]:
    """Names and PNG files of so many portraits."""
    return {name: png(draw_portrait(i)) for i, name in enumerate(portrait_names(count))}


def write_folder(folder: Path, files: dict[str, bytes]) -> Path:
    for name in ("F", "M"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def prepared_arrays(folder: Path) -> Path:
    """Prepare 28 drawn portraits: 20 to train on, 2 to validate, 6 to test."""
    prepare_data(write_folder(folder / "in", drawn_files(28)), folder / "out")
    return folder / "out"


def tar_bytes(files: dict[str, bytes], extra: list[tarfile.TarInfo] = (), **options) -> bytes:
    """An uncompressed archive: folders, then the files in their order, then extra entries."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", **options) as tar:
        for folder in (ROOT, f"{ROOT}/F", f"{ROOT}/M"):
            entry = tarfile.TarInfo(folder)
            entry.type = tarfile.DIRTYPE
            tar.addfile(entry)
        for name, data in files.items():
            entry = tarfile.TarInfo(f"{ROOT}/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        for entry in extra:
            tar.addfile(entry)
    return buffer.getvalue()


def write_archive(path: Path, files: dict[str, bytes], extra: list = (), **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(tar_bytes(files, extra, **options), 1, mtime=0))
    return path
