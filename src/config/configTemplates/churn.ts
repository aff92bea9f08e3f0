/** Template churn: a classifier with a tuned threshold, and a folder of files to predict. */
export const churn = `// Which customers will leave? About one in four does, so the threshold matters as much as the model.
// All other keys have defaults: \`mlctl config show\` prints all settings, \`mlctl config schema\` describes them.
{
  "$schema": "./config.schema.json",
  "name": "churn",

  // Folders, relative to this file. Files in drops/ are files to predict: \`mlctl predict drops/customer_churn_2.csv\`.
  "input_folder_path": "sourcedata",
  "output_folder_path": "ingesteddata",
  "test_data_path": "testdata",
  "output_model_path": "models",
  "prod_deployment_path": "production_deployment",

  "task": "classification",
  "target": "churn",
  "positive_class": 1, // the class that precision, recall and probabilities refer to
  "drop_columns": ["tariff_plan", "age"], // tariff_plan has no effect; age repeats age_group

  "ingest": {
    "normalize_names": true, // "Call  Failure" becomes call_failure, here and in every file to predict
    "dedupe": "first" // false keeps copies; \`train\` then reports how many validation rows are copies of training rows
  },

  // Numbers are used as they are. Trees cannot compute ratios themselves, so they are added: seconds per call, calls per
  // distinct number, value per month.
  "features": [
    {
      "type": "ratio",
      "columns": ["seconds_of_use", "call_failure", "frequency_of_sms"],
      "by": "frequency_of_use" // adds seconds_of_use_by_frequency_of_use, …; the columns themselves are kept
    },
    { "type": "ratio", "column": "frequency_of_use", "by": "distinct_called_numbers" },
    {
      "type": "ratio",
      "columns": ["seconds_of_use", "frequency_of_use", "customer_value"],
      "by": "subscription_length"
    },
    { "type": "impute" } // fills in the median if the divisor is 0; trees would not need it
  ],

  "train": {
    "split": { "method": "stratified", "validation_size": 0.2 },
    // The best model is selected by cross-validation on the training set, then evaluated on the validation set once.
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
        // \`mlctl tune\` searches for better values by cross-validation on the training set.
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
    "threshold": "tune", // by cross-validation; stored in the model and used by predict, score and serve
    "seed": 42
    // "calibration": "sigmoid" // calibrated probabilities, also by cross-validation
    // "class_weight": "balanced" // gives rows of the rare class more weight
  },

  // If you know what errors cost, select models by cost instead of F1:
  // "costs": { "currency": "EUR", "false_positive": 5, "false_negative": 60 },

  "promotion": {
    "min_improvement": 0,
    // A model below any of these limits is not deployed.
    "require": { "f1": { "min": 0.6 }, "precision": { "min": 0.5 }, "recall": { "min": 0.5 } },
    "always_alias": ["staging"] // the best model of every training, deployed or not: \`mlctl predict --model @staging\`
  },

  "serve": { "response_key": "churn_prediction" },

  // \`mlctl monitor drops/customer_churn_1.csv\`: each file is a window; the dataset has drifted if half of the columns have.
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
