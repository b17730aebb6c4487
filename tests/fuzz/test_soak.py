import os

import pytest

from tests.fuzz.soak import soak

VISITORS = int(os.environ.get("FUZZ_SEEDS", "200")) // 20


def test_nothing_that_a_visitor_does_ends_the_window():
    soak(seed=2, steps=150)  # changes to full screen, which once left pygame with a lost handle


@pytest.mark.many_seeds
@pytest.mark.parametrize("seed", range(VISITORS))
def test_nothing_that_more_visitors_do_ends_the_window(seed):
    soak(seed, steps=600)
