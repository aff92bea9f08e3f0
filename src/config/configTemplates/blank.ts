/** Template blank: for files of your own. */
export const blank = `// Put files with a header line into sourcedata, some more with known answers into testdata,
// name the column to predict, and run \`mlctl fullprocess\`.
// Everything left out has a default: \`mlctl config show\` prints all, \`mlctl config schema\` describes all.
{
  "$schema": "./config.schema.json",

  // Folders, relative to this file.
  "input_folder_path": "sourcedata",
  "output_folder_path": "ingesteddata",
  "test_data_path": "testdata",
  "output_model_path": "models",
  "prod_deployment_path": "production_deployment",

  "target": "target", // the column to predict
  // "id_columns": ["id"], // names a row, never a feature
  // "drop_columns": ["notes"], // not used at all
  // "train": { "metric": "f1" }, // what the leaderboard is sorted by
}
`;
