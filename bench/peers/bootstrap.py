"""scikit-learn: seconds for F1 and AUC of resamples of 100 k rows; 100 of the 1,000 are timed and the time is multiplied."""
import time

import numpy
from sklearn.metrics import f1_score, roc_auc_score

random = numpy.random.default_rng(1)
probabilities = random.uniform(size=100_000)
truth = (random.uniform(size=100_000) < probabilities).astype(int)
answers = (probabilities >= 0.5).astype(int)
start = time.perf_counter()
for _ in range(100):
    rows = random.integers(0, 100_000, 100_000)
    f1_score(truth[rows], answers[rows])
    roc_auc_score(truth[rows], probabilities[rows])
print((time.perf_counter() - start) * 10)
