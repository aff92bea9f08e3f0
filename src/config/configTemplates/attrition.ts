/** Template attrition: the full life cycle of a small classifier. */
export const attrition = `// Which companies will leave? New files in practicedata become a deployed model.
// All other keys have defaults: \`mlctl config show\` prints all settings, \`mlctl config schema\` describes them.
{
  "$schema": "./config.schema.json",
  "name": "attrition",

  // Folders, relative to this file. Set input_folder_path to "sourcedata" to train on the next files.
  "input_folder_path": "practicedata",
  "output_folder_path": "ingesteddata",
  "test_data_path": "testdata",
  "output_model_path": "models",
  "prod_deployment_path": "production_deployment",

  "target": "exited", // the column to predict
  "id_columns": ["corporation"], // identifies a row, never a feature
  "ingest": { "dedupe": "first" }, // the files overlap: a company that comes twice is kept once

  "train": {
    // All models are trained; the one with the best metric on the validation set wins.
    "models": [{ "family": "baseline" }, { "family": "logistic_regression" }, { "family": "xgboost" }],
    "metric": "f1",
    "seed": 42
  },

  // Deploy only if better than the deployed model on the same test set, by more than this.
  "promotion": { "min_improvement": 0 }
}
`;
