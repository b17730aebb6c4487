import re

from tests.bench.__main__ import commands
from tests.bench.readme import PAGES


def test_the_list_names_every_command_that_pages_name():
    listed = {command.rpartition(" ")[2]: summary for command, summary in commands()}
    pages = [page.read_text(encoding="utf-8") for page in PAGES]
    named = {name for page in pages for name in re.findall(r"-m (tests\.bench\.[\w.]*\w)", page)}
    assert named and named <= listed.keys()
    assert all(summary.endswith(".") or ":" in summary for summary in listed.values())
