"""Flask + XGBoost: the traffic model over HTTP.

`serve.py TRAFFIC FOLDER` trains and writes peer.json; `gunicorn serve:app` answers with it as it is mostly written: a data
frame of one row into XGBRegressor.predict.
"""
import datetime
import glob
import json
import os
import sys

import numpy
import xgboost

NUMBERS = ["temp", "rain_1h", "snow_1h", "clouds_all"]


def features(row, weather):
    instant = datetime.datetime.strptime(row["date_time"], "%Y-%m-%d %H:%M:%S")
    numbers = [float(row[name]) for name in NUMBERS]
    one_hot = [1.0 if row["weather_main"] == name else 0.0 for name in weather]
    holiday = 0.0 if row["holiday"] in ("None", "", None) else 1.0
    return [holiday, *numbers, *one_hot, instant.hour, instant.month, instant.weekday()]


def train(source, folder):
    import pandas

    files = [path for path in sorted(glob.glob(f"{source}/*.csv")) if path[-8:-4] < "2016"]
    data = pandas.concat([pandas.read_csv(path, keep_default_na=False) for path in files]).drop_duplicates()
    weather = sorted(data["weather_main"].unique())
    rows = [features(row, weather) for row in data.to_dict("records")]
    model = xgboost.XGBRegressor(n_estimators=100, max_depth=6, learning_rate=0.0511, tree_method="hist")
    model.fit(numpy.array(rows), data["traffic_volume"].astype(float))
    model.save_model(f"{folder}/peer.json")
    with open(f"{folder}/weather.json", "w") as file:
        json.dump(weather, file)


if __name__ == "__main__":
    train(*sys.argv[1:])
else:
    import pandas
    from flask import Flask, jsonify, request

    folder = os.environ["PEER_FOLDER"]
    model = xgboost.XGBRegressor(n_jobs=1)
    model.load_model(f"{folder}/peer.json")
    with open(f"{folder}/weather.json") as file:
        weather = json.load(file)
    app = Flask("serve")

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/predict")
    def predict():
        frame = pandas.DataFrame([request.get_json()])
        frame["holiday"] = (~frame["holiday"].isin(["None", ""])).astype(int)
        when = pandas.to_datetime(frame["date_time"])
        one_hot = pandas.DataFrame({name: (frame["weather_main"] == name).astype(float) for name in weather})
        dates = pandas.DataFrame({"hour": when.dt.hour, "month": when.dt.month, "day": when.dt.dayofweek})
        columns = frame[["holiday", *NUMBERS]].astype(float)
        row = pandas.concat([columns, one_hot, dates], axis=1).to_numpy()
        return jsonify({"prediction": float(model.predict(row)[0]), "model_version": "peer"})
