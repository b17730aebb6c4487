"""Files and folders that take the place of older ones whole, or not at all."""

import pytest

from data.replace import replace_file, replace_folder


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_and_nothing_stays_beside_it(tmp_path):
    path = tmp_path / "new" / "a.txt"
    for text in ("one", "two"):
        with replace_file(path) as new:
            new.write_text(text)
            assert names(path.parent)[0] == new.name
        assert path.read_text() == text
        assert names(path.parent) == ["a.txt"]


@pytest.mark.parametrize("error", [OSError, ValueError, KeyboardInterrupt])
def test_after_an_error_the_old_file_is_as_it_was(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("one")
    with pytest.raises(error), replace_file(path) as new:
        new.write_text("tw")
        raise error
    assert path.read_text() == "one"
    assert names(tmp_path) == ["a.txt"]


def test_after_an_error_the_old_folder_is_as_it_was(tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "file").write_text("one")
    with pytest.raises(ValueError), replace_folder(folder) as new:
        (new / "file").write_text("tw")
        raise ValueError
    assert (folder / "file").read_text() == "one"
    assert names(tmp_path) == ["a"]
