/** Template course: learners in a Parquet file with duplicates, split by position. */
export const course = `// Who will complete the course? The first rows of a Parquet file train, the last rows validate.
// All other keys have defaults: \`mlctl config show\` prints all settings, \`mlctl config schema\` describes them.
{
  "$schema": "./config.schema.json",
  "name": "course",

  // Folders, relative to this file.
  "input_folder_path": "sourcedata",
  "output_folder_path": "ingesteddata",
  "test_data_path": "testdata",
  "output_model_path": "models",
  "prod_deployment_path": "production_deployment",

  "task": "classification",
  "target": "CourseCompletion",
  "positive_class": 1,
  "id_columns": ["UserID"], // identifies a row, never a feature
  // "drop_columns": ["DeviceType"], // ignored

  "ingest": {
    "pattern": "**/*.parquet",
    // false keeps copies; \`train\` and \`score\` then report how many rows are copies of training rows, which inflates scores
    "dedupe": "first",
    "select": { "TimeSpentOnCourse": "round(TimeSpentOnCourse, 2)" } // replaces the column of that name
  },

  "features": [{ "type": "one_hot", "column": "CourseCategory" }], // an unknown category becomes a row of zeros

  "train": {
    "split": { "method": "head", "rows": 2000 }, // the first 2000 rows are the training set, the rest the validation set
    // The best model is selected by cross-validation on the training set; all rows of a learner are in the same fold.
    "selection": { "method": "group_k_fold", "group_column": "UserID", "folds": 5 },
    "feature_sets": {
      // What is known while the course is still running …
      "activity": ["CourseCategory*", "DeviceType", "TimeSpentOnCourse", "NumberOfVideosWatched", "NumberOfQuizzesTaken"],
      // … and all features. Check that the last two are known at the time of prediction.
      "all": ["*"]
    },
    "models": [
      { "family": "baseline" },
      { "family": "logistic_regression" },
      { "family": "xgboost", "params": { "n_estimators": 100, "max_depth": 3, "learning_rate": 0.1 } },
      {
        "family": "xgboost",
        "params": {
          "n_estimators": 200,
          "max_depth": 2,
          "learning_rate": 0.1,
          // More time, videos and quizzes never make completion less likely: domain knowledge as constraints on the trees.
          "monotone_constraints": { "TimeSpentOnCourse": 1, "NumberOfVideosWatched": 1, "NumberOfQuizzesTaken": 1 }
        }
      }
    ],
    "metric": "f1",
    "seed": 42
    // "threshold": "tune" // minimum probability to predict 1, chosen by cross-validation instead of 0.5
  },

  // Deploy only if better than the deployed model on the same test set, by more than this.
  "promotion": { "min_improvement": 0 },

  // \`mlctl serve\`: every response contains the model's version and is logged; a full disk does not stop it.
  "serve": { "port": 9696, "response_key": "CourseCompletion", "log": { "retention": { "days": 90 } } },

  // \`mlctl monitor\`: compares yesterday's requests in the prediction log with the training data.
  "monitor": { "window": "day", "drift": { "dataset_share": 0.5, "fail_on": ["dataset", "prediction"] } },

  // "alerts": [{ "type": "webhook", "url": "\${ALERT_URL}" }],

  "schedule": [
    { "name": "fullprocess", "cron": "0 0 * * 0", "timezone": "America/Chicago" },
    { "name": "monitor", "cron": "0 6 * * *", "timezone": "America/Chicago" }
  ]
}
`;
