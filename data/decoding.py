"""Many files decoded on all cores while the archive is still being read."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np

from data.portraits import NotAPortrait, PortraitFile, Skipped, decode_portrait

BATCH = 32  # files a task: enough that handing tasks over costs nothing
MAX_WORKERS = 8  # reading the archive, which is one thread's work, keeps no more than these busy

Decoded = tuple[str, np.ndarray]


def decode_in_order(
    files: Iterable[PortraitFile | Skipped], workers: int | None = None
) -> Iterator[Decoded | Skipped]:
    """Decode files on a few threads, and yield name and pixels in the order of the files.

    The caller's thread reads the files, whose decompression and decoding leave the interpreter to
    the other threads. Never more than a few batches are under way, however large the archive.

    Args:
        files: the files to decode, and things passed over, which are handed on in their place.
        workers: number of threads; None for one a core.
    """
    workers = workers or min(os.cpu_count() or 1, MAX_WORKERS)
    files = iter(files)
    under_way: deque = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="decode") as pool:
        while batch := list(islice(files, BATCH)):
            under_way.append(pool.submit(_decode_batch, batch))
            if len(under_way) > 2 * workers:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


def _decode_batch(batch: list[PortraitFile | Skipped]) -> list[Decoded | Skipped]:
    return [file if isinstance(file, Skipped) else _decode(file) for file in batch]


def _decode(file: PortraitFile) -> Decoded | Skipped:
    try:
        return file.name, decode_portrait(file.data)
    except NotAPortrait as reason:
        return Skipped(file.name, str(reason))
