/** Converts a result for `--json`, alerts and other programs: snake_case keys, ISO 8601 dates, null for NaN and infinity. */
import type { Json } from "../json.ts";

/** Objects whose keys are data (names of columns, metrics, …): keys stay unchanged, values are converted. */
const dictionaries = new Set(
  "metrics columns inputs ids tags missing aliases summary counts classes features feature_sets packages require".split(
    " ",
  ),
);

/** Objects in a documented format of their own: nothing inside them is changed. */
const verbatim = new Set(["params", "config", "value"]);

export function toJson(value: unknown, key = ""): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Map) return toJson(Object.fromEntries(value), key);
  if (value instanceof Set) return toJson([...value], key);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, (item) => toJson(item));
  // Items of a list under a dictionary key are ordinary objects: the rows of a leaderboard have fields.
  if (Array.isArray(value)) return value.map((item) => toJson(item, verbatim.has(key) ? key : ""));
  if (typeof value !== "object") throw new TypeError(`a ${typeof value} has no JSON form (${key})`);
  const keepKeys = dictionaries.has(key) || verbatim.has(key);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]): [string, Json] => {
      // "datasetSha256" → "dataset_sha256", "rocAUC" → "roc_auc".
      const written = keepKeys ? name : name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
      return [written, toJson(item, verbatim.has(key) ? key : keepKeys ? "" : written)];
    });
  return Object.fromEntries(entries);
}
