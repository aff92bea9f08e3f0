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
    // The winner is chosen on the last two years of the training part, each foretold from the years before it: a season
    // is then complete. The validation part judges it once.
    "selection": { "method": "time_series", "folds": 2, "period": "year" },
    "models": [
      { "family": "baseline" },
      { "family": "linear_regression" },
      {
        "family": "xgboost",
        // Found by the search below on the years 2012 to 2015 of the system's own files: 486 on the folds, where the
        // parameters that it had shipped come to 499. Few slow steps, and leaves of many rows.
        "params": {
          "tree_method": "hist",
          "n_estimators": 175,
          "learning_rate": 0.0209,
          "max_depth": 9,
          "min_child_weight": 58,
          "subsample": 0.721,
          "colsample_bytree": 0.975,
          "reg_lambda": 3.57
        },
        // \`mlctl tune\` looks for better ones: TPE learns from the trials before, on folds of the training part.
        "search": {
          "method": "tpe",
          "trials": 40,
          "folds": 2,
          "space": {
            "n_estimators": { "distribution": "integer", "low": 50, "high": 300, "step": 25 },
            "learning_rate": { "distribution": "log_uniform", "low": 0.02, "high": 0.1 },
            "max_depth": { "distribution": "integer", "low": 4, "high": 10 },
            "min_child_weight": { "distribution": "log_integer", "low": 1, "high": 60 },
            "subsample": { "distribution": "uniform", "low": 0.5, "high": 1 },
            "colsample_bytree": { "distribution": "uniform", "low": 0.6, "high": 1 },
            "reg_lambda": { "distribution": "log_uniform", "low": 0.1, "high": 30 }
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
