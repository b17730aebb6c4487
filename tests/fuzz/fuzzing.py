"""The frame of the fuzz commands: damage to bytes and JSON, one run a seed, a watched process.

A command runs its seeds in a child process. A crash of compiled code, a hang or an error that no
user should see ends or fails only the seed that caused it: the seed is printed, and the others go
on.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from data.errors import UserError

LONGEST = 60  # seconds that one file may take
MOST_MEMORY = 400 * 2**20  # bytes by which one file may raise the peak
ODD_VALUES = (None, True, -1, 3, 1e300, "", "A", "AAAA", [], [[]], {}, {"a": {}}, "9" * 5000)
_INTERESTING = (b"\0", b"\xff", b"\x7f", b"-", b"9" * 12, b"\xff" * 8, b"../", b"\n", b",", b'"')
_ROOT = Path(__file__).resolve().parents[2]


class Fuzzer:
    """Damages files in a folder of its own and looks at what comes of it.

    A subclass has a method for every one of its `kinds`; it is given an empty folder and a source
    of randomness, writes a damaged file there and hands it to the program. It may return a word
    for how that ended.
    """

    kinds: tuple[str, ...] = ()

    def __init__(self, folder: Path):
        self.folder = folder
        self.make()
        self._around = self._listing()

    def make(self) -> None:
        """Write whole files into the folder, or keep them, before any is damaged."""
        raise NotImplementedError

    def run(self, seed: int, kind: str | None = None) -> str:
        """Run one seed, and return what was damaged and how it ended."""
        rng = random.Random(seed)
        kind = rng.choice(self.kinds) if kind is None else kind
        place = self.folder / "out"
        place.mkdir()
        memory = _peak_memory()
        try:
            ending = getattr(self, kind)(place, rng) or "read"
        except UserError as error:
            text = str(error).replace(str(place), "")
            assert text.isprintable() and 20 < len(text) < 300 and text.endswith("."), text
            ending = "refused"
        finally:
            shutil.rmtree(place)
            assert self._listing() == self._around, "a file was touched"
        assert _peak_memory() - memory < MOST_MEMORY, "too much memory"
        return f"{kind}: {ending}"

    def _listing(self) -> list[tuple[str, int, int]]:
        found = (path for path in self.folder.parent.rglob("*") if "out" not in path.parts)
        return sorted(
            (str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in found if p.is_file()
        )


def damage(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes with one to eight changes of a random kind."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
        start = rng.randrange(len(changed) + 1)
        if rng.random() < 0.3:
            start = min(start, rng.randrange(200))  # headers are at the start
        length = min(rng.choice((1, 4, 64, 512, 5000)), len(changed) - start)
        kind = rng.randrange(7)
        if kind == 0 and length:
            changed[start] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del changed[start : start + length]
        elif kind == 2:
            changed[start:start] = changed[start : start + length]
        elif kind == 3:
            changed[start : start + length] = bytes(length)
        elif kind == 4:
            changed[start : start + length] = rng.randbytes(length)
        elif kind == 5:
            interesting = rng.choice(_INTERESTING)
            changed[start : start + len(interesting)] = interesting
        else:
            del changed[start:]
    return bytes(changed)


def odd_json(text: bytes, rng: random.Random, odd_values: tuple = ODD_VALUES) -> bytes:
    """Return a JSON object with one value, however deep, replaced by an odd one or left out."""
    whole = json.loads(text)
    place = whole
    while True:
        name = rng.choice(sorted(place) if isinstance(place, dict) else range(len(place)))
        if isinstance(place[name], (dict, list)) and place[name] and rng.random() < 0.8:
            place = place[name]
            continue
        break
    if rng.random() < 0.2:
        del place[name]
    elif isinstance(place[name], str) and rng.random() < 0.5:
        place[name] = damage(place[name].encode(), rng).decode("latin-1")
    else:
        place[name] = rng.choice(odd_values)
    return json.dumps(whole).encode()


def main(fuzzer: type[Fuzzer], module: str, description: str) -> None:
    """Run the seeds that the command line asks for, and print how they ended."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seeds", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--kind", choices=fuzzer.kinds, help="all, if not given")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    if options.child:
        _run(fuzzer, seeds, options.kind)
    else:
        sys.exit(_watch(module, seeds, ["--kind", options.kind] if options.kind else []))


def _watch(module: str, seeds: range, options: list[str]) -> int:
    """Run the seeds in child processes, a new one where one died, and sum up what they say."""
    endings: Counter[str] = Counter()
    slowest, failed = (0.0, 0), []
    while seeds:
        began = False
        window = ["--child", "--first", str(seeds.start), "--seeds", str(len(seeds)), *options]
        command = [sys.executable, "-m", module, *window]
        with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as child:
            for line in child.stdout:
                word, _, rest = line.rstrip("\n").partition("\t")
                if word == "seed":
                    began, seeds = True, range(int(rest), seeds.stop)
                elif word == "ended":
                    seconds, ending = rest.split("\t")
                    slowest = max(slowest, (float(seconds), seeds.start))
                    endings[ending] += 1
                    if "failed" in ending:
                        failed.append(seeds.start)
        if not child.returncode or not began:
            break
        endings["the process died"] += 1
        failed.append(seeds.start)
        seeds = seeds[1:]
    for ending, count in sorted(endings.items()):
        print(f"{ending:28} {count:6,}")
    print(f"slowest: {slowest[0]:.2f} s (seed {slowest[1]})")
    if failed:
        print(f"{len(failed)} FAILED, see above: seeds {failed[:20]}")
    return child.returncode or bool(failed)


def _run(fuzzer: type[Fuzzer], seeds: range, kind: str | None) -> None:
    faulthandler.enable()
    said = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is not for the watching process
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "room"
        folder.mkdir()
        tempfile.tempdir = place
        with contextlib.chdir(place) if sys.version_info >= (3, 11) else contextlib.nullcontext():
            tested = fuzzer(folder)
            for seed in seeds:
                said.write(f"seed\t{seed}\n")
                began = time.monotonic()
                faulthandler.dump_traceback_later(LONGEST, exit=True)
                try:
                    ending = tested.run(seed, kind)
                except Exception:
                    print(f"seed {seed}:", file=sys.stderr)
                    traceback.print_exc()
                    ending = "failed"
                said.write(f"ended\t{time.monotonic() - began:.3f}\t{ending}\n")
            faulthandler.cancel_dump_traceback_later()


def _peak_memory() -> int:
    """Return the highest memory of this process so far, in bytes; 0 where that is not known."""
    with contextlib.suppress(ImportError):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return 0
