/** Hash of the settings that affect training. */
import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../core/json.ts";
import type { Path } from "./jsonPath.ts";
import { configSchema, type Config } from "./schema/schema.ts";

/** Not included: folders, server, monitoring and schedules, which do not change the model. */
const trainingKeys = [
  ...(["task", "target", "positive_class", "id_columns", "drop_columns", "time_column"] as const),
  ...(["ingest", "features", "train"] as const),
] satisfies (keyof Config)[];

/** Of `ingest`, what decides where rows come from: the files that came decide a model. */
const sourceKeys = new Set(["sources", "download"]);

export function affectsTraining([section, name, part]: Path): boolean {
  if (section === "ingest" && sourceKeys.has(String(name))) return false;
  if (name === "distributed" && part !== undefined && part !== "ranks") return false;
  return section === "costs" || trainingKeys.some((key) => key === section);
}

/** Without settings that are null, so that the hash stays the same when new ones are added. */
export function configSha256(config: Config): string {
  const { train, costs } = config;
  const keyed = Object.fromEntries(trainingKeys.map((key) => [key, config[key]]));
  // Sources are not read: a variable in them may not be set.
  const names = Object.keys(config.ingest).filter((name) => !sourceKeys.has(name)) as (keyof Config["ingest"])[];
  const ingest = Object.fromEntries(names.map((name) => [name, config.ingest[name]]));
  const distributed = train.distributed && { ranks: train.distributed.ranks };
  const part = { ...keyed, costs, ingest: given(ingest), train: given({ ...train, distributed }) };
  return createHash("sha256")
    .update(canonical(given(part) as Json))
    .digest("hex");
}

function given(section: object): object {
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== null));
}

/** JSON with sorted keys: the order has no meaning in any section, not even in feature_sets or select. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}

/** Other settings may have `${NAME}` and not fit the schema: then defaults. @returns undefined if invalid */
export function parseRecorded(recorded: unknown): Config | undefined {
  const { data } = parseOnce(recorded);
  if (data !== undefined) return data;
  const entries = Object.entries((recorded ?? {}) as JsonObject);
  return parseOnce(Object.fromEntries(entries.filter(([key]) => affectsTraining([key])))).data;
}

/** Compiling a parser would take longer. */
function parseOnce(value: unknown) {
  return configSchema().safeParse(value, { jitless: true });
}
