/** Template attrition: the whole life of a small classifier. */
export const attrition = `// Which companies will leave? The main job: new files in practicedata become a deployed model.
// Everything left out has a default: \`mlctl config show\` prints all, \`mlctl config schema\` describes all.
{
  "$schema": "./config.schema.json",
  "name": "attrition",

  // Folders, relative to this file. Set input_folder_path to "sourcedata" when the next files are in.
  "input_folder_path": "practicedata",
  "output_folder_path": "ingesteddata",
  "test_data_path": "testdata",
  "output_model_path": "models",
  "prod_deployment_path": "production_deployment",

  "target": "exited", // the column to predict
  "id_columns": ["corporation"], // names a row, never a feature

  "train": {
    // All are trained; the leaderboard picks one by the metric on validation rows.
    "models": [{ "family": "baseline" }, { "family": "logistic_regression" }, { "family": "xgboost" }],
    "metric": "f1",
    "seed": 42
  },

  // Deployed only if better than the deployed model on the same test rows, by more than this.
  "promotion": { "min_improvement": 0 }
}
`;
