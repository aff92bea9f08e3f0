"""The shapes of parts/numbers.js."""
import numpy


def numbers(row_count, width, classes):
    random = numpy.random.default_rng(1)
    X = random.uniform(-1, 1, (row_count, width))
    signal = random.uniform(-1, 1, row_count) + X @ ((numpy.arange(width) % 5) - 2)
    return X, (signal > 0).astype(float) if classes else signal
