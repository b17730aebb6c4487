"""The workshop: benchmarks, experiments, judges of sketches, makers of README's pictures."""
