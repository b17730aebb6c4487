import pytest

from tests.fuzz.soak import soak


def test_nothing_that_a_visitor_does_ends_the_window():
    assert soak(seed=0, done=lambda count: count >= 150) == 150


@pytest.mark.many_seeds
@pytest.mark.parametrize("seed", range(1, 9))
def test_nothing_that_more_visitors_do_ends_the_window(seed):
    assert soak(seed, done=lambda count: count >= 600) == 600
