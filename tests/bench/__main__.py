"""List what the workshop has: `python -m tests.bench`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path


def commands() -> Iterator[tuple[str, str]]:
    """Yield every command and what its module's docstring says of it in the first sentence."""
    for path in sorted(Path(__file__).parent.rglob("[!_]*.py")):
        source = path.read_text(encoding="utf-8")
        if '\nif __name__ == "__main__":' in source:
            summary = ast.get_docstring(ast.parse(source)).splitlines()[0]
            module = ".".join(path.relative_to(Path(__file__).parent).with_suffix("").parts)
            yield f"python -m tests.bench.{module}", summary


if __name__ == "__main__":
    for command, summary in commands():
        sys.stdout.write(f"{command:<40} {summary}\n")
