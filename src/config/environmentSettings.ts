/** Settings from MLCTL_* variables: MLCTL_TRAIN_SEED is train.seed, MLCTL_INPUT_FOLDER_PATH is input_folder_path. */
import type { Json } from "../core/json.ts";
import { suggest } from "../core/text/suggest.ts";
import type { Environment } from "../core/userFolder.ts";
import type { SchemaNode } from "./schema/configJsonSchema.ts";
import { settingFromText } from "./references.ts";
import { VARIABLE_PREFIX, variableOf } from "./variablesFile.ts";

/** Variables that are not settings: read elsewhere, or common names for `${…}` in config.json. */
const otherVariables = ["XGBOOST_LIBRARY", "DEBUG", "CONFIG", "DIRECTORY", "TOKEN", "TRUST"].map(
  (name) => `${VARIABLE_PREFIX}${name}`,
);

/** @param schema called only if needed @param text config.json, which may use variables as `${NAME}` */
export function environmentSettings(environment: Environment, schema: () => SchemaNode, text: string) {
  const isGiven = (name: string): boolean =>
    name.startsWith(VARIABLE_PREFIX) && environment[name] !== undefined && !otherVariables.includes(name);
  const given = Object.keys(environment).filter(isGiven);
  if (given.length === 0) return { settings: [], warnings: [] };
  const paths = new Map(settingPaths(schema()).map((path) => [variableOf(path.join(".")), path]));
  const settings: { variable: string; path: readonly string[]; value: Json }[] = [];
  const warnings: string[] = [];
  for (const variable of given.toSorted()) {
    const path = paths.get(variable);
    if (path !== undefined) {
      settings.push({ variable, path, value: settingFromText(environment[variable]!, path, schema()) });
    } else if (!text.includes(`\${${variable}`)) {
      const names = [...paths.keys(), ...otherVariables].map((name) => name.slice(VARIABLE_PREFIX.length));
      const close = suggest(variable.slice(VARIABLE_PREFIX.length), names);
      const advice = close === undefined ? "" : `; did you mean ${VARIABLE_PREFIX}${close}?`;
      warnings.push(`the variable ${variable} is not a setting and is ignored${advice}`);
    }
  }
  return { settings, warnings };
}

/** All keys, including sections: MLCTL_TRAIN takes the whole section as JSON. */
export function settingPaths(node: SchemaNode, path: readonly string[] = []): (readonly string[])[] {
  const below = Object.entries(node.properties ?? {})
    .filter(([key]) => key !== "$schema" && key !== "extends")
    .flatMap(([key, child]) => settingPaths(child, [...path, key]));
  const alternatives = (node.anyOf ?? []).flatMap((branch) => settingPaths(branch, path).slice(1));
  return [path, ...below, ...alternatives].filter((each, i) => each.length > 0 || i === 0);
}
