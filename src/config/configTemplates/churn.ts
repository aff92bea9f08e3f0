/** Template churn: a classifier with a tuned threshold, and files that are dropped to be scored. */
export const churn = `// Which customers will leave? One in six does: the threshold matters as much as the model.
// Everything left out has a default: \`mlctl config show\` prints all, \`mlctl config schema\` describes all.
{
  "$schema": "./config.schema.json",
  "name": "churn",

  // Folders, relative to this file. Files in drops/ are there to be scored: \`mlctl predict drops/customer_churn_2.csv\`.
  "input_folder_path": "sourcedata",
  "output_folder_path": "ingesteddata",
  "test_data_path": "testdata",
  "output_model_path": "models",
  "prod_deployment_path": "production_deployment",

  "task": "classification",
  "target": "churn",
  "positive_class": 1, // what precision, recall and probabilities are about
  "drop_columns": ["tariff_plan", "age"], // no effect; and age says the same as age_group

  "ingest": {
    "normalize_names": true, // "Call  Failure" becomes call_failure, here and in every file to be scored
    "dedupe": "first" // false keeps copies, and \`train\` says how many validation rows are copies of training rows
  },

  // Numbers are taken as they are. What trees cannot make of them themselves is what one is to another: how long a call
  // takes, how often the same number is called, what a month is worth.
  "features": [
    {
      "type": "ratio",
      "columns": ["seconds_of_use", "call_failure", "frequency_of_sms"],
      "by": "frequency_of_use" // seconds_of_use_by_frequency_of_use … beside the columns themselves
    },
    { "type": "ratio", "column": "frequency_of_use", "by": "distinct_called_numbers" },
    {
      "type": "ratio",
      "columns": ["seconds_of_use", "frequency_of_use", "customer_value"],
      "by": "subscription_length"
    },
    { "type": "impute" } // by the median where the divisor is 0; trees would not need it
  ],

  "train": {
    "split": { "method": "stratified", "validation_size": 0.2 },
    // The winner is chosen on folds of the training part; the validation rows judge it once.
    "selection": { "method": "stratified_k_fold", "folds": 3 },
    "models": [
      { "family": "baseline" },
      { "family": "logistic_regression" },
      {
        "family": "xgboost",
        "params": {
          "n_estimators": 374,
          "learning_rate": 0.0628,
          "max_depth": 3,
          "subsample": 0.828,
          "colsample_bytree": 0.759,
          "max_delta_step": 4
        },
        // \`mlctl tune\` looks for better ones on folds of the training part.
        "search": {
          "method": "tpe",
          "trials": 50,
          "folds": 3,
          "space": {
            "n_estimators": { "distribution": "integer", "low": 100, "high": 600 },
            "learning_rate": { "distribution": "log_uniform", "low": 0.01, "high": 0.3 },
            "max_depth": { "distribution": "integer", "low": 3, "high": 10 },
            "min_child_weight": { "distribution": "integer", "low": 1, "high": 10 },
            "subsample": { "distribution": "uniform", "low": 0.5, "high": 1 },
            "colsample_bytree": { "distribution": "uniform", "low": 0.5, "high": 1 },
            "reg_lambda": { "distribution": "log_uniform", "low": 0.001, "high": 20 }
          }
        }
      }
    ],
    "metric": "f1",
    "threshold": "tune", // on folds of the training part; stored in the model and used by predict, score and serve
    "seed": 42
    // "calibration": "sigmoid" // probabilities that mean what they say, also learned on folds
    // "class_weight": "balanced" // a row of the rare class counts for more
  },

  // What mistakes cost decides better than F1, where somebody knows it:
  // "costs": { "currency": "EUR", "false_positive": 5, "false_negative": 60 },

  "promotion": {
    "min_improvement": 0,
    // A model below any of these is not deployed.
    "require": { "f1": { "min": 0.6 }, "precision": { "min": 0.5 }, "recall": { "min": 0.5 } },
    "always_alias": ["staging"] // the best of every training, deployed or not: \`mlctl predict --model @staging\`
  },

  "serve": { "response_key": "churn_prediction" },

  // \`mlctl monitor drops/customer_churn_1.csv\`: each file is a window; half of the columns moved is a drifted dataset.
  "monitor": {
    "window": "file",
    "drift": { "dataset_share": 0.5 },
    "require": {
      "f1": { "min": 0.7 },
      "precision": { "min": 0.7 },
      "recall": { "min": 0.7 },
      "accuracy": { "min": 0.7 }
    }
  }

  // "alerts": [{ "type": "email", "to": "ops@example.org", "smtp": "\${SMTP_URL}" }]
}
`;
