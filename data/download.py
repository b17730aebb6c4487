"""Downloading the published archive: resumed where it stopped, trusted only if its MD5 matches."""

import hashlib
import http.client
import shutil
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from data.errors import UserError, tell_failure
from data.replace import flush, hold_lock, make_folder
from data.terminal import ProgressBar

MAX_DOWNLOAD_BYTES = 4 << 30
ATTEMPTS = 5  # in a row without progress
_CHUNK = 1 << 16  # bytes
_GZIP_START = b"\x1f\x8b"
_TIMEOUT_SECONDS = 30
_NETWORK_ERRORS = (OSError, http.client.HTTPException, ValueError)
_PASSING = {408, 425, 429, 500, 502, 503, 504}  # HTTP codes worth another attempt
_TOO_LARGE = f"the server sends over {MAX_DOWNLOAD_BYTES >> 30} GB, which cannot be the archive"


@dataclass(frozen=True)
class Publication:
    """A published archive: its address, web page, file name and MD5."""

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
    """The connection failed; another attempt may succeed, unless the failure is `lasting`."""

    def __init__(self, reason: object, lasting: bool = False):
        super().__init__("".join(letter for letter in str(reason) if letter.isprintable())[:100])
        self.lasting = lasting


class _WebRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to web addresses only; Python's own also follows them to FTP servers."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if not newurl.startswith(("http://", "https://")):
            raise urllib.error.HTTPError(newurl, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(publication: Publication, folder: Path, wait: float = 1.0) -> Path:
    """Download an archive into a folder and return its path.

    A partial download from an earlier call is resumed. The file gets its name only once its MD5
    matches. Nothing is written outside `folder`, whatever the server sends. There are several
    attempts, the second after `wait` seconds; each later pause is twice as long.

    Raises:
        UserError: The archive cannot be downloaded, or is not the published one.
    """
    part = folder / f"{publication.name}.part"
    with tell_failure(
        f"The archive cannot be saved in {folder}", "free space or check the folder's permissions"
    ):  # errors of the disk; those of the network are `_Interrupted` by then
        make_folder(folder)
        busy = f"Another prepare_data() is downloading into {folder}: wait for it."
        with hold_lock(folder, busy):
            _fetch_patiently(publication, part, wait)
            _check_md5(publication, part)
            flush(part)
            return part.replace(folder / publication.name)


def _fetch_patiently(publication: Publication, part: Path, wait: float) -> None:
    failures = 0
    while True:
        before = _size(part)
        try:
            return _fetch(publication.url, part)
        except _Interrupted as reason:
            failures = 1 if _size(part) > before else failures + 1
            if reason.lasting or failures >= ATTEMPTS:
                reached = f"{_size(part) / 1e6:.1f} MB ({str(reason) or 'no answer'})"
                raise UserError(
                    f"The download from {publication.url} stopped at {reached}: call "
                    "prepare_data() again, which goes on from there, or download the archive in a "
                    f"browser from {publication.page} and put it into {part.parent}."
                ) from reason
        time.sleep(wait * 2 ** (failures - 1))


def _fetch(url: str, part: Path) -> None:
    """Download what is missing of the part file, in one attempt."""
    have = _size(part)
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    opener = urllib.request.build_opener(_WebRedirects)
    try:
        response = opener.open(request, timeout=_TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        with error:
            if error.code != 416:
                raise _Interrupted(f"HTTP {error.code}", error.code not in _PASSING) from error
            if error.headers.get("Content-Range") != f"bytes */{have}":
                part.unlink(missing_ok=True)
                raise _Interrupted("the server has a file of another size") from error
            return  # the part is complete
    except _NETWORK_ERRORS as error:
        reason = getattr(error, "reason", error)
        raise _Interrupted(reason, isinstance(reason, ssl.SSLCertVerificationError)) from error
    with response:
        start = have if response.status == 206 else 0
        if start and not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            part.unlink()
            raise _Interrupted("the server sent another part than was asked for")
        _copy(response, part, start)


def _copy(response: http.client.HTTPResponse, part: Path, start: int) -> None:
    """Write a response to the part file, from byte `start` of it."""
    total = None if response.length is None else start + response.length
    missing, free = (total or 0) - start, shutil.disk_usage(part.parent).free
    if missing > MAX_DOWNLOAD_BYTES:
        raise _Interrupted(_TOO_LARGE, lasting=True)
    if missing > free:
        raise OSError(f"{free // 10**6:,} MB are free, {missing // 10**6 + 1:,} are needed")
    data = _read(response)
    if start == 0 and data and not data.startswith(_GZIP_START):  # a network's login page
        raise _Interrupted("the server sends something that is not an archive", lasting=True)
    done, began = start, time.monotonic()
    with (
        part.open("ab" if start else "wb") as file,
        ProgressBar("Downloading the archive", total, start) as progress,
    ):
        while data and done <= MAX_DOWNLOAD_BYTES:
            done += file.write(data)
            rate = (done - start) / max(time.monotonic() - began, 1e-3)
            progress.update(done, f"{done / 1e6:,.0f} MB  {rate / 1e6:.1f} MB/s")
            data = _read(response)
    if done > MAX_DOWNLOAD_BYTES:
        part.unlink()
        raise _Interrupted(_TOO_LARGE, lasting=True)
    if done < (start + 1 if total is None else total):
        raise _Interrupted("the connection was lost")


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(_CHUNK)
    except _NETWORK_ERRORS as error:
        raise _Interrupted(error) from error


def _check_md5(publication: Publication, part: Path) -> None:
    digest, size = hashlib.md5(usedforsecurity=False), _size(part)
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


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
