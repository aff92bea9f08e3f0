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
