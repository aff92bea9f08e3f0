/** Template crs: forecast by date from a JSON feed. */
export const crs = `// What will the cutoff of the next round be? Rounds on irregular dates; a forecast needs only a date.
// All other keys have defaults: \`mlctl config show\` prints all settings, \`mlctl config schema\` describes them.
{
  "$schema": "./config.schema.json",
  "name": "crs",

  // Folders, relative to this file.
  "input_folder_path": "sourcedata",
  "output_folder_path": "ingesteddata",
  "test_data_path": "testdata", // later rounds; each is predicted with the rounds before it as history
  "output_model_path": "models",
  "prod_deployment_path": "production_deployment",

  "task": "regression",
  "target": "crs", // computed by ingest.select below
  "id_columns": ["drawNumber"], // identifies a row, never a feature
  "time_column": "date", // time of each row, used for splits, history and monitoring

  "ingest": {
    "records": "rounds", // path of the rows in {"classes": …, "rounds": [{…}, …]}
    "decimal": ".", // "1,040" is a thousand and forty
    "types": { "drawDateFull": "category" }, // "January 28, 2024" repeats drawDate
    // All values of the feed are strings: "2024-01-31", "5,500". SQL computes typed columns from them.
    "select": {
      "date": "CAST(drawDate AS DATE)",
      "crs": "CAST(replace(drawCRS, ',', '') AS INTEGER)",
      // The same type of round has had two names over the years.
      "round_type": "CASE drawName WHEN 'No Program Specified' THEN 'General' ELSE drawName END"
    },
    "where": "round_type = 'General' AND crs > 100 AND crs < 700", // other types of rounds have different rules
    "dedupe": "first",
    // If the feed changes its format, ingest fails instead of training a wrong model.
    "expect": { "min_rows": 20, "columns": { "crs": { "min": 100, "max": 700, "missing_share": 0 } } }
  },

  // Applied in order, each to the output of the previous one. They use only rows before a row's own date, and the model
  // stores this history: \`predict\` therefore needs only a date.
  "features": [
    { "type": "select", "column": "date" },
    // Mean cutoff of the last days; an empty window uses the next longer one, rows without history are dropped.
    { "type": "rolling", "windows": ["30d", "60d", "90d", "180d"], "fallback": "longer", "empty": "skip" },
    { "type": "lag", "lags": [1, 2, 3] }, // the last three cutoffs: crs_lag_1, …
    { "type": "elapsed", "lags": [1, 2, 3] }, // the days since then: elapsed_1, …
    { "type": "date_parts", "parts": ["month", "year", "quarter", "day_of_week"] }
  ],

  "train": {
    "split": { "method": "time", "cutoff": "2023-01-01" }, // rounds up to this date train, later ones validate
    // The best model is selected on time-series folds of the training set, then evaluated on the validation set once.
    // One fold contains the pause of 2021, where linear models are off by hundreds of points and would dominate a plain
    // mean. The trimmed mean leaves out the best and the worst fold; \`mlctl runs show\` has the score of each fold.
    "selection": { "method": "time_series", "folds": 5, "aggregate": "trimmed_mean" },
    // Every model is trained on every set. * is a wildcard.
    "feature_sets": {
      "lags": ["crs_lag_*", "elapsed_*"],
      "lags_calendar": ["crs_lag_*", "elapsed_*", "month", "year"],
      "rolling_lags": ["crs_rolling_30d", "crs_rolling_60d", "crs_rolling_90d", "crs_lag_*", "elapsed_*"],
      "everything": ["crs_rolling_*", "crs_lag_*", "elapsed_*", "month", "year", "quarter"]
    },
    "models": [
      { "family": "baseline", "params": { "strategy": "last" } }, // the score of repeating the last cutoff
      { "family": "linear_regression" }
      // Trees cannot extrapolate beyond the training data, and there are few rounds. To see how they score, add this;
      // \`mlctl tune\` then tries every combination in parallel, and continues if it was interrupted.
      // , {
      //   "family": "xgboost",
      //   "search": {
      //     "method": "grid",
      //     "folds": 3,
      //     "space": {
      //       "n_estimators": [100, 250, 500],
      //       "learning_rate": [0.01, 0.05, 0.1, 0.5, 0.9],
      //       "max_depth": [10, 15, 20]
      //     }
      //   }
      // }
    ],
    "metric": "rmse", // in points
    "seed": 42
  },

  // Deploy only if it satisfies this limit and beats both the baseline and the deployed model on the same test set.
  // There are too few rounds for an improvement that is statistically certain, so no confidence is required.
  "promotion": { "require": { "rmse": { "max": 20 } }, "min_improvement": 0, "confidence": null },

  // \`mlctl serve\`: POST /predict {"query_date": "2024-02-07"} → {"CRS_pred": 471, "query_date": "2024-02-07", …}
  "serve": {
    "port": 9696,
    "response_key": "CRS_pred",
    "round": 0,
    "request_aliases": { "query_date": "date" },
    "echo": ["query_date"]
  },

  // \`mlctl monitor\`: compares the last 90 days with the training data.
  "monitor": {
    "window": "90d",
    "minimum_rows": 4, // a window has about six rounds
    "drift": { "columns": { "crs": { "test": "energy", "limit": 15 } } },
    "require": { "rmse": { "max": 20 } }
  },

  // Who is notified when a finding opens or is resolved. \${NAME} is read from the environment, so no secret is stored here.
  // "alerts": [{ "type": "webhook", "url": "\${ALERT_URL}" }],

  // \`mlctl schedule run\` runs these jobs, \`mlctl schedule install\` hands them to cron.
  "schedule": [{ "name": "fullprocess", "cron": "0 10 1,15 * *", "timezone": "UTC" }]
}
`;
