/** Turns schema issues into messages: path, value found, values allowed, and a suggestion. */
import type { Json } from "../../core/json.ts";
import { didYouMean, suggest } from "../../core/text/suggest.ts";
import { schemaNodesAt, type SchemaNode } from "../schema/configJsonSchema.ts";
import { valueAt } from "../jsonPath.ts";
import type { ConfigProblem } from "../schema/schema.ts";

/** The fields of zod issues used here, declared so that only the schema imports zod. */
export interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly options?: readonly unknown[];
  readonly errors?: readonly (readonly Issue[])[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean;
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list [ … ]",
  object: "an object { … }",
  record: "an object { … }",
  null: "null",
};

/** @param shown the configuration as written, with secrets as `${NAME}` */
export function explainIssues(issues: readonly Issue[], shown: Json, schema: SchemaNode): ConfigProblem[] {
  return issues.flatMap((issue) => explain(issue, shown, schema));
}

function explain(issue: Issue, shown: Json, schema: SchemaNode): ConfigProblem[] {
  if (issue.code === "unrecognized_keys") return unknownKeys(issue, schema);
  const branch = issue.code === "invalid_union" ? deepestBranch(issue) : undefined;
  if (branch !== undefined) {
    const issues = branch.map((inner) => Object.assign({}, inner, { path: [...issue.path, ...inner.path] }));
    return explainIssues(issues, shown, schema);
  }
  const path = issue.path.join(".");
  const found = valueAt(shown, issue.path);
  const choices = choicesOf(issue);
  const parts = allowedBy(issue);
  const allowed = parts.join(parts.length === 2 ? " or " : ", ");
  const nodes = schemaNodesAt(schema, issue.path);
  // A number out of its range may be one of the words that are allowed, too.
  const words = nodes.flatMap(({ const: word }) => (typeof word === "string" ? [JSON.stringify(word)] : []));
  const others = words.filter((word) => !parts.includes(word)).map((word) => `, ${word}`);
  const nullable = nodes.some(({ type }) => type === "null") ? " or null" : "";
  const described = nodes[0]?.description === undefined ? "" : `: ${nodes[0].description}`;
  if (found === undefined) return [{ path, message: `missing, allowed ${allowed}${described}` }];
  const texts = choices.filter((each) => typeof each === "string");
  const close = typeof found === "string" ? suggest(found, texts) : undefined;
  const advice = close === undefined ? "" : `; did you mean "${close}"?`;
  const text = JSON.stringify(found);
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return [{ path, message: `found ${short}, allowed ${allowed}${others.join("")}${nullable}${advice}` }];
}

function unknownKeys(issue: Issue, schema: SchemaNode): ConfigProblem[] {
  const nodes = schemaNodesAt(schema, issue.path);
  const known = [...new Set(nodes.flatMap(knownKeys))];
  return (issue.keys ?? []).map((key) => {
    const path = [...issue.path, key].join(".");
    const advice = didYouMean(key, known, `allowed ${known.join(", ")}`);
    return { path, message: `found an unknown key, ${advice}` };
  });
}

function knownKeys({ properties, propertyNames }: SchemaNode): string[] {
  return [...Object.keys(properties ?? {}), ...(propertyNames?.enum ?? []).map(String)];
}

/** The alternative that the user meant: the only one whose outer type matches. */
function deepestBranch(issue: Issue): readonly Issue[] | undefined {
  const matching = (issue.errors ?? []).filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || (code !== "invalid_type" && code !== "invalid_value")),
  );
  return matching.length === 1 ? matching[0] : undefined;
}

function choicesOf(issue: Issue): unknown[] {
  return [...(issue.values ?? []), ...(issue.options ?? []), ...(issue.errors ?? []).flat().flatMap(choicesOf)];
}

function allowedBy(issue: Issue): string[] {
  if (issue.code === "invalid_union" && issue.errors?.length)
    return [...new Set(issue.errors.flat().flatMap(allowedBy))];
  const choices = choicesOf(issue);
  if (choices.length > 0) return choices.map((choice) => JSON.stringify(choice));
  if (issue.code === "invalid_type") return [typeWords[issue.expected ?? ""] ?? issue.expected ?? "another type"];
  if (issue.code === "too_small") return [bound(issue, "at least", "more than", issue.minimum)];
  if (issue.code === "too_big") return [bound(issue, "at most", "less than", issue.maximum)];
  return [issue.message];
}

function bound(issue: Issue, inclusive: string, exclusive: string, limit: number | bigint | undefined): string {
  if (issue.origin === "string") return limit === 1 ? "a non-empty string" : `${inclusive} ${limit} characters`;
  const unit = issue.origin === "array" ? (limit === 1 ? " entry" : " entries") : "";
  return `${issue.inclusive === false ? exclusive : inclusive} ${limit}${unit}`;
}
