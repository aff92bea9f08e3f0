/** Template crs: a forecast by date from a JSON feed. */
export const crs = `// What will the cutoff of the next round be? A feed of rounds on uneven dates becomes a forecast for a date alone.
// Everything left out has a default: \`mlctl config show\` prints all, \`mlctl config schema\` describes all.
{
  "$schema": "./config.schema.json",
  "name": "crs",

  // Folders, relative to this file.
  "input_folder_path": "sourcedata",
  "output_folder_path": "ingesteddata",
  "test_data_path": "testdata", // later rounds: each is judged with the rounds before it known
  "output_model_path": "models",
  "prod_deployment_path": "production_deployment",

  "task": "regression",
  "target": "crs", // made below, by ingest.select
  "id_columns": ["drawNumber"], // names a row, never a feature
  "time_column": "date", // says when a row happened: splits, history and monitoring follow it

  "ingest": {
    "records": "rounds", // where the rows are in {"classes": …, "rounds": [{…}, …]}
    // The feed is all text: "2024-01-31", "5,500". SQL makes new columns of it.
    "select": {
      "date": "CAST(drawDate AS DATE)",
      "crs": "CAST(replace(drawCRS, ',', '') AS INTEGER)",
      // The same kind of round had two names over the years.
      "round_type": "CASE drawName WHEN 'No Program Specified' THEN 'General' ELSE drawName END"
    },
    "where": "round_type = 'General' AND crs > 100 AND crs < 700", // the other rounds follow other rules
    "dedupe": "first",
    // A feed that changed its form is an error before it is a model.
    "expect": { "min_rows": 20, "columns": { "crs": { "min": 100, "max": 700, "missing_share": 0 } } }
  },

  // In order, each on what the one before made. Nothing looks at or past a row's own date, and the past is kept in the
  // model: that is why \`predict\` needs a date and nothing else.
  "features": [
    { "type": "select", "column": "date" },
    // Mean cutoff of the last days; an empty window takes the next longer one, rows without any are skipped.
    { "type": "rolling", "windows": ["30d", "60d", "90d", "180d"], "fallback": "longer", "empty": "skip" },
    { "type": "lag", "lags": [1, 2, 3] }, // the last three cutoffs: crs_lag_1 …
    { "type": "elapsed", "lags": [1, 2, 3] }, // and how many days ago they were: elapsed_1 …
    { "type": "date_parts", "parts": ["month", "year", "quarter", "day_of_week"] }
  ],

  "train": {
    "split": { "method": "time", "cutoff": "2023-01-01" }, // rounds up to here train, later ones validate
    // The winner is chosen on folds of the training part that go forward in time; the validation part judges it once.
    // One of these folds holds the pause of 2021, where linear models miss by hundreds of points: a plain mean would listen
    // to it alone. The trimmed mean leaves out the best and the worst fold; \`mlctl runs show\` has the figure of each.
    "selection": { "method": "time_series", "folds": 5, "aggregate": "trimmed_mean" },
    // Every model is trained on every set. A * stands for any text.
    "feature_sets": {
      "lags": ["crs_lag_*", "elapsed_*"],
      "lags_calendar": ["crs_lag_*", "elapsed_*", "month", "year"],
      "rolling_lags": ["crs_rolling_30d", "crs_rolling_60d", "crs_rolling_90d", "crs_lag_*", "elapsed_*"],
      "everything": ["crs_rolling_*", "crs_lag_*", "elapsed_*", "month", "year", "quarter"]
    },
    "models": [
      { "family": "baseline", "params": { "strategy": "last" } }, // what repeating the last cutoff is worth
      { "family": "linear_regression" }
      // Trees cannot follow a level that they have not seen, and these rounds are few. To see where they land, add this;
      // \`mlctl tune\` then tries every combination, in parallel, and goes on where it was interrupted.
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

  // Deployed only if it keeps this limit, beats the baseline, and beats the deployed model on the same test rows.
  "promotion": { "require": { "rmse": { "max": 20 } }, "min_improvement": 0 },

  // \`mlctl serve\`: POST /predict {"query_date": "2024-02-07"} → {"CRS_pred": 471, "query_date": "2024-02-07", …}
  "serve": {
    "port": 9696,
    "response_key": "CRS_pred",
    "round": 0,
    "request_aliases": { "query_date": "date" },
    "echo": ["query_date"]
  },

  // \`mlctl monitor\`: the last 90 days against training.
  "monitor": {
    "window": "90d",
    "minimum_rows": 4, // about six rounds lie in a window
    "drift": { "columns": { "crs": { "test": "energy", "limit": 15 } } },
    "require": { "rmse": { "max": 20 } }
  },

  // Who is told when a finding appears or goes. \${NAME} comes from the environment, so no secret stands here.
  // "alerts": [{ "type": "webhook", "url": "\${ALERT_URL}" }],

  // \`mlctl schedule run\` keeps to it, \`mlctl schedule install\` hands it to cron.
  "schedule": [{ "name": "fullprocess", "cron": "0 10 1,15 * *", "timezone": "UTC" }]
}
`;
