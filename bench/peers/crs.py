"""pandas + GridSearchCV: ten feature sets, the same grid for each on three folds of the training part, two processes."""
import json
import sys

import numpy
import pandas
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from xgboost import XGBRegressor

rounds = pandas.DataFrame(json.load(open(f"{sys.argv[1]}/sourcedata/rounds.json"))["rounds"])
rounds = rounds[rounds["drawName"].isin(["General", "No Program Specified"])]
rows = pandas.DataFrame({"date": pandas.to_datetime(rounds["drawDate"]), "crs": rounds["drawCRS"].str.replace(",", "").astype(float)})
rows = rows[(rows["crs"] > 100) & (rows["crs"] < 700)].sort_values("date").reset_index(drop=True)
past = rows.set_index("date")["crs"]
for days in (30, 60, 90, 180):
    rows[f"rolling_{days}"] = past.rolling(f"{days}D", closed="left").mean().to_numpy()
rows[["rolling_30", "rolling_60", "rolling_90"]] = rows[["rolling_30", "rolling_60", "rolling_90", "rolling_180"]].bfill(axis=1).iloc[:, :3]
for lag in (1, 2, 3):
    rows[f"lag_{lag}"] = rows["crs"].shift(lag)
    rows[f"elapsed_{lag}"] = (rows["date"] - rows["date"].shift(lag)).dt.days
for part in ("month", "year", "quarter", "dayofweek"):
    rows[part] = getattr(rows["date"].dt, part)
rows = rows.dropna()
train, rest = rows[rows["date"] <= "2023-01-01"], rows[rows["date"] > "2023-01-01"]

rolling, last = ["rolling_30", "rolling_60", "rolling_90"], ["lag_1", "elapsed_1"]
lags = [f"{name}_{lag}" for lag in (1, 2, 3) for name in ("lag", "elapsed")]
sets = [
    rolling + last,
    rolling + ["rolling_180"] + last,
    rolling + last + ["month", "year"],
    rolling + lags,
    rolling + lags + ["month", "year"],
    rolling[:2] + last + ["month", "year", "quarter"],
    lags,
    lags + ["month", "year"],
    rolling + ["rolling_180"] + lags + ["month", "year", "quarter"],
    ["month", "year", "quarter", "dayofweek"],
]
grid = {"n_estimators": [100, 250, 500], "learning_rate": [0.01, 0.05, 0.1, 0.5, 0.9], "max_depth": [10, 15, 20]}


def rmse(model, columns):
    return mean_squared_error(rest["crs"], model.predict(rest[columns])) ** 0.5


for columns in sets:
    search = GridSearchCV(
        XGBRegressor(n_jobs=1), grid, cv=TimeSeriesSplit(3), scoring="neg_root_mean_squared_error", n_jobs=2
    )
    search.fit(train[columns], train["crs"])
    linear = LinearRegression().fit(train[columns], train["crs"])
    print(f"{rmse(linear, columns):.2f} {rmse(search, columns):.2f} {search.best_params_}")
