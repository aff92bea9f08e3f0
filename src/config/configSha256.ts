/** Hash of the part of the configuration that a model follows from. */
import { createHash } from "node:crypto";
import type { Json } from "../core/json.ts";
import type { Config } from "./schema/schema.ts";

/** Folders, server, monitoring and schedules may change without making it another model. */
const decisive = [
  ...(["task", "target", "positive_class", "id_columns", "drop_columns", "time_column"] as const),
  ...(["ingest", "features", "train"] as const),
] satisfies (keyof Config)[];

/** The same settings give the same hash, in whatever order the file has them. */
export function configSha256(config: Config): string {
  // Absent where none are set, so that hashes of models from before there were costs still hold.
  const costs = config.costs === null ? {} : { costs: config.costs };
  const part = { ...Object.fromEntries(decisive.map((key) => [key, config[key]])), ...costs };
  return createHash("sha256")
    .update(canonical(part as Json))
    .digest("hex");
}

/** JSON with sorted keys; feature_sets, select and the like keep their meaning in any order. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}
