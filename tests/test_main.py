import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import main
from data import UserError, load_arrays
from data.paths import SHIPPED_MODEL
from tests.raising import raising

SOURCE = Path(main.__file__).read_text(encoding="utf-8")
MODES = [
    "generate_faces",
    "draw_faces",
    "latent_space_inference",
    "prepare_data",
    "print_faces",
    "test_auto",
    "learn",
]


def modes_called(source):
    """The names of the functions that `main()` of this source calls, in order."""
    body = next(f for f in ast.parse(source).body if getattr(f, "name", "") == "main").body
    return [s.value.func.id for s in body if isinstance(getattr(s, "value", None), ast.Call)]


def test_as_shipped_only_the_sliders_open_and_every_mode_by_uncommenting_its_line():
    assert modes_called(SOURCE) == ["generate_faces"]
    uncommented = re.sub(r"^    # (\w+\(.*\)  #)", r"    \1", SOURCE, flags=re.MULTILINE)
    called = modes_called(uncommented)
    assert [name for name in called if called.count(name) == 1 or name == "learn"] == called
    assert list(dict.fromkeys(called)) == MODES
    functions = {f.name: f for f in ast.parse(SOURCE).body if isinstance(f, ast.FunctionDef)}
    for name in MODES:
        arguments = functions[name].args
        assert len(arguments.args) == len(arguments.defaults), name
        assert ast.get_docstring(functions[name]), name
    for line in SOURCE[SOURCE.index("def main()") : SOURCE.index("# --- Each mode")].splitlines():
        if re.match(r"    (# )?\w+\(", line):
            assert re.search(r"\)  # \w", line), line  # what it shows


def test_another_python_gives_one_sentence_before_anything_is_imported(monkeypatch):
    for version in ((3, 10, 0), (3, 13, 9)):
        monkeypatch.setattr(sys, "version_info", version)
        monkeypatch.setattr(main, "main", lambda: None)
        assert main.run() == 0
    for version in ((3, 14, 0), (3, 9, 18), (4, 0, 0)):
        monkeypatch.setattr(sys, "version_info", version)
        monkeypatch.setattr(main, "main", lambda: pytest.fail("went on"))
        assert "Python 3.10 to 3.13" in main.run()


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (lambda: main.print_faces("valid"), 'split must be "train" or "test", not \'valid\'.'),
        (lambda: main.print_faces("a\n" * 99), 'split must be "train" or "test", not '),
        (lambda: main.test_auto(start=-1), "start must be a whole number of at least 0, not -1."),
        (lambda: main.prepare_data(5), "source must be the path of a file or folder, not 5."),
        (lambda: main.learn(steps=5), "learn() has no option 'steps': use init, "),
    ],
)
def test_a_wrong_option_is_one_short_sentence(monkeypatch, mode, said):
    monkeypatch.setattr(main, "main", mode)
    told = main.run()
    assert told.startswith(said) and told.isprintable() and len(told) < 200


def test_a_portrait_that_there_is_not_is_told_before_anything_is_loaded(arrays, monkeypatch):
    monkeypatch.setattr("data.load_arrays", lambda: load_arrays(arrays))
    for mode, last in ((main.print_faces, 21), (main.test_auto, 5)):
        with pytest.raises(
            UserError, match=f"start must be a whole number from 0 to {last}, not 9"
        ):
            mode(start=9 * 10**9)


def test_codes_are_those_of_a_model_that_can_be_read_whole(monkeypatch, tmp_path):
    mine, loaded = shutil.copytree(SHIPPED_MODEL, tmp_path / "mine"), []
    with np.load(mine / "latent.npz") as arrays:
        kept = {name: arrays[name] for name in arrays if name != "gallery"}
    np.savez(mine / "latent.npz", **kept)
    monkeypatch.setattr("model.folder.MY_MODEL", mine)
    monkeypatch.setattr("model.load_engine", loaded.append)
    monkeypatch.setattr("model.measuring.metrics.describe_codes", lambda *_: (None, None, ""))
    monkeypatch.setattr("ui.views.latent_space.show_latent_space", lambda *_: [])
    main.latent_space_inference()
    assert loaded == [SHIPPED_MODEL]


def test_ctrl_c_is_quiet_a_missing_package_is_named_and_a_bug_keeps_its_traceback(monkeypatch):
    monkeypatch.setattr(main, "main", raising(KeyboardInterrupt()))
    assert main.run() == 130
    missing = ModuleNotFoundError("No module named 'keras.api'", name="keras.api")
    monkeypatch.setattr(main, "main", raising(missing))
    assert "keras" in main.run() and "pip install -r" in main.run()
    for bug in (ModuleNotFoundError("No module named 'model.gone'", name="model.gone"), KeyError()):
        monkeypatch.setattr(main, "main", raising(bug))
        with pytest.raises(type(bug)):
            main.run()


PRINTING = """
import sys
import main

def work():
    for step in range(3):
        print("step", step, "Jos\\udce9.png")
        print("done", step, file=sys.stderr)

main.main = work
sys.exit(main.run())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="made of this system's pipes and devices")
@pytest.mark.parametrize("target", ["", "| true", "| head -1", "> /dev/full"])
def test_work_goes_on_where_nobody_reads_what_is_printed_and_any_name_is(target):
    root = Path(main.__file__).parent
    script = f"sleep 0.2; exec {sys.executable} -c '{PRINTING}'"
    command = ["bash", "-o", "pipefail", "-c", f"( {script} ) {target}"]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert found.stderr.split("\n") == ["done 0", "done 1", "done 2", ""]
    assert found.returncode == 0
    assert target or found.stdout.count("Jos\\udce9.png\n") == 3  # a name that is no UTF-8


LEAVING = """
import sys, threading, time, main
threading.Thread(target=time.sleep, args=(600,), daemon={console}).start()
print("kept")
{before}
main.leave({result!r})
print("still here")
"""


@pytest.mark.parametrize("console", [False, True])
@pytest.mark.parametrize(("result", "code"), [(0, 0), (130, 130), ("Fix this.", 1)])
def test_the_process_ends_though_a_thread_still_works_unless_it_is_a_console(result, code, console):
    before = "sys.ps1 = 'In: '" if console else ""
    script = LEAVING.format(before=before, result=result, console=console)
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(main.__file__).parent, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == (0 if console else code)
    assert done.stdout == ("kept\nstill here\n" if console else "kept\n")
    assert done.stderr == ("" if code != 1 else "Fix this.\n")
