"""How much memory a process held at most."""

import sys
from pathlib import Path


def peak_memory() -> int:
    """Return the most bytes that this process ever held, 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # the call below would count what the parent process held, too
        return 1024 * int(status.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0])
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
