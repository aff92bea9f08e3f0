"""pandas + XGBoost: CSV to model on 80 % of the rows, judged on the rest."""
import sys

import numpy
import pandas
import xgboost

source, threads = sys.argv[1:3]
data = pandas.read_csv(source)
order = numpy.random.default_rng(42).permutation(len(data))
cut = int(len(data) * 0.8)
X, y = data.drop(columns="y"), data["y"]
model = xgboost.XGBRegressor(n_estimators=100, max_depth=6, learning_rate=0.3, max_bin=256, tree_method="hist", n_jobs=int(threads))
model.fit(X.iloc[order[:cut]], y.iloc[order[:cut]])
rest = order[cut:]
print(float(numpy.sqrt(numpy.mean((model.predict(X.iloc[rest]) - y.iloc[rest]) ** 2))))
model.save_model(sys.argv[3] if len(sys.argv) > 3 else f"{source}.json")
