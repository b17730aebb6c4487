import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import main
from tests.bench.readme import PAGES, PROJECT, README, renewed, with_block
from tests.data.drawn_archive import draw_portrait
from tests.test_main import MODES

TEXT = README.read_text(encoding="utf-8")
COMMANDS = "\n".join(re.findall(r"```(?:sh|powershell)\n(.*?)\n```", TEXT, re.DOTALL)).split("\n")
REQUIREMENTS = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
FIVE = ["tensorflow", "numpy", "pygame", "matplotlib", "pillow"]


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_the_parts_made_from_the_program_are_up_to_date_on_every_system(platform, monkeypatch):
    monkeypatch.setattr(sys, "platform", platform)
    for page, text in renewed().items():
        assert page.read_text(encoding="utf-8") == text, "run `python -m tests.bench.readme`"
    with pytest.raises(ValueError, match="no block"):
        with_block(TEXT, "missing", "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_and_picture_leads_somewhere(page):
    text = re.sub(r"\s+", " ", page.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(([^)#\s]+)\)", text):
        if "://" in link:
            assert re.fullmatch(r"https://[\w.-]+\.\w+(/\S*)?", link), link
        else:
            assert (page.parent / link).exists(), link


def test_commands_of_the_workshop_that_pages_name_exist():
    pages = " ".join(page.read_text(encoding="utf-8") for page in PAGES)
    commands = set(re.findall(r"-m (tests\.bench\.[\w.]*\w)", pages))
    assert len(commands) > 5
    for command in commands:
        assert (PROJECT / command.replace(".", "/")).with_suffix(".py").is_file(), command


def test_tests_named_in_the_catalogue_of_faults_exist():
    """`ui/test_loop.py` `test_a`, `test_b_...`: a file, then functions in it or their starts."""
    text = (PROJECT / "tests" / "faults.md").read_text(encoding="utf-8")
    found = re.findall(r"`(?:tests/)?(\w+/test_\w+\.py)`|`(test_\w+?)(\.{3})?(?:\[\w+\])?`", text)
    source = ""
    for file, function, rest in found:
        if file:
            source = (PROJECT / "tests" / file).read_text(encoding="utf-8")
        else:
            assert re.search(rf"def {function}" + (r"\w*\(" if rest else r"\("), source), function
    assert sum(1 for file, _, _ in found if not file) > 40


def test_headline_figures_are_those_of_the_benchmarks():
    page = (PROJECT / "tests" / "bench" / "README.md").read_text(encoding="utf-8")
    said = " ".join(TEXT.split())
    for step, sentence in (
        ("a face from a code", "A face takes {} ms here"),
        ("training to an error", "in {} s what the original project reached in {} s"),
    ):
        (row,) = (line for line in page.splitlines() if step in line)
        assert sentence.format(*row.replace(" ", "").split("|")[2:]) in said


def test_two_commands_a_system_set_up_and_run_or_test():
    assert len(COMMANDS) == 4
    for setup, test in zip(COMMANDS[::2], COMMANDS[1::2], strict=True):
        assert setup.endswith("main.py")
        assert test.endswith("-m pytest")
        for command in (setup, test):
            assert "\n" not in command
            assert "-m venv env" in command
            assert "install -r requirements.txt" in command
            for name in re.findall(r"\w+\.(?:txt|py)\b", command):
                assert (PROJECT / name).is_file(), name
    for command in COMMANDS[2:]:  # Windows: nothing is activated, and PowerShell knows no &&
        assert "&&" not in command
        assert "ctivate" not in command


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_ci_runs_the_test_command_of_linux():
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    extraction = re.search(r"command=\$\((.*)\)", script)[1]
    found = subprocess.run(
        ["bash", "-c", extraction], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == COMMANDS[1]
    assert script.index("ruff") < script.index("eval")


def test_all_modes_are_explained_in_the_order_of_the_menu():
    assert re.findall(r"^\| `(\w+)\(\)` \|", TEXT, re.MULTILINE) == MODES


def test_requirements_are_five_ranges():
    lines = [line for line in REQUIREMENTS.splitlines() if not line.startswith("#")]
    assert [re.match(r"\w+", line)[0] for line in lines] == FIVE
    for line in lines:
        assert re.fullmatch(r"\w+>=[\d.]+,<[\d.]+", line), line


def test_symptoms_are_what_the_program_says(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert main.run().partition(":")[0] in TEXT
    for sentence, folder, pattern in (
        ("There is no display", "ui", "**/*.py"),
        ("is damaged or belongs to another model", "model", "*.py"),
        ("is missing: run", ".", "main.py"),
    ):
        sources = Path(PROJECT / folder).glob(pattern)
        assert any(sentence in source.read_text(encoding="utf-8") for source in sources), sentence


def test_the_lines_for_own_code_turn_pictures_into_codes_and_back_however_keras_is_set_up(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    theirs = {"floatx": "float16", "image_data_format": "channels_first", "backend": "jax"}
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text(json.dumps(theirs))
    (tmp_path / "pictures").mkdir()
    for name in ("a.png", "b.png"):
        Image.fromarray(draw_portrait(len(name))).save(tmp_path / "pictures" / name)
    home = dict.fromkeys(("HOME", "USERPROFILE"), str(tmp_path))
    found = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n{code}"],
        cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | home | {"KERAS_BACKEND": "torch", "KERAS_NNX_ENABLED": "1"},
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert len((tmp_path / "codes.csv").read_text().splitlines()) == 2
    for name in ("new-a.png", "new-b.png"):
        with Image.open(tmp_path / name) as picture:
            assert picture.size == (176, 160) and picture.convert("L").getextrema()[1] > 100


def test_the_workflow_runs_both_commands_with_the_oldest_and_the_newest_python():
    text = (PROJECT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert "os: [ubuntu-latest, macos-latest, windows-latest]" in text
    oldest, newest = re.search(r"Python\S* ([\d.]+) to ([\d.]+),", TEXT).groups()
    assert f'python: ["{oldest}", "{newest}"]' in text
    patterns = re.findall(r"-Pattern '(.*?)'", text)
    found = [line for pattern in patterns for line in TEXT.split("\n") if re.search(pattern, line)]
    assert found == COMMANDS[::2] + COMMANDS[1::2]
    split = re.search(r"-match '(.*?)'", text)[1]
    for command in COMMANDS[::2]:
        setup, _, python = re.match(split, command).groups()
        assert setup.strip().endswith("requirements.txt") and python in COMMANDS[1] + COMMANDS[3]


def test_readme_is_short():
    assert len(TEXT.splitlines()) <= 220
