"""pandas + XGBoost: CSV to a classifier on 80 % of the rows, categories by get_dummies, judged on the rest."""
import sys

import numpy
import pandas
import xgboost

data = pandas.get_dummies(pandas.read_csv(sys.argv[1]), dtype=bool)
order = numpy.random.default_rng(42).permutation(len(data))
cut = int(len(data) * 0.8)
X, y = data.drop(columns="y"), data["y"]
model = xgboost.XGBClassifier(n_estimators=100, max_depth=6, learning_rate=0.3, max_bin=256, tree_method="hist", n_jobs=2)
model.fit(X.iloc[order[:cut]], y.iloc[order[:cut]])
rest = order[cut:]
print(float((model.predict(X.iloc[rest]) == y.iloc[rest]).mean()))
model.save_model(f"{sys.argv[1]}.json")
