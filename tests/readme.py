"""The parts of README.md that are made from the program; `python -m tests.readme` renews them."""

import re
from pathlib import Path

from data.paths import SHIPPED_MODEL
from model.files import read_card

README = Path(__file__).resolve().parent.parent / "README.md"
BLOCK = r"(<!-- {name}: [^>]* -->\n).*?(<!-- /{name} -->)"


def figures_block(card: dict) -> str:
    """The table of figures on unseen portraits, from a model card."""
    test, data = card["figures"]["test"], card["data"]
    rows = [
        ("mean squared error", "mse", "{:.5f}", "lower"),
        ("the same, inside the face", "face_mse", "{:.5f}", "lower"),
        ("structural similarity (SSIM)", "ssim", "{:.3f}", "higher"),
        ("sharpness kept", "sharpness", "{:.0%}", "higher"),
    ]
    lines = [
        f"| on {data['test']:,} unseen portraits | this network | PCA, 80 numbers | better is |",
        "| --- | --- | --- | --- |",
    ]
    for title, name, form, better in rows:
        ours, linear = form.format(test[name]), form.format(test[f"pca_{name}"])
        lines.append(f"| {title} | {ours} | {linear} | {better} |")
    lines += [
        "",
        f"It was trained on {data['fit']:,} portraits; {data['validation']:,} more decided when to "
        "stop. The full archive has 37,921.",
    ]
    return "\n".join(lines)


def with_block(text: str, name: str, content: str) -> str:
    """Replace what stands between the marks of a block."""
    pattern = re.compile(BLOCK.format(name=name), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"README.md has no block of that name. Received: {name!r}")
    return pattern.sub(lambda match: f"{match[1]}{content}\n{match[2]}", text)


def renewed(text: str) -> str:
    """README.md as it should be, given how it is."""
    text = with_block(text, "figures", figures_block(read_card(SHIPPED_MODEL)))
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
