"""pandas + scikit-learn + XGBoost: the steps of `mlctl fullprocess` on the attrition sample, report picture included."""
import glob
import pickle
import sys

import numpy
import pandas
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

folder = sys.argv[1]
frames = [pandas.read_csv(path) for path in sorted(glob.glob(f"{folder}/practicedata/*.csv"))]
data = pandas.concat(frames).drop_duplicates()
data.to_csv(f"{folder}/peer.csv", index=False)
X, y = data.drop(columns=["corporation", "exited"]), data["exited"]
train, validation, y_train, y_validation = train_test_split(X, y, test_size=0.2, random_state=42, stratify=y)
models = [
    DummyClassifier(),
    make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression()),
    XGBClassifier(n_estimators=100, n_jobs=2),
]
best = max((model.fit(train, y_train) for model in models), key=lambda m: f1_score(y_validation, m.predict(validation)))
test = pandas.concat([pandas.read_csv(path) for path in glob.glob(f"{folder}/testdata/*.csv")])
truth, answers = test["exited"].to_numpy(), best.predict(test[X.columns])
random = numpy.random.default_rng(42)
scores = [f1_score(truth[rows], answers[rows]) for rows in (random.integers(0, len(truth), len(truth)) for _ in range(1000))]
print(f1_score(truth, answers), numpy.quantile(scores, [0.025, 0.975]))
pickle.dump(best, open(f"{folder}/peer.pkl", "wb"))
try:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.imshow(confusion_matrix(truth, answers))
    pyplot.savefig(f"{folder}/peer.png")
except ImportError:
    pass
