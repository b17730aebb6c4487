import pytest

from tests.fuzz.soak import soak


def test_nothing_that_a_visitor_does_ends_the_window():
    # This one changes to full screen, which once left pygame with a handle that was gone.
    assert soak(seed=2, done=lambda count: count >= 150) == 150


@pytest.mark.many_seeds
@pytest.mark.parametrize("seed", [0, 1, *range(3, 9)])
def test_nothing_that_more_visitors_do_ends_the_window(seed):
    assert soak(seed, done=lambda count: count >= 600) == 600
