"""XGBoost: seconds for predictions on one thread, or for SHAP values on two."""
import sys
import time

import xgboost
from numbers_of_bench import numbers

what = sys.argv[1]
X, y = numbers(10_000 if what == "shap" else 500_000, 11, False)
parameters = {"max_depth": 6, "eta": 0.3, "tree_method": "hist", "nthread": 2 if what == "shap" else 1}
booster = xgboost.train(parameters, xgboost.DMatrix(X[:10_000], y[:10_000]), 100)
rows = xgboost.DMatrix(X)
start = time.perf_counter()
booster.predict(rows, pred_contribs=what == "shap")
print(time.perf_counter() - start)
