/** Writes a config.json with comments. */

/** A key of config.json, left out if it has no value, below its comments. */
export interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly notes: readonly string[];
}

export function configText(command: string, entries: readonly Entry[]): string {
  const body = entries.flatMap(({ key, value, notes }) => {
    // A comment ends at the end of its line.
    const comments = notes.map((note) => `  // ${note.replaceAll(/[\r\n]+/g, " ")}`);
    // In config.json, "${" begins the name of a variable.
    const json = JSON.stringify(value, null, 2)
      ?.replaceAll("\n", "\n  ")
      .replaceAll("${", () => "$${");
    return [undefined, "{}", "[]"].includes(json) ? comments : [...comments, `  ${JSON.stringify(key)}: ${json},`];
  });
  return [
    `// Written by \`${command}\`: sourcedata has the rows to train on, testdata those to evaluate the models on.`,
    "// All other keys have defaults: `mlctl config show` prints all settings, `mlctl config schema` describes them.",
    "{",
    '  "$schema": "./config.schema.json",',
    "",
    ...body,
    "}",
    "",
  ].join("\n");
}

/** For two classes, a line to uncomment. */
export function costsHint(classes: readonly string[] = []): Entry[] {
  if (classes.length !== 2) return [];
  const notes = [
    "what mistakes cost per row, if not all the same: a tuned threshold is the cheapest, and score, report and monitor say",
    'what 1,000 rows cost; with "train": { "metric": "cost" }, train and deploy choose the model by it, too',
    `(false_positive: ${classes[1]} is predicted for ${classes[0]})`,
    '"costs": { "false_positive": 1, "false_negative": 5, "currency": "EUR" },',
  ];
  return [{ key: "costs", value: undefined, notes }];
}
