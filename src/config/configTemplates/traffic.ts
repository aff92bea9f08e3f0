/** Template traffic: hourly volumes from a CSV a year. */
export const traffic = `// How many vehicles will pass in an hour? A CSV a year, weather, and holidays that are named at midnight only.
// Everything left out has a default: \`mlctl config show\` prints all, \`mlctl config schema\` describes all.
{
  "$schema": "./config.schema.json",
  "name": "traffic",

  // Folders, relative to this file.
  "input_folder_path": "sourcedata",
  "output_folder_path": "ingesteddata",
  "test_data_path": "testdata",
  "output_model_path": "models",
  "prod_deployment_path": "production_deployment",

  "task": "regression",
  "target": "traffic_volume",
  "drop_columns": ["weather_description"], // says the same as weather_main, in more words
  "time_column": "date_time",

  "ingest": {
    "pattern": "**/*.csv",
    "null_values": [""], // only the empty text is missing: the text "None" means "no holiday" and stays
    "where": "temp > 0 AND rain_1h < 500", // a sensor that says 0 K, or metres of rain, is broken
    "dedupe": "last",
    "expect": { "min_rows": 500, "columns": { "traffic_volume": { "min": 0, "max": 10000 } } }
  },

  "features": [
    // "Labor Day" stands at midnight only; without this step the rest of the day looks like any Monday.
    { "type": "flag_day", "column": "holiday" },
    { "type": "map", "column": "holiday", "values": { "None": 0 }, "otherwise": 1, "missing": 0 },
    // Too rare to be learned one by one.
    { "type": "group", "column": "weather_main", "groups": { "Fog_Smoke_Squall": ["Fog", "Smoke", "Squall"] } },
    { "type": "one_hot", "column": "weather_main" }, // a weather never seen becomes a row of zeros
    { "type": "date_parts", "parts": ["hour", "month", "day_of_week"] }
  ],

  "train": {
    "split": { "method": "time", "cutoff": "2015-12-31 23:59:59" }, // 2016 validates
    "models": [
      { "family": "baseline" },
      { "family": "linear_regression" },
      {
        "family": "xgboost",
        "params": {
          "n_estimators": 100,
          "max_depth": 6,
          "learning_rate": 0.0511,
          "subsample": 0.945,
          "colsample_bytree": 0.809,
          "gamma": 0.967,
          "reg_alpha": 0.29,
          "reg_lambda": 0.882
        },
        // \`mlctl tune\` looks for better ones: TPE learns from the trials before, on folds of the training part.
        "search": {
          "method": "tpe",
          "trials": 30,
          "folds": 3,
          "space": {
            "n_estimators": { "distribution": "integer", "low": 100, "high": 600, "step": 50 },
            "max_depth": { "distribution": "integer", "low": 3, "high": 10 },
            "learning_rate": { "distribution": "log_uniform", "low": 0.05, "high": 0.5 },
            "subsample": { "distribution": "uniform", "low": 0.5, "high": 1 },
            "colsample_bytree": { "distribution": "uniform", "low": 0.5, "high": 1 }
          }
        }
      }
    ],
    "metric": "rmse", // in vehicles an hour
    "seed": 42
  },

  "promotion": {
    "min_improvement": 0,
    "top": ["best_1", "best_2"] // the first two of every leaderboard stay at hand: \`mlctl predict --model @best_2\`
  },

  // \`mlctl serve\`: POST /predict with one row or many, numbers as texts are understood.
  "serve": { "port": 9696, "response_key": "traffic-volume", "round": 3 },

  // \`mlctl monitor\`: two weeks at a time against training.
  "monitor": { "window": "14d", "drift": { "dataset_share": 0.5 } },

  // "alerts": [{ "type": "webhook", "url": "\${ALERT_URL}", "format": "slack" }],

  "schedule": [{ "name": "fullprocess", "cron": "0 * * * *", "timezone": "America/Chicago" }]
}
`;
