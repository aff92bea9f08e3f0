/** Hash of the settings that affect training. */
import { hash } from "node:crypto";
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

export function configSha256(config: Config): string {
  const keyed = Object.fromEntries(trainingKeys.map((key) => [key, config[key]]));
  // Not read: a variable in them may not be set.
  const names = Object.keys(config.ingest).filter((name) => !sourceKeys.has(name)) as (keyof Config["ingest"])[];
  const ingest = Object.fromEntries(names.map((name) => [name, config.ingest[name]]));
  const part = {
    ...keyed,
    // null is left out, as below.
    ingest: { ...ingest, names: config.ingest.names ?? undefined },
    train: trainSettings(config),
    ...(config.costs === null ? {} : { costs: config.costs }),
  };
  return sha256Json(part as Json);
}

export function sha256Json(value: Json): string {
  return hash("sha256", canonical(value));
}

/** Without what is null, as before these settings existed, so that hashes of earlier models stay valid. */
function trainSettings({ train: { distributed, ...train } }: Config): Json {
  const ranks = distributed === null ? {} : { distributed: { ranks: distributed.ranks } };
  if (train.models === null) return { ...train, ...ranks } as Json;
  const { ensemble, refit, time, selection, threshold, ...others } = train;
  const added = Object.entries({ ...ranks, ensemble, refit, time }).filter(([, value]) => value !== null);
  return {
    ...others,
    ...Object.fromEntries(added),
    selection: { ...selection, method: selection.method ?? "validation" },
    threshold: threshold ?? 0.5,
  } as Json;
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
