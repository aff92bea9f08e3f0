/** docs/configuration.md: every key of config.json, from its schema. */
import { settingPaths } from "../../src/config/environmentSettings.ts";
import { configJsonSchema, type SchemaNode } from "../../src/config/schema/configJsonSchema.ts";
import { variableOf } from "../../src/config/variablesFile.ts";
import { knownNames } from "../../src/lifecycle/knownNames.ts";
import { bounds, code, prose, table, type Bounds } from "./markdown.ts";

export function configurationPage(): string[] {
  const schema = configJsonSchema(knownNames());
  const variables = new Set(settingPaths(schema).map((path) => path.join(".")));
  const keys = entriesOf(schema).filter(([key]) => key !== "$schema");
  const rowsOf = ([path, node, isRequired]: Entry): string[][] => [
    [
      variables.has(path) ? `${code(path)}<br>${code(variableOf(path))}` : code(path),
      typeOf(node),
      isRequired ? "required" : defaultOf(path, node),
      prose(node.description ?? "") + (isSecret(node) ? "; secret" : ""),
    ],
    ...below(path, node).flatMap(rowsOf),
  ];
  const tableOf = (entries: Entry[]) =>
    table(["key and variable", "type", "default", "description"], entries.flatMap(rowsOf));
  return [
    "# config.json",
    "Every key, with its type and default. `mlctl config show` prints the values in use and where each comes from; `mlctl config validate` checks the file. Flags override variables, which override config.json, which overrides the defaults. The file may contain comments and trailing commas. `${NAME}` in a value is read from the environment, else from mlctl.env next to the file (lines NAME='value'), `${NAME:-default}` with a default if it is not set or empty; `$${` is a literal `${`. A variable that is not set stops only the commands that need the value.",
    "In the tables, `[]` is each element of a list and `<name>` is a name that you choose. A variable of a list or an object takes JSON. A duration is a number with `ms`, `s`, `m`, `h`, `d` or `w`, such as `90d`.",
    "## General",
    tableOf(keys.filter(([key, node]) => !isSection(key, node))),
    ...keys.filter(([key, node]) => isSection(key, node)).flatMap((entry) => [`## ${entry[0]}`, tableOf([entry])]),
  ];
}

type Entry = [path: string, node: SchemaNode, isRequired: boolean];

function entriesOf({
  properties = {},
  required = [],
}: SchemaNode & { readonly required?: readonly string[] }): Entry[] {
  return Object.entries(properties).map(([key, node]) => [key, node, required.includes(key)]);
}

function isSection(key: string, node: SchemaNode): boolean {
  return below(key, node).length > 0;
}

/** A string, a string or null, or an object of strings. */
function isSecret({ writeOnly, anyOf = [], additionalProperties }: SchemaNode): boolean {
  const values = typeof additionalProperties === "object" ? [additionalProperties] : [];
  return writeOnly === true || [...anyOf, ...values].some((each) => each.writeOnly === true);
}

/** A section's own default, {} or [], says nothing. */
function defaultOf(path: string, node: SchemaNode): string {
  return "default" in node && !isSection(path, node) ? code(JSON.stringify(node.default)) : "";
}

/** The keys below a key. An object of limits is a single value: { "min": 0.5, "max": 1 }. */
function below(path: string, node: SchemaNode): Entry[] {
  const { items, additionalProperties: named, anyOf = [], oneOf = [] } = node;
  if (isLimits(node)) return [];
  return [
    ...entriesOf(node).map(([key, child, isRequired]): Entry => [`${path}.${key}`, child, isRequired]),
    ...(items === undefined ? [] : below(`${path}[]`, items)),
    ...(typeof named === "object" ? below(`${path}.<name>`, named) : []),
    ...anyOf.flatMap((branch) => below(path, branch)),
    ...oneOf.flatMap((branch) => below(path.replace("[]", `[${branch.properties!["type"]!.const}]`), branch)),
  ];
}

function isLimits({ properties = {} }: SchemaNode): boolean {
  return Object.keys(properties).join() === "min,max";
}

/** "integer, at least 1 or null" */
function typeOf(node: SchemaNode & { readonly pattern?: string } & Bounds): string {
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined) return [...new Set(branches.map(typeOf))].join(" or ");
  if (node.const !== undefined) return code(JSON.stringify(node.const));
  if (node.enum !== undefined && node.enum.length > 6) return "a name of [models and metrics](models-and-metrics.md)";
  if (node.enum !== undefined) return node.enum.map((value) => code(JSON.stringify(value))).join(", ");
  if (isLimits(node)) return "limits: an object with `min`, `max` or both";
  if (node.type === "array") return node.items === undefined ? "list" : `list of: ${typeOf(node.items)}`;
  const { additionalProperties: named } = node;
  if (typeof named === "object" && named.type !== undefined) return `object of: ${typeOf(named)}`;
  if (node.pattern?.includes("day|week")) return 'duration, `"500 rows"`, `day`, `week`, `month` or `file`';
  if (node.pattern?.includes("(ms|s|m|h|d|w)")) return "duration";
  return `${[node.type ?? "any value"].flat().join(" or ")}${bounds(node)}`;
}
