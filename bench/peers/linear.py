"""scikit-learn: seconds that a linear family needs to fit 1 M x 20."""
import sys
import time

from numbers_of_bench import numbers
from sklearn.linear_model import LinearRegression, LogisticRegression

classes = sys.argv[1] == "logistic_regression"
X, y = numbers(1_000_000, 20, classes)
model = LogisticRegression() if classes else LinearRegression()
start = time.perf_counter()
model.fit(X, y)
print(time.perf_counter() - start)
