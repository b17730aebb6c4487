"""How much memory this process holds."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Memory:
    """Bytes of this process.

    Attributes:
        peak: the most it ever held.
        resident: what it holds, pages of memory maps included, which the system can take back.
        private: what it holds of its own.
    """

    peak: int
    resident: int
    private: int


def memory_in_use() -> Memory | None:
    """Return the memory of this process, or None where the system does not tell (not on Linux)."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    return Memory(*(_kilobytes(status, name) * 1024 for name in ("VmHWM", "VmRSS", "RssAnon")))


def peak_memory() -> int | None:
    """Return the most bytes this process ever held, or None where the system does not tell."""
    memory = memory_in_use()
    if memory is not None:
        return memory.peak
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _kilobytes(status: str, name: str) -> int:
    return int(status.partition(f"{name}:")[2].split()[0])
