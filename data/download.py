"""Downloading the published archive: resumed where it stopped, and believed only by its MD5."""

import hashlib
import http.client
import re
import shutil
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from data.errors import UserError
from data.lock import hold_lock
from data.progress_bar import ProgressBar

MAX_DOWNLOAD_BYTES = 4 << 30
ATTEMPTS = 5
_CHUNK = 1 << 16
_GZIP_START = b"\x1f\x8b"
_WORTHWHILE_BYTES = 1 << 20  # after so much more than ever before, failures are forgotten
_TIMEOUT_SECONDS = 30
_PASSING_ERRORS = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Publication:
    """An archive that is published somewhere: its address, page, file name and MD5."""

    url: str
    page: str
    name: str
    md5: str


PUBLISHED = Publication(
    url="https://www.dropbox.com/s/ubjjoo0b2wz4vgz/"
    "faces_aligned_small_mirrored_co_aligned_cropped_cleaned.tar.gz?dl=1",
    page="https://shiry.ttic.edu/projects/yearbooks/yearbooks.html",
    name="faces_aligned_small_mirrored_co_aligned_cropped_cleaned.tar.gz",
    md5="ab853c17ca6630c191457ff1fb16c1a4",
)


class _Interrupted(Exception):  # noqa: N818 - not an error before the last attempt
    """The connection failed, and a new one may not."""


def download(publication: Publication, folder: Path, wait: float = 1.0) -> Path:
    """Download an archive into a folder and return its path.

    A part that an earlier call left behind is continued. The file gets its name only when its MD5
    is right; nothing is written outside `folder`, whatever the server says.

    Args:
        publication: what to download.
        folder: where to; it is made if it does not exist.
        wait: seconds before the second attempt; each further pause is twice as long.

    Raises:
        UserError: The archive cannot be had, or what came is not the published one.
    """
    part = folder / f"{publication.name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with hold_lock(
            folder, f"Another prepare_data() is downloading into {folder}: wait for it."
        ):
            _fetch_patiently(publication, part, wait)
            _check_md5(publication, part)
            return part.replace(folder / publication.name)
    except OSError as error:  # the network's are `_Interrupted` by now
        raise UserError(
            f"The archive cannot be saved in {folder} ({error.strerror or error}): free space or "
            "check the folder's permissions."
        ) from error


def _fetch_patiently(publication: Publication, part: Path, wait: float) -> None:
    failures = 0
    most = _size(part)
    while True:
        try:
            _fetch(publication, part)
            return
        except _Interrupted as reason:
            failures += 1
            if _size(part) - most >= _WORTHWHILE_BYTES:
                failures, most = 1, _size(part)
            if failures >= ATTEMPTS:
                raise UserError(
                    f"The download from {publication.url} stopped at {_size(part) / 1e6:.1f} MB "
                    f"({_plain(reason)}): {_advice(publication, part)}"
                ) from reason
        time.sleep(wait * 2 ** (failures - 1))


def _fetch(publication: Publication, part: Path) -> None:
    """Download what is missing of the part file, in one attempt."""
    have = _size(part)
    request = urllib.request.Request(publication.url, headers={"Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        _handle_refusal(error, publication, part)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise UserError(
                f"The server of {publication.url} cannot be trusted ({reason}): "
                f"{_advice(publication, part)}"
            ) from error
        raise _Interrupted(reason) from error
    else:
        with response:
            start, total = _range(response, have)
            if start not in (0, have):
                part.unlink()
                raise _Interrupted("the server sent another part than was asked for")
            _check_size(total, start, part)
            data = _read(response)
            if start == 0 and data and not data.startswith(_GZIP_START):  # a network's login page
                raise UserError(
                    f"The server answers {publication.url} with something that is not an archive: "
                    f"{_advice(publication, part)}"
                )
            try:
                with part.open("ab" if start else "wb") as file:
                    _copy(data, response, file, start, total)
            except UserError:
                part.unlink()
                raise


def _handle_refusal(error: urllib.error.HTTPError, publication: Publication, part: Path) -> None:
    """Return if the answer means that the part is whole already; raise what it means otherwise."""
    with error:
        if error.code == 416:  # nothing beyond what we have: it is all of it, or of another file
            total = re.fullmatch(r"bytes \*/(\d{1,18})", error.headers.get("Content-Range", ""))
            if total and int(total[1]) == _size(part):
                return
            part.unlink(missing_ok=True)
            raise _Interrupted("the server has a file of another size") from error
        if error.code in _PASSING_ERRORS:
            raise _Interrupted(f"HTTP {error.code}") from error
        raise UserError(
            f"The server refuses {publication.url} (HTTP {error.code}): "
            f"{_advice(publication, part)}"
        ) from error


def _range(response: http.client.HTTPResponse, have: int) -> tuple[int, int | None]:
    """Return at which byte of the file an answer starts, and the size of the file if known."""
    if response.status == 206:
        text = response.headers.get("Content-Range", "")
        found = re.fullmatch(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", text)
        if not found:
            return -1, None
        return int(found[1]), int(found[2]) if found[2] != "*" else None
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if re.fullmatch(r"\d{1,18}", length) else None


def _copy(
    data: bytes,
    response: http.client.HTTPResponse,
    file: BinaryIO,
    start: int,
    total: int | None,
) -> None:
    """Write an answer, whose first bytes are `data`, up to its end."""
    done = start
    began = time.monotonic()
    with ProgressBar("Downloading the archive", total, start) as progress:
        while data:
            done += len(data)
            if done > MAX_DOWNLOAD_BYTES:
                raise _too_large(done)
            file.write(data)
            rate = (done - start) / max(time.monotonic() - began, 1e-3)
            progress.update(done, f"{done / 1e6:,.0f} MB  {rate / 1e6:.1f} MB/s")
            data = _read(response)
    if done < (start + 1 if total is None else total):
        raise _Interrupted("the connection was lost")


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(_CHUNK)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _Interrupted(error) from error


def _check_size(total: int | None, start: int, part: Path) -> None:
    if total is None:
        return
    if total > MAX_DOWNLOAD_BYTES:
        raise _too_large(total)
    free = shutil.disk_usage(part.parent).free
    if free < total - start:
        raise UserError(
            f"{part.parent} has {free // 10**6:,} MB free and the archive needs "
            f"{(total - start) // 10**6 + 1:,} MB: free space."
        )


def _check_md5(publication: Publication, part: Path) -> None:
    digest = hashlib.md5(usedforsecurity=False)
    size = _size(part)
    with part.open("rb") as file, ProgressBar("Checking the archive", size) as progress:
        while data := file.read(1 << 20):
            digest.update(data)
            progress.update(file.tell())
    if digest.hexdigest() != publication.md5:
        kept = part.replace(part.with_suffix(".unverified"))
        raise UserError(
            f"What came from {publication.url} is not the published archive (its MD5 is "
            f"{digest.hexdigest()} instead of {publication.md5}): call prepare_data() again to "
            f"download it anew. It is kept as {kept}; if you trust it, give it to "
            "prepare_data(source=...)."
        )


def _advice(publication: Publication, part: Path) -> str:
    return (
        "call prepare_data() again, which goes on from there, or download the archive in a browser "
        f"from {publication.page} and put it into {part.parent}."
    )


def _plain(reason: Exception) -> str:
    """Return what happened as text of bounded length, whatever bytes the server sent."""
    text = "".join(letter for letter in str(reason) if letter.isprintable())
    return text[:100] or "no answer"


def _too_large(size: int) -> UserError:
    return UserError(
        f"The server wants to send {size / 1e9:.1f} GB, which cannot be the archive: download it "
        f"in a browser from {PUBLISHED.page}."
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
