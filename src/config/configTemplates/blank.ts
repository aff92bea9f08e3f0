/** Template blank: for your own files. */
export const blank = `// Put files with a header line into sourcedata, put labelled files for the test set into testdata,
// set target to the column to predict, and run \`mlctl fullprocess\`.
// All other keys have defaults: \`mlctl config show\` prints all settings, \`mlctl config schema\` describes them.
{
  "$schema": "./config.schema.json",

  // Folders, relative to this file.
  "input_folder_path": "sourcedata",
  "output_folder_path": "ingesteddata",
  "test_data_path": "testdata",
  "output_model_path": "models",
  "prod_deployment_path": "production_deployment",

  "target": "target", // the column to predict
  // "id_columns": ["id"], // identifies a row, never a feature
  // "drop_columns": ["notes"], // ignored
  // "train": { "metric": "f1" }, // ranks the leaderboard
}
`;
