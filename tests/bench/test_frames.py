import pytest

from tests.bench.frames import measure
from tests.ui.driver import FakeEngine, fake_latent
from tests.ui.slow_engine import SlowEngine


@pytest.mark.parametrize("screen", ["sliders", "map", "drawing"])
def test_frames_are_measured_with_a_slow_model_too(screen):
    def load():
        return SlowEngine(FakeEngine(), 0.01)

    used, rest = measure(screen, load, fake_latent(), (900, 600), frames=20, rest=0.05)
    assert used.startswith("20 frames of 900x600: median ")
    assert not used.endswith(" 0 answers")
    assert rest.startswith("at rest: ")
