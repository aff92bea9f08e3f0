/** Template course: learners in a Parquet file, split by position, with copies in it. */
export const course = `// Who will complete the course? A Parquet file whose first rows train and whose last rows validate.
// Everything left out has a default: \`mlctl config show\` prints all, \`mlctl config schema\` describes all.
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
  "id_columns": ["UserID"], // names a row, never a feature
  // "drop_columns": ["DeviceType"], // what should not be used at all

  "ingest": {
    "pattern": "**/*.parquet",
    // false keeps copies; then \`train\` and \`score\` say how many rows are copies of training rows, and flatter the figure
    "dedupe": "first",
    "select": { "TimeSpentOnCourse": "round(TimeSpentOnCourse, 2)" } // in place of the column of that name
  },

  "features": [{ "type": "one_hot", "column": "CourseCategory" }], // an unknown category becomes a row of zeros

  "train": {
    "split": { "method": "head", "rows": 2000 }, // the first rows train, the rest validates
    // The winner is chosen on folds of the training part; all rows of a learner lie in one fold.
    "selection": { "method": "group_k_fold", "group_column": "UserID", "folds": 5 },
    "feature_sets": {
      // What is known while the course still runs …
      "activity": ["CourseCategory*", "DeviceType", "TimeSpentOnCourse", "NumberOfVideosWatched", "NumberOfQuizzesTaken"],
      // … and all of it. Ask yourself whether the last two are known when you need the answer.
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
          // More time, videos and quizzes never make completion less likely: known beforehand, so the trees are told.
          "monotone_constraints": { "TimeSpentOnCourse": 1, "NumberOfVideosWatched": 1, "NumberOfQuizzesTaken": 1 }
        }
      }
    ],
    "metric": "f1",
    "seed": 42
    // "threshold": "tune" // the probability from which 1 is predicted, chosen on folds instead of 0.5
  },

  // Deployed only if better than the deployed model on the same test rows, by more than this.
  "promotion": { "min_improvement": 0 },

  // \`mlctl serve\`: every answer carries the model's version and is logged, a full disk or not.
  "serve": { "port": 9696, "response_key": "CourseCompletion", "log": { "retention": { "days": 90 } } },

  // \`mlctl monitor\`: yesterday's requests from the prediction log against training.
  "monitor": { "window": "day", "drift": { "dataset_share": 0.5, "fail_on": ["dataset", "prediction"] } },

  // "alerts": [{ "type": "webhook", "url": "\${ALERT_URL}" }],

  "schedule": [
    { "name": "fullprocess", "cron": "0 0 * * 0", "timezone": "America/Chicago" },
    { "name": "monitor", "cron": "0 6 * * *", "timezone": "America/Chicago" }
  ]
}
`;
