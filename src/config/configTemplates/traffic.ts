/** Template traffic: hourly volumes from one CSV file per year. */
export const traffic = `// How many vehicles will pass in an hour? One CSV file per year; holidays are named only at midnight.
// All other keys have defaults: \`mlctl config show\` prints all settings, \`mlctl config schema\` describes them.
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
  "drop_columns": ["weather_description"], // repeats weather_main in more words
  "time_column": "date_time",

  "ingest": {
    "pattern": "**/*.csv",
    "null_values": [""], // only the empty string is missing; "None" means "no holiday" and is kept
    "where": "temp > 0 AND rain_1h < 500", // 0 K or metres of rain are sensor errors
    "dedupe": "last",
    "expect": { "min_rows": 500, "columns": { "traffic_volume": { "min": 0, "max": 10000 } } }
  },

  "features": [
    // "Labor Day" is only in the row of midnight; this step copies it to the whole day.
    { "type": "flag_day", "column": "holiday" },
    { "type": "map", "column": "holiday", "values": { "None": 0 }, "otherwise": 1, "missing": 0 },
    // Too rare to be learned separately.
    { "type": "group", "column": "weather_main", "groups": { "Fog_Smoke_Squall": ["Fog", "Smoke", "Squall"] } },
    { "type": "one_hot", "column": "weather_main" }, // an unknown category becomes a row of zeros
    { "type": "date_parts", "parts": ["hour", "month", "day_of_week"] }
  ],

  "train": {
    "split": { "method": "time", "cutoff": "2015-12-31 23:59:59" }, // 2016 is the validation set
    // The best model is selected on the last two years of the training set, each predicted from the years before it, so
    // that a fold covers all seasons. It is then evaluated on the validation set once.
    "selection": { "method": "time_series", "folds": 2, "period": "year" },
    "models": [
      { "family": "baseline" },
      { "family": "linear_regression" },
      {
        "family": "xgboost",
        // Found by the search below on the original files of 2012 to 2015: RMSE 486 on the folds, compared with 499 for
        // the parameters of the original system. A low learning rate, and leaves with many rows.
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
        // \`mlctl tune\` searches for better values: TPE with cross-validation on the training set.
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
    "metric": "rmse", // in vehicles per hour
    "seed": 42
  },

  "promotion": {
    "min_improvement": 0,
    "top": ["best_1", "best_2"] // aliases of the top two models of every leaderboard: \`mlctl predict --model @best_2\`
  },

  // \`mlctl serve\`: POST /predict with one or many rows; numbers may be strings.
  "serve": { "port": 9696, "response_key": "traffic-volume", "round": 3 },

  // \`mlctl monitor\`: compares windows of two weeks with the training data.
  "monitor": { "window": "14d", "drift": { "dataset_share": 0.5 } },

  // "alerts": [{ "type": "webhook", "url": "\${ALERT_URL}", "format": "slack" }],

  "schedule": [{ "name": "fullprocess", "cron": "0 * * * *", "timezone": "America/Chicago" }]
}
`;
